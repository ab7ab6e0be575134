"""Slips, as their giver and their receiver notice them, on both databases."""

import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from server.domain import referrals as rules
from server.domain.errors import Conflict, NotAllowed, NotFound, RuleViolation, WrongPhase
from server.domain.referrals import Side
from server.domain.vocabulary import ReferralKind, ReferralState, Standing
from server.persistence.models import Group, Meeting, Membership, Referral, ReferralMove
from server.services import receivers, referrals, slips
from server.services.bus import Told
from server.services.context import Json, Op, Tx
from server.services.referrals import SlipFields
from server.services.slips import SlipView
from tests import builders
from tests.cast import Character
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import everybody_in

State = ReferralState
WHOLE = SlipFields(
    need="Twelve rooms to furnish at Villa Serbelloni",
    level=3,
    vouch="saw_the_work",
    consent=True,
    prospect_name="Chiara D'Amico",
    reach="+39 031 555 123",
    comments="Call after ten.",
)


def _fields(**changes: Any) -> SlipFields:
    return SlipFields(**(vars(WHOLE) | changes))


def _give(
    morning: Morning, *, giver: str = "Mira", to: str = "Max D'Alò", give: bool = True, **changes: Any
) -> Json:
    return referrals.write(
        morning.ctx,
        group_id=morning.group_id,
        giver=morning.people[giver],
        to=to,
        fields=_fields(**changes),
        give=give,
    )


def _move(morning: Morning, who: str, slip: Json, to: State, **more: Any) -> Json:
    return referrals.move(
        morning.ctx,
        group_id=morning.group_id,
        actor=morning.people[who],
        uid=slip["uid"],
        version=slip["version"],
        to=to,
        **more,
    )


def _seen(morning: Morning, who: str) -> dict[str, SlipView]:
    return {slip.uid: slip for slip in slips.board(morning.ctx, morning.people[who])}


def _refused(error: type[RuleViolation], work: Any, *arguments: Any, **named: Any) -> RuleViolation:
    with pytest.raises(error) as refused:
        work(*arguments, **named)
    return refused.value


def test_a_whole_slip_is_given_and_both_sides_have_it(morning: Morning) -> None:
    slip = _give(morning)
    assert (slip["state"], slip["missing"]) == ("given", [])
    mine, theirs = _seen(morning, "Mira")[slip["uid"]], _seen(morning, "Max")[slip["uid"]]
    assert (mine.side, theirs.side, mine.kind) == (Side.GIVER, Side.RECEIVER, ReferralKind.REFERRAL)
    assert (mine.moves, theirs.moves) == ((), (State.ACCEPTED, State.DECLINED))
    assert (theirs.giver.name, theirs.prospect_name, theirs.reach) == (
        "Mira Łukasik",
        "Chiara D'Amico",
        "+39 031 555 123",
    )


@pytest.mark.parametrize("who", ["Olga", "Fiona", "Dora", "Vik", "Sam"])
def test_nobody_else_sees_a_slip(morning: Morning, who: str) -> None:
    slip = _give(morning)
    assert _seen(morning, who) == {}
    for group_id in (morning.group_id, morning.other_group_id):
        refused = _refused(NotFound, slips.show, morning.ctx, group_id, morning.people[who], slip["uid"])
        assert refused.code == "slip_unknown"
    assert _refused(NotFound, _move, morning, who, slip, State.ACCEPTED).code == "slip_unknown"


def test_a_slip_that_lacks_something_is_kept_as_a_draft_that_only_its_giver_sees(morning: Morning) -> None:
    slip = _give(morning, reach="", vouch="", consent=False)
    assert (slip["state"], slip["missing"]) == ("draft", ["reach", "consent", "vouch"])
    assert slip["uid"] in _seen(morning, "Mira")
    assert _seen(morning, "Max") == {}
    assert _refused(
        NotFound, slips.show, morning.ctx, morning.group_id, morning.people["Max"], slip["uid"]
    )
    assert _seen(morning, "Mira")[slip["uid"]].missing == ("reach", "consent", "vouch")


