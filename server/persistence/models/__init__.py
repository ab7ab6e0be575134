"""The records. One module a feature, every table reachable from here so that migrations see them all."""

from server.persistence.models.access import Account, GrantRow, OneTimeLink, SessionRow
from server.persistence.models.attendance import Attendance, Badge, CheckInEvent
from server.persistence.models.contacts import Consent, Contact, Exchange
from server.persistence.models.follow_ups import FollowUp, OneToOne
from server.persistence.models.groups import Group
from server.persistence.models.meetings import AgendaItem, Meeting
from server.persistence.models.operations import Operation
from server.persistence.models.people import Membership, Person
from server.persistence.models.referrals import Referral, ReferralMove
from server.persistence.models.rounds import Encounter, Round, Seat, SeatingPlan

__all__ = [
    "Account",
    "AgendaItem",
    "Attendance",
    "Badge",
    "CheckInEvent",
    "Consent",
    "Contact",
    "Encounter",
    "Exchange",
    "FollowUp",
    "GrantRow",
    "Group",
    "Meeting",
    "Membership",
    "OneTimeLink",
    "OneToOne",
    "Operation",
    "Person",
    "Referral",
    "ReferralMove",
    "Round",
    "Seat",
    "SeatingPlan",
    "SessionRow",
]
