"""The empty chair: the planner says whom to invite, the group's list who that could be."""

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from server.domain.vocabulary import GroupId, MeetingStatus, Standing
from server.persistence.models import Group, Meeting, Person
from server.services import chairs, sectors, workbench
from server.services.context import Tx
from tests import builders
from tests.cast import Character
from tests.mornings import Morning
from tests.rooms import everybody_in

NINA = Character("Nina", "Notaro", "Studio Notaro", "notary", "nina@example.org")


@pytest.fixture(autouse=True, scope="module")
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


@pytest.fixture
def wishing(morning: Morning) -> Morning:
    """Mira and Max look for a notary, and nobody in the room is one; Nina came once and is not on the list."""

    def work(tx: Tx) -> None:
        for who in ("Mira", "Max"):
            tx.db.execute(
                update(Person).where(Person.id == morning.people[who]).values(wants_sector="Notary", region="Torino")
            )
        builders.a_member(tx, tx.db.get_one(Group, morning.group_id), NINA, Standing.VISITOR)

    morning.ctx.transaction(work)
    everybody_in(morning)
    return morning


def test_a_guest_whom_two_look_for_comes_first_with_somebody_who_could_be_it(wishing: Morning) -> None:
    found = chairs.find(wishing.ctx, wishing.meeting_id)
    first = found.chairs[0]
    assert (first.sector, first.wishes) == ("Notary", 2)
    assert [each.name for each in first.known] == ["Nina Notaro"]
    wishes = next(told for told in first.told if told["key"] in ("chair_wishes", "chair_out_of_reach"))
    assert {found.people[key].name for key in wishes["params"]["people"]} <= {"Mira Łukasik", "Max D'Alò"}
    assert not any(chair.sector.casefold() == "catering" for chair in found.chairs), "somebody of it is here"


def test_a_missing_trade_that_does_those_here_good_is_wanted_too(morning: Morning) -> None:
    group = GroupId(morning.group_id)
    catering, wine = (sectors.add(morning.ctx, group_id=group, name=name) for name in ("Catering", "Wine merchant"))
    sectors.relate(morning.ctx, group_id=group, one=catering, other=wine, weight=7)
    everybody_in(morning)
    found = chairs.find(morning.ctx, morning.meeting_id)
    wanted = next(chair for chair in found.chairs if chair.sector == "Wine merchant")
    assert wanted.wishes == 0
    assert "chair_affine" in [told["key"] for told in wanted.told]


def test_where_nobody_is_or_all_is_over_the_page_has_a_sentence(morning: Morning) -> None:
    def over(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = MeetingStatus.CLOSED

    found = chairs.find(morning.ctx, morning.meeting_id)
    assert found.chairs == ()
    morning.ctx.transaction(over)
    found = chairs.find(morning.ctx, morning.meeting_id)
    assert found.refusal is not None
    assert found.refusal.code == "meeting_is_closed"
