"""A meeting before it begins: what it may be called, its agenda in minutes, its rounds, and its three states.

Doors open from a draft, and an open meeting is closed. A mistake can be taken back: doors that nobody has come
through shut again, and a meeting closed today opens again. Minutes are whole.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from server.domain import names
from server.domain.errors import RuleViolation, WrongPhase
from server.domain.vocabulary import MeetingStatus

TITLE_MOST = 120
PLACE_MOST = 160
SLUG_MOST = 60
_SLUG_NAME_MOST = 40
AGENDA_ITEMS_MOST = 40
ITEM_MINUTES = (1, 480)
AGENDA_MINUTES_MOST = 960
ROUNDS = (1, 40)
ROUND_SECONDS = (30, 3600)
TABLE_SIZE = (2, 12)

DEFAULT_AGENDA: tuple[tuple[str, int], ...] = (
    ("open_networking", 15),
    ("welcome", 5),
    ("education", 5),
    ("rounds", 30),
    ("introductions", 15),
    ("speaker", 10),
    ("referrals", 7),
    ("announcements", 3),
)
"""A breakfast of 90 minutes, as (key, minutes); whoever shows it finds the words."""


MOVES = frozenset(
    {(MeetingStatus.DRAFT, MeetingStatus.OPEN), (MeetingStatus.OPEN, MeetingStatus.CLOSED)},
)
"""From, to. Doors open from a draft, and only an open meeting is closed."""


def move(status: MeetingStatus, to: MeetingStatus) -> MeetingStatus:
    """Open the doors or close the meeting: the new status, or `WrongPhase("meeting_wrong_phase")`."""
    if (status, to) not in MOVES:
        raise WrongPhase("meeting_wrong_phase", status=status.value, to=to.value)
    return to


def take_back_opening(status: MeetingStatus, *, came: int, rounds_begun: int) -> MeetingStatus:
    """The doors were opened by mistake: a draft again, as long as nothing has happened.

    Raises `WrongPhase`: `meeting_wrong_phase`, or `opening_was_used` once somebody came or a round began.
    """
    if status is not MeetingStatus.OPEN:
        raise WrongPhase("meeting_wrong_phase", status=status.value, to=MeetingStatus.DRAFT.value)
    if came or rounds_begun:
        raise WrongPhase("opening_was_used", came=came)
    return MeetingStatus.DRAFT


def reopen(status: MeetingStatus, *, closed_on: date | None, today: date) -> MeetingStatus:
    """The meeting was closed too early: open again, on the day it was closed (both days as the place has them).

    Raises `WrongPhase`: `meeting_wrong_phase`, or `reopen_too_late`.
    """
    if status is not MeetingStatus.CLOSED or closed_on is None:
        raise WrongPhase("meeting_wrong_phase", status=status.value, to=MeetingStatus.OPEN.value)
    if closed_on != today:
        raise WrongPhase("reopen_too_late")
    return MeetingStatus.OPEN


def check_closable(round_on: int | None) -> None:
    """Whether no round is on. Raises `WrongPhase("close_round_runs")` with its `number`."""
    if round_on is not None:
        raise WrongPhase("close_round_runs", number=round_on)


DOORS_BEFORE = timedelta(hours=1)
"""From this long before the start, opening the doors matters more than paper."""
FORGOTTEN_AFTER = timedelta(hours=12)
"""A draft so long after its end was never held on that day."""


class NextStep(StrEnum):
    """What the organiser of a meeting does next."""

    FILL_LIST = "fill_list"
    PRINT_BADGES = "print_badges"
    CHECK_LIST = "check_list"
    OPEN_DOORS = "open_doors"
    MOVE_DAY = "move_day"
    GO_TO_ROUNDS = "go_to_rounds"
    CLOSE = "close"
    SEE_FIGURES = "see_figures"


def next_step(
    status: MeetingStatus,
    *,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    listed: int,
    unprinted: int,
    rounds_over: bool,
) -> NextStep:
    """The one next step: `listed` people are expected, `unprinted` badges wait, all rounds are over or not."""
    if status is MeetingStatus.CLOSED:
        return NextStep.SEE_FIGURES
    if status is MeetingStatus.OPEN:
        return NextStep.CLOSE if rounds_over or now >= ends_at else NextStep.GO_TO_ROUNDS
    if now > ends_at + FORGOTTEN_AFTER:
        return NextStep.MOVE_DAY
    if not listed:
        return NextStep.FILL_LIST
    if now >= starts_at - DOORS_BEFORE:
        return NextStep.OPEN_DOORS
    return NextStep.PRINT_BADGES if unprinted else NextStep.CHECK_LIST


def check_open(status: MeetingStatus) -> None:
    """Whether things happen in the room now. Raises `WrongPhase("meeting_not_open")`."""
    if status is not MeetingStatus.OPEN:
        raise WrongPhase("meeting_not_open", status=status.value)


def check_changeable(status: MeetingStatus) -> None:
    """Whether the meeting may still be changed. Raises `WrongPhase("meeting_is_closed")`."""
    if status is MeetingStatus.CLOSED:
        raise WrongPhase("meeting_is_closed", status=status.value)


def check_title(text: str) -> str:
    """A meeting's or an agenda item's title, tidied. Raises `title_missing` or `title_too_long`."""
    title = names.tidy(text)
    if not title:
        raise RuleViolation("title_missing")
    if len(title) > TITLE_MOST:
        raise RuleViolation("title_too_long", most=TITLE_MOST)
    return title


def check_place(text: str) -> str:
    """Where the meeting is, tidied; may be empty. Raises `place_too_long`."""
    place = names.tidy(text)
    if len(place) > PLACE_MOST:
        raise RuleViolation("place_too_long", most=PLACE_MOST)
    return place


def check_minutes(minutes: int) -> int:
    """The minutes of one agenda item. Raises `item_minutes_out_of_bounds` with `least` and `most`."""
    least, most = ITEM_MINUTES
    if not least <= minutes <= most:
        raise RuleViolation("item_minutes_out_of_bounds", minutes=minutes, least=least, most=most)
    return minutes


def check_plan(rounds: int, seconds: int, table_size: int) -> None:
    """How many rounds, how long each (seconds), how many at a table.

    Raises `rounds_out_of_bounds`, `round_length_out_of_bounds` or `table_size_out_of_bounds`, each with
    `least` and `most`.
    """
    for value, (least, most), code in (
        (rounds, ROUNDS, "rounds_out_of_bounds"),
        (seconds, ROUND_SECONDS, "round_length_out_of_bounds"),
        (table_size, TABLE_SIZE, "table_size_out_of_bounds"),
    ):
        if not least <= value <= most:
            raise RuleViolation(code, value=value, least=least, most=most)


def name_after(name: str) -> str:
    """What the next meeting of a series is called: the last number of the name goes up by one, if it has one."""
    found = re.fullmatch(r"(.*?)(\d{1,9})(\D*)", name)
    return f"{found[1]}{int(found[2]) + 1}{found[3]}" if found else name


def slug_for(name: str, on: date, attempt: int = 1) -> str:
    """A short address for a meeting: breakfast-2026-03-12; the second of that name and day ends in -2.

    A name without any plain letter leaves the date alone.
    """
    tail = on.isoformat() if attempt == 1 else f"{on.isoformat()}-{attempt}"
    plain = re.sub("[^a-z0-9]+", "-", " ".join(names.query_words(name))).strip("-")
    head = plain[:_SLUG_NAME_MOST].strip("-")
    return f"{head}-{tail}" if head else tail


@dataclass(frozen=True)
class AgendaItem:
    """One line of the agenda: a kind from `DEFAULT_AGENDA` or "other", a title, whole minutes."""

    kind: str
    title: str
    minutes: int


@dataclass(frozen=True)
class Agenda:
    """The items in their order, and what follows from their minutes."""

    items: tuple[AgendaItem, ...]

    @property
    def minutes(self) -> int:
        """How long the whole meeting is."""
        return sum(item.minutes for item in self.items)

    def planned_starts(self, starts_at: datetime) -> tuple[datetime, ...]:
        """When each item begins if the meeting begins at `starts_at` and everybody keeps to the time."""
        starts, at = [], starts_at
        for item in self.items:
            starts.append(at)
            at += timedelta(minutes=item.minutes)
        return tuple(starts)

    def ends_at(self, starts_at: datetime) -> datetime:
        """When the meeting ends by plan."""
        return starts_at + timedelta(minutes=self.minutes)

    def item_at(self, starts_at: datetime, now: datetime) -> int | None:
        """The position of the item that is on now by plan; None before the start and after the end."""
        if not starts_at <= now < self.ends_at(starts_at):
            return None
        return max(at for at, begins in enumerate(self.planned_starts(starts_at)) if begins <= now)


def check_agenda(items: Iterable[AgendaItem]) -> Agenda:
    """The agenda with tidied titles; it may be empty.

    Raises `RuleViolation`: `agenda_too_many_items`, `item_minutes_out_of_bounds`, `agenda_too_long`, or what
    `check_title` raises; those about one item name its `position` (from 1).
    """
    checked = []
    for position, item in enumerate(items, start=1):
        if position > AGENDA_ITEMS_MOST:
            raise RuleViolation("agenda_too_many_items", most=AGENDA_ITEMS_MOST)
        checked.append(_checked_item(item, position))
    agenda = Agenda(tuple(checked))
    if agenda.minutes > AGENDA_MINUTES_MOST:
        raise RuleViolation("agenda_too_long", minutes=agenda.minutes, most=AGENDA_MINUTES_MOST)
    return agenda


def _checked_item(item: AgendaItem, position: int) -> AgendaItem:
    try:
        return AgendaItem(item.kind, check_title(item.title), check_minutes(item.minutes))
    except RuleViolation as broken:
        raise RuleViolation(broken.code, **broken.params, position=position) from broken
