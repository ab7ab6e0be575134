"""One badge at the door: for a walk-in, for somebody whose badge was forgotten or lost.

Where the computer has a printer for the door, the badge comes out at once; otherwise the browser prints a file. Either
way it is written down as printed, and can be taken back.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import GroupId, MeetingId, Uid
from server.services import badge_sheets, badges, local_printers, print_jobs, print_setup, printing, stocks
from server.services.badge_sheets import BadgeOrder, BadgeWords, Setting, Sheet
from server.services.badges import Holder
from server.services.context import Context, Op
from server.services.print_setup import DoorSetup
from server.services.printing import Address, Paper

USUAL_STOCK = "dk-11202"
"""62 × 100 mm from a roll, until the organiser chooses."""


@dataclass(frozen=True)
class DoorPrint:
    """What became of a press: the job, the printer that took it (empty: the browser prints the file).

    With `asks` nothing was done: the badge was printed at that moment already.
    """

    name: str
    job: str = ""
    printer: str = ""
    asks: datetime | None = None


def print_one(
    ctx: Context,
    *,
    group_id: GroupId,
    meeting_id: MeetingId,
    attendance_uid: Uid,
    words: BadgeWords,
    to: Address | None,
    again: bool = False,
    lost: bool = False,
    op: Op | None = None,
) -> DoorPrint:
    """Print somebody's badge; one that was printed before only `again`, one that is `lost` with a new code.

    Raises NotFound("attendance_unknown"), RuleViolation with what cannot be printed, or what the printer says
    (`printer_…`); then it does not count as printed.
    """
    if lost:
        lost_op = replace(op, id=f"{op.id[:39]}L", kind="lost") if op else None
        badges.replace_lost(ctx, meeting_id=meeting_id, attendance_uid=attendance_uid, op=lost_op)
    holder = _holder(ctx, meeting_id, attendance_uid)
    if holder.printed_at and not (again or lost):
        return DoorPrint(holder.name, asks=holder.printed_at)
    chosen = print_setup.setup(ctx, group_id).door
    sheet = _sheet(ctx, group_id, holder, chosen, words, to)
    paper = printing.draw(sheet.draft) if chosen.printer else None
    marked = print_jobs.mark(
        ctx,
        meeting_id=meeting_id,
        said=sheet.said,
        stock=chosen.stock or USUAL_STOCK,
        printer=chosen.printer,
        at_door=True,
        op=op,
    )
    if paper is not None and marked.is_new:
        try:
            _send(ctx, group_id, paper, chosen, holder.name)
        except RuleViolation:
            print_jobs.take_back(ctx, meeting_id=meeting_id, job_uid=marked.job)
            raise
    return DoorPrint(holder.name, job=marked.job, printer=chosen.printer)


def file(
    ctx: Context,
    *,
    group_id: GroupId,
    meeting_id: MeetingId,
    attendance_uid: Uid,
    words: BadgeWords,
    to: Address | None,
) -> Paper:
    """Somebody's badge as a file that asks the browser to print it. Raises as `print_one`."""
    holder = _holder(ctx, meeting_id, attendance_uid)
    sheet = _sheet(ctx, group_id, holder, print_setup.setup(ctx, group_id).door, words, to)
    part = printing.Part(words.title, sheet.draft)
    return printing.draw(printing.bound([part], title=holder.name, language=words.language, print_at_once=True))


def _holder(ctx: Context, meeting_id: MeetingId, attendance_uid: Uid) -> Holder:
    found = badge_sheets.everybody(ctx, meeting_id, only=attendance_uid)
    if not found:
        raise NotFound("attendance_unknown")
    return found[0]


def _sheet(
    ctx: Context, group_id: GroupId, holder: Holder, door: DoorSetup, words: BadgeWords, to: Address | None
) -> Sheet:
    stock_id = door.stock or USUAL_STOCK
    order = BadgeOrder(
        whom=holder.attendance_uid, stock=stock_id, length=door.length, black_only=door.black_only, dots=door.dots
    )
    setting = Setting(
        to=to,
        words=words,
        stock=stocks.for_drawing(ctx, group_id, stock_id),
        correction=print_setup.correction(ctx, group_id, printer=door.printer, stock_id=stock_id),
    )
    return badge_sheets.sheet_of(ctx, [holder], order, setting)


def _send(ctx: Context, group_id: GroupId, paper: Paper, door: DoorSetup, name: str) -> None:
    stock = stocks.stocks(ctx, group_id)[door.stock or USUAL_STOCK]
    width, height = stock.page
    page = (width, door.length if stock.kind == "endless" else height)
    local_printers.send(paper.pdf, printer=door.printer, title=name, page=page)
