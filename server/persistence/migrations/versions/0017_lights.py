"""The table of the traffic lights by version; meetings of two people are found by their day."""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    numbers = ("window", "green", "amber", "red")
    op.create_table(
        "light_tables",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.Column("steps", sa.String(length=1000), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_light_tables_author_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_light_tables_group_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_light_tables")),
        sa.UniqueConstraint("group_id", "version", name=op.f("uq_light_tables_group_id_version")),
    )
    op.create_index(op.f("ix_light_tables_author_id"), "light_tables", ["author_id"], unique=False)
    op.create_index(
        "ix_encounters_group_day", "encounters", ["group_id", "met_on", "first_id", "other_id"], unique=False
    )
