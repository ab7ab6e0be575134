"""The records. One module a feature, every table reachable from here so that migrations see them all."""

from server.persistence.models.access import Account, GrantRow, OneTimeLink, SessionRow
from server.persistence.models.activities import Activity
from server.persistence.models.attendance import Attendance, Badge, CheckInEvent, DoorAttempt, Substitute
from server.persistence.models.calendars import CalendarFeed
from server.persistence.models.contacts import Consent, Contact, Exchange
from server.persistence.models.folded import FoldedAtMeeting, FoldedFigure, FoldedTotal
from server.persistence.models.follow_ups import FollowUp, OneToOne
from server.persistence.models.fruit import FruitDecision
from server.persistence.models.groups import Group
from server.persistence.models.journal import JournalEntry, JournalPerson
from server.persistence.models.letters import (
    LetterDeclined,
    LetterSetting,
    MonthlyLetter,
    SlipReminder,
    SlipReminderSetting,
)
from server.persistence.models.lights import LightTable
from server.persistence.models.live import Action, OnlineCount, RoundTable
from server.persistence.models.meetings import AgendaItem, Meeting
from server.persistence.models.messages import Message
from server.persistence.models.operations import Operation
from server.persistence.models.people import (
    Membership,
    PastVisits,
    Person,
    PersonWord,
    SavedColumns,
    Sector,
    SectorAffinity,
    TwoPeople,
)
from server.persistence.models.pins import ClosedTable, SeatLock, SeatPair
from server.persistence.models.preparing import AgendaTemplate, DutyRow
from server.persistence.models.printing import (
    OwnStock,
    PrintedBadge,
    PrinterCorrection,
    PrintJob,
    PrintSettings,
    RetiredCode,
)
from server.persistence.models.referrals import Referral, ReferralMove, ReferralRules, Thanks
from server.persistence.models.registration import Registration, RegistrationPage
from server.persistence.models.rounds import Encounter, PlanRun, Round, Seat, SeatingPlan
from server.persistence.models.sound import MeetingSound, WallSound
from server.persistence.models.speaking import TalkRota, TalkTurn
from server.persistence.models.timekeeping import ClockAnchor, RoundEffect, TimeLoss
from server.persistence.models.weeks import Week, WeekCorrection, WeekFigure, WeekRules

__all__ = [
    "Account",
    "Action",
    "Activity",
    "AgendaItem",
    "AgendaTemplate",
    "Attendance",
    "Badge",
    "CalendarFeed",
    "CheckInEvent",
    "ClockAnchor",
    "ClosedTable",
    "Consent",
    "Contact",
    "DoorAttempt",
    "DutyRow",
    "Encounter",
    "Exchange",
    "FoldedAtMeeting",
    "FoldedFigure",
    "FoldedTotal",
    "FollowUp",
    "FruitDecision",
    "GrantRow",
    "Group",
    "JournalEntry",
    "JournalPerson",
    "LetterDeclined",
    "LetterSetting",
    "LightTable",
    "Meeting",
    "MeetingSound",
    "Membership",
    "Message",
    "MonthlyLetter",
    "OneTimeLink",
    "OneToOne",
    "OnlineCount",
    "Operation",
    "OwnStock",
    "PastVisits",
    "Person",
    "PersonWord",
    "PlanRun",
    "PrintJob",
    "PrintSettings",
    "PrintedBadge",
    "PrinterCorrection",
    "Referral",
    "ReferralMove",
    "ReferralRules",
    "Registration",
    "RegistrationPage",
    "RetiredCode",
    "Round",
    "RoundEffect",
    "RoundTable",
    "SavedColumns",
    "Seat",
    "SeatLock",
    "SeatPair",
    "SeatingPlan",
    "Sector",
    "SectorAffinity",
    "SessionRow",
    "SlipReminder",
    "SlipReminderSetting",
    "Substitute",
    "TalkRota",
    "TalkTurn",
    "Thanks",
    "TimeLoss",
    "TwoPeople",
    "WallSound",
    "Week",
    "WeekCorrection",
    "WeekFigure",
    "WeekRules",
]
