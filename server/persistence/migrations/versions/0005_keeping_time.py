"""Keeping time: the anchors of the server's clock, time that was lost, deadlines that were acted on."""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "clock_anchors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("boot_id", sa.String(length=64), nullable=False),
        sa.Column("boot_us", sa.BigInteger(), nullable=False),
        sa.Column("anchored_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ahead_us", sa.BigInteger(), nullable=False),
        sa.Column("beat_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_anchors")),
        sa.UniqueConstraint("boot_id", name=op.f("uq_clock_anchors_boot_id")),
    )
    op.create_table(
        "time_losses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("was_away", "stood_still", "clock_jumped", name="losskind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("gone_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("away_ms", sa.BigInteger(), nullable=True),
        sa.Column("lost_ms", sa.Integer(), nullable=False),
        sa.Column("by_ms", sa.BigInteger(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum("as_it_stands", "give_back", name="losschoice", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column("answered_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_time_losses_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name=op.f("fk_time_losses_round_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_losses")),
        sa.UniqueConstraint("uid", name=op.f("uq_time_losses_uid")),
        sa.UniqueConstraint("meeting_id", "kind", "noticed_at", name=op.f("uq_time_losses_meeting_id_kind_noticed_at")),
    )
    op.create_index(op.f("ix_time_losses_round_id"), "time_losses", ["round_id"], unique=False)
    op.create_table(
        "round_effects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("due_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name=op.f("fk_round_effects_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_effects")),
        sa.UniqueConstraint("round_id", "kind", name=op.f("uq_round_effects_round_id_kind")),
    )
