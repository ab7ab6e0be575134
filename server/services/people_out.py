"""The people of a group as a file: for the spreadsheet (CSV, XLSX) or as contact cards.

Headers and standings are words that an import of ours knows in each language, so that what goes out comes back
unchanged. They are part of the file, not of the page, and so stand here and not in the catalogues.
"""

from server.domain.vocabulary import GroupId, Standing
from server.formats.csv_out import delimiter_for, write_csv
from server.formats.vcard import Card, write_cards
from server.formats.xlsx_out import write_xlsx
from server.persistence.queries import people as queries
from server.services import countries, people
from server.services.context import Context
from server.services.people import Filter, PersonView

KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "vcf": "text/vcard",
}
"""What a file may be, and how a browser is told."""
COLUMNS = (
    "given_name", "family_name", "company", "sector", "email", "phone", "country", "region", "languages",
    "looks_for", "wants_sector", "offers", "markets", "interests", "stories", "standing", "invited_by",
)  # fmt: skip

HEADERS: dict[str, tuple[str, ...]] = {
    "en": (
        "First name", "Last name", "Company", "Sector", "E-mail", "Phone", "Country", "Region", "Languages",
        "Looks for", "Looks for a sector", "Offers", "Knows the markets", "Interests", "Stories",
        "Member or visitor", "Invited by",
    ),
    "it": (
        "Nome", "Cognome", "Azienda", "Settore", "E-mail", "Telefono", "Paese", "Regione", "Lingue",
        "Cerca", "Cerca un settore", "Offre", "Conosce i mercati", "Interessi", "Storie", "Socio o ospite",
        "Invitato da",
    ),
    "pl": (
        "Imię", "Nazwisko", "Firma", "Branża", "E-mail", "Telefon", "Kraj", "Region", "Języki",
        "Szuka", "Szuka branży", "Oferuje", "Zna rynki", "Zainteresowania", "Historie", "Członek/gość",
        "Zaproszony przez",
    ),
}  # fmt: skip

STANDINGS: dict[str, dict[Standing, str]] = {
    "en": {Standing.MEMBER: "member", Standing.VISITOR: "visitor", Standing.FORMER: "former"},
    "it": {Standing.MEMBER: "socio", Standing.VISITOR: "ospite", Standing.FORMER: "ex socio"},
    "pl": {Standing.MEMBER: "członek", Standing.VISITOR: "gość", Standing.FORMER: "były członek"},
}
"""A former member comes back as somebody of whom the file says nothing, and so stays former."""


def written(ctx: Context, group_id: GroupId, which: Filter, *, kind: str, language: str) -> bytes:
    """The people found as a file of this kind, in words of this language. Two statements."""
    with ctx.reading() as db:
        found = [
            people.as_view(*row) for row in queries.found(db, group_id, people.looked_up(db, group_id, which))
        ]
    if kind == "vcf":
        return write_cards(_card(ctx, person) for person in found)
    rows = [_cells(person, language) for person in found]
    if kind == "xlsx":
        return write_xlsx(HEADERS[language], rows)
    return write_csv(HEADERS[language], rows, delimiter=delimiter_for(language))


def as_csv(ctx: Context, group_id: GroupId, which: Filter, *, language: str) -> bytes:
    """The people found, as a spreadsheet of that language opens them with a double click. One statement."""
    return written(ctx, group_id, which, kind="csv", language=language)


def _cells(person: PersonView, language: str) -> list[str]:
    values = vars(person.fields) | {
        "country": countries.called(language).get(person.fields.country, person.fields.country),
        "standing": STANDINGS[language][person.standing],
        "invited_by": person.inviter,
    }
    return [values[name] for name in COLUMNS]


def _card(ctx: Context, person: PersonView) -> Card:
    fields = person.fields
    return Card(
        uid=person.uid,
        revised_at=ctx.now(),
        given_name=fields.given_name,
        family_name=fields.family_name,
        company=fields.company,
        emails=tuple(filter(None, (fields.email,))),
        phones=tuple(filter(None, (fields.phone,))),
        region=fields.region,
        country=fields.country,
        categories=tuple(filter(None, (fields.sector,))),
        note="\n".join(filter(None, (fields.looks_for, fields.offers))),
    )
