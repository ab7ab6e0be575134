"""What is kept about somebody: the fields, what may stand in them, and the keys by which lists find and sort them."""

import re
from dataclasses import dataclass, replace

from server.domain import names
from server.domain.errors import RuleViolation
from server.persistence.models import Person
from server.services import countries

_EMAIL = re.compile(r"[^@\s<>,;:\"()]+@[^@\s<>,;:\"()]+\.[^@\s<>,;:\"().]{2,}")


@dataclass(frozen=True)
class PersonFields:
    """What is kept about somebody, as typed; `country` is two letters."""

    given_name: str = ""
    family_name: str = ""
    company: str = ""
    sector: str = ""
    region: str = ""
    country: str = ""
    languages: str = ""
    email: str = ""
    phone: str = ""
    looks_for: str = ""
    wants_sector: str = ""
    offers: str = ""
    markets: str = ""
    interests: str = ""
    stories: str = ""


FIELDS = tuple(PersonFields.__dataclass_fields__)
LONGEST: dict[str, int] = {name: int(Person.__table__.c[name].type.length) for name in FIELDS}  # type: ignore[attr-defined]  # all are String(n)
"""How many characters each field may have."""


def checked(fields: PersonFields) -> PersonFields:
    """The fields, tidied. Raises RuleViolation naming the first field that cannot be."""
    tidied = PersonFields(**{name: names.tidy(value) for name, value in vars(fields).items()})
    # Who puts "-" where a form wants a second name has one name.
    blank = {name: "" for name in ("given_name", "family_name") if names.is_placeholder(getattr(tidied, name))}
    tidied = replace(tidied, **blank)
    if not (tidied.given_name or tidied.family_name):
        raise RuleViolation("name_missing", field="given_name")
    if not tidied.given_name:
        # A mononym is a given name, wherever it was typed.
        tidied = replace(tidied, given_name=tidied.family_name, family_name="")
    for name in FIELDS:
        if len(getattr(tidied, name)) > LONGEST[name] and name != "country":
            raise RuleViolation("text_too_long", field=name, most=LONGEST[name])
    if tidied.email and not _EMAIL.fullmatch(tidied.email):
        raise RuleViolation("email_malformed", field="email")
    if tidied.phone and not any(letter.isdigit() for letter in tidied.phone):
        raise RuleViolation("phone_malformed", field="phone")
    country = countries.code_of(tidied.country)
    if country is None:
        raise RuleViolation("country_unknown", field="country", value=tidied.country)
    return replace(tidied, country=country)


def keys_of(fields: PersonFields, language: str) -> dict[str, str]:
    """The derived columns of a person in a group that sorts by this language."""
    return {
        "search_key": names.search_key(fields.given_name, fields.family_name, fields.company),
        "sort_key": names.sort_key(fields.family_name, fields.given_name, language),
        "company_key": names.folded(fields.company)[:160],
        "sector_key": names.folded(fields.sector)[:120],
    }
