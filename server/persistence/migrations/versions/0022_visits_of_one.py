"""How often one person may visit, where it is not as often as everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.add_column("memberships", sa.Column("visits_allowed", sa.Integer(), nullable=True))
