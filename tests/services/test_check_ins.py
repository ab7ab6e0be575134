"""The door, as a steward notices it, on both databases."""

import threading

from server.domain.vocabulary import Uid
from server.services import check_ins
from server.services.check_ins import Desk
from server.services.context import Context, Json, Op
from tests.conftest import FakeClock
from tests.mornings import Morning

DOOR = Desk(None, "Door 1")


def _scan(morning: Morning, who: str, op: Op | None = None, desk: Desk = DOOR) -> Json:
    return check_ins.check_in(
        morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes[who], desk=desk, op=op
    )


def test_a_badge_is_welcomed_by_name_and_counted(morning: Morning) -> None:
    answer = _scan(morning, "Mira")
    assert (answer["answer"], answer["name"], answer["company"]) == (
        "welcome",
        "Mira Łukasik",
        "Foto Łukasik",
    )
    assert answer["counts"] == {"expected": 6, "came": 1, "in_room": 1, "visitors": 0}


def test_a_second_scan_greets_instead_of_failing(morning: Morning, clock: FakeClock) -> None:
    first = _scan(morning, "Mira")
    clock.pass_by(minutes=3)
    second = _scan(morning, "Mira", desk=Desk(None, "Door 2"))
    assert second["answer"] == "already_in"
    assert (second["since"], second["desk"]) == (first["since"], "Door 1")
    assert second["counts"]["came"] == 1


def test_a_visitor_is_told_whose_guest_it_is_and_that_it_is_the_first_visit(morning: Morning) -> None:
    answer = _scan(morning, "Vik")
    assert (answer["standing"], answer["guest_of"], answer["first_visit"]) == (
        "visitor",
        "Mira Łukasik",
        True,
    )


def test_each_wrong_code_is_refused_for_its_own_reason_and_the_next_one_works(morning: Morning) -> None:
    def reason(text: str) -> str | None:
        answer = check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned=text, desk=DOOR)
        return answer.get("reason")

    assert reason("0000000000000") == "unknown_badge"
    assert reason("good morning") == "badge_malformed"
    assert reason("x" * 4096) == "badge_malformed"
    assert reason(morning.codes["Sam"]) == "other_group"
    assert _scan(morning, "Max")["answer"] == "welcome"


def test_the_test_code_changes_nothing(morning: Morning) -> None:
    answer = check_ins.check_in(
        morning.ctx, meeting_id=morning.meeting_id, scanned="TESTTESTTEST0", desk=DOOR
    )
    assert answer == {"answer": "test"}


def test_a_scan_sent_again_gets_its_first_answer(morning: Morning) -> None:
    op = Op("a-retry", "check_in", {"code": morning.codes["Mira"]})
    assert _scan(morning, "Mira", op) == _scan(morning, "Mira", op)
    assert _scan(morning, "Mira")["answer"] == "already_in"


def test_fifty_doors_scanning_one_badge_give_one_welcome(morning: Morning) -> None:
    answers: list[str] = []
    start = threading.Barrier(50)

    def scan() -> None:
        start.wait()
        answers.append(_scan(morning, "Max")["answer"])

    threads = [threading.Thread(target=scan) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["already_in"] * 49 + ["welcome"]


def test_a_walk_in_needs_a_name_only(morning: Morning) -> None:
    answer = check_ins.add_walk_in(morning.ctx, meeting_id=morning.meeting_id, given_name="Zoë", desk=DOOR)
    assert (answer["answer"], answer["name"], answer["standing"]) == ("welcome", "Zoë", "visitor")
    assert answer["counts"]["visitors"] == 1


def test_an_undone_entry_can_be_scanned_again_at_once(morning: Morning) -> None:
    uid = Uid(_scan(morning, "Mira")["uid"])
    check_ins.undo(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=uid, desk=DOOR)
    assert _scan(morning, "Mira")["answer"] == "welcome"


def test_somebody_who_left_is_welcomed_again(morning: Morning, ctx: Context) -> None:
    uid = Uid(_scan(morning, "Mira")["uid"])
    left = check_ins.leave(ctx, meeting_id=morning.meeting_id, attendance_uid=uid, desk=DOOR)
    assert left["counts"] == {"expected": 6, "came": 1, "in_room": 0, "visitors": 0}
    assert _scan(morning, "Mira")["answer"] == "welcome"
