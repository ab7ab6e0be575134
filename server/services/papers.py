"""The papers of a meeting beside its badges: lists, cards, tents, slips and posters, made of what is known by now.

Words are handed in, in the language of the group: the paper speaks it whoever presses the button.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from server.domain import attendance as rules
from server.domain import badge_code
from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import GroupId, MeetingId, Standing
from server.persistence.models import AgendaItem, Attendance, Group, Meeting, Person
from server.persistence.queries import papers as queries
from server.services import badges
from server.services.badges import Holder
from server.services.context import Context, Json
from server.services.print_setup import Network
from server.services.printing import Address, Draft


class Kind(StrEnum):
    """The papers there are, in the order in which a morning needs them."""

    SIGN_IN = "sign-in"
    ROUTES = "routes"
    TABLES = "tables"
    SEATING = "seating"
    TENTS = "tents"
    EMPTY_CHAIR = "empty-chair"
    SLIPS = "slips"
    DOOR = "door"
    JOIN = "join"
    WIFI = "wifi"
    TEST_CODE = "test-code"


OF_ROUNDS = frozenset({Kind.ROUTES, Kind.TABLES, Kind.SEATING})
"""These need seats that are planned."""
OF_ADDRESS = frozenset({Kind.DOOR, Kind.JOIN, Kind.TEST_CODE})
"""These carry the group's address."""


@dataclass(frozen=True)
class PaperOrder:
    """Which paper, and how; what a paper does not know it does not look at."""

    kind: Kind
    size: str = "a4"
    partners: bool = True
    promises: bool = True
    names: bool = True
    per_page: int = 2
    copies: int = 3
    rounds: tuple[int, ...] = ()
    sectors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Poster:
    """What a poster says."""

    heading: str
    steps: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class PaperWords:
    """Everything papers say, in the group's language: of the meeting, of the forms, of each poster."""

    title: str
    subtitle: str
    language: str
    words: Mapping[str, object]
    prompts: tuple[str, ...]
    posters: Mapping[Kind, Poster]
    signature: str
    wish: str
    """On an empty chair; has a place for %(n)s, those who look for such a guest."""
    invitation: str
    test_title: str
    test_word: str


@dataclass(frozen=True)
class Wanted:
    """A sector that nobody of the meeting is in, and how many of them look for it."""

    sector: str
    wishes: int


@dataclass(frozen=True)
class About:
    """A meeting as its papers need it, and the language of its group."""

    meeting_id: MeetingId
    group_id: GroupId
    name: str
    place: str
    starts_at: datetime
    time_zone: str
    language: str


def about(ctx: Context, name: str) -> About:
    """A meeting by its id or short name, or `today` for the one that is on or next. Raises NotFound. One statement.

    It asks for itself, because the commands that print must start at once and other ways know much more.
    """
    question = select(Meeting, Group.language).join(Group, Group.id == Meeting.group_id)
    if name != "today":
        question = question.where((Meeting.uid == name) | (Meeting.slug == name))
    with ctx.reading() as db:
        found = db.execute(question.order_by(Meeting.starts_at, Meeting.id)).all()
    day = ctx.now().date()
    coming = [row for row in found if row[0].starts_at.date() >= day]
    if not found:
        raise NotFound("meeting_unknown")
    meeting, language = coming[0] if coming and name == "today" else found[-1]
    return About(
        MeetingId(meeting.id),
        GroupId(meeting.group_id),
        meeting.name,
        meeting.place,
        meeting.starts_at,
        meeting.time_zone,
        language,
    )


def draft(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    order: PaperOrder,
    words: PaperWords,
    to: Address | None,
    network: Network,
    people: Sequence[Holder] | None = None,
) -> Draft:
    """One paper of a meeting, ready to be drawn; `people` are its badge holders where they were read already.

    Raises RuleViolation: `base_url_missing`, `print_nobody`, `print_no_rounds`, `print_no_network`.
    """
    kind = order.kind
    if kind in OF_ADDRESS and to is None:
        raise RuleViolation("base_url_missing")
    if to is not None and kind in OF_ADDRESS:
        return _of_address(words, order, to)
    if kind is Kind.WIFI:
        if not network.name:
            raise RuleViolation("print_no_network")
        said = _poster(words, order, code="", link=network.name)
        return Draft("wifi", {"poster": said, "network": asdict(network), "words": dict(words.words)})
    if kind is Kind.SLIPS:
        return Draft("slips", _paper(words, order) | {"pages": order.copies})
    if kind is Kind.EMPTY_CHAIR:
        return _empty_chairs(wanted(ctx, meeting_id), words, order)
    holders = badges.holders(ctx, meeting_id) if people is None else people
    if not holders:
        raise RuleViolation("print_nobody")
    return _of_people(holders, words, order)


def planned(ctx: Context, meeting_id: MeetingId) -> tuple[int, ...]:
    """The numbers of the rounds that have seats. One statement."""
    with ctx.reading() as db:
        found = queries.seats(db, meeting_id)
        return found.rounds if found.tables else ()


