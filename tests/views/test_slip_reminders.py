"""Reminders of slips over HTTP: who switches them on, what a mail says and leaves out, and that one failing look keeps
no other from its turn.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from server.domain.vocabulary import GroupId, ReferralState
from server.persistence.models import Group
from server.services import mailing, slip_reminders, workbench
from server.services.context import Tx
from server.views import letter_post
from server.views import slip_reminders as views
from tests import builders
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.services.test_reminders import Office, _open, _port, _set
from tests.services.test_slips import WHOLE, _give, _move

OpenBrowser = Callable[[str | None], Browser]
RULES = "/o/referral-rules"
MAIL = "/o/referral-rules/mail"


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def late(morning: Morning, clock: FakeClock) -> Iterator[Morning]:
    """Two slips wait for a first answer of Max, and one for the next word; it is ten in the morning."""
    clock.now = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
    _move(morning, "Max", _give(morning, "Dora"), ReferralState.ACCEPTED, ReferralState.CONTACTED)
    clock.pass_by(days=12)
    for giver in ("Mira", "Olga"):
        _give(morning, giver)
    clock.pass_by(days=2)
    for who in ("Olga", "Mira", "Sam"):
        morning.tokens[who] = builders.signed_in(morning.ctx, morning.people[who])
    yield morning
    mailing.wait()
    workbench.stop_all()


@pytest.fixture
def posted(office: Office, late: Morning) -> Iterator[Morning]:
    """The same with a mail server."""
    controller = _open(office)
    _set(late.ctx, _port(controller))
    yield late
    mailing.wait()
    controller.stop()


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def _switched(morning: Morning) -> Morning:
    group = GroupId(morning.group_id)
    slip_reminders.switch(morning.ctx, group_id=group, automatic=True, by=morning.people["Olga"])
    return morning


def _look(app: Flask, morning: Morning) -> int:
    sent = views.send_due(app, morning.ctx)
    mailing.wait()
    return sent


def _set_group(morning: Morning, **values: str) -> None:
    def work(tx: Tx) -> None:
        tx.db.execute(update(Group).where(Group.id == morning.group_id).values(**values))

    morning.ctx.transaction(work)


def test_the_organiser_switches_them_on_and_off_beside_the_rules(
    app: Flask, browser: OpenBrowser, posted: Morning, office: Office, statements: Statements
) -> None:
    olga = browser("Olga")
    page = _text(olga.get(RULES))
    assert "Reminders stand on the board only." in page
    assert _look(app, posted) == 0, "off at first"
    assert olga.submit(MAIL, {"automatic": "yes", "op": "press"}).location == RULES
    assert _look(app, posted) == 1
    with statements() as sent:
        page = _text(olga.get(RULES))
    assert len(sent) <= 12, "\n".join(sent)
    assert "In the last 7 days 1 person was reminded." in page
    assert "Remind on the board only" in page
    assert olga.submit(MAIL, {"automatic": "no"}).location == RULES
    assert olga.submit(MAIL, {"automatic": "yes", "op": "press"}).location == RULES
    assert "Reminders stand on the board only." in _text(olga.get(RULES)), "the first press was sent again"
    assert olga.get(MAIL).location == RULES


def test_without_a_server_the_page_says_so_and_the_form_is_refused(browser: OpenBrowser, late: Morning) -> None:
    olga = browser("Olga")
    page = _text(olga.get(RULES))
    assert "No mail server is set: without one nobody can be reminded by mail." in page
    assert MAIL not in page
    refused = _text(olga.submit(MAIL, {"automatic": "yes"}), 422)
    assert "No mail server is set." in refused
    assert 'name="introduction"' in refused, "the rules are there to go on with"
    _set(late.ctx, 25, smtp_host="mail.example.org")
    refused = _text(olga.submit(MAIL, {"automatic": "yes"}), 422)
    assert "The mail server mail.example.org offers no private line" in refused


def test_a_server_that_went_away_is_said_and_reminders_can_be_switched_off(
    app: Flask, browser: OpenBrowser, posted: Morning
) -> None:
    _switched(posted)
    port = posted.ctx.settings.smtp_port
    _set(posted.ctx, 1)
    assert _look(app, posted) == 1
    assert "the mail server does not answer" in _text(browser("Olga").get(RULES))
    _set(posted.ctx, port, smtp_host="")
    assert "No mail server is set any more: nothing goes." in _text(browser("Olga").get(RULES))
    assert browser("Olga").submit(MAIL, {"automatic": "no"}).location == RULES


def test_members_and_strangers_neither_see_nor_switch(browser: OpenBrowser, posted: Morning) -> None:
    for who in ("Mira", None):
        for reply in (browser(who).get(RULES), browser(who).submit(MAIL, {"automatic": "yes"})):
            assert reply.status_code in (302, 303, 401, 403, 404)
            assert reply.headers.get("Location") != RULES
    browser("Sam").submit(MAIL, {"automatic": "yes"})
    page = slip_reminders.page(posted.ctx, GroupId(posted.group_id))
    assert not page.automatic, "Sam leads another group"


WORDS = {
    "en": (
        "Referrals wait for a word of yours",
        "2 referrals wait for your first answer.",
        "1 referral waits for the next word from you.",
        "A word on your board is enough: ",
    ),
    "it": (
        "Ci sono referenze che attendono una tua parola",
        "2 referenze attendono la tua prima risposta.",
        "1 referenza attende che tu ne dica ancora qualcosa.",
        "Basta una parola sulla tua bacheca: ",
    ),
    "pl": (
        "Polecenia czekają na Twoje słowo",
        "2 polecenia czekają na Twoją pierwszą odpowiedź.",
        "1 polecenie czeka na kolejne słowo od Ciebie.",
        "Wystarczy słowo na Twojej tablicy: ",
    ),
}


@pytest.mark.parametrize("language", list(WORDS))
def test_a_mail_says_how_many_wait_and_where_in_the_groups_language(
    app: Flask, posted: Morning, office: Office, language: str
) -> None:
    _set_group(posted, language=language)
    assert _look(app, _switched(posted)) == 1
    [letter] = office.taken
    subject, answers, words, where = WORDS[language]
    assert str(letter["To"]) == "max@example.org"
    assert str(letter["Subject"]) == subject
    body = letter.get_content().replace("\r\n", "\n")
    assert f"\n\n{answers}\n{words}\n\n{where}https://meet.example.org/referrals\n\n" in body
    assert "https://meet.example.org/referrals/letter" in body, "where one says that one wants no more"
    assert "Max D'Alò" in body


def test_a_mail_names_nobody_else_and_nothing_of_it_is_logged(
    app: Flask, posted: Morning, office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert _look(app, _switched(posted)) == 1
    told = str(office.taken[0]["Subject"]) + office.taken[0].get_content()
    for secret in (WHOLE.prospect_name, WHOLE.reach, WHOLE.need, "Mira", "Olga", "Dora", "Chiara", "Łukasik"):
        assert str(secret) not in told
    # The mail server of the test writes down its own side.
    logged = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("mail."))
    for secret in ("max@example.org", "referrals wait", "Referrals wait", "D'Al"):
        assert secret not in logged


def test_without_an_address_of_the_pages_a_mail_says_where_to_look(app: Flask, posted: Morning, office: Office) -> None:
    _set_group(posted, base_url="")
    _set(posted.ctx, posted.ctx.settings.smtp_port or 0, base_url="https://program.example.org/")
    assert _look(app, _switched(posted)) == 1
    assert "https://program.example.org/referrals\n" in office.taken[0].get_content().replace("\r\n", "\n")


def test_with_no_address_at_all_it_says_so_in_words(app: Flask, posted: Morning, office: Office) -> None:
    _set_group(posted, base_url="")
    _set(posted.ctx, posted.ctx.settings.smtp_port or 0, base_url="")
    assert _look(app, _switched(posted)) == 1
    body = office.taken[0].get_content()
    assert "it is in Coltiva under “Referrals”" in body
    assert "On your “Monthly letter” there you say that you want no more reminders." in body
    assert "http" not in body


@pytest.mark.parametrize("broken", ["letters", "slip_reminders"])
def test_a_look_that_fails_keeps_the_other_from_nothing(
    app: Flask, posted: Morning, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    looked = []

    def fails(*_: object) -> tuple[()]:
        raise OSError("the disk is full")

    def counted(*_: object) -> tuple[()]:
        looked.append(1)
        return ()

    for name, module in (("letters", letter_post.letters), ("slip_reminders", slip_reminders)):
        monkeypatch.setattr(module, "due", fails if name == broken else counted)
    letter_post.look(app, posted.ctx)
    assert looked == [1]
    assert "a look at the" in caplog.text


def test_the_same_look_sends_letters_and_reminders(app: Flask, posted: Morning, office: Office) -> None:
    _switched(posted)
    letter_post.look(app, posted.ctx)
    mailing.wait()
    assert [str(letter["To"]) for letter in office.taken] == ["max@example.org"]


def test_who_wants_no_letters_wants_no_reminders_and_is_told_so(
    app: Flask, browser: OpenBrowser, posted: Morning, office: Office
) -> None:
    posted.tokens["Max"] = builders.signed_in(posted.ctx, posted.people["Max"])
    max_ = browser("Max")
    assert "a reminder when a referral waits for you too long" in _text(max_.get("/referrals/letter"))
    max_.submit("/referrals/letter", {"wanted": "no"})
    assert "You get neither letters nor reminders by mail." in _text(max_.get("/referrals/letter"))
    assert _look(app, _switched(posted)) == 0
    assert office.taken == []
