"""A write is done once, however often the network makes the page send it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route

Run = Callable[..., Any]

pytestmark = pytest.mark.browser


class Desk:
    """A made endpoint: a list of answers (status, body) or None for a broken line; keeps what it received."""

    def __init__(self, page: Page, *answers: tuple[int, dict[str, object]] | None) -> None:
        self.answers = list(answers)
        self.received: list[tuple[dict[str, str], object]] = []
        page.route("**/admit", self._answer)

    def _answer(self, route: Route) -> None:
        self.received.append((route.request.headers, route.request.post_data_json))
        answer = self.answers.pop(0)
        if answer is None:
            route.abort("connectionfailed")
        else:
            route.fulfill(status=answer[0], json=answer[1])


def test_a_write_is_repeated_with_the_same_operation_until_somebody_answers(page: Page, run: Run) -> None:
    desk = Desk(page, None, (503, {}), (200, {"welcome": "Mira"}))
    script = "return (await lib('api')).send('/admit', { code: 'X' }, { pauses: [10, 10] });"
    assert run(script) == {"welcome": "Mira"}
    operations = {headers["x-operation-id"] for headers, _ in desk.received}
    assert len(operations) == 1
    assert len(operations.pop()) == 32
    assert [body for _, body in desk.received] == [{"code": "X"}] * 3
    assert desk.received[0][0]["x-csrf-token"] == "token-of-this-session"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((401, {"code": "signed_out", "text": "Sign in."}), "signed_out"),
        ((409, {"code": "taken", "text": "No."}), "taken"),
    ],
)
def test_a_refusal_reaches_the_screen_as_code_and_text(
    page: Page, run: Run, answer: tuple[int, dict[str, object]], code: str
) -> None:
    desk = Desk(page, answer)
    script = """const { send } = await lib("api");
    return send("/admit").catch(({ status, code, text }) => ({ status, code, text }));"""
    assert run(script) == {"status": answer[0], "code": code, "text": answer[1]["text"]}
    assert len(desk.received) == 1


def test_scans_made_without_a_network_wait_in_order_and_go_out_once(page: Page, run: Run) -> None:
    desk = Desk(page, None, None, (200, {"n": 1}), (409, {"code": "unknown", "text": "?"}), (200, {"n": 3}))
    told = run(
        """const { Queue } = await lib("api");
        const seen = [];
        const queue = new Queue({ pauses: [20], onchange: (q) => seen.push([q.waiting.length, q.away]) });
        const all = [1, 2, 3].map((n) => queue.add("/admit", { n }, { note: `scan ${n}` }));
        const answers = await Promise.all(all.map((one) => one.catch((error) => error.code)));
        return [answers, seen.at(-1), seen.some(([waiting, away]) => waiting === 3 && away)];""",
    )
    assert told == [[{"n": 1}, "unknown", {"n": 3}], [0, False], True]
    assert [body["n"] for _, body in desk.received] == [1, 1, 1, 2, 3]  # type: ignore[index]
    assert len({headers["x-operation-id"] for headers, _ in desk.received}) == 3


def test_being_signed_out_stops_the_queue_and_keeps_what_waits(page: Page, run: Run) -> None:
    desk = Desk(page, (401, {"code": "signed_out", "text": "Sign in."}), (200, {"n": 1}))
    told = run(
        """const { Queue } = await lib("api");
        const queue = new Queue();
        const answer = queue.add("/admit", { n: 1 });
        while (!queue.blocked) await new Promise((done) => setTimeout(done, 5));
        const waiting = [queue.blocked.code, queue.waiting.length];
        queue.resume();
        return [waiting, await answer, queue.waiting.length];""",
    )
    assert told == [["signed_out", 1], {"n": 1}, 0]
    assert desk.received[0][0]["x-operation-id"] == desk.received[1][0]["x-operation-id"]


@pytest.mark.parametrize("code", ["signed_out", "csrf_refused"])
def test_a_session_that_ended_never_costs_a_scan(page: Page, run: Run, code: str) -> None:
    status = 401 if code == "signed_out" else 403
    Desk(page, (status, {"code": code, "text": ""}))
    assert run(
        """const { Queue } = await lib("api");
        const queue = new Queue();
        queue.add("/admit", { n: 1 });
        while (!queue.blocked) await new Promise((done) => setTimeout(done, 5));
        return [queue.blocked.code, queue.waiting.length];"""
    ) == [code, 1]


def test_a_write_that_breaks_the_server_does_not_hold_up_the_others(page: Page, run: Run) -> None:
    fault: tuple[int, dict[str, object]] = (500, {"code": "broken", "text": ""})
    desk = Desk(page, *[fault] * 6, (200, {"n": 2}))
    told = run(
        """const { Queue } = await lib("api");
        const queue = new Queue({ pauses: [1] });
        const all = [1, 2].map((n) => queue.add("/admit", { n }).catch((error) => error.code));
        return Promise.all(all);"""
    )
    assert told == ["broken", {"n": 2}]
    assert len(desk.received) == 7
