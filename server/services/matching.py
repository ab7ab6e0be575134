"""Who in a file is who in the group. Pure: values in, values out, and the same input gives the same answer.

Rows about one person are one wish: the same name with the same mail, or with the same company where the mails do not
differ. A wish is then somebody known, in this order: same mail and name; same mail and a name in common; same name
and company. Nobody known is taken twice, so that people who share a mailbox stay apart.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from server.domain import names
from server.domain.vocabulary import PersonId, Standing
from server.formats.people_columns import Note, PersonRow
from server.persistence.models import Membership, Person
from server.services import countries
from server.services.people import FIELDS, PersonFields

Words = tuple[str, ...]


class Fate(StrEnum):
    """What an import does with a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Keys:
    """What people are compared by: folded name, folded company, mail without case."""

    name: Words
    company: Words
    email: str

    @classmethod
    def of(cls, fields: PersonFields) -> "Keys":
        """The keys of somebody; the order of the names does not matter."""
        name = names.query_words(names.full_name(fields.given_name, fields.family_name))
        return cls(tuple(sorted(name)), names.query_words(fields.company), fields.email.casefold())


@dataclass(frozen=True)
class Known:
    """Somebody of the group."""

    id: PersonId
    fields: PersonFields
    standing: Standing
    has_inviter: bool
    keys: Keys


@dataclass(frozen=True)
class Wish:
    """One person of the file: its rows, and what they say together. The first row that says something counts."""

    rows: tuple[PersonRow, ...]
    fields: PersonFields
    keys: Keys
    standing: Standing | None
    invited_by: str

    @property
    def line(self) -> int:
        """Where the person first stands in the file."""
        return self.rows[0].line

    @property
    def takes_part(self) -> bool:
        """Whether any of the rows takes part."""
        return any(row.takes_part for row in self.rows)


@dataclass(frozen=True)
class Inviter:
    """Whoever invited somebody: known already, or brought by the file itself in the wish that begins at `line`."""

    known: PersonId | None = None
    line: int = 0


@dataclass(frozen=True)
class Matched:
    """A wish and what becomes of it. `changes` names fields, `standing` and `invited_by`."""

    wish: Wish
    known: Known | None
    fate: Fate
    changes: tuple[str, ...] = ()
    questions: tuple[Note, ...] = ()
    inviter: "Inviter | None" = None
    namesake: bool = False
    """Somebody of this name is here and is free to be the one."""

    def values(self) -> dict[str, str]:
        """The fields to write for somebody known."""
        return {name: getattr(self.wish.fields, name) for name in self.changes if name in FIELDS}


def fields_of(row: PersonRow) -> PersonFields:
    """What a row says, in our fields. A country nobody knows is left empty; `questions_of` says so."""
    return PersonFields(
        given_name=row.given_name,
        family_name=row.family_name,
        company=row.company,
        sector=row.sector,
        region=row.region,
        country=countries.code_of(row.country) or "",
        languages=", ".join(row.languages),
        email=row.email,
        phone=row.phone,
        looks_for=row.looks_for,
        offers=row.offers,
        wants_sector=row.wants_sector,
        markets=row.markets,
        interests=row.interests,
        stories=row.stories,
    )


def known_from(rows: Iterable[tuple[Person, Membership, Person | None]]) -> list[Known]:
    """The people of the group as values."""
    found = []
    for person, membership, inviter in rows:
        fields = PersonFields(**{name: getattr(person, name) for name in FIELDS})
        found.append(Known(PersonId(person.id), fields, membership.standing, inviter is not None, Keys.of(fields)))
    return found


def wishes(rows: Iterable[tuple[PersonRow, PersonFields]]) -> tuple[Wish, ...]:
    """The people of a file, rows about one person put together, in the order of their first rows."""
    groups: list[list[tuple[PersonRow, PersonFields, Keys]]] = []
    named: dict[Words, list[int]] = {}
    for row, fields in rows:
        keys = Keys.of(fields)
        same = named.setdefault(keys.name, [])
        at = next((at for at in same if _is_one(groups[at], keys)), None)
        if at is None:
            same.append(len(groups))
            groups.append([(row, fields, keys)])
        else:
            groups[at].append((row, fields, keys))
    return tuple(_together(group) for group in groups)


def _is_one(group: list[tuple[PersonRow, PersonFields, Keys]], keys: Keys) -> bool:
    mails = {other.email for _, _, other in group if other.email}
    if keys.email and keys.email in mails:
        return True
    alike = any(other.company == keys.company for _, _, other in group)
    return alike and not (keys.email and mails)


def _together(group: list[tuple[PersonRow, PersonFields, Keys]]) -> Wish:
    rows = tuple(row for row, _, _ in group)
    said = {name: next((value for _, f, _ in group if (value := getattr(f, name))), "") for name in FIELDS}
    fields = PersonFields(**said)
    return Wish(
        rows=rows,
        fields=fields,
        keys=Keys.of(fields),
        standing=next((row.standing for row in rows if row.standing), None),
        invited_by=next((row.invited_by for row in rows if row.invited_by), ""),
    )


