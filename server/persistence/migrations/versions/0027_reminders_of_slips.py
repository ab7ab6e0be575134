"""Reminders of slips that go by mail: whether a group sends them, and each one that went."""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_STATES = ("open", "written", "sending", "sent", "failed")


def _link(table: str, column: str, target: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "slip_reminder_settings",
        *(_number(name) for name in ("id", "group_id")),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        _number("changed_by_id", nullable=True),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        _link("slip_reminder_settings", "group_id", "groups"),
        _link("slip_reminder_settings", "changed_by_id", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_reminder_settings")),
        sa.UniqueConstraint("group_id", name=op.f("uq_slip_reminder_settings_group_id")),
    )
    op.create_index(op.f("ix_slip_reminder_settings_changed_by_id"), "slip_reminder_settings", ["changed_by_id"])
    op.create_table(
        "slip_reminders",
        _number("id"),
        sa.Column("uid", sa.String(length=16), nullable=False),
        *(_number(name) for name in ("group_id", "referral_id", "person_id")),
        sa.Column("awaited", sa.Enum("answer", "word", name="awaited", native_enum=False, length=24), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Enum(*_STATES, name="messagestate", native_enum=False, length=24), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        _link("slip_reminders", "group_id", "groups"),
        _link("slip_reminders", "referral_id", "referrals"),
        _link("slip_reminders", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip_reminders")),
        sa.UniqueConstraint("uid", name=op.f("uq_slip_reminders_uid")),
        sa.UniqueConstraint(
            "referral_id", "awaited", "since", name=op.f("uq_slip_reminders_referral_id_awaited_since")
        ),
    )
    op.create_index("ix_slip_reminders_group_changed", "slip_reminders", ["group_id", "changed_at"])
    op.create_index(op.f("ix_slip_reminders_person_id"), "slip_reminders", ["person_id"])
