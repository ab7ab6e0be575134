"""What grew from a morning: each one-to-one and each referral traced back to the table at which the two last sat.

A trace stands on stored evidence only: who sat with whom, contacts exchanged, promises kept, one-to-ones both
confirmed, the slip. It names tables and rounds, never people.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.domain.folded import NOTHING, Gone
from server.domain.referrals import Served
from server.domain.reports import Pair
from server.domain.vocabulary import ReferralState


class LinkKind(StrEnum):
    """The evidence between a table and a referral, in the order in which it usually comes."""

    EXCHANGE = "exchange"
    PROMISE = "promise"
    ONE_TO_ONE = "one_to_one"


@dataclass(frozen=True)
class SatTogether:
    """Two people at one table in one round of the morning."""

    pair: Pair
    round_number: int
    table: int


@dataclass(frozen=True)
class Link:
    """One piece of evidence between the two, with its day."""

    pair: Pair
    kind: LinkKind
    on: date


@dataclass(frozen=True)
class Slip:
    """A referral between the two, without what it is about."""

    pair: Pair
    on: date
    state: ReferralState
    served: Served | None = None


@dataclass(frozen=True)
class Trace:
    """A referral that became business, back to its table: the way it took, oldest first."""

    round_number: int
    table: int
    links: tuple[Link, ...]
    given_on: date


@dataclass(frozen=True)
class Piece:
    """One of the things that a figure counts: which part of a harvest, from which round and table, on which day."""

    part: str
    round_number: int
    table: int
    on: date


@dataclass(frozen=True)
class Harvest:
    """What grew from one round, or from a whole morning. Its fields are the figures of `folded.Kind.GREW`."""

    one_to_ones: int = 0
    referrals: int = 0
    won: int = 0


PARTS = ("one_to_ones", "referrals", "won")
WELL_SERVED = "well_served"


@dataclass(frozen=True)
class Grown:
    """What grew from a morning: in all, by round, piece by piece, and the trace of each referral that became business.

    Pieces and traces are told of people who are here; what grew with others is in the sums alone.
    """

    whole: Harvest
    well_served: int
    """Of those that became business; told for the morning as a whole only."""
    rounds: tuple[tuple[int, Harvest], ...]
    traces: tuple[Trace, ...]
    pieces: tuple[Piece, ...] = ()


def grown(
    day: date,
    sat: Iterable[SatTogether],
    later: Mapping[Pair, Sequence[date]],
    links: Iterable[Link],
    slips: Iterable[Slip],
    gone: Gone = NOTHING,
) -> Grown:
    """What grew from the morning of `day`.

    `later` are the days on which a pair sat together again: what comes after such a day grew from there. Of several
    rounds together the last one counts. `gone`: what grew with people who are no longer here; their ways are not told.
    """
    place = {each.pair: each for each in sorted(sat, key=lambda each: each.round_number)}

    def from_here(pair: Pair, on: date) -> bool:
        return pair in place and day <= on and not any(day < again <= on for again in later.get(pair, ()))

    own_links = sorted((link for link in links if from_here(link.pair, link.on)), key=lambda link: link.on)
    own_slips = sorted((slip for slip in slips if from_here(slip.pair, slip.on)), key=lambda slip: slip.on)
    won = [slip for slip in own_slips if slip.state is ReferralState.WON]
    meant = [link for link in own_links if link.kind is LinkKind.ONE_TO_ONE]
    parts: tuple[Sequence[Link | Slip], ...] = (meant, own_slips, won)
    pieces = tuple(
        Piece(part, place[each.pair].round_number, place[each.pair].table, each.on)
        for part, some in zip(PARTS, parts, strict=True)
        for each in some
    )
    counted: dict[int, list[int]] = {}
    for piece in pieces:
        counted.setdefault(piece.round_number, [0, 0, 0])[PARTS.index(piece.part)] += 1
    for what, many in gone.counter.items():
        part, _, number = what.partition(":")
        if part in PARTS:
            counted.setdefault(int(number), [0, 0, 0])[PARTS.index(part)] += many
    return Grown(
        whole=Harvest(*(sum(numbers[part] for numbers in counted.values()) for part in range(3))),
        well_served=sum(1 for slip in won if slip.served is Served.YES) + gone[WELL_SERVED],
        rounds=tuple((number, Harvest(*counted[number])) for number in sorted(counted)),
        traces=tuple(
            Trace(
                place[slip.pair].round_number,
                place[slip.pair].table,
                tuple(link for link in own_links if link.pair == slip.pair and link.on <= slip.on),
                slip.on,
            )
            for slip in won
        ),
        pieces=pieces,
    )
