"""What was paid, in cents, and who is free of the fee."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.add_column("attendances", sa.Column("fee_paid_cents", sa.Integer(), nullable=True))
    op.add_column("attendances", sa.Column("fee_waived", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Whoever paid before amounts were kept paid what the meeting asked.
    op.execute(
        "UPDATE attendances SET fee_paid_cents = (SELECT CASE WHEN attendances.standing = 'member' "
        "THEN meetings.member_fee_cents ELSE meetings.visitor_fee_cents END FROM meetings "
        "WHERE meetings.id = attendances.meeting_id) WHERE fee_paid_at IS NOT NULL"
    )
