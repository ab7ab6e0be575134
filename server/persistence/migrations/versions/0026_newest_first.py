"""What somebody won and thanked for, newest first: found in an index that says all, not by reading every year."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_WIDER = {
    "ix_referrals_receiver_state": ("referrals", ["receiver_id", "state", "changed_at", "id", "group_id", "kind"]),
    "ix_thanks_thanker_day": ("thanks", ["thanker_id", "thanked_on", "id", "group_id"]),
    "ix_thanks_thanked_day": ("thanks", ["thanked_id", "thanked_on", "id", "group_id"]),
}


def upgrade() -> None:
    """Apply the step."""
    for name, (table, columns) in _WIDER.items():
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, unique=False)
