"""Sheets of badges: whose, in which order, on which labels; and what they will say, so that a change is seen later.

Preparing a sheet marks nothing as printed. Whoever has no badge yet is given one, because paper needs a code.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from server.domain import badge_code, names
from server.domain.errors import RuleViolation
from server.domain.vocabulary import MeetingId, Standing, Uid
from server.services import badges
from server.services.badges import Holder
from server.services.context import Context, Json
from server.services.print_setup import Correction
from server.services.printing import Address, Draft

NOT_PRINTED, CHANGED, WALK_INS, EVERYBODY = "not_printed", "changed", "walk_ins", "everybody"
WHOM = (NOT_PRINTED, CHANGED, WALK_INS, EVERYBODY)
SORTS = ("name", "company", "table")
BACKS = ("", "agenda", "rounds")
EDGES = ("long", "short")


@dataclass(frozen=True)
class BadgeWords:
    """The words on a badge, in the group's language."""

    member: str
    visitor: str
    host: str
    table: str
    title: str
    language: str
    instead: str = "%(name)s"
    """What stands on a substitute's badge, "for %(name)s"."""


@dataclass(frozen=True)
class BackWords:
    """What stands on the back: a heading, the agenda as (time, text), what sitting out is."""

    heading: str = ""
    agenda: tuple[tuple[str, str], ...] = ()
    out_word: str = "–"


@dataclass(frozen=True)
class BadgeOrder:
    """Which badges, in which order, on what, from which label of the first sheet.

    `whom` is one of `WHOM` or the uid of one attendance; `standing`, `first` and `last` (letters of the family name)
    narrow it; `only` are these badges and no others. `table` prints the first table on the badge. `back` prints the
    agenda or the person's own rounds behind it, turned over the `long` or `short` edge.
    """

    whom: str = NOT_PRINTED
    standing: str = ""
    first: str = ""
    last: str = ""
    only: tuple[str, ...] = ()
    sort: str = "name"
    stock: str = ""
    start_at: int = 1
    length: float = 100.0
    table: bool = False
    back: str = ""
    duplex: str = "long"
    black_only: bool = False
    dots: int | None = None


@dataclass(frozen=True)
class Setting:
    """What a sheet is made with beside the order: the address, the words, the stock's measures, the correction."""

    to: Address | None
    words: BadgeWords
    stock: str | Json
    back: BackWords = field(default_factory=BackWords)
    correction: Correction = field(default_factory=Correction)


@dataclass(frozen=True)
class Sheet:
    """A sheet ready to be drawn, and what printing it would mean."""

    draft: Draft
    said: Mapping[Uid, str]
    """What each badge will say, as fingerprints by uid."""
    handed_out: tuple[Holder, ...]
    """Whose badge was printed before and still says the same: they may have it in their hands."""

    @property
    def people(self) -> int:
        """How many badges."""
        return len(self.said)


def prepare(ctx: Context, *, meeting_id: MeetingId, order: BadgeOrder, setting: Setting) -> Sheet:
    """The badges of an order. Raises RuleViolation: `base_url_missing`, `print_nobody`."""
    _address(setting)
    return sheet_of(ctx, everybody(ctx, meeting_id), order, setting)


def sheet_of(ctx: Context, holders: Sequence[Holder], order: BadgeOrder, setting: Setting) -> Sheet:
    """As `prepare`, of holders that were read already; each has a badge."""
    address = _address(setting)
    chosen = choose(ctx, holders, order, address=address.url)
    if not chosen:
        raise RuleViolation("print_nobody")
    rounds = order.back == "rounds"
    said = {
        holder.badge_uid: badges.fingerprint(ctx, holder, address=address.url, table=order.table, seats=rounds)
        for holder in chosen
        if holder.badge_uid
    }
    handed_out = tuple(
        holder for holder in chosen if holder.printed_at and not badges.has_changed(ctx, holder, address=address.url)
    )
    people = [_on_badge(holder, order, setting.words) for holder in chosen]
    return Sheet(Draft("badges", _arguments(people, order, setting, address)), said, handed_out)


