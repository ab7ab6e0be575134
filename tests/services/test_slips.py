"""Bursts, slips for visitors, "well served?", the group's view and its rules, on both databases."""

import threading
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from server.domain import referrals as rules
from server.domain.errors import Conflict, NotAllowed, RuleViolation, WrongPhase
from server.domain.referrals import Served, Side
from server.domain.scoring import Reminders, Weights
from server.domain.vocabulary import PersonId, ReferralState
from server.persistence.models import Referral, ReferralMove
from server.services import passed, referral_rules, referrals, slips, walk_ins
from server.services.context import Json
from server.services.referrals import SlipFields
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import DOOR, everybody_in

State = ReferralState
WHOLE = SlipFields(
    need="Twelve rooms to furnish",
    level=3,
    vouch="saw_the_work",
    consent=True,
    prospect_name="Chiara D'Amico",
    reach="+39 031 555 123",
    ways=("written", "card_given"),
)


def _give(morning: Morning, giver: str = "Mira", to: str = "Max", **changes: Any) -> Json:
    return referrals.write(
        morning.ctx,
        group_id=morning.group_id,  # type: ignore[arg-type]
        giver=morning.people[giver],
        to=to,
        fields=replace(WHOLE, **changes),
        give=True,
    )


def _move(morning: Morning, who: str, slip: Json, *states: State, **more: Any) -> Json:
    for to in states:
        slip = referrals.move(
            morning.ctx,
            group_id=morning.group_id,  # type: ignore[arg-type]
            actor=morning.people[who],
            uid=slip["uid"],
            version=slip["version"],
            to=to,
            **more,
        )
    return slip


def _served(morning: Morning, who: str, slip: Json, served: Served = Served.YES) -> Json:
    return referrals.tell_served(
        morning.ctx,
        group_id=morning.group_id,  # type: ignore[arg-type]
        actor=morning.people[who],
        uid=slip["uid"],
        version=slip["version"],
        served=served,
    )


def _shown(morning: Morning, who: str, slip: Json) -> slips.Shown:
    return slips.show(morning.ctx, morning.group_id, morning.people[who], slip["uid"])  # type: ignore[arg-type]


