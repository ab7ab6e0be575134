"""Which records may be one person: found by e-mail, and by names and companies that are nearly the same.

Nothing is decided here: pairs are put before somebody who knows. Names are compared folded and with their words in
alphabetical order, so that neither accents nor the order of the names hide anybody.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from rapidfuzz import fuzz, process

from server.domain import names

NAME_ALIKE = 88
"""Percent of likeness from which two names may be one, misspelt."""
COMPANY_ALIKE = 80
SAME_BOX_MOST = 6
"""A mailbox of more people than this is an office's, and tells nothing."""
COMPARED_MOST = 8_000
"""Beyond so many people only names with the same first letter are compared."""
_FORMS = frozenset(
    {
        "srl", "srls", "spa", "sas", "snc", "ltd", "limited", "llc", "inc", "gmbh", "ag", "sp", "z", "o", "oo", "zoo",
        "spzoo", "sa", "sc", "co", "company", "ditta", "firma", "studio",
    }
)  # fmt: skip
"""Words that say what kind of company it is."""


class Because(StrEnum):
    """Why two records are shown beside each other."""

    EMAIL = "email"
    NAME_AND_COMPANY = "name_and_company"
    NAME = "name"


@dataclass(frozen=True)
class Record:
    """One record as it is compared."""

    id: int
    name: str
    company: str
    email: str


@dataclass(frozen=True)
class Pair:
    """Two records, the smaller id first, why, and how alike (percent)."""

    first: int
    other: int
    because: Because
    alike: int


def find(records: Sequence[Record], apart: Iterable[tuple[int, int]] = ()) -> tuple[Pair, ...]:
    """Pairs that may be one person, the surest first; not those in `apart` (smaller id first)."""
    settled = set(apart)
    found: dict[tuple[int, int], Pair] = {}
    folded = [_Folded.of(record) for record in records]
    for pair in (*_by_email(folded), *_by_name(folded)):
        key = (pair.first, pair.other)
        if key not in settled and (key not in found or pair.alike > found[key].alike):
            found[key] = pair
    return tuple(sorted(found.values(), key=lambda pair: (-pair.alike, pair.first, pair.other)))


@dataclass(frozen=True)
class _Folded:
    id: int
    name: str
    company: str
    email: str

    @classmethod
    def of(cls, record: Record) -> "_Folded":
        words = " ".join(sorted(names.folded(record.name).split()))
        company = " ".join(word for word in names.folded(record.company).split() if word not in _FORMS)
        return cls(record.id, words, company, record.email.strip().casefold())


def _pair(one: _Folded, other: _Folded, because: Because, alike: float) -> Pair:
    first, second = sorted((one.id, other.id))
    return Pair(first, second, because, int(alike))


def _by_email(records: Sequence[_Folded]) -> Iterator[Pair]:
    """The same mailbox, unless the names have nothing in common: then it is a couple or an office."""
    boxes: dict[str, list[_Folded]] = defaultdict(list)
    for record in records:
        if record.email:
            boxes[record.email].append(record)
    for box in boxes.values():
        for one, other in combinations(box, 2) if len(box) <= SAME_BOX_MOST else ():
            alike = max(fuzz.ratio(one.name, other.name), fuzz.token_set_ratio(one.name, other.name))
            if alike >= COMPANY_ALIKE:
                yield _pair(one, other, Because.EMAIL, alike)


def _by_name(records: Sequence[_Folded]) -> Iterator[Pair]:
    """Names nearly the same, and companies too; the same name where one has no company."""
    named = [record for record in records if record.name]
    for block in _blocks(named):
        words = [record.name for record in block]
        likeness = process.cdist(words, words, scorer=fuzz.ratio, score_cutoff=NAME_ALIKE, dtype="uint8")
        for row, column in zip(*map(list, likeness.nonzero()), strict=True):
            if row < column:
                yield from _same_company(block[row], block[column], int(likeness[row, column]))


def _blocks(records: Sequence[_Folded]) -> Iterator[Sequence[_Folded]]:
    if len(records) <= COMPARED_MOST:
        yield records
        return
    by_letter: dict[str, list[_Folded]] = defaultdict(list)
    for record in records:
        by_letter[record.name[0]].append(record)
    yield from by_letter.values()


def _same_company(one: _Folded, other: _Folded, alike: int) -> Iterator[Pair]:
    if one.company and other.company:
        company = fuzz.token_set_ratio(one.company, other.company)
        if company >= COMPANY_ALIKE:
            yield _pair(one, other, Because.NAME_AND_COMPANY, (alike + company) / 2)
    elif alike == 100:
        yield _pair(one, other, Because.NAME, 90)
