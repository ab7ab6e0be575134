"""How a meeting sounds: its bells, and which displays can be heard."""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "meeting_sounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("half_time", sa.Boolean(), nullable=False),
        sa.Column("last_seconds", sa.Integer(), nullable=False),
        sa.Column("test_uid", sa.String(length=16), nullable=True),
        sa.Column("test_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("heard_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_sounds_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_sounds")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_meeting_sounds_meeting_id")),
    )
    op.create_table(
        "wall_sounds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("screen", sa.String(length=32), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_wall_sounds_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall_sounds")),
        sa.UniqueConstraint("meeting_id", "screen", name=op.f("uq_wall_sounds_meeting_id_screen")),
    )
