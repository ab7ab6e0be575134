"""The people in our tests, always the same: who they are says what must happen to them.

Olga organises, Fiona facilitates, Dora stands at the desk; Mira and Max are members, Vik is a visitor whom Mira
brought; Sam belongs to another group and must see nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Character:
    """One of the cast, as the builders make them."""

    given: str
    family: str
    company: str
    sector: str
    email: str


OLGA = Character("Olga", "Marchetti", "Studio Marchetti", "Accounting", "olga@example.org")
FIONA = Character("Fiona", "Kelly", "Kelly Training", "Training", "fiona@example.org")
DORA = Character("Dora", "Wiśniewska", "Kwiaciarnia Dora", "Florist", "dora@example.org")
MIRA = Character("Mira", "Łukasik", "Foto Łukasik", "Photographer", "mira@example.org")
MAX = Character("Max", "D'Alò", "D'Alò Catering", "Catering", "max@example.org")
VIK = Character("Vik", "", "Vik & Sons", "Plumber", "vik@example.org")
SAM = Character("Sam", "Stranger", "Elsewhere Ltd", "Notary", "sam@example.org")
