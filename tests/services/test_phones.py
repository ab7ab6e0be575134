"""A phone becomes somebody's, and never anybody else's, on both databases."""

import threading
from datetime import timedelta

import pytest

from server.domain.access import NOBODY, Scope, Verb, may
from server.domain.errors import RuleViolation
from server.domain.events import PhoneJoined
from server.domain.vocabulary import GroupId, Uid
from server.persistence.models import Badge
from server.services import attendance, check_ins, phones, sessions
from server.services.bus import Told
from server.services.check_ins import Desk
from server.services.context import Tx
from server.services.sessions import Opened
from tests import builders
from tests.conftest import FakeClock
from tests.mornings import Morning

DOOR = Desk(None, "Door 1")


def _scan(morning: Morning, who: str) -> None:
    check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes[who], desk=DOOR)


def _claim(morning: Morning, who: str) -> Opened:
    return phones.claim(morning.ctx, badge_text=morning.codes[who], label="Safari")


def _refusal(call: object, **arguments: object) -> str:
    with pytest.raises(RuleViolation) as refused:
        call(**arguments)  # type: ignore[operator]  # one of the use-cases
    return refused.value.code


def _with_code(morning: Morning, who: str, digits: str) -> str:
    try:
        phones.claim_with_code(morning.ctx, badge_text=morning.codes[who], digits=digits, label="Safari")
    except RuleViolation as refused:
        return refused.code
    return "joined"


def _code(morning: Morning, who: str) -> str:
    return phones.make_code(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances[who])


def _has_phone(morning: Morning, who: str) -> bool:
    (line,) = attendance.everybody(morning.ctx, morning.meeting_id, only=[morning.attendances[who]])
    return line.has_phone


def _kind(morning: Morning, who: str, token: str | None = None) -> str:
    actor = sessions.actor_for(morning.ctx, token)
    return phones.look(morning.ctx, badge_text=morning.codes[who], actor=actor).kind


def test_the_first_phone_after_the_door_becomes_the_persons(morning: Morning) -> None:
    told: list[Told] = []
    _scan(morning, "Vik")
    morning.ctx.bus.subscribe(told.append)
    assert _kind(morning, "Vik") == "claimable"
    opened = _claim(morning, "Vik")
    actor = sessions.actor_for(morning.ctx, opened.token)
    assert (actor.person_id, actor.name) == (morning.people["Vik"], "Vik")
    here = Scope(GroupId(morning.group_id), morning.meeting_id)
    assert may(actor, Verb.ATTEND, here, now=morning.ctx.now())
    assert [told_one.event for told_one in told] == [PhoneJoined(morning.meeting_id, morning.attendances["Vik"])]
    assert _has_phone(morning, "Vik")


def test_a_second_phone_is_refused_and_needs_the_code(morning: Morning) -> None:
    _scan(morning, "Mira")
    first = _claim(morning, "Mira")
    assert _kind(morning, "Mira") == "code"
    assert _refusal(_claim, morning=morning, who="Mira") == "phone_taken"
    assert _with_code(morning, "Mira", _code(morning, "Mira")) == "joined"
    assert sessions.actor_for(morning.ctx, first.token) is NOBODY, "there is one phone, the newer one"


def test_after_ten_minutes_even_the_first_phone_needs_the_code(morning: Morning, clock: FakeClock) -> None:
    _scan(morning, "Mira")
    clock.pass_by(minutes=10, seconds=1)
    assert _kind(morning, "Mira") == "code"
    assert _refusal(_claim, morning=morning, who="Mira") == "phone_needs_code"
    assert _with_code(morning, "Mira", _code(morning, "Mira")) == "joined"


def test_five_wrong_tries_lock_the_code_even_for_the_right_digits(morning: Morning) -> None:
    _scan(morning, "Mira")
    right = _code(morning, "Mira")
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    assert [_with_code(morning, "Mira", wrong) for _ in range(5)] == ["join_code_wrong"] * 5
    assert _with_code(morning, "Mira", right) == "join_code_used_up"
    assert _with_code(morning, "Mira", _code(morning, "Mira")) == "joined", "a new code starts anew"


def test_a_mistyped_code_costs_no_try_and_a_used_one_is_gone(morning: Morning, clock: FakeClock) -> None:
    _scan(morning, "Mira")
    right = _code(morning, "Mira")
    assert [_with_code(morning, "Mira", "12 34") for _ in range(6)] == ["join_code_malformed"] * 6
    assert _with_code(morning, "Mira", f"{right[:3]} {right[3:]}") == "joined"
    assert _with_code(morning, "Mira", right) == "join_code_expired"
    late = _code(morning, "Mira")
    clock.pass_by(minutes=10, seconds=1)
    assert _with_code(morning, "Mira", late) == "join_code_expired"


