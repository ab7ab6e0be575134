"""What a person may take home: lists for a spreadsheet, cards for a phone, due dates for a calendar.

Words come from whoever speaks the reader's language. Where private things may not travel, their columns, fields and
entries are left out, not emptied.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from server.domain.follow_ups import FollowUpState
from server.domain.vocabulary import FollowUpKind, GroupId, MeetingId, PersonId, StayInTouch
from server.formats import calendar, vcard
from server.formats.csv_out import delimiter_for, write_csv
from server.services import groups, owed, workbooks
from server.services.context import Context
from server.services.owed import MetPerson, Owed
from server.services.slips import SlipView

FOLLOW_UP_COLUMNS = (
    "given_name", "family_name", "company", "sector", "email", "phone", "meeting", "met_on", "rounds", "stay", "note",
    "what", "text", "due_on", "state",
)  # fmt: skip
SLIP_COLUMNS = (
    "written_on", "given_on", "giver", "receiver", "kind", "side", "state", "prospect_name", "reach", "need", "level",
    "ways", "vouch", "consent", "comments", "served", "changed_on",
)  # fmt: skip
PRIVATE_COLUMNS = frozenset({"email", "phone", "stay", "note", "text", "prospect_name", "reach", "comments", "served"})
"""What travels over a safe line only."""


@dataclass(frozen=True)
class Wording:
    """The words of an export in the reader's language: column headings by name, and what is said of each thing."""

    language: str
    headings: Mapping[str, str]
    what: Callable[[Owed], str]
    states: Mapping[FollowUpState, str]
    answers: Mapping[StayInTouch, str]


@dataclass(frozen=True)
class SlipWording:
    """The words of the export of slips."""

    language: str
    headings: Mapping[str, str]
    cells: Callable[[SlipView], Mapping[str, str]]
    """kind, side, state, level, ways, vouch, consent and served in words."""


def follow_ups_csv(
    ctx: Context,
    group_id: GroupId,
    owner: PersonId,
    *,
    meeting_id: MeetingId | None = None,
    private: bool,
    wording: Wording,
) -> bytes:
    """A line for each thing owed, and one for everybody met to whom nothing is owed."""
    every, met = owed.everything(ctx, group_id, owner, meeting_id=meeting_id, private=private)
    where = {(each.occasion.id, each.about.id): each for each in met}
    owed_there = {(each.occasion.id, each.about.id) for each in every if each.occasion}
    rows = [
        _cells(each.about, where.get((each.occasion.id, each.about.id)) if each.occasion else None, each, wording)
        for each in every
    ]
    rows += [_cells(each.about, each, None, wording) for key, each in where.items() if key not in owed_there]
    columns = [name for name in FOLLOW_UP_COLUMNS if private or name not in PRIVATE_COLUMNS]
    return _csv(columns, rows, wording.headings, wording.language)


def cards(
    ctx: Context, group_id: GroupId, owner: PersonId, *, meeting_id: MeetingId | None = None, private: bool
) -> bytes:
    """Contact cards of everybody met: name and company, and what each of them shows the owner today."""
    _, met = owed.everything(ctx, group_id, owner, meeting_id=meeting_id, private=private)
    latest = {each.about.id: each for each in met}
    return vcard.write_cards(
        vcard.Card(
            uid=each.about.uid,
            revised_at=ctx.now(),
            given_name=each.about.given_name,
            family_name=each.about.family_name,
            company=each.about.company,
            emails=(each.email,) if each.email else (),
            phones=(each.phone,) if each.phone else (),
            note=each.note,
        )
        for each in latest.values()
    )


