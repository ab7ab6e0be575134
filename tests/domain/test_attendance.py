"""The door says welcome, already in, or why not; mistakes can be undone and phones are claimed once."""

from datetime import UTC, datetime, timedelta

import pytest

from server.domain import attendance
from server.domain.attendance import Admission, CodeTry, admit, try_code
from server.domain.errors import RuleViolation, WrongPhase
from server.domain.vocabulary import AttendanceStatus, DoorAnswer, MeetingStatus

NOW = datetime(2026, 3, 12, 7, 2, tzinfo=UTC)
EARLIER = NOW - timedelta(minutes=4)


def minutes(count):
    return timedelta(minutes=count)


def scan(**facts):
    return admit(**{"meeting_status": MeetingStatus.OPEN, "now": NOW, **facts})


@pytest.mark.parametrize("status", [None, *AttendanceStatus])
def test_whoever_is_not_in_yet_is_welcome_expected_or_not(status):
    assert scan(attendance_status=status) == Admission(DoorAnswer.WELCOME, since=NOW)


def test_a_second_scan_greets_with_the_time_of_the_first():
    answer = scan(attendance_status=AttendanceStatus.PRESENT, entered_at=EARLIER)
    assert answer == Admission(DoorAnswer.ALREADY_IN, since=EARLIER)


def test_whoever_went_out_or_was_set_back_is_welcome_again():
    out = scan(attendance_status=AttendanceStatus.PRESENT, entered_at=EARLIER, left_at=NOW - minutes(1))
    undone = scan(attendance_status=AttendanceStatus.EXPECTED, entered_at=EARLIER)
    assert out.answer is undone.answer is DoorAnswer.WELCOME


REFUSED_BECAUSE = {
    "unknown_badge": {"badge_known": False},
    "other_group": {"badge_group_matches": False},
    "revoked_badge": {"badge_revoked": True},
    "meeting_closed": {"meeting_status": MeetingStatus.CLOSED},
    "doors_closed": {"meeting_status": MeetingStatus.DRAFT},
    "expired_visitor": {"badge_expired": True},
    "other_meeting": {"badge_meeting_matches": False},
}


@pytest.mark.parametrize("reason", attendance.REFUSALS)
def test_each_refusal_has_its_own_reason(reason):
    assert scan(**REFUSED_BECAUSE[reason]) == Admission(DoorAnswer.REFUSED, reason=reason)


@pytest.mark.parametrize("position", range(len(attendance.REFUSALS) - 1))
def test_of_several_reasons_the_door_names_the_first(position):
    facts = {}
    for reason in reversed(attendance.REFUSALS[position:]):
        facts |= REFUSED_BECAUSE[reason]
    assert scan(**facts).reason == attendance.REFUSALS[position]


def test_a_lost_badge_stays_refused_while_its_person_is_in():
    facts = {"attendance_status": AttendanceStatus.PRESENT, "entered_at": EARLIER}
    assert scan(badge_revoked=True, **facts).reason == "revoked_badge"


def test_an_entry_can_be_undone_for_fifteen_minutes():
    assert attendance.may_undo(NOW, NOW + minutes(15))
    assert not attendance.may_undo(NOW, NOW + minutes(15) + timedelta(seconds=1))


def test_late_is_after_the_start_and_its_grace():
    assert not attendance.is_late(NOW + minutes(5), NOW)
    assert attendance.is_late(NOW + minutes(6), NOW)
    assert attendance.is_late(NOW + minutes(2), NOW, grace=minutes(1))
    assert not attendance.is_late(None, NOW)


def test_early_is_before_the_end_by_more_than_the_grace():
    assert attendance.left_early(NOW - minutes(6), NOW)
    assert not attendance.left_early(NOW - minutes(5), NOW)
    assert not attendance.left_early(NOW, NOW)
    assert not attendance.left_early(None, NOW)


