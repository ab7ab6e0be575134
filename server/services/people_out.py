"""The people of a group as a file for the spreadsheet.

Headers and standings are words that an import of ours knows in each language, so that what goes out comes back
unchanged. They are part of the file, not of the page, and so stand here and not in the catalogues.
"""

from server.domain.vocabulary import GroupId, Standing
from server.formats.csv_out import delimiter_for, write_csv
from server.persistence.queries import people as queries
from server.services import countries, people
from server.services.context import Context
from server.services.people import Filter, PersonView

COLUMNS = (
    "given_name", "family_name", "company", "sector", "email", "phone", "country", "region", "languages",
    "looks_for", "offers", "standing", "invited_by",
)  # fmt: skip

HEADERS: dict[str, tuple[str, ...]] = {
    "en": (
        "First name", "Last name", "Company", "Sector", "E-mail", "Phone", "Country", "Region", "Languages",
        "Looks for", "Offers", "Member or visitor", "Invited by",
    ),
    "it": (
        "Nome", "Cognome", "Azienda", "Settore", "E-mail", "Telefono", "Paese", "Regione", "Lingue",
        "Cerca", "Offre", "Socio o ospite", "Invitato da",
    ),
    "pl": (
        "Imię", "Nazwisko", "Firma", "Branża", "E-mail", "Telefon", "Kraj", "Region", "Języki",
        "Szuka", "Oferuje", "Członek/gość", "Zaproszony przez",
    ),
}  # fmt: skip

STANDINGS: dict[str, dict[Standing, str]] = {
    "en": {Standing.MEMBER: "member", Standing.VISITOR: "visitor", Standing.FORMER: "former"},
    "it": {Standing.MEMBER: "socio", Standing.VISITOR: "ospite", Standing.FORMER: "ex socio"},
    "pl": {Standing.MEMBER: "członek", Standing.VISITOR: "gość", Standing.FORMER: "były członek"},
}
"""A former member comes back as somebody of whom the file says nothing, and so stays former."""


def as_csv(ctx: Context, group_id: GroupId, which: Filter, *, language: str) -> bytes:
    """The people found, as a spreadsheet of that language opens them with a double click. One statement."""
    called = countries.called(language)
    with ctx.reading() as db:
        found = [people.as_view(*row) for row in queries.found(db, group_id, which)]

    def cells(person: PersonView) -> list[str]:
        values = vars(person.fields) | {
            "country": called.get(person.fields.country, person.fields.country),
            "standing": STANDINGS[language][person.standing],
            "invited_by": person.inviter,
        }
        return [values[name] for name in COLUMNS]

    return write_csv(HEADERS[language], map(cells, found), delimiter=delimiter_for(language))
