"""Messages one person at a time, by hand or by a real mail server, with a word about each and an undo."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import update

from server.domain.errors import Conflict, NotFound, RuleViolation
from server.domain.messages import MessageKind, MessageState
from server.domain.vocabulary import Uid
from server.persistence.models import Message, Person
from server.services import expected, registration_desk, registrations, reminders, workbench
from server.services import mailing as letters_on_their_way
from server.services.context import Context, Tx
from server.services.people import PersonFields
from server.services.registrations import Newcomer
from server.services.reminders import Letter
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.ports import free_port
from tests.rooms import everybody_in

REMINDER = MessageKind.REMINDER


class Office:
    """A mail server that keeps what it takes and refuses one address."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refused = "nobody@example.org"

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Take an address or not."""
        if address == self.refused:
            return "550 no such box"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 aiosmtpd's name
        """Keep a letter."""
        self.taken.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def office() -> Office:
    return Office()


def _open(office: Office, **more: Any) -> Controller:
    controller = Controller(office, hostname="127.0.0.1", port=free_port(), ready_timeout=60, **more)
    controller.start()
    return controller


def _port(controller: Controller) -> int:
    return int(controller.port)


@pytest.fixture
def mailing(office: Office, morning: Morning) -> Iterator[Morning]:
    """The morning with a mail server set."""
    controller = _open(office)
    _set(morning.ctx, _port(controller))
    yield morning
    letters_on_their_way.wait()
    controller.stop()
    workbench.stop_all()


def _set(ctx: Context, port: int, **more: object) -> None:
    settings: dict[str, Any] = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "mail_from": "group@example.org",
    }
    ctx.settings = replace(ctx.settings, **(settings | more))


def _states(morning: Morning, kind: MessageKind = REMINDER) -> dict[str, MessageState]:
    found = reminders.listed(morning.ctx, morning.meeting_id, kind)
    return {person.given_name: person.state for person in found}


def _send(morning: Morning, *names: str) -> int:
    letters = {
        morning.attendances[name]: Letter("Breakfast\non Thursday", f"Hello {name},\n\nsee you. Żółć?")
        for name in names
    }
    sent = reminders.send(
        morning.ctx, meeting_id=morning.meeting_id, kind=REMINDER, letters=letters, name="Colazione, giovedì"
    )
    letters_on_their_way.wait()
    return sent


def test_one_person_after_the_other_is_marked_and_taken_back(morning: Morning) -> None:
    mira = {"meeting_id": morning.meeting_id, "kind": REMINDER, "attendance_uid": morning.attendances["Mira"]}
    for _ in range(2):
        reminders.mark_written(morning.ctx, **mira)
    assert _states(morning)["Mira"] is MessageState.WRITTEN
    assert _states(morning)["Max"] is MessageState.OPEN
    for _ in range(2):
        reminders.take_back(morning.ctx, **mira)
    assert _states(morning)["Mira"] is MessageState.OPEN
    with pytest.raises(NotFound, match="attendance_unknown"):
        reminders.mark_written(morning.ctx, meeting_id=morning.meeting_id, kind=REMINDER, attendance_uid="0" * 16)


def test_who_excused_themselves_or_is_here_is_not_reminded(morning: Morning) -> None:
    expected.apologise(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Max"])
    everybody_in(morning, only=["Mira"])
    assert not {"Max", "Mira"} & set(_states(morning))


def test_who_waited_and_got_a_place_is_told(morning: Morning) -> None:
    registration_desk.change(morning.ctx, meeting_id=morning.meeting_id, is_on=True, limit=6, closes_local=None)
    noa = PersonFields(given_name="Noa", email="noa@example.org")
    link = registration_desk.view(morning.ctx, morning.meeting_id).link
    own = registrations.register(morning.ctx, link=link, newcomer=Newcomer(noa), private=True)["link"]
    assert _states(morning, MessageKind.MOVED_UP) == {}
    expected.apologise(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Max"])
    assert _states(morning, MessageKind.MOVED_UP) == {"Noa": MessageState.OPEN}
    assert reminders.listed(morning.ctx, morning.meeting_id, MessageKind.MOVED_UP)[0].own_link == own


def test_a_real_mail_server_gets_each_letter_once(mailing: Morning, office: Office) -> None:
    assert _send(mailing, "Mira", "Max") == 2
    assert {str(letter["To"]) for letter in office.taken} == {"mira@example.org", "max@example.org"}
    letter = next(each for each in office.taken if each["To"] == "mira@example.org")
    assert letter["Subject"] == "Breakfast on Thursday"
    assert str(letter["From"]) == '"Colazione, giovedì" <group@example.org>'
    assert letter.get_content().replace("\r\n", "\n") == "Hello Mira,\n\nsee you. Żółć?\n"
    states = _states(mailing)
    assert (states["Mira"], states["Max"], states["Vik"]) == (
        MessageState.SENT,
        MessageState.SENT,
        MessageState.OPEN,
    )
    assert _send(mailing, "Mira", "Max") == 0, "nobody is written to twice"
    assert len({str(each["Message-ID"]) for each in office.taken}) == 2


def test_each_person_has_a_result_of_their_own(mailing: Morning, office: Office) -> None:
    def work(tx: Tx) -> None:
        tx.db.execute(update(Person).where(Person.id == mailing.people["Max"]).values(email=office.refused))
        tx.db.execute(update(Person).where(Person.id == mailing.people["Vik"]).values(email=""))

    mailing.ctx.transaction(work)
    assert _send(mailing, "Mira", "Max", "Vik") == 2
    found = {each.given_name: each for each in reminders.listed(mailing.ctx, mailing.meeting_id, REMINDER)}
    assert found["Mira"].state is MessageState.SENT
    assert (found["Max"].state, found["Max"].problem) == (MessageState.FAILED, "mail_address_refused")
    assert found["Vik"].state is MessageState.OPEN
    office.refused = ""
    assert _send(mailing, "Mira", "Max") == 1, "a letter that failed is sent again"
    assert _states(mailing)["Max"] is MessageState.SENT


def test_a_server_that_wants_a_password_gets_it_and_a_wrong_one_is_told(morning: Morning, office: Office) -> None:
    def judge(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.login == b"anna" and data.password == b"basil")

    controller = _open(office, authenticator=judge, auth_require_tls=False)
    try:
        _set(morning.ctx, _port(controller), smtp_user="anna", smtp_password="wrong")
        _send(morning, "Mira")
        problems = {each.problem for each in reminders.listed(morning.ctx, morning.meeting_id, REMINDER)}
        assert problems == {"", "mail_sign_in_refused"}
        _set(morning.ctx, _port(controller), smtp_user="anna", smtp_password="basil")
        _send(morning, "Mira")
        assert _states(morning)["Mira"] is MessageState.SENT
    finally:
        controller.stop()
        workbench.stop_all()


def test_without_a_private_line_nothing_leaves_this_computer(mailing: Morning, office: Office) -> None:
    _set(mailing.ctx, mailing.ctx.settings.smtp_port, smtp_security="starttls")
    _send(mailing, "Mira")
    found = {each.given_name: each for each in reminders.listed(mailing.ctx, mailing.meeting_id, REMINDER)}
    assert (found["Mira"].state, found["Mira"].problem) == (MessageState.FAILED, "mail_not_private")
    assert office.taken == []
    _set(mailing.ctx, 25, smtp_host="mail.example.org")
    with pytest.raises(RuleViolation, match="mail_not_private"):
        _send(mailing, "Mira")


def test_a_server_that_is_away_is_told_about_every_letter(morning: Morning) -> None:
    with pytest.raises(RuleViolation, match="mail_not_set_up"):
        _send(morning, "Mira")
    _set(morning.ctx, 9)
    _send(morning, "Mira", "Max")
    assert {each.problem for each in reminders.listed(morning.ctx, morning.meeting_id, REMINDER)} == {
        "",
        "mail_unreachable",
    }
    workbench.stop_all()


def test_letters_that_a_dead_process_left_are_lost_after_a_while(
    mailing: Morning, office: Office, clock: FakeClock
) -> None:
    def work(tx: Tx) -> None:
        tx.db.add(
            Message(
                meeting_id=mailing.meeting_id,
                person_id=mailing.people["Mira"],
                kind=REMINDER,
                state=MessageState.SENDING,
                changed_at=tx.now,
            )
        )

    mailing.ctx.transaction(work)
    with pytest.raises(Conflict, match="mail_under_way"):
        _send(mailing, "Mira")
    clock.pass_by(minutes=6)
    assert _states(mailing)["Mira"] is MessageState.FAILED
    assert _send(mailing, "Mira") == 1
    assert _states(mailing)["Mira"] is MessageState.SENT
    assert (
        reminders.send(
            mailing.ctx, meeting_id=mailing.meeting_id, kind=REMINDER, letters={Uid("x"): Letter("", "")}, name=""
        )
        == 0
    )