@pytest.mark.parametrize("typed", [("Anna", ""), ("", "Nowak"), (" Anna ", "Nowak")])
def test_one_name_is_enough(typed):
    assert attendance.check_name(*typed) == tuple(name.strip() for name in typed)


@pytest.mark.parametrize(
    ("given", "family", "code"), [("", " \t", "name_missing"), ("A" * 121, "", "name_too_long")]
)
def test_no_name_or_an_endless_one_is_refused(given, family, code):
    with pytest.raises(RuleViolation) as refused:
        attendance.check_name(given, family)
    assert refused.value.code == code


def test_the_first_phone_gets_the_badge_within_ten_minutes_of_the_entry():
    assert attendance.phone_window_open(NOW, NOW)
    assert attendance.phone_window_open(NOW, NOW + minutes(10))
    assert not attendance.phone_window_open(NOW, NOW + minutes(10) + timedelta(seconds=1))
    assert not attendance.phone_window_open(NOW + minutes(60), NOW)
    assert not attendance.phone_window_open(None, NOW)


@pytest.mark.parametrize(("number", "code"), [(0, "000000"), (4711, "004711"), (987_654_321, "654321")])
def test_a_join_code_has_six_digits(number, code):
    assert attendance.join_code(number) == code


def attempt(typed="004711", **facts):
    known = {
        "attendance_uid": "A1",
        "code_hash": attendance.hash_join_code("004711", "A1"),
        "tries_used": 0,
        "valid_until": NOW + attendance.JOIN_CODE_VALID,
        "now": NOW,
    }
    return try_code(typed=typed, **{**known, **facts})


@pytest.mark.parametrize("typed", ["004711", " 004 711 ", "004-711"])
def test_the_right_code_is_accepted_however_it_is_spaced(typed):
    assert attempt(typed) == CodeTry(accepted=True, tries_used=1)


def test_the_code_of_another_person_is_wrong():
    assert attempt(attendance_uid="A2").reason == "join_code_wrong"


def test_after_five_wrong_tries_even_the_right_code_is_refused():
    used = 0
    for left in (4, 3, 2, 1, 0):
        answer = attempt("999999", tries_used=used)
        assert (answer.accepted, answer.reason, answer.tries_left) == (False, "join_code_wrong", left)
        used = answer.tries_used
    assert attempt(tries_used=used) == CodeTry(accepted=False, tries_used=5, reason="join_code_used_up")


@pytest.mark.parametrize("typed", ["", "4711", "0047111", "OO4711", "٠٠٤٧١١", "²²²²²²"])
def test_what_is_no_code_costs_no_try(typed):
    assert attempt(typed, tries_used=3) == CodeTry(False, 3, "join_code_malformed")


@pytest.mark.parametrize(
    "facts",
    [{"code_hash": None}, {"valid_until": None}, {"now": NOW + attendance.JOIN_CODE_VALID + minutes(1)}],
)
def test_a_code_that_was_not_given_out_or_has_run_out_is_expired(facts):
    assert attempt(**facts).reason == "join_code_expired"


@pytest.mark.parametrize("status", [s for s in AttendanceStatus if s is not AttendanceStatus.PRESENT])
def test_whoever_did_not_come_may_apologise_and_take_it_back(status):
    assert attendance.apologise(status) is AttendanceStatus.APOLOGISED
    assert attendance.expect_again(status, MeetingStatus.OPEN) is AttendanceStatus.EXPECTED
    assert attendance.expect_again(status, MeetingStatus.CLOSED) is AttendanceStatus.ABSENT


def test_whoever_came_is_present_whatever_they_wrote():
    with pytest.raises(WrongPhase) as refused:
        attendance.apologise(AttendanceStatus.PRESENT)
    assert refused.value.code == "already_came"
    assert attendance.expect_again(AttendanceStatus.PRESENT, MeetingStatus.OPEN) is AttendanceStatus.PRESENT