def test_a_draft_is_completed_later_and_given_to_somebody_else(morning: Morning, clock: FakeClock) -> None:
    draft = _give(morning, give=False, prospect_name="", reach="")
    assert draft["state"] == "draft"
    clock.pass_by(hours=5)
    given = referrals.rewrite(
        morning.ctx,
        group_id=morning.group_id,
        giver=morning.people["Mira"],
        uid=draft["uid"],
        version=draft["version"],
        to="olga",
        fields=WHOLE,
        give=True,
    )
    assert given["state"] == "given"
    assert _seen(morning, "Max") == {}
    assert _seen(morning, "Olga")[draft["uid"]].prospect_name == "Chiara D'Amico"


def test_over_an_open_line_a_draft_keeps_what_it_had(morning: Morning) -> None:
    draft = _give(morning, give=False)
    referrals.rewrite(
        morning.ctx,
        group_id=morning.group_id,
        giver=morning.people["Mira"],
        uid=draft["uid"],
        version=draft["version"],
        to="Max",
        fields=_fields(need="Another need", prospect_name=None, reach=None, comments=None),
        give=False,
    )
    kept = _seen(morning, "Mira")[draft["uid"]]
    assert (kept.need, kept.prospect_name, kept.comments) == (
        "Another need",
        "Chiara D'Amico",
        "Call after ten.",
    )


def test_without_consent_at_the_first_level_it_is_a_lead(morning: Morning) -> None:
    slip = _give(morning, level=1, consent=False, vouch="")
    assert slip["state"] == "given"
    assert _seen(morning, "Max")[slip["uid"]].kind is ReferralKind.LEAD


def test_a_draft_can_be_thrown_away_and_a_given_slip_cannot(morning: Morning) -> None:
    draft, given = _give(morning, give=False), _give(morning)

    def throw(slip: Json, who: str = "Mira") -> Json:
        return referrals.throw_away(
            morning.ctx,
            group_id=morning.group_id,
            giver=morning.people[who],
            uid=slip["uid"],
            version=slip["version"],
        )

    throw(draft)
    assert list(_seen(morning, "Mira")) == [given["uid"]]
    assert _refused(WrongPhase, throw, given).code == "slip_already_given"
    assert _refused(NotFound, throw, draft).code == "slip_unknown"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "receiver_missing"),
        ("Zoroaster", "receiver_unknown"),
        ("Sam Stranger", "receiver_unknown"),
        ("Sam", "receiver_unknown"),
        ("Mira Łukasik", "referral_to_self"),
        ("mi luk", "referral_to_self"),
        ("m", "receiver_ambiguous"),
    ],
)
def test_a_receiver_who_is_not_one_member_is_refused_at_the_field(
    morning: Morning, typed: str, code: str
) -> None:
    refused = _refused(RuleViolation, _give, morning, to=typed)
    assert (refused.code, refused.params["field"]) == (code, "to")
    assert _seen(morning, "Mira") == {}


@pytest.mark.parametrize("typed", ["max", "Max D'Alò", "dalo catering", "D ALO", "  maX   d'al "])
def test_a_receiver_is_found_by_the_beginnings_of_words(morning: Morning, typed: str) -> None:
    assert _give(morning, to=typed)["state"] == "given"
    assert len(_seen(morning, "Max")) == 1


def test_namesakes_are_told_apart_by_their_company(morning: Morning) -> None:
    def work(tx: Tx) -> None:
        group = tx.db.get_one(Group, morning.group_id)
        builders.a_member(
            tx, group, Character("Max", "D'Alò", "Panificio D'Alò", "Bakery", "max2@example.org")
        )

    morning.ctx.transaction(work)
    labels = [
        each.label for each in receivers.listed(morning.ctx, morning.group_id, but=morning.people["Mira"])
    ]
    assert {"Max D'Alò, D'Alò Catering", "Max D'Alò, Panificio D'Alò"} <= set(labels)
    refused = _refused(RuleViolation, _give, morning, to="Max D'Alò")
    assert refused.params["names"] == "Max D'Alò, D'Alò Catering, Max D'Alò, Panificio D'Alò"
    _give(morning, to="Max D'Alò, D'Alò Catering")
    assert len(_seen(morning, "Max")) == 1