def trial(ctx: Context, *, meeting_id: MeetingId, order: BadgeOrder, setting: Setting) -> Draft:
    """A test page with three of these names, before the first batch on a new stock. Its codes open no door.

    Raises RuleViolation: `base_url_missing`, `print_nobody`.
    """
    address = _address(setting)
    chosen = choose(ctx, everybody(ctx, meeting_id), order, address=address.url)
    if not chosen:
        raise RuleViolation("print_nobody")
    people = [_on_badge(holder, order, setting.words) | {"code": badge_code.TEST_CODE} for holder in chosen]
    return Draft("badge_trial", _arguments(people, order, setting, address))


def everybody(ctx: Context, meeting_id: MeetingId, *, only: Uid | None = None) -> tuple[Holder, ...]:
    """Everybody expected at a meeting, or one of them, each with a badge."""
    found = badges.holders(ctx, meeting_id, only=only)
    if all(holder.badge_uid for holder in found):
        return found
    badges.issue_for_meeting(ctx, meeting_id=meeting_id)
    return badges.holders(ctx, meeting_id, only=only)


def choose(ctx: Context, holders: Sequence[Holder], order: BadgeOrder, *, address: str) -> list[Holder]:
    """The badges that an order asks for, in its order."""
    if order.only:
        found = [holder for holder in holders if holder.badge_uid in order.only]
    else:
        wanted = _wanted(ctx, order.whom, address)
        found = [holder for holder in holders if wanted(holder) and _narrowed(holder, order)]
    return sorted(found, key=_sorted_by(order.sort))


def initial(holder: Holder) -> str:
    """The letter under which somebody stands in a list: of the family name, without accents."""
    return names.search_key(holder.family_name or holder.given_name)[:1].upper()


def _wanted(ctx: Context, whom: str, address: str) -> Callable[[Holder], bool]:
    known: dict[str, Callable[[Holder], bool]] = {
        NOT_PRINTED: lambda holder: holder.printed_at is None,
        CHANGED: lambda holder: badges.has_changed(ctx, holder, address=address),
        WALK_INS: lambda holder: holder.is_walk_in,
        EVERYBODY: lambda holder: True,
    }
    return known.get(whom, lambda holder: holder.attendance_uid == whom)


def _narrowed(holder: Holder, order: BadgeOrder) -> bool:
    if order.standing and _role(holder.standing) != order.standing:
        return False
    letter = initial(holder)
    # What is sorted before A or behind Z belongs to the first and the last pile.
    from_first = not order.first or order.first == "A" or letter >= order.first
    to_last = not order.last or order.last == "Z" or letter <= order.last
    return from_first and to_last


def _sorted_by(sort: str) -> Callable[[Holder], Any]:
    if sort == "company":
        return lambda holder: (not holder.company, names.search_key(holder.company), holder.sort_key)
    if sort == "table":
        return lambda holder: (holder.table is None, holder.table or 0, holder.sort_key)
    return lambda holder: holder.sort_key


def _address(setting: Setting) -> Address:
    if setting.to is None:
        raise RuleViolation("base_url_missing")
    return setting.to


def _arguments(people: list[Json], order: BadgeOrder, setting: Setting, address: Address) -> Json:
    made: Json = {
        "people": people,
        "stock": setting.stock,
        "base_url": address.url,
        "force_address": address.forced,
        "start_at": order.start_at,
        "length": order.length,
        "black_only": order.black_only,
        "dots": order.dots,
        "words": {name: word for name, word in asdict(setting.words).items() if name != "instead"},
        **asdict(setting.correction),
    }
    if order.back:
        rounds = max((len(person["seats"]) for person in people), default=0) if order.back == "rounds" else 0
        made["duplex"] = order.duplex
        made["back"] = {
            "heading": setting.back.heading,
            "agenda": list(map(list, setting.back.agenda)) if order.back == "agenda" else [],
            "rounds": [{"number": number} for number in range(1, rounds + 1)],
            "out_word": setting.back.out_word,
        }
    return made


def _on_badge(holder: Holder, order: BadgeOrder, words: BadgeWords) -> Json:
    return {
        "first_name": holder.given_name,
        "last_name": holder.family_name,
        "company": holder.company,
        # Whose place it is matters more at the table than the trade of somebody who came for one morning.
        "trade": words.instead % {"name": holder.stands_for} if holder.stands_for else holder.sector,
        "role": _role(holder.standing),
        "code": holder.code,
        "table": holder.table if order.table else None,
        "seats": list(holder.seats) if order.back == "rounds" else [],
    }


def _role(standing: Standing) -> str:
    return "member" if standing is Standing.MEMBER else "visitor"
