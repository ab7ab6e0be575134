"""A full room for measurements: so many people in an open meeting, with their sessions and rounds of seats."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.domain.round_clock import RoundClock
from server.domain.vocabulary import AttendanceStatus, Role
from server.persistence.base import new_uid
from server.persistence.models import Attendance, Membership, Person, Round, Seat, SessionRow
from server.services import sessions
from server.services.context import Context, Tx
from tests import builders

TABLE = 6
ROUNDS = 4


@dataclass
class Room:
    """An open meeting."""

    meeting: str
    facilitator: str
    """A facilitator's session token."""
    phones: list[str]
    """Everybody's session token."""


def full(ctx: Context, people: int, *, rounds: int = ROUNDS, table: int = TABLE) -> Room:
    """So many people, all in the room, with a seat in every round."""

    def work(tx: Tx) -> tuple[str, int, int, list[str]]:
        group = builders.a_group(tx)
        now = datetime.now(UTC)  # noqa: TID251  # a real server looks at this meeting
        meeting = builders.a_meeting(tx, group, starts=now, rounds_wanted=rounds, table_size=table)
        persons = [
            Person(
                given_name=f"Given{n}",
                family_name=f"Family{n}",
                company=f"Firm number {n}",
                sector=f"Trade {n % 40}",
                looks_for="somebody who knows the owners of small hotels",
                offers="an introduction to a good printer",
                search_key=f"family{n}",
                sort_key=f"family{n:05}",
                created_at=tx.now,
            )
            for n in range(people)
        ]
        tx.db.add_all(persons)
        tx.db.flush()
        tx.db.add_all(Membership(group_id=group.id, person_id=p.id, standing="member") for p in persons)
        rows = [
            Attendance(
                meeting_id=meeting.id,
                person_id=p.id,
                standing="member",
                status=AttendanceStatus.PRESENT,
                entered_at=now,
            )
            for p in persons
        ]
        tx.db.add_all(rows)
        tx.db.flush()
        for number in range(1, rounds + 1):
            this_round = Round(meeting_id=meeting.id, number=number)
            this_round.clock = RoundClock.planned(timedelta(minutes=5))
            # Everybody moves on by another step, so that nobody keeps their company.
            this_round.seats = [
                Seat(attendance_id=row.id, table_number=1 + (n // table + (n % table) * number) % -(-people // table))
                for n, row in enumerate(rows)
            ]
            tx.db.add(this_round)
        tokens = [new_uid() * 2 for _ in persons]
        tx.db.add_all(
            SessionRow(
                token_hash=sessions.token_hash(token),
                person_id=p.id,
                label="Chrome",
                created_at=tx.now,
                expires_at=tx.now + timedelta(days=1),
            )
            for token, p in zip(tokens, persons, strict=True)
        )
        return meeting.uid, meeting.id, group.id, tokens

    uid, meeting_id, group_id, tokens = ctx.transaction(work)
    here = {"group_id": group_id, "meeting_id": meeting_id}
    facilitator = builders.signed_in(ctx, None, label="Console", role=Role.FACILITATOR, **here)
    return Room(uid, facilitator, tokens)
