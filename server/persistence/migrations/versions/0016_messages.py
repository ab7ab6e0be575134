"""Messages that were written or sent to people about a meeting."""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_KINDS = ("reminder", "moved_up")
_STATES = ("open", "written", "sending", "sent", "failed")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum(*_KINDS, name="messagekind", native_enum=False, length=24), nullable=False),
        sa.Column("state", sa.Enum(*_STATES, name="messagestate", native_enum=False, length=24), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_messages_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_messages_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("meeting_id", "person_id", "kind", name=op.f("uq_messages_meeting_id_person_id_kind")),
        sa.UniqueConstraint("uid", name=op.f("uq_messages_uid")),
    )
    op.create_index(op.f("ix_messages_person_id"), "messages", ["person_id"], unique=False)
