"""What a screen shows while news come late, twice, out of order or not at all."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

Run = Callable[..., Any]

pytestmark = pytest.mark.browser

LIVE = """const { Live } = await lib("live");
const { FakeServer, joined, later } = await here("fake_io");
const { live, server, told } = await joined(Live);
const until = async (true_) => { for (let i = 0; i < 1200 && !true_(); i += 1) await later(50); };
await until(() => live.link === "connected"); // a page that stood still for a moment joins later
"""


def test_joining_shows_the_meeting_and_news_change_it_in_order(run: Run) -> None:
    state, kinds, links, options = run(
        LIVE
        + """server.news("everyone", { round: 2 });
        server.news("desk", { people: { B: { name: "Max" } } });
        server.news("everyone", { round: 1 }, { seq: 5 });   // once more: too old
        server.news("organisers", { secret: 1 }, { seq: 1 }); // never subscribed
        return [live.snapshot, told.kinds, told.links, server.options];""",
    )
    assert state == {"people": {"A": {"name": "Mira"}, "B": {"name": "Max"}}, "round": 2}
    assert kinds == ["snapshot", "moved", "moved"]
    assert links == ["connected"]
    assert options["transports"] == ["websocket", "polling"]
    pauses = [options[name] for name in ("reconnectionDelay", "reconnectionDelayMax", "randomizationFactor")]
    assert pauses == [500, 5000, 1]


def test_news_that_overtook_each_other_are_put_in_order_without_asking_again(run: Run) -> None:
    rounds, fetches = run(
        LIVE
        + """const missing = server.news("everyone", { round: 2 }, { lost: true });
        server.news("everyone", { round: 3 });
        const early = live.snapshot.round ?? null;
        server.handlers.news(missing);
        await later(700);
        return [[early, ...told.states.slice(1).map((state) => state.round)], server.fetches];""",
    )
    assert rounds == [None, 2, 3]
    assert fetches == 0


@pytest.mark.parametrize("sign", ["a later piece", "counters of one audience", "counters of all"])
def test_a_lost_piece_is_noticed_and_the_state_fetched_once(run: Run, sign: str) -> None:
    soon, state, fetches, after = run(
        LIVE
        + """server.news("everyone", { round: 2 }, { lost: true });
        const { audiences } = server.state;
        if (sign === "a later piece") server.news("everyone", { paused: true });
        else if (sign === "counters of all") server.handlers.news({ kind: "counters", audiences });
        else server.handlers.news({ kind: "counters", audience: "everyone", seq: audiences.everyone });
        await later(200);
        const soon = server.fetches;
        await later(700);
        const state = live.snapshot;
        server.news("everyone", { round: 3 });
        return [soon, state, server.fetches, live.snapshot.round];""",
        sign=sign,
    )
    assert soon == 0, "the missing piece has 300 ms to come by itself"
    assert state["round"] == 2
    assert fetches == 1
    assert after == 3


def test_while_news_between_the_processes_are_lost_the_state_is_asked_for_and_the_screen_stays_right(run: Run) -> None:
    fetches, round_, again = run(
        LIVE
        + """server.news("everyone", { round: 2 }, { lost: true });
        for (let i = 0; i < 3; i += 1) server.handlers.news({ audience: "everyone", kind: "fetch", patch: {} });
        await later(1200);
        const found = [server.fetches, live.snapshot.round];
        server.handlers.news({ audience: "everyone", kind: "fetch", patch: {} });
        await later(1200);
        return [...found, server.fetches];""",
    )
    assert (fetches, round_, again) == (1, 2, 2)


def test_a_page_shown_again_from_the_history_asks_for_the_time_and_the_state(run: Run) -> None:
    connects = run(
        LIVE
        + """server.alive = false; // the socket of a page that was put away looks open
        dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
        await until(() => server.connects > 1);
        return server.connects;""",
    )
    assert connects == 2


def test_counters_that_agree_change_nothing(run: Run) -> None:
    assert run(
        LIVE
        + """server.handlers.news({ kind: "counters", audiences: { everyone: 4, desk: 6 } });
        await later(700);
        return [server.fetches, told.kinds];""",
    ) == [0, ["snapshot"]]


def test_news_for_one_person_survive_a_snapshot_that_was_read_before_them(run: Run) -> None:
    told = run(
        LIVE
        + """let answer;
        live.fetchState = () => new Promise((done) => (answer = done));
        const old = structuredClone(server.state);
        server.news("everyone", { round: 2 }, { seq: 9 });
        await later(700);
        server.handlers.news({ audience: "person", kind: "exchange", patch: { request: "Anna" } });
        const before = live.snapshot.request;
        answer({ ...old, audiences: { everyone: 9, desk: 7 } });
        await later(20);
        return [before, live.snapshot.request];""",
    )
    assert told == ["Anna", "Anna"]


def test_where_sockets_are_blocked_the_state_is_asked_for_and_a_dead_network_is_called_so(page: Page, run: Run) -> None:
    page.clock.install(time=0)
    page.clock.pause_at(100_000)  # else it runs on by itself
    run(
        """const { Live } = await lib("live");
        const { FakeServer, joined } = await here("fake_io");
        window.server = new FakeServer();
        server.blocked = true;
        joined(Live, server).then((all) => Object.assign(window, all));""",
    )
    page.clock.run_for(3000)
    assert page.evaluate("() => [server.fetches, told.links]") == [0, []]
    page.clock.run_for(1500)
    assert page.evaluate("() => [server.fetches, told.links, told.kinds]") == [1, ["polling"], ["snapshot"]]
    page.evaluate("() => { server.state.snapshot.round = 2; }")
    page.clock.run_for(2500)
    assert page.evaluate("() => [live.snapshot.round, told.kinds.length]") == [2, 2]
    page.evaluate("() => { server.answers = false; }")
    page.clock.run_for(2500)
    assert page.evaluate("() => told.links") == ["polling", "offline"]
    page.evaluate("() => { server.answers = true; }")
    page.clock.run_for(2500)
    page.evaluate("() => { server.blocked = false; }")
    page.clock.run_for(6000)
    assert page.evaluate("() => told.links") == ["polling", "offline", "polling", "connected"]
    fetched = page.evaluate("() => server.fetches")
    page.clock.run_for(6000)
    assert page.evaluate("() => server.fetches") == fetched, "a socket that works ends the asking"


def test_a_broken_line_comes_back_with_a_fresh_state(run: Run) -> None:
    links, rounds, joins = run(
        LIVE
        + """server.disconnect();
        server.news("everyone", { round: 2 }, { lost: true });
        server.connect();
        await until(() => live.link === "connected");
        server.news("everyone", { round: 3 });
        return [told.links, told.states.map((state) => state.round ?? 1), server.joins];""",
    )
    assert links == ["connected", "reconnecting", "connected"]
    assert rounds == [1, 2, 3]
    assert joins == [{"meeting": "breakfast"}] * 2


def test_a_socket_that_died_in_its_sleep_is_replaced_when_the_phone_wakes(run: Run) -> None:
    connects = run(
        LIVE
        + """await live.wake();
        const alive = server.connects;
        server.alive = false;
        const connect = server.connect.bind(server);
        server.connect = () => ((server.alive = true), connect()); // whoever calls anew is answered
        await live.wake();
        await until(() => live.link === "connected");
        return [alive, server.connects, live.link];""",
    )
    assert connects == [1, 2, "connected"]


def test_a_refused_join_is_told_and_not_tried_again(run: Run) -> None:
    refusals, connects = run(
        """const { Live } = await lib("live");
        const { FakeServer, joined, later } = await here("fake_io");
        const server = new FakeServer();
        server.ack = () => ({ ok: false, code: "wrong_code", text: "This code is not valid." });
        const { told } = await joined(Live, server);
        await later(500);
        return [told.refusals, server.connects];""",
    )
    assert refusals == [{"status": 200, "code": "wrong_code", "text": "This code is not valid."}]
    assert connects == 1


def test_a_fault_of_the_server_is_no_refusal(page: Page, run: Run) -> None:
    page.clock.install(time=0)
    page.clock.pause_at(100_000)  # else it runs on by itself
    run(
        """const { Live } = await lib("live");
        const { FakeServer, joined } = await here("fake_io");
        window.server = new FakeServer();
        const answer = server.ack;
        server.ack = () => ({ ok: false, code: "broken", text: "" });
        setTimeout(() => (server.ack = answer), 3000);
        joined(Live, server).then((all) => Object.assign(window, all));"""
    )
    page.clock.run_for(12_000)
    assert page.evaluate("() => [told.refusals.length, live.link, live.snapshot !== null]") == [0, "connected", True]


def test_a_late_answer_never_takes_the_screen_back(run: Run) -> None:
    rounds = run(
        LIVE
        + """let answer;
        live.fetchState = () => new Promise((done) => (answer = done));
        const missing = server.news("everyone", { round: 2 }, { lost: true });
        server.news("everyone", { round: 3 });
        await later(700);
        const old = { ...structuredClone(server.state), audiences: { everyone: 5, desk: 7 }, snapshot: { round: 2 } };
        server.handlers.news(missing);
        server.news("everyone", { round: 4 });
        answer(old);
        await later(20);
        server.news("everyone", { round: 5 });
        return told.states.slice(1).map((state) => state.round);"""
    )
    assert rounds == [2, 3, 4, 5]
