"""What people and programs call their columns, in English, Italian and Polish.

The order inside a field is its priority: a mobile number is taken before an office number, a region before
a town.
"""

import re
import unicodedata
from enum import StrEnum


class Field(StrEnum):
    """What a column may tell about a person."""

    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    FULL_NAME = "full_name"
    COMPANY = "company"
    SECTOR = "sector"
    EMAIL = "email"
    PHONE = "phone"
    COUNTRY = "country"
    REGION = "region"
    LANGUAGES = "languages"
    LOOKS_FOR = "looks_for"
    OFFERS = "offers"
    WANTS_SECTOR = "wants_sector"
    MARKETS = "markets"
    INTERESTS = "interests"
    STORIES = "stories"
    STANDING = "standing"
    INVITED_BY = "invited_by"
    BIRTHDAY = "birthday"
    STATUS = "status"
    """Whether the row takes part at all: attending, refunded, declined."""
    GUESTS = "guests"
    """How many unnamed people somebody brings."""


_INVISIBLE = re.compile(r"[\ufeff\u200b-\u200d\u2060]")
_MARKS_AT_THE_END = re.compile(r"[\s:*?]+$")
_SPACES = re.compile(r"[\s_]+")


def plain(header: str) -> str:
    """The header as it is compared: no case, no width, no marks of a required question, single blanks."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", header)).casefold()
    return _MARKS_AT_THE_END.sub("", _SPACES.sub(" ", text).strip())


NAME_ALONE = frozenset({"name", "nome", "imię", "imie", "vorname"})
"""The given name beside a family name; the whole name where it stands alone."""

FAMILY_NAME_FIRST = frozenset(
    {
        "cognome e nome", "cognome nome", "cognome, nome", "nazwisko i imię", "nazwisko i imie",
        "nazwisko imię", "nazwisko, imię", "surname and name", "last name, first name", "file as",
    }
)  # fmt: skip
"""Whole names written with the family name in front."""

ALIASES: dict[Field, tuple[str, ...]] = {
    Field.GIVEN_NAME: (
        "first name", "given name", "firstname", "forename", "given names", "attendee first name",
        "ticket first name", "attendee name: given name", "nome di battesimo", "nome proprio", "imiona",
    ),
    Field.FAMILY_NAME: (
        "last name", "family name", "surname", "lastname", "attendee last name", "attendee surname",
        "ticket last name", "attendee name: family name", "cognome", "nazwisko",
    ),
    Field.FULL_NAME: (
        "full name", "fullname", "name and surname", "name & surname", "first and last name", "attendee name",
        "ticket full name", "participant", "participant name", "member name", "guest name", "contact name",
        "nome completo", "nome e cognome", "nome cognome", "nominativo", "partecipante", "imię i nazwisko",
        "imie i nazwisko", "imię nazwisko", "uczestnik", "display name", "nome visualizzato",
    ),
    Field.COMPANY: (
        "company", "company name", "organization name", "organization 1 - name", "organisation",
        "organization", "organisation name", "business", "business name", "employer",
        "ticket company name", "azienda", "nome azienda", "società", "societa", "ditta", "impresa",
        "ragione sociale", "organizzazione", "firma", "nazwa firmy", "przedsiębiorstwo", "organizacja",
    ),
    Field.SECTOR: (
        "sector", "industry", "business sector", "business category", "line of business", "profession",
        "trade", "specialty", "settore", "settore di attività", "professione", "categoria professionale",
        "mestiere", "attività", "specializzazione", "branża", "branza", "sektor", "zawód", "zawod",
        "specjalizacja",
    ),
    Field.EMAIL: (
        "email", "e-mail", "email address", "e-mail address", "mail", "e-mail 1 - value", "primary email",
        "attendee email", "ticket email", "contact email", "indirizzo email", "indirizzo e-mail",
        "posta elettronica", "email principale", "adres e-mail", "adres email", "poczta elektroniczna",
        "e-mail 2 address", "e-mail 2 - value", "indirizzo e-mail 2", "adres e-mail 2", "secondary email",
        "email secondaria", "e-mail 3 address", "e-mail 3 - value", "indirizzo e-mail 3", "adres e-mail 3",
    ),
    Field.PHONE: (
        "mobile phone", "cell phone", "mobile", "mobile number", "cell", "cellulare", "telefono mobile",
        "telefono cellulare", "numero cellulare", "telefon komórkowy", "komórka", "whatsapp", "phone",
        "phone number", "telephone", "tel", "tel.", "phone 1 - value", "ticket phone number", "telefono",
        "numero di telefono", "recapito telefonico", "recapito", "telefon", "numer telefonu", "nr telefonu",
        "nr tel.", "business phone", "work phone", "telefono di lavoro", "telefono lavoro",
        "telefon służbowy", "primary phone", "telefono principale", "telefon podstawowy", "telefon główny",
        "phone 2 - value", "home phone", "telefono di casa", "telefon domowy",
    ),
    Field.COUNTRY: (
        "country", "country of residence", "home country", "business country/region", "business country",
        "work country", "address 1 - country", "paese", "nazione", "nazione/regione di lavoro", "kraj",
        "państwo", "adres służbowy - kraj", "home country/region", "adres domowy - kraj",
    ),
    Field.REGION: (
        "region", "state", "province", "county", "county of residence", "home state", "home county",
        "business state", "address 1 - region", "area", "district", "regione", "provincia",
        "provincia di lavoro", "zona", "województwo", "wojewodztwo", "adres służbowy - województwo", "powiat",
        "rejon", "city", "town", "home city", "business city", "address 1 - city", "città", "citta", "comune",
        "località", "città di lavoro", "miasto", "miejscowość", "adres służbowy - miejscowość", "location",
    ),
    Field.LANGUAGES: (
        "languages", "language", "languages spoken", "spoken languages", "lingue", "lingue parlate", "lingua",
        "języki", "jezyki", "język", "znajomość języków",
    ),
    Field.LOOKS_FOR: (
        "looks for", "looking for", "i am looking for", "what are you looking for", "needs", "wishes", "wish",
        "cerca", "cerco", "cosa cerchi", "cosa cerca", "richieste", "szuka", "szukam", "czego szukasz",
        "poszukuje", "potrzeby",
    ),
    Field.OFFERS: (
        "offers", "offer", "offering", "i offer", "what do you offer", "can help with", "offre", "offro",
        "cosa offri", "cosa offre", "oferuje", "oferuję", "co oferujesz", "oferta",
    ),
    Field.WANTS_SECTOR: (
        "looks for a sector", "looking for a sector", "sector wanted", "cerca un settore", "settore cercato",
        "szuka branży", "szuka branzy", "poszukiwana branża",
    ),
    Field.MARKETS: (
        "knows the markets", "markets", "knows about", "conosce i mercati", "mercati", "zna rynki", "rynki",
    ),
    Field.INTERESTS: ("interests", "hobby", "hobbies", "interessi", "passioni", "zainteresowania", "pasje"),
    Field.STORIES: ("stories", "story", "favourite story", "storie", "storia", "historie", "historia"),
    Field.STANDING: (
        "standing", "member or visitor", "member/visitor", "membership", "role", "socio/ospite",
        "socio o ospite", "ruolo", "tipo", "członek/gość", "status członka", "rola", "typ",
    ),
    Field.INVITED_BY: (
        "invited by", "referred by", "introduced by", "guest of", "invitato da", "ospite di", "presentato da",
        "zaproszony przez", "zaproszona przez", "zaprosił", "zaprosił(a)", "gość od", "osoba zapraszająca",
        "osoba polecająca",
    ),
    Field.BIRTHDAY: (
        "birthday", "date of birth", "birth date", "birthdate", "compleanno", "data di nascita", "urodziny",
        "data urodzenia",
    ),
    Field.STATUS: (
        "attendee status", "approval status", "rsvp", "registration state", "void status", "status",
        "order status", "stato", "stato iscrizione", "stato partecipazione", "partecipa", "status zgłoszenia",
        "status uczestnika",
    ),
    Field.GUESTS: ("guests", "number of guests"),
}  # fmt: skip

ALSO_HEADERS = frozenset(
    {
        "order #", "order no.", "order date", "quantity", "ticket type", "attendee #", "user id", "member id",
        "title", "url of member profile", "joined group on", "api id", "guest id", "created at",
        "qr code url", "url", "position", "connected on", "job title", "group membership", "labels",
        "notes", "note", "timestamp", "tytuł", "stanowisko", "titolo", "qualifica", "id",
    }
)  # fmt: skip
"""Names that tell a header row from a title above it, without telling us about a person."""

NEVER_IMPORTED = frozenset(
    {
        "pesel", "government id number", "codice fiscale", "national id", "secret", "order ip", "eth address",
        "solana address",
    }
)  # fmt: skip
"""Identity numbers and secrets. Nobody needs them at a breakfast, so they are left where they are."""

KNOWN_HEADERS = (
    NAME_ALONE
    | FAMILY_NAME_FIRST
    | ALSO_HEADERS
    | NEVER_IMPORTED
    | {alias for aliases in ALIASES.values() for alias in aliases}
)

POLISH_HEADERS = frozenset(
    {"nazwisko", "imie", "firma", "telefon", "miasto", "kraj", "branza", "zawod", "szuka", "oferuje"}
)
"""Polish names in plain ASCII: with them a single odd byte is a Polish letter, not a French one."""

PHRASES: tuple[tuple[Field, tuple[str, ...]], ...] = (
    (Field.INVITED_BY, ("who invited", "invited you", "ti ha invitato", "kto cię zaprosił", "kto zaprosił")),
    (Field.LOOKS_FOR, ("looking for", "looks for", "cerchi", "stai cercando", "szukasz", "poszukujesz")),
    (Field.OFFERS, ("do you offer", "can you help", "offri", "puoi aiutare", "oferujesz", "możesz pomóc")),
    (Field.FULL_NAME, ("full name", "your name", "nome e cognome", "imię i nazwisko")),
    (Field.EMAIL, ("email address", "e-mail address", "your email", "indirizzo e-mail", "adres e-mail")),
    (Field.PHONE, ("phone number", "mobile number", "numero di telefono", "numer telefonu")),
    (Field.LANGUAGES, ("languages", "lingue", "języki", "językach")),
    (Field.SECTOR, ("industry", "profession", "settore", "professione", "branż")),
    (Field.COMPANY, ("company", "azienda", "nazwa firmy", "jakiej firmy")),
)
"""What a question in somebody's own words contains. Asked only for fields that no plain header fills."""

NOT_THE_ANSWER = (
    "consent", "newsletter", "opt-in", "consenso", "zgod", "type", "label", "size", "website", "url",
)  # fmt: skip
"""A question with one of these words asks for something else: "May we share your email address?"."""
