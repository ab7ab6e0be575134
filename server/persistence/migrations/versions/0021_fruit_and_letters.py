"""Decisions on suggestions about the planner's weights, and letters that go by themselves once a month."""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime

revision = "0021"
down_revision = "0020"
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
        "fruit_decisions",
        _number("id"),
        sa.Column("uid", sa.String(length=16), nullable=False),
        *(_number(name) for name in ("group_id", "first_id", "other_id")),
        sa.Column(
            "verdict", sa.Enum("adopted", "declined", name="verdict", native_enum=False, length=24), nullable=False
        ),
        *(_number(name) for name in ("before", "after", "sat", "won")),
        _number("decided_by_id", nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", UtcDateTime(timezone=True), nullable=True),
        _link("fruit_decisions", "group_id", "groups"),
        _link("fruit_decisions", "first_id", "sectors"),
        _link("fruit_decisions", "other_id", "sectors"),
        _link("fruit_decisions", "decided_by_id", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fruit_decisions")),
        sa.UniqueConstraint("uid", name=op.f("uq_fruit_decisions_uid")),
    )
    for name in ("group_id", "first_id", "other_id", "decided_by_id"):
        op.create_index(op.f(f"ix_fruit_decisions_{name}"), "fruit_decisions", [name], unique=False)
    op.create_table(
        "letter_settings",
        _number("id"),
        _number("group_id"),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        _number("changed_by_id", nullable=True),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        _link("letter_settings", "group_id", "groups"),
        _link("letter_settings", "changed_by_id", "people", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_settings")),
        sa.UniqueConstraint("group_id", name=op.f("uq_letter_settings_group_id")),
    )
    op.create_index(op.f("ix_letter_settings_changed_by_id"), "letter_settings", ["changed_by_id"], unique=False)
    op.create_table(
        "letters_declined",
        *(_number(name) for name in ("id", "group_id", "person_id")),
        sa.Column("declined_at", UtcDateTime(timezone=True), nullable=False),
        _link("letters_declined", "group_id", "groups"),
        _link("letters_declined", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters_declined")),
        sa.UniqueConstraint("group_id", "person_id", name=op.f("uq_letters_declined_group_id_person_id")),
    )
    op.create_index(op.f("ix_letters_declined_person_id"), "letters_declined", ["person_id"], unique=False)
    op.create_table(
        "monthly_letters",
        _number("id"),
        sa.Column("uid", sa.String(length=16), nullable=False),
        _number("group_id"),
        _number("person_id"),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.Enum(*_STATES, name="messagestate", native_enum=False, length=24), nullable=False),
        sa.Column("problem", sa.String(length=40), nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        _link("monthly_letters", "group_id", "groups"),
        _link("monthly_letters", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_letters")),
        sa.UniqueConstraint("uid", name=op.f("uq_monthly_letters_uid")),
        sa.UniqueConstraint("group_id", "person_id", "month", name=op.f("uq_monthly_letters_group_id_person_id_month")),
    )
    op.create_index(op.f("ix_monthly_letters_person_id"), "monthly_letters", ["person_id"], unique=False)
