"""Papers of a meeting: badges on labels, the sign-in list, posters. Drawn in the child process, from values alone.

Nothing is printed without an address that phones can open, because every code on paper carries it for good. Words
are handed in: the paper speaks the language of the group, not of whoever presses the button.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from server.domain import attendance as rules
from server.domain.errors import RuleViolation
from server.domain.vocabulary import GroupId, MeetingId, Standing, Uid
from server.persistence.models import Group
from server.services import attendance, badges, workbench
from server.services.badges import Holder
from server.services.context import Context, Json

USUAL_STOCK = "avery-l4785"
"""80 × 50 mm, ten on a sheet of A4."""
NOT_PRINTED, EVERYBODY = "not_printed", "everybody"


@dataclass(frozen=True)
class Stock:
    """A kind of label: what it is called, its size and its page's in mm, how many people a sheet holds."""

    id: str
    name: str
    use: str
    region: str
    page: tuple[float, float]
    label: tuple[float, float]
    labels: int


@dataclass(frozen=True)
class Address:
    """The address that goes on paper. `forced`: made for the demo out of this computer's own number."""

    url: str
    forced: bool = False


@dataclass(frozen=True)
class BadgeOrder:
    """Which badges, on what, from which label of the first sheet.

    `whom` is `NOT_PRINTED`, `EVERYBODY` or the uid of one attendance; `only` narrows to these badges instead.
    """

    whom: str = NOT_PRINTED
    stock: str = USUAL_STOCK
    start_at: int = 1
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class BadgeWords:
    """The words on a badge, in the group's language."""

    member: str
    visitor: str
    host: str
    table: str
    title: str
    language: str


@dataclass(frozen=True)
class Warned:
    """Something that was printed and deserves a look; `params["name"]` says whose badge it is."""

    key: str
    params: Mapping[str, str | int | float]


@dataclass(frozen=True)
class Paper:
    """A finished document; of badges also whose they are."""

    pdf: bytes
    pages: int
    warnings: tuple[Warned, ...]
    badge_uids: tuple[Uid, ...] = ()
    not_printed: int = 0
    """How many of them were not printed before."""


@dataclass(frozen=True)
class Poster:
    """What a poster says; the code on it and the link to read lead to the group's address."""

    heading: str
    steps: tuple[str, ...]
    note: str
    language: str


@dataclass(frozen=True)
class SignInSheet:
    """What the sign-in list says above its lines."""

    title: str
    subtitle: str
    name_word: str
    company_word: str
    signature_word: str


_known: dict[str, Stock] = {}
_lock = threading.Lock()


def stocks() -> Mapping[str, Stock]:
    """Every label stock that can be printed on, by id; asked of the child once."""
    with _lock:
        if not _known:
            for row in workbench.desk.do("stocks", {})["stocks"]:
                _known[row["id"]] = Stock(**{**row, "page": tuple(row["page"]), "label": tuple(row["label"])})
        return dict(_known)


def address(ctx: Context, group_id: GroupId, *, here: str) -> Address | None:
    """The group's own address, else the one of the installation; in the demo, else `here`. None: it must be set."""
    with ctx.reading() as db:
        own = db.get_one(Group, group_id).base_url
    if own or ctx.settings.base_url:
        return Address(own or ctx.settings.base_url, forced=ctx.settings.demo)
    return Address(here, forced=True) if ctx.settings.demo and here else None


def badge_sheet(
    ctx: Context, *, meeting_id: MeetingId, order: BadgeOrder, words: BadgeWords, to: Address | None
) -> Paper:
    """The badges as a PDF; whoever has none yet is given one. Nothing is marked as printed by it.

    Raises RuleViolation("base_url_missing") and what cannot be printed (`print_…`).
    """
    if to is None:
        raise RuleViolation("base_url_missing")
    badges.issue_for_meeting(ctx, meeting_id=meeting_id)
    chosen = _chosen(badges.holders(ctx, meeting_id), order)
    made = workbench.desk.do(
        "badges",
        {
            "people": [_on_badge(holder) for holder in chosen],
            "stock": order.stock,
            "base_url": to.url,
            "force_address": to.forced,
            "start_at": order.start_at,
            "words": asdict(words),
        },
    )
    return _paper(
        made,
        tuple(holder.badge_uid for holder in chosen if holder.badge_uid),
        sum(1 for holder in chosen if holder.printed_at is None),
    )


def sign_in_list(ctx: Context, *, meeting_id: MeetingId, sheet: SignInSheet, words: BadgeWords) -> Paper:
    """Everybody who is expected, to tick and sign: the door's paper for a day without power."""
    people = [
        {
            "first_name": person.given_name,
            "last_name": person.family_name,
            "company": person.company,
            "role": _role(person.standing),
        }
        for person in attendance.everybody(ctx, meeting_id)
        if person.status not in rules.AWAY
    ]
    return _paper(
        workbench.desk.do("sign_in", {"people": people, "sheet": asdict(sheet), "words": asdict(words)})
    )


def poster(kind: str, poster: Poster, *, to: Address | None) -> Paper:
    """A poster: `join` (how a phone joins) or `door` (what happens here). Raises RuleViolation("base_url_missing")."""
    if to is None:
        raise RuleViolation("base_url_missing")
    link = to.url.partition("://")[2]
    return _paper(
        workbench.desk.do(
            "poster", {"kind": kind, "poster": {**asdict(poster), "code": f"{to.url}/", "link": link}}
        )
    )


def _chosen(holders: Sequence[Holder], order: BadgeOrder) -> list[Holder]:
    if order.only:
        return [holder for holder in holders if holder.badge_uid in order.only]
    if order.whom == EVERYBODY:
        return list(holders)
    if order.whom == NOT_PRINTED:
        return [holder for holder in holders if holder.printed_at is None]
    return [holder for holder in holders if holder.attendance_uid == order.whom]


def _on_badge(holder: Holder) -> Json:
    return {
        "first_name": holder.given_name,
        "last_name": holder.family_name,
        "company": holder.company,
        "trade": holder.sector,
        "role": _role(holder.standing),
        "code": holder.code,
    }


def _role(standing: Standing) -> str:
    return "member" if standing is Standing.MEMBER else "visitor"


def _paper(made: Json, badge_uids: tuple[Uid, ...] = (), not_printed: int = 0) -> Paper:
    return Paper(
        pdf=workbench.as_bytes(made["pdf"]),
        pages=int(made["pages"]),
        warnings=tuple(Warned(each["key"], each["params"]) for each in made["warnings"]),
        badge_uids=badge_uids,
        not_printed=not_printed,
    )
