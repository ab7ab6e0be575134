"""The facilitator is told of lost time and asked what is to become of it, over HTTP."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from server.domain.server_clock import LossKind
from server.persistence.models import Round, TimeLoss
from server.services import rounds
from server.services.context import Tx
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds

Open = Callable[[str | None], Browser]


@pytest.fixture
def lost(morning: Morning, clock: FakeClock) -> str:
    """The address of a notice: the first round runs, and 40 seconds of it were lost."""
    everybody_in(morning)
    seat_rounds(morning, [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]])
    rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=1, version=0)
    clock.pass_by(seconds=61)

    def work(tx: Tx) -> str:
        this_round = tx.db.query(Round).filter_by(meeting_id=morning.meeting_id).one()
        loss = TimeLoss(
            meeting_id=morning.meeting_id,
            round_id=this_round.id,
            kind=LossKind.WAS_AWAY,
            gone_at=tx.now - timedelta(seconds=40),
            noticed_at=tx.now,
            away_ms=40_000,
            lost_ms=40_000,
        )
        tx.db.add(loss)
        tx.db.flush()
        return loss.uid

    return f"/run/{morning.meeting_uid}/notices/{morning.ctx.transaction(work)}"


def _notices(morning: Morning, who: Browser) -> list[dict[str, object]]:
    found = who.get(f"/state/{morning.meeting_uid}").get_json()["snapshot"]["notices"]
    assert isinstance(found, list)
    return found


def test_the_facilitator_sees_the_notice_and_gives_the_time_back(
    lost: str, morning: Morning, browser: Open, statements: Statements
) -> None:
    fiona = browser("Fiona")
    [notice] = _notices(morning, fiona)
    assert (notice["kind"], notice["lost_ms"], notice["round"], notice["may_give_back"]) == (
        "was_away",
        40_000,
        1,
        True,
    )
    before = fiona.get(f"/state/{morning.meeting_uid}").get_json()["snapshot"]["clock"]
    headers = {"X-CSRF-Token": fiona.csrf(), "X-Operation-Id": "give-back"}
    with statements() as sent:
        answer = fiona.client.post(lost, json={"choice": "give_back"}, headers=headers)
    # A write with its lock, its line in the log, three counters, and what consoles and screens are then told.
    assert len(sent) <= 18, sent
    assert answer.status_code == 200
    assert answer.get_json()["clock"]["ends_at"] == before["ends_at"] + 40_000
    assert _notices(morning, fiona) == []


def test_the_same_answer_sent_twice_gives_the_time_back_once(lost: str, morning: Morning, browser: Open) -> None:
    fiona = browser("Fiona")
    first, second = (fiona.send(lost, {"choice": "give_back"}, op="once") for _ in range(2))
    assert first.get_json()["clock"]["ends_at"] == second.get_json()["clock"]["ends_at"]
    late = fiona.send(lost, {"choice": "give_back"})
    assert late.status_code == 409
    assert "already" in late.get_json()["text"]


def test_nonsense_is_refused(lost: str, browser: Open) -> None:
    assert browser("Fiona").send(lost, {"choice": "perhaps"}).status_code in {400, 422}
    assert browser("Fiona").send(lost[:-16] + "0" * 16, {"choice": "as_it_stands"}).status_code == 404


def test_somebody_of_another_group_sees_nothing(lost: str, morning: Morning, browser: Open) -> None:
    assert browser("Sam").send(lost, {"choice": "give_back"}).status_code == 404
    assert browser("Mira").send(lost, {"choice": "give_back"}).status_code == 403
    assert "notices" not in browser("Mira").get(f"/state/{morning.meeting_uid}").get_json()["snapshot"]
    assert len(_notices(morning, browser("Fiona"))) == 1
