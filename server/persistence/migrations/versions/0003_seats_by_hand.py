"""Seats by hand: kept seats, pairs, tables out of use, planning runs, and the journal of what can be taken back."""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.add_column("meetings", sa.Column("seating_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("seating_plans", sa.Column("digest", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "seat_locks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendances.id"], name=op.f("fk_seat_locks_attendance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_seat_locks_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_locks")),
        sa.UniqueConstraint("attendance_id", "number", name=op.f("uq_seat_locks_attendance_id_number")),
    )
    op.create_index(op.f("ix_seat_locks_meeting_id"), "seat_locks", ["meeting_id"], unique=False)
    op.create_table(
        "seat_pairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("wish", sa.Enum("apart", "together", name="pairwish", native_enum=False, length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["attendances.id"], name=op.f("fk_seat_pairs_first_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_seat_pairs_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["attendances.id"], name=op.f("fk_seat_pairs_other_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_pairs")),
        sa.UniqueConstraint("first_id", "other_id", name=op.f("uq_seat_pairs_first_id_other_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_seat_pairs_uid")),
    )
    op.create_index(op.f("ix_seat_pairs_meeting_id"), "seat_pairs", ["meeting_id"], unique=False)
    op.create_index(op.f("ix_seat_pairs_other_id"), "seat_pairs", ["other_id"], unique=False)
    op.create_table(
        "closed_tables",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_closed_tables_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_tables")),
        sa.UniqueConstraint("meeting_id", "table_number", name=op.f("uq_closed_tables_meeting_id_table_number")),
    )
    op.create_table(
        "plan_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "seating",
                "improving",
                "done",
                "stopped",
                "overtaken",
                "refused",
                "lost",
                name="runstate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("began_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Text(), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("enough", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_plan_runs_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_runs")),
        sa.UniqueConstraint("uid", name=op.f("uq_plan_runs_uid")),
    )
    op.create_index(op.f("ix_plan_runs_meeting_id"), "plan_runs", ["meeting_id"], unique=False)
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("done_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("undone_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_journal_group_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_journal_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
        sa.UniqueConstraint("uid", name=op.f("uq_journal_uid")),
    )
    op.create_index(op.f("ix_journal_group_id"), "journal", ["group_id"], unique=False)
    op.create_index(op.f("ix_journal_meeting_id"), "journal", ["meeting_id"], unique=False)
