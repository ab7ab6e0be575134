"""The board and the numbers read their window and not the years before it: indexes by day and by state.

What the moves of a slip say is kept with it as well: when it was given, first answered, and why it was turned down.
"""

import sqlalchemy as sa
from alembic import op

from server.persistence.base import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OUT = {
    "referrals": ("group_id", "giver_id", "receiver_id", "group_day"),
    "thanks": ("thanker_id", "thanked_id"),
    "encounters": ("pair", "group_day", "first_id", "other_id"),
    "meetings": ("group_id",),
    "follow_ups": ("group_id",),
}
_IN = {
    "ix_referrals_group_day": (
        "referrals",
        ["group_id", "given_on", "giver_id", "receiver_id", "kind", "state", "inside"],
    ),
    "ix_referrals_group_state": ("referrals", ["group_id", "state", "changed_at"]),
    "ix_referrals_giver_state": ("referrals", ["giver_id", "state", "changed_at"]),
    "ix_referrals_receiver_state": ("referrals", ["receiver_id", "state", "changed_at"]),
    "ix_referrals_giver_day": ("referrals", ["giver_id", "given_on"]),
    "ix_referrals_receiver_day": ("referrals", ["receiver_id", "given_on"]),
    "ix_thanks_thanker_day": ("thanks", ["thanker_id", "thanked_on"]),
    "ix_thanks_thanked_day": ("thanks", ["thanked_id", "thanked_on"]),
    "ix_encounters_pair": ("encounters", ["group_id", "first_id", "other_id", "met_on"]),
    "ix_encounters_group_day": (
        "encounters",
        ["group_id", "met_on", "first_id", "other_id", "number", "meeting_id"],
    ),
    "ix_encounters_first_day": ("encounters", ["first_id", "met_on"]),
    "ix_encounters_other_day": ("encounters", ["other_id", "met_on"]),
    "ix_one_to_ones_group_day": ("one_to_ones", ["group_id", "held_on"]),
    "ix_follow_ups_group_done": ("follow_ups", ["group_id", "done_at"]),
    "ix_meetings_group_start": ("meetings", ["group_id", "starts_at"]),
}
_MOVED = "SELECT min(moved_at) FROM referral_moves WHERE referral_id = referrals.id AND"


def upgrade() -> None:
    """Apply the step."""
    for table, names in _OUT.items():
        for name in names:
            op.drop_index(f"ix_{table}_{name}", table)
    for name in ("given_at", "answered_at"):
        op.add_column("referrals", sa.Column(name, UtcDateTime(timezone=True), nullable=True))
    op.add_column("referrals", sa.Column("reason", sa.String(length=24), nullable=False, server_default=""))
    op.execute(
        f"UPDATE referrals SET given_at = ({_MOVED} to_state = 'given'), "
        f"answered_at = ({_MOVED} from_state = 'given'), "
        "reason = coalesce((SELECT max(reason) FROM referral_moves WHERE referral_id = referrals.id), '')"
    )
    for name, (table, columns) in _IN.items():
        op.create_index(name, table, columns, unique=False)
