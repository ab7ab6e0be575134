"""What seating bore fruit, from stored tables and slips; suggestions adopted, declined and taken back."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest

from server.domain.errors import Conflict, NotFound
from server.domain.fruit import Kind, Verdict, Yield
from server.domain.vocabulary import GroupId, ReferralKind, ReferralState, Standing
from server.persistence.models import Attendance, Person, Referral
from server.services import fruit, sectors, situations
from server.services.context import Tx
from tests.conftest import FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import an_earlier_morning, everybody_in

FEAST, OFFICE = ("Mira", "Max", "Dora"), ("Olga", "Fiona", "Vik")
ACROSS = [
    [("Mira", "Olga"), ("Max", "Fiona"), ("Dora", "Vik")],
    [("Mira", "Fiona"), ("Max", "Vik"), ("Dora", "Olga")],
    [("Mira", "Vik"), ("Max", "Olga"), ("Dora", "Fiona")],
]
ALIKE = [[FEAST, OFFICE]] * 6


def a_past(morning: Morning, *, deals: int = 8) -> None:
    """A tree of trades and a morning a week ago: those alike sat together often, the others once and did business."""
    group = GroupId(morning.group_id)
    above = {name: sectors.add(morning.ctx, group_id=group, name=name) for name in ("Feasts", "Offices")}
    for top, trades in (
        ("Feasts", ("Photographer", "Catering", "Florist")),
        ("Offices", ("Accounting", "Training", "Plumber")),
    ):
        for trade in trades:
            sectors.add(morning.ctx, group_id=group, name=trade, above=above[top])
    earlier = an_earlier_morning(morning, [*ACROSS, *ALIKE])

    def as_a_guest(tx: Tx) -> None:
        line = tx.db.query(Attendance).filter_by(meeting_id=earlier, person_id=morning.people["Vik"]).one()
        line.standing = Standing.VISITOR

    morning.ctx.transaction(as_a_guest)
    business(morning, deals)


def business(morning: Morning, deals: int) -> None:
    """So many referrals across the two kinds that became business."""

    def work(tx: Tx) -> None:
        for number, (giver, receiver) in enumerate(list(product(FEAST, OFFICE))[:deals]):
            tx.db.add(
                Referral(
                    group_id=morning.group_id,
                    giver_id=morning.people[giver],
                    receiver_id=morning.people[receiver],
                    kind=ReferralKind.REFERRAL,
                    state=ReferralState.WON,
                    given_on=tx.now.date() - timedelta(days=number % 3),
                    created_at=tx.now,
                    changed_at=tx.now,
                )
            )

    morning.ctx.transaction(work)


@pytest.fixture
def grown(morning: Morning) -> Morning:
    a_past(morning)
    return morning


def page(morning: Morning) -> fruit.Page:
    return fruit.of_group(morning.ctx, GroupId(morning.group_id))


def decide(morning: Morning, verdict: Verdict, *, after: int = 6, who: str = "Olga") -> str:
    [found] = page(morning).suggestions
    done = fruit.decide(
        morning.ctx,
        group_id=GroupId(morning.group_id),
        one=found.one,
        other=found.other,
        after=after,
        verdict=verdict,
        by=morning.people[who],
    )
    return str(done["uid"])


def back(morning: Morning, uid: str) -> None:
    fruit.take_back(morning.ctx, group_id=GroupId(morning.group_id), uid=uid)


def weighs(morning: Morning) -> int:
    with morning.ctx.reading() as db:
        return sectors.affinity(db, GroupId(morning.group_id)).get(("feasts", "offices"), 0)


def test_kinds_of_seating_are_counted_from_stored_tables(grown: Morning, statements: Statements) -> None:
    with statements() as sent:
        found = page(grown).fruit
    assert len(sent) <= 9
    # Nine pairs across, and six times three pairs at each of two tables.
    assert (found.told, found.whole) == (True, Yield(45, 8))
    assert found.kinds[Kind.FIRST].sat == 9 + 6
    assert found.kinds[Kind.AGAIN].sat == 30
    assert found.kinds[Kind.GUEST].sat == 3 + 12
    assert {size: part.sat for size, part in found.sizes.items()} == {(2, 2): 9, (3, 4): 36}


def test_a_wish_and_trades_that_fit_are_kinds_of_their_own(grown: Morning) -> None:
    def wish(tx: Tx) -> None:
        tx.db.get_one(Person, grown.people["Mira"]).wants_sector = "accounting"

    grown.ctx.transaction(wish)
    assert page(grown).fruit.kinds[Kind.WISHED].sat == 1
    assert Kind.FITTING not in page(grown).fruit.kinds
    decide(grown, Verdict.ADOPTED)
    assert page(grown).fruit.kinds[Kind.FITTING].sat == 9


def test_a_suggestion_says_its_numbers_and_once_adopted_the_planner_hears_it(grown: Morning) -> None:
    [found] = page(grown).suggestions
    assert {found.one_name, found.other_name} == {"Feasts", "Offices"}
    assert (found.why.before, found.why.after, found.why.sat, found.why.won, found.why.few) == (0, 6, 9, 8, True)
    assert round(found.why.usual, 1) == 1.6
    uid = decide(grown, Verdict.ADOPTED)
    after = page(grown)
    assert after.suggestions == ()
    assert [(each.verdict, each.before, each.after, each.by) for each in after.decided] == [
        (Verdict.ADOPTED, 0, 6, "Olga Marchetti")
    ]
    assert weighs(grown) == 6
    everybody_in(grown)
    with grown.ctx.reading() as db:
        problem = situations.read(db, grown.meeting_id, grown.ctx.now()).problem
    assert ["accounting", "catering", 6] in problem["affinity"], "a trade under each of the two"
    back(grown, uid)
    assert weighs(grown) == 0
    assert len(page(grown).suggestions) == 1
    assert page(grown).decided == ()


def test_what_is_declined_is_quiet_for_half_a_year(grown: Morning, clock: FakeClock) -> None:
    uid = decide(grown, Verdict.DECLINED)
    assert page(grown).suggestions == ()
    assert weighs(grown) == 0
    clock.pass_by(days=7 * 26)
    assert len(page(grown).suggestions) == 1
    clock.pass_by(days=-7 * 26)
    back(grown, uid)
    assert len(page(grown).suggestions) == 1


def test_who_decides_second_or_on_an_old_page_is_told_and_changes_nothing(grown: Morning) -> None:
    [found] = page(grown).suggestions
    asked = {"group_id": GroupId(grown.group_id), "one": found.one, "other": found.other, "by": grown.people["Olga"]}
    refused: list[Callable[[], object]] = [
        lambda: fruit.decide(grown.ctx, **asked, after=9, verdict=Verdict.ADOPTED),  # type: ignore[arg-type]
        lambda: fruit.decide(grown.ctx, **asked, after=6, verdict=Verdict.ADOPTED),  # type: ignore[arg-type]
    ]
    with pytest.raises(Conflict, match="fruit_moved_on"):
        refused[0]()
    uid = decide(grown, Verdict.ADOPTED)
    with pytest.raises(Conflict, match="fruit_moved_on"):
        refused[1]()
    assert len(page(grown).decided) == 1
    sectors.relate(grown.ctx, group_id=GroupId(grown.group_id), one=found.one, other=found.other, weight=9)
    with pytest.raises(Conflict, match="fruit_weight_changed"):
        back(grown, uid)
    assert weighs(grown) == 9


def test_a_decision_is_taken_back_once_and_by_its_own_group(grown: Morning) -> None:
    uid = decide(grown, Verdict.ADOPTED)
    with pytest.raises(NotFound):
        fruit.take_back(grown.ctx, group_id=GroupId(grown.other_group_id), uid=uid)
    back(grown, uid)
    with pytest.raises(NotFound):
        back(grown, uid)


def test_nothing_is_told_or_suggested_of_fewer_than_five(morning: Morning) -> None:
    a_past(morning, deals=2)
    found = page(morning)
    assert (found.fruit.told, found.fruit.kinds, found.suggestions) == (False, {}, ())
