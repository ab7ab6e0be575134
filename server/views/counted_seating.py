"""Lists behind the figures that begin at a table, for `views.counted`: what grew, what seating bore, who is tied."""

from flask import request, url_for
from flask_babel import gettext, lazy_gettext

from server.domain.errors import NotFound
from server.domain.fruit import SIZES, Kind
from server.domain.growth import PARTS
from server.domain.leading import Tie
from server.domain.vocabulary import Uid
from server.services import counted_seating, leading
from server.services.counted_seating import Tied
from server.views import fruit, pages
from server.views.counted_page import Shown, asked_weeks, day_words, heads
from server.views.guards import Visit
from server.views.leading import SHOWN

GREW = {
    f"grew-{part.replace('_', '-')}": (part, words)
    for part, words in zip(
        PARTS,
        (lazy_gettext("One-to-ones"), lazy_gettext("Referrals"), lazy_gettext("Became business")),
        strict=True,
    )
}
"""The figures of what grew by the word of their address."""
TIES = {
    Tie.MET: lazy_gettext("Sat together"),
    Tie.ONE_TO_ONE: lazy_gettext("One-to-one"),
    Tie.GAVE: lazy_gettext("Gave a referral"),
}
_NOBODY_NAMED = lazy_gettext("Nobody is named here: which referrals become business is between their two people.")


def grew(visit: Visit, what: str) -> Shown:
    """What a figure of "what grew" counts: round, table and day."""
    part, words = GREW[what]
    number = _round()
    meeting, found = counted_seating.grown(visit.ctx, visit.meeting_id, part, number)
    rows = tuple(
        (gettext("Round %(number)s", number=each.round_number), str(each.table), day_words(each.on))
        for each in sorted(found.rows, key=lambda each: (each.round_number, each.on, each.table))
    )
    return Shown(
        str(words),
        heads(gettext("Round"), gettext("Table"), gettext("When")),
        rows,
        url_for("growth.meeting", meeting=meeting.uid),
        over=meeting.name,
        gone=found.gone,
        note=str(_NOBODY_NAMED) if part == "won" else "",
    )


def seated(visit: Visit, what: str) -> Shown:
    """The pairs that sat together so."""
    kind, least = request.args.get("kind", ""), request.args.get("size", "")
    if (kind and kind not in set(Kind)) or (least and least not in {str(each[0]) for each in SIZES}):
        raise NotFound("page_unknown")
    span = next((each for each in SIZES if str(each[0]) == least), None)
    so = Kind(kind) if kind else None
    found = counted_seating.seated(visit.ctx, visit.group_id, kind=so, least=span[0] if span else None)
    words = str(fruit.KINDS[so]) if so else fruit.size_words(span) if span else gettext("all tables")
    return Shown(
        words[:1].upper() + words[1:],
        heads(gettext("One"), gettext("The other"), gettext("When last"), gettext("Number")),
        tuple((each.one, each.other, day_words(each.last), str(each.times)) for each in found.rows),
        url_for("fruit.group"),
        number=3,
    )


def bore(visit: Visit, what: str) -> Shown:
    """The meetings from whose tables business came, each leading to what grew from it."""
    found = counted_seating.bore(visit.ctx, visit.group_id)
    return Shown(
        gettext("Became business"),
        heads(gettext("Meeting"), gettext("When"), gettext("Number")),
        tuple(
            (each.meeting.name, pages.local_day(each.meeting.starts_at, each.meeting.time_zone), str(each.won))
            for each in found.rows
        ),
        url_for("fruit.group"),
        number=2,
        note=str(_NOBODY_NAMED),
        links={(at, 2): url_for("growth.meeting", meeting=each.meeting.uid) for at, each in enumerate(found.rows)},
    )


def tied(visit: Visit, what: str) -> Shown:
    """What stands in a member's row of the matrix."""
    show, uid = request.args.get("show", ""), Uid(request.args.get("whose", "")[:16])
    if show not in SHOWN:
        raise NotFound("page_unknown")
    weeks = asked_weeks(leading.PERIODS)
    name, found = counted_seating.tied(visit.ctx, visit.group_id, uid, wanted=SHOWN[show], weeks=weeks)
    return Shown(
        name or gettext("Who is tied to whom"),
        heads(gettext("The other"), gettext("What"), gettext("When")),
        tuple((each.other, _tie(each), day_words(each.on)) for each in found.rows),
        url_for("leading.matrix", show=show, weeks=weeks),
        over=gettext("%(n)s weeks", n=weeks),
    )


def _tie(each: Tied) -> str:
    if each.number is None:
        return str(TIES[each.kind])
    return f"{TIES[each.kind]}, {gettext('Round %(number)s', number=each.number)}"


def _round() -> int | None:
    wanted = request.args.get("round", "")
    if not wanted:
        return None
    if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 4:
        raise NotFound("page_unknown")
    return int(wanted)
