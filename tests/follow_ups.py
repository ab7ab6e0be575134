"""What people wrote down after a morning: answers, promises, exchanged contacts, consent."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from server.domain.vocabulary import ContactField, ExchangeState, FollowUpKind, StayInTouch, Uid
from server.persistence.models import Consent, Contact, Exchange, FollowUp, Person
from server.services.context import Tx
from tests.mornings import Morning

DAY = date(2026, 11, 19)
"""A week before the morning of the cast; rounds were held then."""
ROUNDS = [
    [("Mira", "Max"), ("Olga", "Vik"), ("Fiona", "Dora")],
    [("Mira", "Olga"), ("Max", "Fiona"), ("Dora", "Vik")],
]


def answer(morning: Morning, owner: str, about: str, stay: StayInTouch, note: str = "") -> None:
    """Somebody says whether to stay in touch, and writes a note."""

    def work(tx: Tx) -> None:
        who, whom = morning.people[owner], morning.people[about]
        row = tx.db.scalar(select(Contact).where(Contact.owner_id == who, Contact.person_id == whom))
        if row is None:
            row = Contact(owner_id=who, person_id=whom, group_id=morning.group_id, created_at=tx.now)
            tx.db.add(row)
        row.stay_in_touch, row.note, row.changed_at = stay, note, tx.now

    morning.ctx.transaction(work)


def promise(
    morning: Morning,
    meeting_id: int | None,
    owner: str,
    about: str,
    text: str,
    due_on: date = DAY + timedelta(days=7),
) -> Uid:
    """Somebody promised something."""

    def work(tx: Tx) -> Uid:
        row = FollowUp(
            owner_id=morning.people[owner],
            about_id=morning.people[about],
            group_id=morning.group_id,
            meeting_id=meeting_id,
            kind=FollowUpKind.PROMISE,
            text=text,
            due_on=due_on,
            created_at=tx.now,
        )
        tx.db.add(row)
        tx.db.flush()
        return Uid(row.uid)

    return morning.ctx.transaction(work)


def change(morning: Morning, who: str, **fields: Any) -> None:
    """A person's card says something else."""

    def work(tx: Tx) -> None:
        person = tx.db.get_one(Person, morning.people[who])
        for name, value in fields.items():
            setattr(person, name, value)

    morning.ctx.transaction(work)


def exchange(morning: Morning, meeting_id: int, asker: str, asked: str) -> None:
    """Two people exchanged contacts."""

    def work(tx: Tx) -> None:
        tx.db.add(
            Exchange(
                meeting_id=meeting_id,
                asker_id=morning.people[asker],
                asked_id=morning.people[asked],
                state=ExchangeState.ACCEPTED,
                asked_at=tx.now,
                answered_at=tx.now,
            )
        )

    morning.ctx.transaction(work)


def consent(morning: Morning, who: str, field: ContactField, *, given: bool = True) -> None:
    """Somebody opens a field to others."""

    def work(tx: Tx) -> None:
        tx.db.add(
            Consent(
                person_id=morning.people[who],
                field=field,
                given=given,
                text_version="1",
                language="en",
                channel="page",
                said_at=tx.now,
            )
        )

    morning.ctx.transaction(work)
