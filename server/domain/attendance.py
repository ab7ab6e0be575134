"""The door: who is let in and why not, how long a mistake can be undone, and how a phone becomes somebody's.

A second scan is an answer, never an error. Times are aware and handed in; nothing here looks anything up.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain import names
from server.domain.errors import RuleViolation, WrongPhase
from server.domain.vocabulary import AttendanceStatus, DoorAnswer, MeetingStatus

UNDO_WINDOW = timedelta(minutes=15)
PHONE_WINDOW = timedelta(minutes=10)
LATE_GRACE = timedelta(minutes=5)
JOIN_CODE_DIGITS = 6
JOIN_CODE_TRIES = 5
JOIN_CODE_VALID = timedelta(minutes=10)
NAME_MOST = 120

AWAY = (AttendanceStatus.SUBSTITUTED, AttendanceStatus.APOLOGISED, AttendanceStatus.MEDICAL)
"""Whoever let the group know that they are not coming."""

REFUSALS = (
    "unknown_badge",
    "other_group",
    "revoked_badge",
    "meeting_closed",
    "doors_closed",
    "expired_visitor",
    "other_meeting",
)
"""Every reason of a refusal, in the order in which the door looks."""


@dataclass(frozen=True)
class Admission:
    """What the door says. `reason` only when refused; `since` is when the person came in, now or earlier."""

    answer: DoorAnswer
    reason: str | None = None
    since: datetime | None = None


def admit(
    *,
    meeting_status: MeetingStatus,
    attendance_status: AttendanceStatus | None = None,
    entered_at: datetime | None = None,
    left_at: datetime | None = None,
    badge_known: bool = True,
    badge_group_matches: bool = True,
    badge_revoked: bool = False,
    badge_expired: bool = False,
    badge_meeting_matches: bool = True,
    now: datetime,
) -> Admission:
    """Let somebody in, greet them again, or refuse with one of `REFUSALS`.

    `attendance_status` is None for a person nobody expected. `entered_at` and `left_at` are the latest entry
    and exit that still stand. `badge_expired` is about a visitor's badge of an earlier day;
    `badge_meeting_matches` is True for a member's permanent badge. Whoever went out, or was set back from
    present, is welcomed anew.
    """
    checks = (
        (not badge_known, "unknown_badge"),
        (not badge_group_matches, "other_group"),
        (badge_revoked, "revoked_badge"),
        (meeting_status is MeetingStatus.CLOSED, "meeting_closed"),
        (meeting_status is MeetingStatus.DRAFT, "doors_closed"),
        (badge_expired, "expired_visitor"),
        (not badge_meeting_matches, "other_meeting"),
    )
    for refused, reason in checks:
        if refused:
            return Admission(DoorAnswer.REFUSED, reason=reason)
    if attendance_status is AttendanceStatus.PRESENT and entered_at is not None and left_at is None:
        return Admission(DoorAnswer.ALREADY_IN, since=entered_at)
    return Admission(DoorAnswer.WELCOME, since=now)


def may_undo(entered_at: datetime, now: datetime) -> bool:
    """Whether an entry can still be undone with one tap: for 15 minutes."""
    return now - entered_at <= UNDO_WINDOW


def is_late(entered_at: datetime | None, starts_at: datetime, grace: timedelta = LATE_GRACE) -> bool:
    """Whether somebody came after the start and its grace. Whoever did not come is not late."""
    return entered_at is not None and entered_at > starts_at + grace


def left_early(left_at: datetime | None, ends_at: datetime, grace: timedelta = LATE_GRACE) -> bool:
    """Whether somebody went before the end, by more than the grace."""
    return left_at is not None and left_at < ends_at - grace


def apologise(status: AttendanceStatus) -> AttendanceStatus:
    """Somebody lets the organiser know that they are not coming, or why they did not.

    Raises `WrongPhase("already_came")` for whoever was in the room.
    """
    if status is AttendanceStatus.PRESENT:
        raise WrongPhase("already_came")
    return AttendanceStatus.APOLOGISED


def expect_again(status: AttendanceStatus, meeting: MeetingStatus) -> AttendanceStatus:
    """An apology is taken back: expected, or absent where the meeting is over. Whoever came stays present."""
    if status is AttendanceStatus.PRESENT:
        return status
    return AttendanceStatus.ABSENT if meeting is MeetingStatus.CLOSED else AttendanceStatus.EXPECTED


def check_name(given: str, family: str) -> tuple[str, str]:
    """Both names tidied; one of them is enough. Raises `RuleViolation` `name_missing` or `name_too_long`."""
    tidied = names.tidy(given), names.tidy(family)
    if not any(tidied):
        raise RuleViolation("name_missing")
    if max(map(len, tidied)) > NAME_MOST:
        raise RuleViolation("name_too_long", most=NAME_MOST)
    return tidied


def phone_window_open(entered_at: datetime | None, now: datetime) -> bool:
    """Whether the first phone that opens the badge still gets it: for 10 minutes after the entry."""
    return entered_at is not None and abs(now - entered_at) <= PHONE_WINDOW


@dataclass(frozen=True)
class CodeTry:
    """What became of a typed join code. Store `tries_used` whatever the answer was."""

    accepted: bool
    tries_used: int
    reason: str | None = None

    @property
    def tries_left(self) -> int:
        """How often one may still type."""
        return max(0, JOIN_CODE_TRIES - self.tries_used)


def join_code(number: int) -> str:
    """A join code of 6 digits from a random number handed in."""
    return f"{number % 10**JOIN_CODE_DIGITS:0{JOIN_CODE_DIGITS}d}"


def hash_join_code(code: str, attendance_uid: str) -> bytes:
    """What the database stores: the code bound to one attendance."""
    return hashlib.sha256(f"{attendance_uid}:{code}".encode()).digest()


def try_code(
    *,
    typed: str,
    attendance_uid: str,
    code_hash: bytes | None,
    tries_used: int,
    valid_until: datetime | None,
    now: datetime,
) -> CodeTry:
    """Try a typed join code. Returns rather than raises, because a wrong try must be stored.

    Reasons: `join_code_expired` (or none was given out), `join_code_used_up`, `join_code_malformed` (not six
    digits: costs no try), `join_code_wrong`.
    """
    if code_hash is None or valid_until is None or now > valid_until:
        return CodeTry(accepted=False, tries_used=tries_used, reason="join_code_expired")
    if tries_used >= JOIN_CODE_TRIES:
        return CodeTry(accepted=False, tries_used=tries_used, reason="join_code_used_up")
    digits = "".join(typed.replace("-", "").split())
    if len(digits) != JOIN_CODE_DIGITS or not (digits.isascii() and digits.isdigit()):
        return CodeTry(accepted=False, tries_used=tries_used, reason="join_code_malformed")
    if not hmac.compare_digest(hash_join_code(digits, attendance_uid), code_hash):
        return CodeTry(accepted=False, tries_used=tries_used + 1, reason="join_code_wrong")
    return CodeTry(accepted=True, tries_used=tries_used + 1)
