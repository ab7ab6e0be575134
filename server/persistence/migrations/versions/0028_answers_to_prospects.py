"""A referral is answered when its prospect was called or it was declined, and no longer when it was taken on."""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.execute(
        "UPDATE referrals SET answered_at = (SELECT min(moved_at) FROM referral_moves"
        " WHERE referral_id = referrals.id AND to_state IN ('declined', 'contacted', 'no_answer'))"
        " WHERE answered_at IS NOT NULL"
    )
