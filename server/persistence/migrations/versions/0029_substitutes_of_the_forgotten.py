"""Whoever came for somebody stays no visitor when that somebody leaves the list or is forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    # No row belongs to a substitute, so nothing goes with the old table where it has to be made anew.
    with op.batch_alter_table("substitutes") as batch:
        batch.drop_constraint(op.f("fk_substitutes_stands_for_id"), type_="foreignkey")
        batch.alter_column("stands_for_id", existing_type=sa.Integer(), nullable=True)
        batch.create_foreign_key(
            op.f("fk_substitutes_stands_for_id"), "attendances", ["stands_for_id"], ["id"], ondelete="SET NULL"
        )