def test_eight_phones_at_once_give_one_phone(morning: Morning) -> None:
    _scan(morning, "Max")
    answers: list[str] = []
    start = threading.Barrier(8)

    def join() -> None:
        start.wait()
        try:
            answers.append(_claim(morning, "Max") and "joined")
        except RuleViolation as refused:
            answers.append(refused.code)

    threads = [threading.Thread(target=join) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["joined"] + ["phone_taken"] * 7


def test_the_door_undoes_a_phone_which_cannot_come_back_without_a_code(morning: Morning) -> None:
    _scan(morning, "Mira")
    wrong = _claim(morning, "Mira")
    arguments = {
        "ctx": morning.ctx,
        "meeting_id": morning.meeting_id,
        "attendance_uid": morning.attendances["Mira"],
    }
    phones.release(**arguments)  # type: ignore[arg-type]  # said once for both calls
    assert sessions.actor_for(morning.ctx, wrong.token) is NOBODY
    assert not _has_phone(morning, "Mira")
    assert _refusal(_claim, morning=morning, who="Mira") == "phone_taken"
    assert _refusal(phones.release, **arguments) == "no_phone"


def test_an_undone_entry_takes_the_phone_away_and_a_new_one_gives_it_again(morning: Morning) -> None:
    _scan(morning, "Mira")
    opened = _claim(morning, "Mira")
    check_ins.undo(
        morning.ctx,
        meeting_id=morning.meeting_id,
        attendance_uid=morning.attendances["Mira"],
        desk=DOOR,
    )
    assert sessions.actor_for(morning.ctx, opened.token) is NOBODY
    assert _refusal(_claim, morning=morning, who="Mira") == "badge_stranger"
    _scan(morning, "Mira")
    assert _claim(morning, "Mira").token


def test_a_phone_that_joined_by_a_badge_never_organises(morning: Morning) -> None:
    _scan(morning, "Olga")
    actor = sessions.actor_for(morning.ctx, _claim(morning, "Olga").token)
    here = Scope(GroupId(morning.group_id), morning.meeting_id)
    allowed = {verb for verb in Verb if may(actor, verb, here, now=morning.ctx.now())}
    assert allowed == {Verb.ATTEND, Verb.OWN_PAGES, Verb.HEAR_NEWS, Verb.USE_BOARD}


def test_a_badge_shows_a_name_to_people_of_the_same_meeting_only(morning: Morning) -> None:
    _scan(morning, "Mira")
    code = morning.codes["Mira"]

    def seen_by(who: str) -> phones.BadgeLook:
        return phones.look(morning.ctx, badge_text=code, actor=sessions.actor_for(morning.ctx, morning.tokens[who]))

    others = seen_by("Max")
    assert (others.kind, others.name, others.company) == ("other", "Mira Łukasik", "Foto Łukasik")
    assert others.meeting_uid == morning.meeting_uid
    assert (seen_by("Mira").kind, seen_by("Mira").name) == ("own", "")
    assert seen_by("Sam") == phones.STRANGER
    assert seen_by("Dora") == phones.STRANGER, "a device of the door never becomes somebody's phone"


def test_what_is_no_badge_of_today_looks_the_same_from_outside(morning: Morning) -> None:
    def revoke(tx: Tx) -> None:
        tx.db.query(Badge).filter_by(person_id=morning.people["Max"]).update({"revoked_at": tx.now})

    _scan(morning, "Max")
    morning.ctx.transaction(revoke)
    texts = ("0000000000000", "good morning", morning.codes["Max"], morning.codes["Sam"], morning.codes["Mira"])
    for text in texts:
        assert phones.look(morning.ctx, badge_text=text, actor=NOBODY) == phones.STRANGER
        assert _refusal(phones.claim, ctx=morning.ctx, badge_text=text, label="x") == "badge_stranger"
        assert (
            _refusal(phones.claim_with_code, ctx=morning.ctx, badge_text=text, digits="123456", label="x")
            == "join_code_expired"
        )


def test_a_code_is_for_somebody_who_is_in_the_room(morning: Morning) -> None:
    assert _refusal(_code, morning=morning, who="Mira") == "phone_not_in_room"
    assert (
        _refusal(phones.make_code, ctx=morning.ctx, meeting_id=morning.meeting_id, attendance_uid=Uid("0" * 16))
        == "attendance_unknown"
    )


def test_looking_signs_nobody_in(morning: Morning) -> None:
    _scan(morning, "Mira")
    for _ in range(3):
        assert _kind(morning, "Mira") == "claimable"
    assert not _has_phone(morning, "Mira")


def test_a_phone_keeps_its_pages_for_sixty_days(morning: Morning, clock: FakeClock) -> None:
    _scan(morning, "Vik")
    opened = _claim(morning, "Vik")
    assert opened.expires_at - builders.START < timedelta(days=61)
    clock.pass_by(days=59)
    assert sessions.actor_for(morning.ctx, opened.token).person_id == morning.people["Vik"]
