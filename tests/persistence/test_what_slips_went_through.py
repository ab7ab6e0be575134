"""Slips of an older program: what their moves say stands beside them afterwards."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from alembic import command

from server.domain.vocabulary import ReferralState
from server.persistence import schema
from server.persistence.database import Database
from server.persistence.models import Group, Person, Referral, ReferralMove
from tests.persistence.test_what_was_printed import _at_first_step, _insert

GIVEN = datetime(2026, 11, 5, 7, 0, tzinfo=UTC)
WAY = (ReferralState.DRAFT, ReferralState.GIVEN, ReferralState.ACCEPTED, ReferralState.CONTACTED)


def _older(path: Path) -> Database:
    """A draft, a slip that waits, one taken on after two days, and one whose prospect was called after four."""
    database = _at_first_step(path)
    config = schema._config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0019")
    with database.engine.begin() as connection:
        group = _insert(connection, Group.__table__, uid="G")
        both = [_insert(connection, Person.__table__, uid=f"P{number}") for number in range(2)]
        for many in range(4):
            slip = _insert(
                connection, Referral.__table__, uid=f"S{many}", group_id=group, giver_id=both[0], receiver_id=both[1],
                kind="referral", state=WAY[many].value,
            )  # fmt: skip
            for number in range(many):
                _insert(
                    connection, ReferralMove.__table__, referral_id=slip, from_state=WAY[number].value,
                    to_state=WAY[number + 1].value, moved_at=GIVEN + timedelta(days=2 * number),
                    reason="no_capacity" if number else "",
                )  # fmt: skip
    return database


def test_a_slip_of_an_older_program_says_when_it_was_given_and_answered_and_why(tmp_path: Path) -> None:
    database = _older(tmp_path / "older.db")
    schema.upgrade(database)
    with database.reading() as db:
        found = db.execute(
            sa.select(Referral.uid, Referral.given_at, Referral.answered_at, Referral.reason).order_by(Referral.uid)
        ).all()
    database.close()
    assert [tuple(row) for row in found] == [
        ("S0", None, None, ""),
        ("S1", GIVEN, None, ""),
        ("S2", GIVEN, None, "no_capacity"),
        ("S3", GIVEN, GIVEN + timedelta(days=4), "no_capacity"),
    ]
