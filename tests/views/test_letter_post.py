"""Monthly letters to everybody: by themselves once a month whatever restarts, or by hand without a figure in sight."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from server.domain.messages import MessageState
from server.domain.vocabulary import GroupId
from server.persistence.models import Group, MonthlyLetter, Person
from server.services import letters, mailing, workbench
from server.services.context import Context, Tx
from server.views import letter_post
from tests import builders
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.services.test_reminders import Office, _open, _port, _set
from tests.services.test_slips import _give

OpenBrowser = Callable[[str | None], Browser]
NOVEMBER = date(2026, 11, 1)
MEMBERS = {"olga", "fiona", "dora", "mira", "max"}


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def december(morning: Morning, clock: FakeClock) -> Iterator[Morning]:
    """Mira gave a slip in November; it is the third of December, and Italian is spoken."""

    def italian(tx: Tx) -> None:
        tx.db.get_one(Group, morning.group_id).language = "it"

    morning.ctx.transaction(italian)
    _give(morning, given_on=date(2026, 11, 2))
    clock.now = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
    for who in ("Olga", "Mira", "Sam"):
        morning.tokens[who] = builders.signed_in(morning.ctx, morning.people[who])
    yield morning
    mailing.wait()
    workbench.stop_all()


@pytest.fixture
def sending(office: Office, december: Morning) -> Iterator[Morning]:
    """The same with a mail server, and the organiser has switched the letters on."""
    controller = _open(office)
    _set(december.ctx, _port(controller))
    letters.switch(december.ctx, group_id=GroupId(december.group_id), automatic=True, by=december.people["Olga"])
    yield december
    mailing.wait()
    controller.stop()


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def _look(app: Flask, ctx: Context) -> int:
    sent = letter_post.send_due(app, ctx)
    mailing.wait()
    return sent


def _boxes(office: Office) -> list[str]:
    return sorted(str(letter["To"]).split("@")[0] for letter in office.taken)


def _uid(morning: Morning, who: str) -> str:
    with morning.ctx.reading() as db:
        return db.get_one(Person, morning.people[who]).uid


def test_everybody_gets_their_own_letter_once_whatever_restarts(app: Flask, sending: Morning, office: Office) -> None:
    assert _look(app, sending.ctx) == 5
    assert set(_boxes(office)) == MEMBERS
    letter = next(each for each in office.taken if str(each["To"]).startswith("mira"))
    body = letter.get_content()
    assert "novembre 2026" in str(letter["Subject"])
    assert "Mira Łukasik" in body
    assert "https://meet.example.org/referrals/letter" in body
    assert _look(app, sending.ctx) == 0
    assert len(office.taken) == 5


def test_two_processes_that_look_at_once_send_one_letter_each_person(
    app: Flask, sending: Morning, office: Office
) -> None:
    begun = threading.Barrier(2)

    def look() -> None:
        begun.wait()
        letter_post.send_due(app, sending.ctx)

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mailing.wait()
    assert sorted(_boxes(office)) == sorted(MEMBERS)


def test_the_next_month_brings_another_one_from_eight_in_the_morning_on(
    app: Flask, sending: Morning, office: Office, clock: FakeClock
) -> None:
    _look(app, sending.ctx)
    clock.now = datetime(2027, 1, 1, 6, 30, tzinfo=UTC)
    assert _look(app, sending.ctx) == 0
    clock.now = datetime(2027, 1, 1, 7, 0, tzinfo=UTC)
    assert _look(app, sending.ctx) == 5
    assert len(office.taken) == 10


def test_who_wants_none_gets_none_and_may_come_back(
    app: Flask, browser: OpenBrowser, sending: Morning, office: Office
) -> None:
    mira = browser("Mira")
    assert mira.submit("/referrals/letter", {"wanted": "no"}).location == "/referrals/letter"
    assert "You get neither letters nor reminders by mail" in _text(mira.get("/referrals/letter"))
    _look(app, sending.ctx)
    assert set(_boxes(office)) == MEMBERS - {"mira"}
    assert "wants no letters" in _text(browser("Olga").get("/o/letters"))
    mira.submit("/referrals/letter", {"wanted": "yes"})
    assert _look(app, sending.ctx) == 1
    assert set(_boxes(office)) == MEMBERS


def test_a_refused_address_is_not_tried_again_and_an_unreachable_server_is(
    app: Flask, browser: OpenBrowser, sending: Morning, office: Office
) -> None:
    office.refused = "max@example.org"
    port = sending.ctx.settings.smtp_port
    _set(sending.ctx, 1)
    assert _look(app, sending.ctx) == 5
    assert office.taken == []
    assert "the mail server does not answer" in _text(browser("Olga").get("/o/letters"))
    _set(sending.ctx, port)
    assert _look(app, sending.ctx) == 5
    assert set(_boxes(office)) == MEMBERS - {"max"}
    assert _look(app, sending.ctx) == 0


def test_a_letter_left_on_its_way_by_a_process_that_died_is_said_and_not_sent_twice(
    app: Flask, browser: OpenBrowser, sending: Morning, office: Office, clock: FakeClock
) -> None:
    def died(tx: Tx) -> None:
        tx.db.add(
            MonthlyLetter(
                group_id=sending.group_id,
                person_id=sending.people["Max"],
                month=NOVEMBER,
                state=MessageState.SENDING,
                problem="",
                changed_at=tx.now,
            )
        )

    sending.ctx.transaction(died)
    clock.pass_by(minutes=6)
    assert _look(app, sending.ctx) == 4
    assert "the line was lost on the way" in _text(browser("Olga").get("/o/letters"))


def test_nothing_goes_before_the_organiser_has_switched_it_on_or_without_a_server(
    app: Flask, browser: OpenBrowser, december: Morning, office: Office
) -> None:
    assert _look(app, december.ctx) == 0
    olga = browser("Olga")
    assert "No mail server is set" in _text(olga.submit("/o/letters", {"automatic": "yes"}), 422)
    controller = _open(office)
    _set(december.ctx, _port(controller))
    assert _look(app, december.ctx) == 0
    assert olga.submit("/o/letters", {"automatic": "yes"}).location == "/o/letters"
    assert "Send none by themselves" in _text(olga.get("/o/letters"))
    olga.submit("/o/letters", {"automatic": "no"})
    assert _look(app, december.ctx) == 0
    controller.stop()


def test_by_hand_each_gets_the_way_to_their_letter_and_none_of_its_figures(
    browser: OpenBrowser, december: Morning, statements: Statements
) -> None:
    olga = browser("Olga")
    with statements() as sent:
        page = _text(olga.get("/o/letters"))
    assert len(sent) <= 12, "\n".join(sent)
    seen = 0
    while found := re.search(r'action="/o/letters/(\w+)/written"', page):
        letter = page.split('id="letter"')[1].split("</textarea>")[0]
        assert "https://meet.example.org/referrals/letter" in letter
        assert "novembre" in letter
        assert "26" not in letter.replace("2026", "")
        assert olga.submit(f"/o/letters/{found.group(1)}/written").location == "/o/letters"
        page, seen = _text(olga.get("/o/letters")), seen + 1
    assert seen == 5
    assert "Written: 5 of 5" in page
    max_ = _uid(december, "Max")
    assert olga.submit(f"/o/letters/{max_}/undone").location == f"/o/letters?to={max_}"
    assert "Written: 4 of 5" in _text(olga.get("/o/letters"))
    assert olga.submit(f"/o/letters/{'0' * 16}/written").status_code == 422
    with december.ctx.reading() as db:
        assert {row.month for row in db.scalars(select(MonthlyLetter))} == {NOVEMBER}


def test_strangers_and_members_neither_see_the_list_nor_switch(browser: OpenBrowser, december: Morning) -> None:
    assert "Łukasik" not in _text(browser("Sam").get("/o/letters"))
    for who in ("Mira",):
        assert browser(who).get("/o/letters").status_code in (403, 404)
        assert browser(who).submit("/o/letters", {"automatic": "yes"}).status_code in (403, 404)
    mira = _uid(december, "Mira")
    assert browser("Sam").submit(f"/o/letters/{mira}/written").status_code == 422
