"""The page of the empty chair: why, the invitation without names, the tent card; and who does not see it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import update

from server.persistence.models import Person
from server.services import workbench
from server.services.context import Tx
from tests.conftest import Browser, Statements
from tests.mornings import Morning
from tests.rooms import everybody_in

Open = Callable[[str | None], Browser]


@pytest.fixture(autouse=True, scope="module")
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


@pytest.fixture
def olga(browser: Open, morning: Morning) -> Browser:
    """Olga, whose Mira looks for a notary."""

    def work(tx: Tx) -> None:
        tx.db.execute(update(Person).where(Person.id == morning.people["Mira"]).values(wants_sector="Notary"))

    morning.ctx.transaction(work)
    return browser("Olga")


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def test_a_chair_has_its_reason_its_invitation_and_its_card(
    olga: Browser, morning: Morning, statements: Statements
) -> None:
    everybody_in(morning)
    here = f"/o/{morning.meeting_uid}"
    page = _text(olga.get(f"{here}/empty-chair"))
    assert ">Notary</h2>" in page
    assert "Mira Łukasik" in page, "the organiser reads who looks for it"
    letter = page.split('id="chair-1-text"')[1].split("</textarea>")[0]
    assert "a chair is waiting for: Notary" in letter
    assert "Mira" not in letter
    assert "Visitors cannot register yet" in page
    olga.submit(f"{here}/registration", {"is_on": "1"})
    page = _text(olga.get(f"{here}/empty-chair"))
    assert "https://meet.example.org/r/" in page.split('id="chair-1-text"')[1].split("</textarea>")[0]
    card = olga.submit(f"{here}/papers/empty-chair", {"size": "a4", "per_page": "1", "sectors": "Notary"})
    assert card.data[:5] == b"%PDF-"
    with statements() as sent:
        olga.get(f"{here}/empty-chair")
    assert len(sent) <= 12


def test_without_anybody_the_page_says_the_next_step(olga: Browser, morning: Morning) -> None:
    page = _text(olga.get(f"/o/{morning.meeting_uid}/empty-chair"))
    assert "No chair stands out" in page


def test_only_who_prepares_the_meeting_sees_it(browser: Open, morning: Morning) -> None:
    assert browser("Sam").get(f"/o/{morning.meeting_uid}/empty-chair").status_code == 404
    assert browser("Mira").get(f"/o/{morning.meeting_uid}/empty-chair").status_code == 403
