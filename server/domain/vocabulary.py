"""The words everybody uses: ids, roles, statuses, audiences. Enums are stored by value."""

from enum import StrEnum
from typing import NewType

GroupId = NewType("GroupId", int)
PersonId = NewType("PersonId", int)
MeetingId = NewType("MeetingId", int)
Uid = NewType("Uid", str)
"""16 Crockford characters, 80 random bits: the only id that leaves the server."""


class Standing(StrEnum):
    """What somebody is to a group today. A visitor who joins becomes a member; nobody changes class."""

    MEMBER = "member"
    VISITOR = "visitor"
    FORMER = "former"


class Role(StrEnum):
    """Who holds the screen. `server.domain.access` says what each may do."""

    ORGANISER = "organiser"
    LEADER = "leader"
    SECRETARY = "secretary"
    CARE = "care"
    FACILITATOR = "facilitator"
    STEWARD = "steward"
    GREETER = "greeter"
    KIOSK = "kiosk"
    MEMBER = "member"
    ATTENDEE = "attendee"
    DISPLAY = "display"


class MeetingStatus(StrEnum):
    """A meeting is prepared, its doors open, and it is closed once."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class AttendanceStatus(StrEnum):
    """Late and left early are derived from times, never typed."""

    EXPECTED = "expected"
    PRESENT = "present"
    SUBSTITUTED = "substituted"
    APOLOGISED = "apologised"
    MEDICAL = "medical"
    ABSENT = "absent"


class CheckInKind(StrEnum):
    """One line of the door's append-only book."""

    ENTRY = "entry"
    EXIT = "exit"
    VOID = "void"


class DoorAnswer(StrEnum):
    """The three answers of the door."""

    WELCOME = "welcome"
    ALREADY_IN = "already_in"
    REFUSED = "refused"


class AttemptOutcome(StrEnum):
    """Why a scan let nobody in; a conflict is a badge that two desks let in while one had no network."""

    ALREADY_IN = "already_in"
    REFUSED = "refused"
    CONFLICT = "conflict"


class RoundPhase(StrEnum):
    """Where a round stands; moves only through the table in `round_clock`."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"
    VOID = "void"


class ReferralKind(StrEnum):
    """A referral has the prospect's consent; without it the slip is a lead, kept but never counted."""

    LEAD = "lead"
    REFERRAL = "referral"


class ReferralState(StrEnum):
    """The states of a slip; moves only through the table in `referrals`."""

    DRAFT = "draft"
    GIVEN = "given"
    ACCEPTED = "accepted"
    CONTACTED = "contacted"
    IN_PROGRESS = "in_progress"
    WON = "won"
    LOST = "lost"
    NO_ANSWER = "no_answer"
    NOT_A_FIT = "not_a_fit"
    DECLINED = "declined"


class ExchangeState(StrEnum):
    """A request for contacts between two attendees of one meeting."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ContactField(StrEnum):
    """What a person may choose to show. Name and company are seen by every signed-in attendee anyway."""

    EMAIL = "email"
    PHONE = "phone"
    COMPANY = "company"
    LOOKS_FOR = "looks_for"
    OFFERS = "offers"


class StayInTouch(StrEnum):
    """The answer to "stay in touch?" after a meeting."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


class FollowUpKind(StrEnum):
    """What one owes after a meeting."""

    PROMISE = "promise"
    ONE_TO_ONE = "one_to_one"
    STAY_IN_TOUCH = "stay_in_touch"


class Audience(StrEnum):
    """Who hears news. The first four have a counter on the meeting; a person's news has none."""

    EVERYONE = "everyone"
    DESK = "desk"
    FACILITATORS = "facilitators"
    DISPLAYS = "displays"
    PERSON = "person"


SHARED_AUDIENCES = (Audience.EVERYONE, Audience.DESK, Audience.FACILITATORS, Audience.DISPLAYS)
