"""How often visitors may come: set for the group, for one person, and shown where somebody is put on a list."""

from collections.abc import Callable
from typing import Any

import pytest

from server.domain.vocabulary import GroupId, Standing
from server.persistence.models import Group, Person
from server.services import visits
from server.services.context import Tx
from tests import builders
from tests.conftest import Browser, Statements
from tests.mornings import Morning

Browsers = Callable[[str | None], Browser]
GROUP = {"name": "A", "language": "en", "time_zone": "Europe/Rome", "currency": "EUR", "base_url": ""}


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


@pytest.fixture
def vik(morning: Morning) -> str:
    """Vik has visited twice; his page's address."""

    def work(tx: Tx) -> str:
        group, person = tx.db.get_one(Group, morning.group_id), tx.db.get_one(Person, morning.people["Vik"])
        for slug in ("one", "two"):
            meeting = builders.a_meeting(tx, group, slug=slug)
            builders.an_attendance(tx, meeting, person, Standing.VISITOR, entered_at=tx.now)
        return f"/o/people/{person.uid}"

    return str(morning.ctx.transaction(work))


def _allowed(morning: Morning) -> visits.Visits:
    return visits.of(morning.ctx, GroupId(morning.group_id), morning.people["Vik"])


def test_the_organiser_sets_for_the_group_how_often_somebody_may_visit(
    browser: Browsers, morning: Morning, vik: str
) -> None:
    olga = browser("Olga")
    assert 'name="visits_allowed" value="2"' in _text(olga.get("/o/group")).replace(' type="number"', "")
    assert "none left" in _text(olga.get(vik))
    assert olga.submit("/o/group", GROUP | {"visits_allowed": "5"}).status_code == 303
    assert _allowed(morning) == visits.Visits(2, 5)
    assert "none left" not in _text(olga.get(vik))
    assert "must lie between 0 and 99" in _text(olga.submit("/o/group", GROUP | {"visits_allowed": "100"}), 422)
    assert _allowed(morning).allowed == 5


def test_one_person_is_allowed_more_and_again_as_everybody(
    browser: Browsers, morning: Morning, vik: str, statements: Statements
) -> None:
    olga = browser("Olga")
    assert olga.submit(f"{vik}/visits", {"visits_allowed": "3"}).status_code == 303
    page = _text(olga.get(vik))
    assert "own number" in page
    assert _allowed(morning) == visits.Visits(2, 3, own=True)
    assert "must lie between 0 and 99" in _text(olga.submit(f"{vik}/visits", {"visits_allowed": "-1"}), 422)
    assert olga.submit(f"{vik}/visits", {"visits_allowed": ""}).status_code == 303
    assert _allowed(morning) == visits.Visits(2, 2)
    with statements() as sent:
        olga.get(vik)
    assert len(sent) <= 12


def test_whoever_is_added_to_a_list_is_shown_with_visits_used_up(
    browser: Browsers, morning: Morning, vik: str, statements: Statements
) -> None:
    def draft(tx: Tx) -> str:
        return builders.a_meeting(tx, tx.db.get_one(Group, morning.group_id), slug="next").uid

    uid = morning.ctx.transaction(draft)
    with statements() as sent:
        page = _text(browser("Olga").get(f"/o/{uid}/people?q=vik"))
    assert "visits: 2 of 2" in page
    assert len(sent) <= 12


def test_nobody_else_allows_visits(browser: Browsers, vik: str) -> None:
    assert browser("Mira").submit(f"{vik}/visits", {"visits_allowed": "9"}).status_code in (403, 404)
    assert browser("Sam").submit(f"{vik}/visits", {"visits_allowed": "9"}).status_code == 404
