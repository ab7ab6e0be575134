"""Which visit it is of somebody who had none left when the door let them in."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.add_column("attendances", sa.Column("visit_beyond", sa.Integer(), nullable=True))
