"""Weeks that were approved: their figures, their corrections, and which letters count."""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_COLUMNS = ("P", "A", "L", "M", "S", "RGI", "RGO", "RRI", "RRO", "V", "1-2-1", "TY", "CEU", "T")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "weeks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["people.id"], name=op.f("fk_weeks_approved_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_weeks_group_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weeks")),
        sa.UniqueConstraint("group_id", "monday", name=op.f("uq_weeks_group_id_monday")),
    )
    op.create_index(op.f("ix_weeks_approved_by_id"), "weeks", ["approved_by_id"], unique=False)
    _figures()
    _corrections()
    op.create_table(
        "week_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("countable", sa.String(length=4), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_week_rules_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_week_rules_group_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_week_rules")),
    )
    for column in ("author_id", "group_id"):
        op.create_index(op.f(f"ix_week_rules_{column}"), "week_rules", [column], unique=False)


def _column() -> sa.Column[str]:
    return sa.Column("column", sa.Enum(*_COLUMNS, name="column", native_enum=False, length=24), nullable=False)


def _figures() -> None:
    op.create_table(
        "week_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _column(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_week_figures_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["week_id"], ["weeks.id"], name=op.f("fk_week_figures_week_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_week_figures")),
        sa.UniqueConstraint("week_id", "person_id", "column", name=op.f("uq_week_figures_week_id_person_id_column")),
    )
    op.create_index(op.f("ix_week_figures_person_id"), "week_figures", ["person_id"], unique=False)


def _corrections() -> None:
    op.create_table(
        "week_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("week_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _column(),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("corrected_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["people.id"], name=op.f("fk_week_corrections_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_week_corrections_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["week_id"], ["weeks.id"], name=op.f("fk_week_corrections_week_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_week_corrections")),
    )
    for column in ("actor_id", "person_id", "week_id"):
        op.create_index(op.f(f"ix_week_corrections_{column}"), "week_corrections", [column], unique=False)
