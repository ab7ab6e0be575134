"""The privacy marks that columns carry, by what they mean in our tables. The values are the domain's."""

from server.domain import privacy
from server.domain.privacy import OnErase, Purpose, Retention

KEY = privacy.nothing_personal()
"""Keys and uids: meaningless without the row."""
SETTING = privacy.nothing_personal(Purpose.OPERATION)
"""How a group, a meeting or a round is set up."""
LINK = privacy.activity(Purpose.MEETING, Retention.SEATING, OnErase.DELETE)
"""That two rows belong together tells what somebody did."""
NAME = privacy.identity()
PROFILE = privacy.identity(Purpose.MEETING, Retention.KEPT, OnErase.BLANK)
CONTACT = privacy.contact()
NOTE = privacy.note()
SECRET = privacy.secret()
ACTIVITY = privacy.activity(Purpose.MEETING, Retention.SEATING, OnErase.DELETE)
CONSENT = privacy.activity(Purpose.PROOF, Retention.PROOF, OnErase.KEEP)
PROSPECT = privacy.contact(Purpose.REFERRALS, Retention.REFERRAL, OnErase.FOLD)
"""Somebody outside the group, named on a slip."""
MONEY = privacy.Privacy(
    privacy.PrivacyClass.MONEY, privacy.Purpose.REFERRALS, privacy.Retention.REFERRAL, privacy.OnErase.FOLD
)
"""What business somebody got; shown to whoever wrote it and in totals."""
UNDO = privacy.activity(Purpose.MEETING, Retention.UNDO, OnErase.DELETE)
"""Kept only so that a change can be taken back."""
AUDIT = privacy.activity(Purpose.PROOF, Retention.PROOF, OnErase.KEEP)
"""That something was put right, or how often a keyed hash came; who it was is no longer said once they were erased."""
