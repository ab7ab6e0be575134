"""Sums of people who are no longer here, and corrections of weeks that outlive the person they were about."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_COLUMNS = ("P", "A", "L", "M", "S", "RGI", "RGO", "RRI", "RRO", "V", "1-2-1", "TY", "CEU", "T")
_KINDS = (
    *("week", "month", "thanks", "slip", "quality", "promise", "one_to_one", "visitor", "member"),
    *("turnout", "arrival", "exchange", "follow_up", "given", "passed", "grew", "fee"),
)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _kind() -> sa.Column[str]:
    return sa.Column("kind", sa.Enum(*_KINDS, name="kind", native_enum=False, length=24), nullable=False)


def _link(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "folded_totals",
        _number("id"),
        _number("group_id"),
        _kind(),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        _number("number"),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        _link("folded_totals", "group_id", "groups"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folded_totals")),
        sa.UniqueConstraint(
            "group_id",
            "kind",
            "since",
            "what",
            "currency",
            name=op.f("uq_folded_totals_group_id_kind_since_what_currency"),
        ),
    )
    op.create_table(
        "folded_at_meetings",
        _number("id"),
        _number("meeting_id"),
        _kind(),
        sa.Column("what", sa.String(length=40), nullable=False),
        _number("number"),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        _link("folded_at_meetings", "meeting_id", "meetings"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folded_at_meetings")),
        sa.UniqueConstraint("meeting_id", "kind", "what", name=op.f("uq_folded_at_meetings_meeting_id_kind_what")),
    )
    op.create_table(
        "folded_figures",
        _number("id"),
        _number("week_id"),
        sa.Column("column", sa.Enum(*_COLUMNS, name="column", native_enum=False, length=24), nullable=False),
        _number("number"),
        _link("folded_figures", "week_id", "weeks"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folded_figures")),
        sa.UniqueConstraint("week_id", "column", name=op.f("uq_folded_figures_week_id_column")),
    )
    # No row belongs to a correction, so nothing goes with the old table where it has to be made anew.
    with op.batch_alter_table("week_corrections") as batch:
        batch.drop_constraint(op.f("fk_week_corrections_person_id"), type_="foreignkey")
        batch.alter_column("person_id", existing_type=sa.Integer(), nullable=True)
        batch.create_foreign_key(
            op.f("fk_week_corrections_person_id"), "people", ["person_id"], ["id"], ondelete="SET NULL"
        )
