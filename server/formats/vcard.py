"""Contact cards that every phone reads: vCard 3.0, UTF-8, one or many in a file.

`N` and `FN` are always there, the name stands as its owner typed it, and `UID` with `REV` let a phone
replace an older card instead of keeping both. What a person does not show is simply not in the card
that is handed in.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from server.formats.content_lines import escaped, folded


@dataclass(frozen=True)
class Card:
    """One contact. `revised_at` has a zone; `birthday` is `YYYY-MM-DD` or `--MM-DD`. A card without a name is
    filed under its company, else its first mail or phone.
    """

    uid: str
    revised_at: datetime
    given_name: str = ""
    family_name: str = ""
    company: str = ""
    title: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    region: str = ""
    country: str = ""
    categories: tuple[str, ...] = ()
    birthday: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.revised_at.tzinfo is None:
            raise ValueError("a card is revised at a time with a zone")

    @property
    def shown_name(self) -> str:
        """The line under which an address book files the card."""
        full = f"{self.given_name} {self.family_name}".strip()
        return next((text for text in (full, self.company, *self.emails, *self.phones) if text.strip()), self.uid)


def write_cards(cards: Iterable[Card]) -> bytes:
    """The cards in their order as one `.vcf` file; no cards make an empty file."""
    return "".join(folded(line) for card in cards for line in _lines(card)).encode("utf-8")


def _lines(card: Card) -> Iterator[str]:
    yield "BEGIN:VCARD"
    yield "VERSION:3.0"
    yield f"UID:{escaped(card.uid)}"
    yield f"REV:{card.revised_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"N:{escaped(card.family_name)};{escaped(card.given_name)};;;"
    yield f"FN:{escaped(card.shown_name)}"
    for name, text in (("ORG", card.company), ("TITLE", card.title)):
        if text:
            yield f"{name}:{escaped(text)}"
    for email in card.emails:
        yield f"EMAIL;TYPE=INTERNET:{escaped(email)}"
    for phone in card.phones:
        yield f"TEL;TYPE=CELL:{escaped(phone)}"
    if card.region or card.country:
        yield f"ADR;TYPE=WORK:;;;;{escaped(card.region)};;{escaped(card.country)}"
    if card.categories:
        yield f"CATEGORIES:{','.join(map(escaped, card.categories))}"
    if card.birthday.startswith("--"):
        # Version 3.0 knows no birthday without a year; phones agree on this one as "not told".
        yield f"BDAY;X-APPLE-OMIT-YEAR=1604:1604-{escaped(card.birthday[2:])}"
    elif card.birthday:
        yield f"BDAY:{escaped(card.birthday)}"
    if card.note:
        yield f"NOTE:{escaped(card.note)}"
    yield "END:VCARD"
