"""The agenda as it goes: what the facilitator says, when each item was on, the break, and presentations in turn."""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STATES = ("waiting", "speaking", "spoke", "skipped", "away")
_PHASES = ("planned", "running", "paused", "ended", "void")


def upgrade() -> None:
    """Apply the step."""
    op.add_column("meetings", sa.Column("agenda_version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("meetings", sa.Column("cut_refused", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("meetings", sa.Column("pause_uid", sa.String(length=16), nullable=True))
    op.add_column("meetings", sa.Column("pause_began_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("meetings", sa.Column("pause_ends_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("meetings", sa.Column("pause_label", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("agenda_items", sa.Column("script", sa.String(length=600), nullable=False, server_default=""))
    op.add_column("agenda_items", sa.Column("cut_minutes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("agenda_items", sa.Column("began_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("agenda_items", sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True))
    op.add_column("agenda_items", sa.Column("skipped", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "talk_rotas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("began_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("put_away_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("each_ms", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Enum(*_PHASES, name="roundphase", native_enum=False, length=24), nullable=False),
        sa.Column("length_ms", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ends_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("remaining_ms", sa.Integer(), nullable=True),
        sa.Column("granted_ms", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meetings.id"], name=op.f("fk_talk_rotas_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_rotas")),
        sa.UniqueConstraint("uid", name=op.f("uq_talk_rotas_uid")),
    )
    op.create_index(op.f("ix_talk_rotas_meeting_id"), "talk_rotas", ["meeting_id"], unique=False)
    op.create_index(
        "uq_talk_rotas_open",
        "talk_rotas",
        ["meeting_id"],
        unique=True,
        sqlite_where=sa.text("put_away_at IS NULL"),
        postgresql_where=sa.text("put_away_at IS NULL"),
    )
    op.create_table(
        "talk_turns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rota_id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Enum(*_STATES, name="turnstate", native_enum=False, length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("over_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendances.id"], name=op.f("fk_talk_turns_attendance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rota_id"], ["talk_rotas.id"], name=op.f("fk_talk_turns_rota_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_turns")),
        sa.UniqueConstraint("rota_id", "attendance_id", name=op.f("uq_talk_turns_rota_id_attendance_id")),
    )
    op.create_index(op.f("ix_talk_turns_attendance_id"), "talk_turns", ["attendance_id"], unique=False)