def wanted(ctx: Context, meeting_id: MeetingId, *, most: int = 6) -> tuple[Wanted, ...]:
    """Sectors that people of the meeting look for and nobody there is in, the most wanted first. Two statements."""
    here = (
        select(Attendance.person_id)
        .where(Attendance.meeting_id == meeting_id, Attendance.status.not_in(rules.AWAY))
        .scalar_subquery()
    )
    question = (
        select(Person.wants_sector, func.count())
        .where(Person.id.in_(here), Person.wants_sector != "")
        .group_by(Person.wants_sector)
        .order_by(func.count().desc(), Person.wants_sector)
    )
    with ctx.reading() as db:
        taken = {sector.casefold() for sector in db.scalars(select(Person.sector).where(Person.id.in_(here)))}
        found = [Wanted(sector, int(wishes)) for sector, wishes in db.execute(question)]
    return tuple(each for each in found if each.sector.casefold() not in taken)[:most]


def agenda(ctx: Context, meeting_id: MeetingId) -> tuple[tuple[str, str], ...]:
    """The agenda as (time on the wall, title). Two statements."""
    with ctx.reading() as db:
        meeting = db.get_one(Meeting, meeting_id)
        items = db.scalars(
            select(AgendaItem).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.position)
        ).all()
    at = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone))
    lines = []
    for item in items:
        lines.append((f"{at:%H:%M}", item.title))
        at += timedelta(minutes=item.minutes)
    return tuple(lines)


def _paper(words: PaperWords, order: PaperOrder) -> Json:
    """What every paper of a page is told."""
    paper = {"title": words.title, "subtitle": words.subtitle, "size": order.size, "language": words.language}
    return {"paper": paper | {"words": dict(words.words)}}


def _poster(words: PaperWords, order: PaperOrder, *, code: str, link: str) -> Json:
    said = words.posters[order.kind]
    return {
        "heading": said.heading,
        "code": code,
        "link": link,
        "steps": list(said.steps),
        "note": said.note,
        "language": words.language,
        "paper": order.size,
    }


def _of_address(words: PaperWords, order: PaperOrder, to: Address) -> Draft:
    if order.kind is not Kind.TEST_CODE:
        said = _poster(words, order, code=f"{to.url}/", link=to.url.partition("://")[2])
        return Draft("poster", {"kind": order.kind.value, "poster": said})
    sheet = {
        "title": words.test_title,
        "codes": [{"name": words.test_word, "code": badge_code.TEST_CODE}],
        "base_url": to.url,
        "force_address": to.forced,
        "language": words.language,
        "paper": order.size,
    }
    return Draft("test_code", {"sheet": sheet})


def _empty_chairs(found: Sequence[Wanted], words: PaperWords, order: PaperOrder) -> Draft:
    """A tent for each sector that was chosen, else for the one that is wanted most."""
    wishes = {each.sector: each.wishes for each in found}
    sectors = order.sectors or tuple(wishes)[:1]
    if not sectors:
        raise RuleViolation("print_no_sector", field="sectors")
    chairs = [
        {
            "sector": sector,
            "lines": [words.wish % {"n": wishes[sector]}] if sector in wishes else [],
            "invitation": words.invitation,
        }
        for sector in sectors
    ]
    options = {"per_page": order.per_page}
    return Draft("empty_chair", _paper(words, order) | {"chairs": chairs, "options": options})


def _of_people(holders: Sequence[Holder], words: PaperWords, order: PaperOrder) -> Draft:
    people = [_person(holder) for holder in holders]
    if order.kind is Kind.SIGN_IN:
        sheet = {"title": words.title, "subtitle": words.subtitle, "signature_word": words.signature}
        return Draft("sign_in", {"people": people, "sheet": sheet | {"paper": order.size}} | _paper(words, order))
    if order.kind is Kind.TENTS:
        return Draft("tents", {"people": people, "options": {"per_page": order.per_page}} | _paper(words, order))
    if not any(holder.table for holder in holders):
        raise RuleViolation("print_no_rounds")
    numbers = range(1, max(len(holder.seats) for holder in holders) + 1)
    rounds = [{"number": number, "prompt": _prompt(words, number)} for number in numbers]
    options = {
        Kind.ROUTES: {"partners": order.partners, "promises": order.promises},
        Kind.TABLES: {"names": order.names},
        Kind.SEATING: {"rounds": list(order.rounds)},
    }[order.kind]
    return Draft(order.kind.value, {"people": people, "rounds": rounds, "options": options} | _paper(words, order))


def _prompt(words: PaperWords, number: int) -> str:
    """The question of a round: another one each round, as on the wall."""
    return words.prompts[(number - 1) % len(words.prompts)] if words.prompts else ""


def _person(holder: Holder) -> Json:
    return {
        "first_name": holder.given_name,
        "last_name": holder.family_name,
        "company": holder.company,
        "trade": holder.sector,
        "role": "member" if holder.standing is Standing.MEMBER else "visitor",
        "uid": holder.attendance_uid,
        "table": holder.table,
        "seats": list(holder.seats),
    }