def due_dates(
    ctx: Context,
    group_id: GroupId,
    owner: PersonId,
    *,
    meeting_id: MeetingId | None = None,
    private: bool,
    name: str,
    what: Callable[[Owed], str],
) -> bytes:
    """What is still owed, each on its day; what was dropped takes its entry away again."""
    every, _ = owed.everything(ctx, group_id, owner, meeting_id=meeting_id, private=private)
    now = ctx.now()
    return calendar.write_calendar(
        (
            calendar.DayEntry(
                uid=f"{each.uid}@coltiva",
                stamped_at=now,
                day=each.due_on,
                summary=what(each),
                description=each.text,
                # Grows with every download, so that a newer file moves the entry instead of being ignored.
                sequence=int((now - each.created_at).total_seconds() // 60),
                cancelled=each.state is FollowUpState.DROPPED,
            )
            for each in every
            if each.state is not FollowUpState.DONE
        ),
        name=name,
    )


def table(kind: str, headings: Sequence[str], rows: Sequence[Sequence[str]], language: str) -> bytes:
    """A list that is in words already, as `csv` or `xlsx`. Raises as `workbooks.written`."""
    if kind == "xlsx":
        return workbooks.written(headings, rows)
    return write_csv(headings, rows, delimiter=delimiter_for(language))


def slips_csv(
    ctx: Context, group_id: GroupId, every: Iterable[SlipView], *, private: bool, wording: SlipWording
) -> bytes:
    """These slips in their order; private words only over a safe line."""
    columns, rows = _slip_table(ctx, group_id, every, private=private, wording=wording)
    return _csv(columns, rows, wording.headings, wording.language)


def slips_xlsx(
    ctx: Context, group_id: GroupId, every: Iterable[SlipView], *, private: bool, wording: SlipWording
) -> bytes:
    """The same as a workbook; what looks like a formula stays text. Raises as `workbooks.written`."""
    columns, rows = _slip_table(ctx, group_id, every, private=private, wording=wording)
    return workbooks.written(
        [wording.headings[name] for name in columns], ([row.get(name, "") for name in columns] for row in rows)
    )


def _slip_table(
    ctx: Context, group_id: GroupId, every: Iterable[SlipView], *, private: bool, wording: SlipWording
) -> tuple[list[str], list[dict[str, str]]]:
    """The columns that may travel, and a row of texts for each slip."""
    with ctx.reading() as db:
        zone = ZoneInfo(groups.view(db, group_id).settings.time_zone)
    rows = [
        dict(wording.cells(slip))
        | {
            "written_on": slip.created_at.astimezone(zone).date().isoformat(),
            "given_on": slip.given_on.isoformat() if slip.given_on else "",
            "changed_on": slip.changed_at.astimezone(zone).date().isoformat(),
            "giver": slip.giver.name,
            "receiver": slip.receiver.name,
            "prospect_name": slip.prospect_name,
            "reach": slip.reach,
            "need": slip.need,
            "comments": slip.comments,
        }
        for slip in every
    ]
    return [name for name in SLIP_COLUMNS if private or name not in PRIVATE_COLUMNS], rows


def _cells(about: owed.About, met: MetPerson | None, each: Owed | None, wording: Wording) -> dict[str, str]:
    occasion = met.occasion if met else each.occasion if each else None
    cells = {
        "given_name": about.given_name,
        "family_name": about.family_name,
        "company": about.company,
        "sector": about.sector,
        "meeting": occasion.name if occasion else "",
        "met_on": occasion.day.isoformat() if occasion else "",
    }
    if met is not None:
        cells |= {
            "email": met.email,
            "phone": met.phone,
            "rounds": " ".join(map(str, met.rounds)),
            "stay": wording.answers[met.stay] if met.stay else "",
            "note": met.note,
        }
    if each is not None:
        cells |= {
            "what": wording.what(each),
            "text": each.text if each.kind is FollowUpKind.PROMISE else "",
            "due_on": each.due_on.isoformat(),
            "state": wording.states[each.state],
        }
    return cells


def _csv(columns: list[str], rows: list[dict[str, str]], headings: Mapping[str, str], language: str) -> bytes:
    return write_csv(
        [headings[name] for name in columns],
        ([row.get(name, "") for name in columns] for row in rows),
        delimiter=delimiter_for(language),
    )
