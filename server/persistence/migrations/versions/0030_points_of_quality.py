"""A group decides on the points of quality too, not only on what each part weighs."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.add_column("referral_rules", sa.Column("points", sa.String(length=1000), nullable=False, server_default=""))
