"""The door: scans that let nobody in, substitutes, fees, entries by oneself, and devices that rest behind a code."""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.add_column("meetings", sa.Column("self_check_in", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("meetings", sa.Column("member_fee_cents", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("meetings", sa.Column("visitor_fee_cents", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("attendances", sa.Column("fee_paid_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("check_in_events", sa.Column("skew_ms", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("check_in_events", sa.Column("by_self", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in ("one_time_links", "sessions"):
        op.add_column(table, sa.Column("pin_hash", sa.LargeBinary(length=32), nullable=True))
    op.add_column("one_time_links", sa.Column("label", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("pin_tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("locked_at", UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        "door_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("already_in", "refused", "conflict", name="attemptoutcome", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("happened_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("skew_ms", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("desk", sa.String(length=80), nullable=False),
        sa.Column("settled_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendances.id"], name=op.f("fk_door_attempts_attendance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_door_attempts_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_door_attempts_session_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_door_attempts")),
        sa.UniqueConstraint("uid", name=op.f("uq_door_attempts_uid")),
    )
    for column in ("meeting_id", "attendance_id", "session_id"):
        op.create_index(op.f(f"ix_door_attempts_{column}"), "door_attempts", [column], unique=False)
    op.create_table(
        "substitutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("stands_for_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendances.id"], name=op.f("fk_substitutes_attendance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["stands_for_id"], ["attendances.id"], name=op.f("fk_substitutes_stands_for_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitutes")),
        sa.UniqueConstraint("attendance_id", name=op.f("uq_substitutes_attendance_id")),
        sa.UniqueConstraint("stands_for_id", name=op.f("uq_substitutes_stands_for_id")),
    )
