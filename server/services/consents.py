"""What others may see: each person's own word, field by field. Nothing is open unless its owner said so.

Every word is a new line with the version of the text that was read, its language and the way it came; the latest
line counts, at once and everywhere, because every reader asks for it anew.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from server.domain.events import ExchangeMoved
from server.domain.vocabulary import ContactField, ExchangeState, PersonId
from server.persistence.models import Consent, Person
from server.persistence.queries import exchanges as queries
from server.services.context import Context, Json, Op, Tx

TEXT_VERSION = "2026-11"
"""The wording of the switches; moves with every change of what they say."""
OFFERED = (ContactField.EMAIL, ContactField.PHONE, ContactField.LOOKS_FOR, ContactField.OFFERS)
"""The switches there are. Name and company need none: everybody in the room sees them."""
STILL_OPEN = timedelta(days=1)
"""Screens of a meeting closed so long ago hear of a change; older pages see it when they are opened."""


def opened(ctx: Context, person_id: PersonId) -> frozenset[ContactField]:
    """What a person shows to those they exchange contacts with. One statement."""
    with ctx.reading() as db:
        return of(db, person_id)


def of(db: Session, person_id: PersonId) -> frozenset[ContactField]:
    """The same inside a session of the caller."""
    return queries.open_fields(db, (person_id,))[person_id]


def say(
    ctx: Context,
    *,
    person_id: PersonId,
    field: ContactField,
    given: bool,
    language: str,
    channel: str,
    op: Op | None = None,
) -> Json:
    """Open a field to others, or close it. Saying the same again writes nothing. Answers `{field, given}`."""

    def work(tx: Tx) -> Json:
        tx.db.get_one(Person, person_id, with_for_update=True)
        if (field in of(tx.db, person_id)) is not given:
            write(tx, person_id, field, given=given, language=language, channel=channel)
            tell_partners(tx, person_id)
        return {"field": field.value, "given": given}

    return ctx.transaction(work, op=op)


def write(tx: Tx, person_id: PersonId, field: ContactField, *, given: bool, language: str, channel: str) -> None:
    """A helper of the use-cases: one word of somebody about one field, as it was said."""
    tx.db.add(
        Consent(
            person_id=person_id,
            field=field,
            given=given,
            text_version=TEXT_VERSION,
            language=language[:5],
            channel=channel[:16],
            said_at=tx.now,
        )
    )


def tell_partners(tx: Tx, person_id: PersonId) -> None:
    """A helper of the use-cases: whoever holds this person's contacts sees them anew."""
    heard = queries.hearers(tx.db, person_id, tx.now - STILL_OPEN, tuple(ExchangeState))
    for meeting_id, people in heard.items():
        tx.record(ExchangeMoved(meeting_id, tuple(sorted(people))))