def test_a_member_who_left_gives_and_gets_nothing_any_more(morning: Morning) -> None:
    slip = _give(morning)

    def leave(tx: Tx) -> None:
        row = tx.db.scalar(select(Membership).where(Membership.person_id == morning.people["Max"]))
        assert row is not None
        row.standing = Standing.FORMER

    morning.ctx.transaction(leave)
    assert _refused(RuleViolation, _give, morning).code == "receiver_unknown"
    assert _seen(morning, "Max") == {}
    assert slip["uid"] in _seen(morning, "Mira")


@pytest.mark.parametrize(
    ("field", "value", "code"), [("level", 6, "slip_level_unknown"), ("vouch", "x", "slip_vouch_unknown")]
)
def test_what_is_no_choice_is_refused_at_its_field(
    morning: Morning, field: str, value: Any, code: str
) -> None:
    refused = _refused(RuleViolation, _give, morning, **{field: value})
    assert (refused.code, refused.params["field"]) == (code, field)


def test_the_receiver_moves_it_with_a_note_and_the_giver_reads_the_history(
    morning: Morning, clock: FakeClock
) -> None:
    slip = _give(morning)
    for to, note in [
        (State.ACCEPTED, "Thank you!"),
        (State.CONTACTED, ""),
        (State.NO_ANSWER, ""),
        (State.CONTACTED, ""),
    ]:
        clock.pass_by(days=1)
        slip = _move(morning, "Max", slip, to, note=note)
    slip = _move(morning, "Max", slip, State.WON, note="A contract.")
    shown = slips.show(morning.ctx, morning.group_id, morning.people["Mira"], slip["uid"])
    view, steps = shown.slip, shown.steps
    assert (view.state, view.moves) == (State.WON, ())
    assert [(step.actor, step.by_viewer, step.to_state, step.note) for step in steps] == [
        ("Mira Łukasik", True, State.GIVEN, ""),
        ("Max D'Alò", False, State.ACCEPTED, "Thank you!"),
        ("Max D'Alò", False, State.CONTACTED, ""),
        ("Max D'Alò", False, State.NO_ANSWER, ""),
        ("Max D'Alò", False, State.CONTACTED, ""),
        ("Max D'Alò", False, State.WON, "A contract."),
    ]


def test_a_verdict_needs_a_reason_that_the_giver_reads(morning: Morning) -> None:
    slip = _give(morning)
    assert (
        _refused(RuleViolation, _move, morning, "Max", slip, State.DECLINED).code == "referral_reason_missing"
    )
    refused = _refused(RuleViolation, _move, morning, "Max", slip, State.DECLINED, reason="budget")
    assert refused.code == "referral_reason_unknown"
    _move(morning, "Max", slip, State.DECLINED, reason="no_capacity")
    steps = slips.show(morning.ctx, morning.group_id, morning.people["Mira"], slip["uid"]).steps
    assert steps[-1].reason == "no_capacity"


def test_the_giver_cannot_speak_for_the_receiver(morning: Morning) -> None:
    slip = _give(morning)
    assert _refused(NotAllowed, _move, morning, "Mira", slip, State.ACCEPTED).code == "referral_not_yours"


@pytest.mark.parametrize("state", list(State))
def test_every_move_outside_the_table_is_refused_and_changes_nothing(morning: Morning, state: State) -> None:
    slip = _give(morning, give=state is not State.DRAFT)

    def put(tx: Tx) -> None:
        tx.db.scalars(select(Referral)).one().state = state

    morning.ctx.transaction(put)
    for to in State:
        allowed = rules.MOVES.get((state, to)) is Side.RECEIVER
        if allowed or state is State.DRAFT:
            continue
        assert _refused(WrongPhase, _move, morning, "Max", slip, to).code == "referral_wrong_phase"
    assert _refused(WrongPhase, _move, morning, "Mira", slip, State.GIVEN).code == "referral_wrong_phase"
    with morning.ctx.reading() as db:
        assert db.scalar(select(Referral.state)) is state


