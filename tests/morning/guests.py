"""A member list as an organiser keeps it, made from a seed: another morning has other people."""

import csv
import io
import random
from dataclasses import dataclass

GIVEN = ("Anna", "Łucja", "Marco", "Zofia", "Giulia", "Tomasz", "Emma", "Paweł", "Chiara", "Oliver", "Żaneta", "Nicolò")
FAMILY = ("Bianchi", "Wójcik", "D'Alò", "Baker", "Źrebiec", "De Luca", "Kowalczyk", "Rossi", "O'Neill", "Łęcka")
SECTORS = ("Florist", "Photographer", "Catering", "Notary", "Accounting", "Plumber", "Web design", "Insurance")


@dataclass(frozen=True)
class Guest:
    """One row of the list."""

    given: str
    family: str
    company: str
    sector: str
    email: str

    @property
    def name(self) -> str:
        """The whole name as typed."""
        return f"{self.given} {self.family}"


def some(count: int, seed: int) -> list[Guest]:
    """So many different people."""
    rng = random.Random(seed)
    names = rng.sample([(given, family) for given in GIVEN for family in FAMILY], count)
    return [
        Guest(given, family, f"{family} & {rng.choice(FAMILY)} {n}", rng.choice(SECTORS), f"guest{n}@example.org")
        for n, (given, family) in enumerate(names)
    ]


def as_file(guests: list[Guest], *, delimiter: str) -> bytes:
    """The list as a spreadsheet writes it, with one row that has a phone number but no name."""
    out = io.StringIO()
    rows = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    rows.writerow(["First name", "Last name", "Company", "Sector", "E-mail", "Phone"])
    rows.writerows([guest.given, guest.family, guest.company, guest.sector, guest.email, ""] for guest in guests)
    rows.writerow(["", "", "", "", "", "+39 333 1234567"])
    return out.getvalue().encode("utf-8-sig")
