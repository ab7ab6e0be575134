"""Series: meetings that were planned at once know each other by one name."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.add_column("meetings", sa.Column("series", sa.String(length=16), nullable=True))
    op.create_index(op.f("ix_meetings_series"), "meetings", ["series"], unique=False)