def match(
    taken: Sequence[Wish],
    known: Sequence[Known],
    *,
    new: Collection[int] = (),
    namesakes: Collection[int] = (),
) -> tuple[Matched, ...]:
    """What becomes of each wish, in their order. By their lines: `new` are nobody known, whatever they share;
    `namesakes` are whoever has the same name.
    """
    found = _claims(taken, known, new, namesakes)
    called = _inviters(taken, known, found)
    here = {one.keys.name for one in known}
    claimed = {one.id for one in found.values()}
    free = Counter(one.keys.name for one in known if one.id not in claimed)
    matched = [
        _changed(wish, found[at], called) if at in found else _new(wish, wish.keys.name in here, called)
        for at, wish in enumerate(taken)
    ]
    return tuple(
        replace(item, namesake=item.known is None and (item.wish.line in new or free[item.wish.keys.name] == 1))
        for item in matched
    )


def _claims(
    taken: Sequence[Wish], known: Sequence[Known], new: Collection[int], namesakes: Collection[int]
) -> dict[int, Known]:
    """Positions of wishes to somebody known, the surest claims first."""
    by_email: dict[str, list[Known]] = {}
    by_company: dict[tuple[Words, Words], list[Known]] = {}
    for one in known:
        if one.keys.email:
            by_email.setdefault(one.keys.email, []).append(one)
        by_company.setdefault((one.keys.name, one.keys.company), []).append(one)
    found: dict[int, Known] = {}
    gone: set[PersonId] = set()

    def claim(at: int, candidates: Iterable[Known]) -> None:
        # Of several who fit, the one who says the same already: so a second import finds the one of the first.
        fitting = (one for one in candidates if one.id not in gone)
        free = min(fitting, key=lambda one: len(_changes(taken[at], one)), default=None)
        if at not in found and free is not None and taken[at].line not in new:
            found[at] = free
            gone.add(free.id)

    for at, wish in enumerate(taken):
        claim(at, (one for one in by_email.get(wish.keys.email, ()) if one.keys.name == wish.keys.name))
    for at, wish in enumerate(taken):
        words = set(wish.keys.name)
        claim(at, (one for one in by_email.get(wish.keys.email, ()) if words & set(one.keys.name)))
    for at, wish in enumerate(taken):
        claim(at, by_company.get((wish.keys.name, wish.keys.company), ()))
    for at, wish in enumerate(taken):
        if wish.line in namesakes:
            claim(at, (one for one in known if one.keys.name == wish.keys.name))
    return found


def _inviters(taken: Sequence[Wish], known: Sequence[Known], found: dict[int, Known]) -> dict[Words, Inviter]:
    """Folded names that exactly one person of the group has once the file is in, so that it reads alike next time."""
    named_now = {one.id: taken[at].keys.name for at, one in found.items()}
    everybody = [(named_now.get(one.id, one.keys.name), Inviter(known=one.id)) for one in known]
    everybody += [(wish.keys.name, Inviter(line=wish.line)) for at, wish in enumerate(taken) if at not in found]
    often = Counter(name for name, _ in everybody)
    return {name: inviter for name, inviter in everybody if often[name] == 1}


def _inviter(wish: Wish, called: dict[Words, Inviter]) -> Inviter | None:
    return called.get(tuple(sorted(names.query_words(wish.invited_by))))


def _new(wish: Wish, namesake: bool, called: dict[Words, Inviter]) -> Matched:
    questions = _questions(wish)
    if namesake:
        questions.append(Note("same_name_known", {"name": wish.rows[0].name}))
    inviter = _inviter(wish, called)
    if inviter is not None and inviter.line == wish.line:
        inviter = None
    return Matched(wish, None, Fate.NEW, (), tuple(questions), inviter)


def _changed(wish: Wish, known: Known, called: dict[Words, Inviter]) -> Matched:
    changes = _changes(wish, known)
    if wish.standing is not None and wish.standing is not known.standing:
        changes.append("standing")
    inviter = _inviter(wish, called)
    if inviter is not None and inviter.known != known.id and not known.has_inviter:
        changes.append("invited_by")
    questions = _questions(wish)
    if known.standing is Standing.FORMER and "standing" not in changes:
        questions.append(Note("stays_former", {"name": wish.rows[0].name}))
    fate = Fate.CHANGED if changes else Fate.UNCHANGED
    return Matched(wish, known, fate, tuple(changes), tuple(questions), inviter)


def _changes(wish: Wish, known: Known) -> list[str]:
    """Fields that the file says differently."""
    return [name for name in FIELDS if _differs(name, getattr(wish.fields, name), getattr(known.fields, name))]


def _differs(name: str, said: str, had: str) -> bool:
    """Only what the file says counts; an address in other capitals is the same address."""
    if not said:
        return False
    return said.casefold() != had.casefold() if name == "email" else said != had


def _questions(wish: Wish) -> list[Note]:
    return [
        Note("country_not_known", {"value": row.country})
        for row in wish.rows
        if row.country and countries.code_of(row.country) is None
    ]
