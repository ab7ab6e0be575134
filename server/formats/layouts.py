"""Which column of a file holds what: programs recognised by their headers, everything else by its names.

Columns are matched by name and never by position, because vendors change their files without notice.
The result is a guess for a preview; a human corrects it with `Mapping.with_columns`.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from enum import StrEnum

from server.formats.column_names import (
    ALIASES,
    FAMILY_NAME_FIRST,
    NAME_ALONE,
    NEVER_IMPORTED,
    NOT_THE_ANSWER,
    PHRASES,
    Field,
    plain,
)


class Layout(StrEnum):
    """The program that wrote a file, as far as its headers tell."""

    EVENTBRITE = "eventbrite"
    MEETUP_MEMBERS = "meetup_members"
    MEETUP_ATTENDEES = "meetup_attendees"
    LUMA = "luma"
    GOOGLE_CONTACTS = "google_contacts"
    GOOGLE_CONTACTS_OLD = "google_contacts_old"
    OUTLOOK = "outlook"
    LINKEDIN = "linkedin"
    VCARD = "vcard"
    PLAIN = "plain"


@dataclass(frozen=True)
class Mapping:
    """Positions of columns by field, best first: the first one that is filled gives the value. `family_first`
    are whole names written as "Rossi Anna"; `never_imported` identity numbers and secrets; `unused` all
    the rest.
    """

    layout: Layout
    columns: MappingOf[Field, tuple[int, ...]]
    family_first: tuple[int, ...] = ()
    never_imported: tuple[int, ...] = ()
    unused: tuple[int, ...] = ()

    def of(self, field: Field) -> tuple[int, ...]:
        """The positions that may fill a field, best first; empty when the file says nothing about it."""
        return self.columns.get(field, ())

    def finds_people(self) -> bool:
        """Whether there is any column with a name; without one nobody can be imported."""
        return any(self.of(field) for field in (Field.GIVEN_NAME, Field.FAMILY_NAME, Field.FULL_NAME))

    def with_columns(self, field: Field, *positions: int) -> "Mapping":
        """A human's correction: these columns, best first, and no others fill the field; none empties it."""
        freed = set(self.of(field)) - set(positions)
        columns = {
            other: tuple(position for position in places if position not in positions)
            for other, places in self.columns.items()
        }
        columns[field] = positions
        unused = sorted((set(self.unused) | freed) - set(positions))
        return replace(
            self,
            columns={other: places for other, places in columns.items() if places},
            unused=tuple(unused),
        )


_SIGNATURES: tuple[tuple[Layout, tuple[frozenset[str], ...]], ...] = (
    (Layout.VCARD, (frozenset({"vcard", "first name", "last name"}),)),
    (Layout.MEETUP_ATTENDEES, (frozenset({"url of member profile", "rsvp", "user id"}),)),
    (Layout.MEETUP_MEMBERS, (frozenset({"url of member profile", "user id", "joined group on"}),)),
    (
        Layout.LUMA,
        (
            frozenset({"approval status", "qr code url"}),
            frozenset({"guest id", "approval status"}),
            frozenset({"api id", "approval status"}),
        ),
    ),
    (
        Layout.EVENTBRITE,
        tuple(
            frozenset({order, other})
            for order in ("order #", "order no.", "order no")
            for other in ("attendee status", "attendee #", "attendee no.", "ticket type")
        ),
    ),
    (Layout.GOOGLE_CONTACTS_OLD, (frozenset({"given name", "family name", "group membership"}),)),
    (
        Layout.GOOGLE_CONTACTS,
        (frozenset({"first name", "last name", "labels"}), frozenset({"first name", "e-mail 1 - label"})),
    ),
    (Layout.LINKEDIN, (frozenset({"first name", "last name", "connected on"}),)),
    (
        Layout.OUTLOOK,
        (
            frozenset({"first name", "last name", "e-mail address", "business phone"}),
            frozenset({"nome", "cognome", "indirizzo e-mail", "telefono di lavoro"}),
            frozenset({"imię", "nazwisko", "adres e-mail", "telefon służbowy"}),
        ),
    ),
)

_ALIAS = {alias: (field, rank) for field, names in ALIASES.items() for rank, alias in enumerate(names)}


def guess_mapping(headers: Sequence[str]) -> Mapping:
    """What each column of a file probably holds. Equal headers are all used, in their order."""
    names = [plain(header) for header in headers]
    ranked: dict[Field, list[tuple[int, int]]] = {}
    for position, name in enumerate(names):
        found = _field_of(name, names)
        if found is not None:
            field, rank = found
            ranked.setdefault(field, []).append((rank, position))
    for field, position in _questions(names, ranked):
        ranked[field] = [(0, position)]
    columns = {field: tuple(position for _, position in sorted(places)) for field, places in ranked.items()}
    never = tuple(position for position, name in enumerate(names) if name in NEVER_IMPORTED)
    used = {position for places in columns.values() for position in places} | set(never)
    return Mapping(
        layout=_layout(frozenset(names)),
        columns=columns,
        family_first=tuple(position for position, name in enumerate(names) if name in FAMILY_NAME_FIRST),
        never_imported=never,
        unused=tuple(position for position in range(len(names)) if position not in used),
    )


def _layout(names: frozenset[str]) -> Layout:
    for layout, signatures in _SIGNATURES:
        if any(signature <= names for signature in signatures):
            return layout
    return Layout.PLAIN


def _field_of(name: str, names: list[str]) -> tuple[Field, int] | None:
    """The field of one header and its rank in it; what "Nome" means depends on the headers beside it."""
    field, rank = _ALIAS.get(name, (None, 0))
    given_named = any(_ALIAS.get(other, (None, 0))[0] is Field.GIVEN_NAME for other in names)
    family_named = any(_ALIAS.get(other, (None, 0))[0] is Field.FAMILY_NAME for other in names)
    name_alone = any(other in NAME_ALONE for other in names)
    if name in NAME_ALONE:
        return (Field.GIVEN_NAME if family_named and not given_named else Field.FULL_NAME), 0
    if name in FAMILY_NAME_FIRST:
        return Field.FULL_NAME, 1000
    if field is Field.FAMILY_NAME and not given_named and not name_alone:
        # A sheet with only "Cognome" or "Nazwisko" has the whole name in it.
        return Field.FULL_NAME, 500 + rank
    return None if field is None else (field, rank)


def _questions(names: list[str], ranked: dict[Field, list[tuple[int, int]]]) -> Iterator[tuple[Field, int]]:
    """Questions in somebody's own words, for fields that no plain header fills."""
    taken = {position for places in ranked.values() for _, position in places}
    for field, phrases in PHRASES:
        if field in ranked:
            continue
        for position, name in enumerate(names):
            asks = any(phrase in name for phrase in phrases) and not any(word in name for word in NOT_THE_ANSWER)
            if asks and position not in taken:
                taken.add(position)
                yield field, position
                break