def test_who_saw_an_older_version_is_told_and_changes_nothing(morning: Morning) -> None:
    slip = _give(morning)
    _move(morning, "Max", slip, State.ACCEPTED)
    assert (
        _refused(Conflict, _move, morning, "Max", slip, State.DECLINED, reason="other").code
        == "slip_moved_on"
    )
    assert _seen(morning, "Mira")[slip["uid"]].state is State.ACCEPTED


def test_of_twenty_who_move_a_slip_at_once_one_wins_and_the_others_are_told(morning: Morning) -> None:
    slip = _give(morning)
    outcomes: list[str] = []
    start = threading.Barrier(20)

    def move(number: int) -> None:
        start.wait()
        try:
            if number % 2:
                _move(morning, "Max", slip, State.ACCEPTED)
            else:
                _move(morning, "Max", slip, State.DECLINED, reason="other")
            outcomes.append("moved")
        except Conflict as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=move, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved"] + ["slip_moved_on"] * 19
    with morning.ctx.reading() as db:
        assert db.scalar(select(func.count(ReferralMove.id))) == 2


def test_a_slip_sent_twice_is_one_slip(morning: Morning) -> None:
    def send() -> Json:
        return referrals.write(
            morning.ctx,
            group_id=morning.group_id,
            giver=morning.people["Mira"],
            to="Max",
            fields=WHOLE,
            give=True,
            op=Op("one-press", "slip", {"to": "Max"}),
        )

    assert send() == send()
    assert len(_seen(morning, "Max")) == 1


def test_a_slip_given_in_the_room_remembers_the_meeting(morning: Morning) -> None:
    outside = _give(morning)
    everybody_in(morning, only=["Mira"])
    inside = _give(morning)
    with morning.ctx.reading() as db:
        found = dict(
            db.execute(
                select(Referral.uid, Meeting.uid).outerjoin(Meeting, Meeting.id == Referral.meeting_id)
            ).all()
        )
    assert found == {outside["uid"]: None, inside["uid"]: morning.meeting_uid}


def test_only_the_two_of_a_slip_are_told_and_of_a_draft_only_its_giver(morning: Morning) -> None:
    told: list[Told] = []
    morning.ctx.bus.subscribe(told.append)
    mira, max_ = morning.people["Mira"], morning.people["Max"]
    draft = _give(morning, give=False)
    given = _give(morning)
    _move(morning, "Max", given, State.ACCEPTED)
    heard = [(each.event.slip_uid, each.event.people) for each in told]  # type: ignore[attr-defined]
    assert heard == [(draft["uid"], (mira,)), (given["uid"], (mira, max_)), (given["uid"], (mira, max_))]


def test_outcomes_leave_the_board_after_half_a_year_and_stay_in_the_export(
    morning: Morning, clock: FakeClock
) -> None:
    slip, waiting = _give(morning), _give(morning)
    _move(morning, "Max", slip, State.DECLINED, reason="other")
    clock.pass_by(weeks=27)
    assert list(_seen(morning, "Mira")) == [waiting["uid"]]
    kept = slips.all_of(morning.ctx, morning.people["Mira"], morning.group_id)
    assert {each.uid for each in kept} == {slip["uid"], waiting["uid"]}


def test_silence_is_pointed_out_after_two_days_and_later_after_two_weeks(
    morning: Morning, clock: FakeClock
) -> None:
    slip = _give(morning)

    def quiet() -> int:
        return _seen(morning, "Mira")[slip["uid"]].quiet_days(morning.ctx.now())

    clock.pass_by(hours=47)
    assert quiet() == 0
    clock.pass_by(hours=26)
    assert quiet() == 3
    slip = _move(morning, "Max", slip, State.ACCEPTED)
    slip = _move(morning, "Max", slip, State.CONTACTED)
    clock.pass_by(days=13)
    assert quiet() == 0
    clock.pass_by(days=1)
    assert quiet() == 14
    _move(morning, "Max", slip, State.WON)
    clock.pass_by(days=60)
    assert quiet() == 0
