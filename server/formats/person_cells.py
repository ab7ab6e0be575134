"""Single cells about a person: text as it was typed, and a clear no where it cannot be what it should be.

Every refusal is a RuleViolation whose code and parameters become the reason in the file that is handed
back.
"""

import re
import unicodedata

from server.domain.errors import RuleViolation
from server.domain.names import is_placeholder
from server.formats.column_names import Field
from server.formats.formulas import is_formula
from server.formats.records import Note

LONGEST = {
    Field.GIVEN_NAME: 120,
    Field.FAMILY_NAME: 120,
    Field.FULL_NAME: 240,
    Field.COMPANY: 200,
    Field.SECTOR: 120,
    Field.EMAIL: 254,
    Field.PHONE: 60,
    Field.COUNTRY: 120,
    Field.REGION: 120,
    Field.LANGUAGES: 240,
    Field.LOOKS_FOR: 2_000,
    Field.OFFERS: 2_000,
    Field.INVITED_BY: 240,
}
"""Characters that a field may have; more is a row that slipped, and is handed back."""

_NAMES = (Field.GIVEN_NAME, Field.FAMILY_NAME, Field.FULL_NAME)
_ON_SEVERAL_LINES = (Field.LOOKS_FOR, Field.OFFERS)
_SEVERAL_VALUES = " ::: "
_EDGES = " \t\r\n\u00a0\ufeff\u200b"
_LINE_BREAKS = re.compile(r"\s*[\t\r\n]+\s*")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s<>,;:\"()]+@[^@\s<>,;:\"()]+\.[^@\s<>,;:\"().]{2,}")
_BETWEEN_EMAILS = re.compile(r"[\s,;<>\"]+|mailto:", re.IGNORECASE)
_BETWEEN_LANGUAGES = re.compile(r"[,;/|\n]+")
_NUMBER = re.compile(r"\d+")


def is_empty(raw: str) -> bool:
    """Whether a cell says nothing: blanks, or a placeholder like "-"."""
    text = raw.strip(_EDGES)
    return not text or is_placeholder(text)


def read_text(raw: str, field: Field, header: str) -> str:
    """The cell without blanks around it; empty for a placeholder like "-". Line breaks stay in wishes only.

    Refuses `unreadable_character`, `formula_in_cell` (header), `cell_too_long` (header, limit).
    """
    text = raw.strip(_EDGES)
    quoted = _TEXT_FORMULA.fullmatch(text)
    if quoted is not None:
        # ="0039 333" is how people keep a spreadsheet from turning a number into another one.
        text = quoted.group(1).strip(_EDGES)
    if is_empty(text):
        return ""
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\t\r\n" for letter in text):
        raise RuleViolation("unreadable_character", header=header)
    if is_formula(text) and (field in _NAMES or text.lstrip("'").startswith("=")):
        raise RuleViolation("formula_in_cell", header=header)
    if field in _ON_SEVERAL_LINES:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    else:
        text = _LINE_BREAKS.sub(" ", text)
    if len(text) > LONGEST.get(field, 2_000):
        raise RuleViolation("cell_too_long", header=header, limit=LONGEST.get(field, 2_000))
    return text


def read_email(text: str) -> tuple[str, tuple[Note, ...]]:
    """The mail address in a cell and what to ask about it; refuses `email_not_understood` (value)."""
    if not text:
        return "", ()
    if text.casefold().startswith("/o="):
        # The inner address of an office's mail server; nobody outside can write to it.
        return "", (Note("email_of_an_office_only"),)
    pieces = [piece for piece in _BETWEEN_EMAILS.split(text.replace(_SEVERAL_VALUES, " ")) if piece]
    addresses = [piece for piece in pieces if _EMAIL.fullmatch(piece)]
    if not addresses or any("@" in piece and piece not in addresses for piece in pieces):
        raise RuleViolation("email_not_understood", value=text[:60])
    if len(addresses) > 1:
        return addresses[0], (Note("several_emails", {"taken": addresses[0]}),)
    return addresses[0], ()


def read_phone(text: str) -> tuple[str, tuple[Note, ...]]:
    """The phone number in a cell as text; refuses `phone_in_scientific_notation` and `phone_not_understood`
    (value): a spreadsheet has eaten the digits of the first, the second has none.
    """
    if not text:
        return "", ()
    numbers = [number.strip() for number in text.split(_SEVERAL_VALUES.strip()) if number.strip()]
    phone = numbers[0] if numbers else ""
    if _SCIENTIFIC.fullmatch(phone):
        raise RuleViolation("phone_in_scientific_notation", value=phone)
    digits = sum(letter.isdigit() for letter in phone)
    if not digits:
        raise RuleViolation("phone_not_understood", value=text[:60])
    return phone, (Note("phone_looks_short", {"phone": phone}),) if digits < 5 else ()


def read_languages(text: str) -> tuple[str, ...]:
    """The languages listed in a cell, as typed, each once."""
    found = (language.strip() for language in _BETWEEN_LANGUAGES.split(text))
    return tuple(dict.fromkeys(language for language in found if language))


def read_guests(text: str) -> tuple[Note, ...]:
    """Somebody who brings people without names: a question for the preview, since we seat people by name."""
    found = _NUMBER.fullmatch(text.strip())
    count = int(found.group()) if found and len(found.group()) < 4 else 0
    return (Note("brings_unnamed_guests", {"count": count}),) if count else ()