def test_how_and_when_stand_on_the_slip(morning: Morning) -> None:
    slip = _give(morning, inside=True, given_on=date(2026, 11, 20))
    view = _shown(morning, "Max", slip).slip
    assert (view.ways, view.inside, view.given_on) == (("card_given", "written"), True, date(2026, 11, 20))
    assert _shown(morning, "Max", _give(morning)).slip.given_on == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"ways": ("shouted",)}, "slip_way_unknown", "ways"),
        ({"given_on": date(2026, 11, 27)}, "slip_day_future", "given_on"),
        ({"given_on": date(2020, 1, 1)}, "slip_day_far", "given_on"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    morning: Morning, change: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        _give(morning, **change)
    assert (refused.value.code, refused.value.params["field"]) == (code, field)


def test_the_fourth_slip_of_a_morning_is_kept_until_its_author_is_sure(morning: Morning) -> None:
    everybody_in(morning, only=["Mira"])
    for _ in range(3):
        assert _give(morning)["state"] == "given"
    fourth = _give(morning)
    assert (fourth["state"], fourth["burst"], fourth["missing"]) == ("draft", 3, [])
    sure = referrals.rewrite(
        morning.ctx,
        group_id=morning.group_id,  # type: ignore[arg-type]
        giver=morning.people["Mira"],
        uid=fourth["uid"],
        version=fourth["version"],
        to="Max",
        fields=replace(WHOLE, sure=True),
        give=True,
    )
    assert (sure["state"], sure["burst"]) == ("given", 0)
    assert _give(morning, given_on=date(2026, 11, 12))["state"] == "given"


def test_for_a_visitor_the_giver_notes_what_became_of_it(morning: Morning) -> None:
    slip = _give(morning, to="Vik")
    view = _shown(morning, "Mira", slip).slip
    assert (view.side, view.stands_in, view.moves) == (Side.GIVER, True, (State.ACCEPTED, State.DECLINED))
    _move(morning, "Mira", slip, State.ACCEPTED, State.CONTACTED, State.WON)
    shown = _shown(morning, "Mira", slip)
    assert shown.slip.state is State.WON
    assert [step.by_viewer for step in shown.steps] == [True] * 4
    to_a_member = _give(morning)
    with pytest.raises(NotAllowed, match="referral_not_yours"):
        _move(morning, "Mira", to_a_member, State.ACCEPTED)


def test_after_business_the_giver_asks_once_and_the_two_know(morning: Morning) -> None:
    slip = _move(morning, "Max", _give(morning, level=5), State.ACCEPTED, State.CONTACTED)
    with pytest.raises(WrongPhase, match="served_too_early"):
        _served(morning, "Mira", slip)
    slip = _move(morning, "Max", slip, State.WON)
    assert _shown(morning, "Mira", slip).slip.asks_served
    assert not _shown(morning, "Max", slip).slip.asks_served
    with pytest.raises(NotAllowed, match="served_not_yours"):
        _served(morning, "Max", slip)
    told = _served(morning, "Mira", slip, Served.MIXED)
    for who in ("Mira", "Max"):
        assert _shown(morning, who, slip).slip.served is Served.MIXED
    with pytest.raises(Conflict, match="slip_moved_on"):
        _served(morning, "Mira", slip)
    with pytest.raises(WrongPhase, match="served_already"):
        _served(morning, "Mira", told)


def test_quality_grows_with_what_becomes_known(morning: Morning) -> None:
    slip = _give(morning)

    def quality() -> int:
        found = _shown(morning, "Mira", slip).quality
        assert found is not None
        return found.value

    values = [quality()]
    for to in (State.ACCEPTED, State.CONTACTED, State.WON):
        slip = _move(morning, "Max", slip, to)
        values.append(quality())
    slip = _served(morning, "Mira", slip, Served.NO)
    values.append(quality())
    # (3*60+100)/4; +2*100 of 6; the same; +2*100 of 8; +0 of 10
    assert values == [70, 80, 80, 85, 68]
    assert _shown(morning, "Mira", _give(morning, level=1, consent=False, vouch="")).quality is None


def test_the_group_decides_on_its_rules_and_every_version_stays(morning: Morning, clock: FakeClock) -> None:
    def decide(seen: int, **changes: Any) -> Json:
        return referral_rules.decide(
            morning.ctx,
            group_id=morning.group_id,  # type: ignore[arg-type]
            author=morning.people["Olga"],
            seen=seen,
            weights=replace(Weights(), **changes),
            reminders=Reminders(answer_hours=24, word_days=7),
        )

    slip = _give(morning)
    assert decide(0, introduction=0, completeness=1) == {"version": 1}
    found = _shown(morning, "Mira", slip).quality
    assert found is not None
    assert (found.value, found.version) == (100, 1)
    with pytest.raises(Conflict, match="rules_moved_on"):
        decide(0)
    decide(1)
    versions = referral_rules.versions(morning.ctx, morning.group_id)  # type: ignore[arg-type]
    assert [(each.version, each.author) for each in versions] == [
        (2, "Olga Marchetti"),
        (1, "Olga Marchetti"),
        (0, ""),
    ]
    clock.pass_by(hours=25)
    here = slips.board(morning.ctx, morning.people["Max"], group_id=morning.group_id)  # type: ignore[arg-type]
    assert [view.quiet_days(morning.ctx.now()) for view in here] == [1]


def test_the_group_sees_that_it_was_given_and_neither_prospect_nor_verdict(morning: Morning) -> None:
    lost = _give(morning)
    _move(morning, "Max", lost, State.DECLINED, reason="other")
    open_one = _give(morning, to="Olga")
    _give(morning, level=1, consent=False, vouch="")
    _give(morning, reach="")
    found = {each.uid: each for each in slips.of_group(morning.ctx, morning.group_id)}  # type: ignore[arg-type]
    assert {uid: each.column for uid, each in found.items()} == {lost["uid"]: "outcome", open_one["uid"]: "offered"}
    assert {"need", "prospect_name", "state", "served"}.isdisjoint(vars(found[lost["uid"]]))
    assert slips.of_group(morning.ctx, morning.other_group_id) == ()  # type: ignore[arg-type]


def test_a_room_sees_how_many_were_passed_by_first_name_and_initial(morning: Morning) -> None:
    everybody_in(morning, only=["Mira", "Max"])
    _give(morning)
    _give(morning, giver="Max", to="Mira", inside=True)
    _give(morning, level=1, consent=False, vouch="")
    _give(morning, giver="Olga", to="Mira")
    found = passed.at(morning.ctx, morning.meeting_id)
    assert (found.slips, found.inside, found.givers, found.thanks) == (2, 1, 2, 0)
    assert {(each.kind, each.giver, each.receiver) for each in found.recent} == {
        ("referral", "Mira Ł.", "Max D."),
        ("referral", "Max D.", "Mira Ł."),
    }


def test_a_room_sees_how_many_visitors_came_and_who_brought_them(morning: Morning) -> None:
    everybody_in(morning, only=["Mira", "Max"])
    assert passed.at(morning.ctx, morning.meeting_id).visitors == 0  # Vik is expected and has not come
    everybody_in(morning, only=["Vik"])
    walk_ins.add_walk_in(morning.ctx, meeting_id=morning.meeting_id, given_name="Wanda", desk=DOOR)
    found = passed.at(morning.ctx, morning.meeting_id)
    assert found.visitors == 2
    assert [(each.kind, each.giver, each.receiver) for each in found.recent] == [("visitor", "Mira Ł.", "Vik")]


def test_taking_a_referral_on_is_no_answer_yet_calling_the_prospect_is(morning: Morning, clock: FakeClock) -> None:
    slip = _move(morning, "Max", _give(morning), State.ACCEPTED)
    assert kept(morning, slip["uid"])[1] is None
    clock.pass_by(hours=1)
    slip = _move(morning, "Max", slip, State.NO_ANSWER)
    called = clock.now
    clock.pass_by(hours=1)
    slip = _move(morning, "Max", slip, State.CONTACTED)
    assert kept(morning, slip["uid"])[1] == called
    no = _move(morning, "Max", _give(morning, need="A cellar"), State.DECLINED, reason="no_capacity")
    assert kept(morning, no["uid"])[1] == clock.now


class SlipMachine(RuleBasedStateMachine):
    """Two people and the pages they have open: whatever they press, in whatever order, the slip keeps its rules."""

    morning: Morning
    """Handed in by the test."""

    def __init__(self) -> None:
        super().__init__()
        self.slip = _give(self.morning, sure=True)
        self.state, self.version = State.GIVEN, self.slip["version"]
        self.history = [State.GIVEN]
        self.served: Served | None = None

    @rule(
        who=st.sampled_from(["Mira", "Max"]),
        to=st.sampled_from(sorted(State)),
        behind=st.integers(0, 2),
        reason=st.sampled_from(["", "other", "nonsense"]),
    )
    def somebody_moves_it(self, who: str, to: State, behind: int, reason: str) -> None:
        side = Side.RECEIVER if who == "Max" else Side.GIVER
        right_reason = reason == "other" if to in rules.REASON_CODES else True
        allowed = rules.MOVES.get((self.state, to)) is side and right_reason and not behind
        seen = self.slip | {"version": self.version - behind}
        try:
            moved = _move(self.morning, who, seen, to, reason=reason)
        except RuleViolation:
            assert not allowed
            return
        assert allowed
        self.state, self.version = to, moved["version"]
        self.history.append(to)

    @rule(who=st.sampled_from(["Mira", "Max"]), served=st.sampled_from(Served))
    def somebody_says_how_it_was(self, who: str, served: Served) -> None:
        allowed = who == "Mira" and self.state is State.WON and self.served is None
        try:
            told = _served(self.morning, who, self.slip | {"version": self.version}, served)
        except RuleViolation:
            assert not allowed
            return
        assert allowed
        self.served, self.version = served, told["version"]

    @invariant()
    def both_see_the_same_and_the_history_is_whole(self) -> None:
        for who in ("Mira", "Max"):
            shown = _shown(self.morning, who, self.slip)
            assert (shown.slip.state, shown.slip.version) == (self.state, self.version)
            assert shown.slip.served is self.served
            assert [step.to_state for step in shown.steps] == self.history
        # What is kept for counting is what the moves say, read anew.
        assert kept(self.morning, self.slip["uid"]) == recounted(self.morning, self.slip["uid"])


def kept(morning: Morning, uid: str) -> tuple[object, ...]:
    """What stands beside the slip."""
    with morning.ctx.reading() as db:
        row = db.scalars(select(Referral).where(Referral.uid == uid)).one()
        return row.given_at, row.answered_at, row.reason


def recounted(morning: Morning, uid: str) -> tuple[object, ...]:
    """The same from its moves."""
    with morning.ctx.reading() as db:
        moves = db.scalars(
            select(ReferralMove).join(Referral, Referral.id == ReferralMove.referral_id).where(Referral.uid == uid)
        ).all()
    given = [move.moved_at for move in moves if move.to_state is State.GIVEN]
    answered = [move.moved_at for move in moves if move.to_state in rules.ANSWERS]
    return min(given, default=None), min(answered, default=None), max((move.reason for move in moves), default="")


def test_a_slip_keeps_its_rules_whoever_presses_what(morning: Morning) -> None:
    machine: Any = type("ThisMachine", (SlipMachine,), {"morning": morning})
    machine.TestCase.settings = settings(
        max_examples=12,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    machine.TestCase().runTest()


def test_movers_at_the_same_moment_leave_one_unbroken_history(morning: Morning) -> None:
    slip = _give(morning)
    outcomes: list[str] = []

    def press(number: int) -> None:
        """Look, then move where it can go; whoever is second is told and looks again."""
        for _ in range(12):
            view = _shown(morning, "Max", slip).slip
            if not view.moves:
                return
            to = view.moves[number % len(view.moves)]
            try:
                _move(
                    morning,
                    "Max",
                    slip | {"version": view.version},
                    to,
                    reason="other" if to in rules.REASON_CODES else "",
                )
                outcomes.append(to)
            except Conflict:
                continue

    threads = [threading.Thread(target=press, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with morning.ctx.reading() as db:
        steps = db.execute(select(ReferralMove.from_state, ReferralMove.to_state).order_by(ReferralMove.id)).all()
    assert len(steps) == len(outcomes) + 1
    assert all(before[1] == after[0] for before, after in pairwise(steps))
    assert all((before, after) in rules.MOVES for before, after in steps)
    assert _shown(morning, "Mira", slip).slip.state is steps[-1][1]


def test_nobody_else_learns_how_the_prospect_was_served(morning: Morning) -> None:
    slip = _move(morning, "Max", _give(morning), State.ACCEPTED, State.CONTACTED, State.WON)
    _served(morning, "Mira", slip, Served.NO)
    for who in ("Olga", "Fiona", "Vik", "Sam"):
        with pytest.raises(RuleViolation, match="slip_unknown"):
            _shown(morning, who, slip)
        assert slips.board(morning.ctx, PersonId(morning.people[who])) == ()
