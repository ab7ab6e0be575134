"""What the organiser decides about a meeting's door: fees, and whether people may check themselves in."""

import re
from dataclasses import dataclass

from server.domain.errors import RuleViolation
from server.domain.vocabulary import MeetingId
from server.persistence.models import Group, Meeting
from server.services.context import Context, Tx

MOST_CENTS = 10_000_00
_AMOUNT = re.compile(r"(\d{1,5})(?:[.,](\d{1,2}))?")


@dataclass(frozen=True)
class DoorSettings:
    """Fees in cents of the group's currency; 0: none."""

    self_check_in: bool
    member_fee_cents: int
    visitor_fee_cents: int
    currency: str


def view(ctx: Context, meeting_id: MeetingId) -> DoorSettings:
    """How the door of a meeting is set."""
    with ctx.reading() as db:
        meeting = db.get_one(Meeting, meeting_id)
        return DoorSettings(
            self_check_in=meeting.self_check_in,
            member_fee_cents=meeting.member_fee_cents,
            visitor_fee_cents=meeting.visitor_fee_cents,
            currency=db.get_one(Group, meeting.group_id).currency,
        )


def cents(typed: str, field: str) -> int:
    """An amount as typed, in cents; nothing typed is nothing due. Raises RuleViolation("fee_malformed")."""
    if not typed.strip():
        return 0
    found = _AMOUNT.fullmatch(typed.strip())
    if found is None or int(found[1]) * 100 > MOST_CENTS:
        raise RuleViolation("fee_malformed", field=field)
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))


def written(amount: int) -> str:
    """Cents as they are typed: 12, 12.50, or nothing."""
    if not amount:
        return ""
    return str(amount // 100) if amount % 100 == 0 else f"{amount // 100}.{amount % 100:02d}"


def change_fees(ctx: Context, *, meeting_id: MeetingId, member: str, visitor: str) -> None:
    """What the door asks for. Raises RuleViolation("fee_malformed") naming the field."""
    of_members, of_visitors = cents(member, "member_fee"), cents(visitor, "visitor_fee")

    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, meeting_id)
        meeting.member_fee_cents, meeting.visitor_fee_cents = of_members, of_visitors

    ctx.transaction(work)
