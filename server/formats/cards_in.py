"""Contact cards of every version and writer as rows of a table: vCard 2.1, 3.0 and 4.0, one or many in a file.

Written for what telephones and mail programs really send, not for what the standards ask of them: bare parameters,
quoted-printable with soft breaks, letters in the code page of a machine, groups, labels of Apple, a missing version or
end. Photos are passed over unread, and nothing is ever fetched. `Cards.notes` says what was left out.
"""

import quopri
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from server.domain.errors import RuleViolation
from server.formats.records import Note, Record

HEADERS = (
    "First name", "Last name", "Company", "E-mail", "Phone", "Country", "Region", "Languages", "Birthday",
    "Sector", "vCard",
)  # fmt: skip
"""The header of the table that cards become; the last column says of which version a card is."""
LONGEST_LINE = 200_000
"""Letters of a property that is not a photo; more is not a contact."""
_BINARY = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
_BREAK = re.compile(r"\r\n|\r|\n")
_SOFT = re.compile(r"=\Z")
_PARAMETERS = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*\Z)')
_UNESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PARTS = {";": re.compile(r"(?<!\\)(?:\\\\)*;"), ",": re.compile(r"(?<!\\)(?:\\\\)*,")}


@dataclass(frozen=True)
class _Property:
    name: str
    parameters: Mapping[str, tuple[str, ...]]
    value: str

    def has(self, kind: str) -> bool:
        """Whether a TYPE of this name is told, in whichever way."""
        return kind in self.parameters.get("TYPE", ())


@dataclass
class _Card:
    line: int
    properties: list[_Property] = field(default_factory=list)
    ended: bool = False

    def all(self, name: str) -> list[_Property]:
        return [each for each in self.properties if each.name == name and each.value.strip()]

    def first(self, name: str) -> str:
        return next((each.value for each in self.all(name)), "")


@dataclass(frozen=True)
class Cards:
    """The cards as records under `HEADERS`, and what a human should know."""

    records: tuple[Record, ...]
    notes: tuple[Note, ...]


def read_cards(text: str, *, most: int) -> Cards:
    """Every card of a text; reading stops after `most`. Refuses `no_rows` where there is none."""
    notes: list[Note] = []
    records: list[Record] = []
    for card in _cards(text):
        kind = card.first("KIND").strip().casefold()
        if kind in ("group", "org", "location"):
            notes.append(Note("card_of_nobody", {"line": card.line}))
            continue
        if not card.ended:
            notes.append(Note("card_cut_off", {"line": card.line}))
        records.append(Record(card.line, _cells(card)))
        if len(records) >= most:
            break
    if not records:
        raise RuleViolation("no_rows")
    return Cards(tuple(records), tuple(notes))


def _cards(text: str) -> Iterator[_Card]:
    card: _Card | None = None
    depth = 0
    for line, name, parameters, value in _properties(text):
        if name == "BEGIN" and value.strip().upper() == "VCARD":
            depth += 1
            if card is not None and depth > 1 and card.properties:
                # A card inside a card is the secretary's; one that follows without an end was cut off.
                if any(each.name == "AGENT" for each in card.properties[-1:]):
                    continue
                yield card
                depth = 1
            card = _Card(line)
        elif name == "END" and value.strip().upper() == "VCARD":
            depth -= 1
            if card is not None and depth == 0:
                card.ended = True
                yield card
                card = None
        elif card is not None and depth == 1:
            card.properties.append(_Property(name, parameters, value))
    if card is not None:
        yield card


def _properties(text: str) -> Iterator[tuple[int, str, Mapping[str, tuple[str, ...]], str]]:
    """Line, name, parameters and decoded value of every property, photos without their value."""
    for line, whole in _unfolded(text):
        head, colon, value = _cut(whole)
        if not colon:
            continue
        name, *rest = _PARAMETERS.split(head)
        name = name.rpartition(".")[2].strip().upper()
        parameters = _told(rest)
        yield line, name, parameters, "" if name in _BINARY else _decoded(value, parameters)


def _cut(whole: str) -> tuple[str, str, str]:
    """Head and value, at the first colon outside quotation marks."""
    quoted = False
    for at, letter in enumerate(whole[:4000]):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            return whole[:at], ":", whole[at + 1 :]
    return whole, "", ""


def _told(parts: list[str]) -> Mapping[str, tuple[str, ...]]:
    """Parameters by name in capitals. A bare word of version 2.1 is an encoding or a type."""
    found: dict[str, tuple[str, ...]] = {}
    for part in parts:
        name, equals, value = part.partition("=")
        name = name.strip().upper()
        if not equals:
            name, value = ("ENCODING" if name in ("QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT") else "TYPE"), name
        values = tuple(each.strip().casefold() for each in value.strip().strip('"').split(","))
        found[name] = found.get(name, ()) + values
    return found


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Whole properties with the line they begin at: soft breaks of quoted-printable joined, folded lines unfolded."""
    begun, whole, soft, binary = 0, "", False, False
    for number, line in enumerate(_BREAK.split(text), start=1):
        if soft:
            whole = whole[:-1] + line
        elif line[:1] in (" ", "\t") and begun:
            # The rest of a photo is passed over: nobody needs it, and it may be very long.
            whole += "" if binary else line[1:]
        elif not line.strip():
            continue
        else:
            if begun:
                yield begun, whole
            begun, whole = number, line
            binary = re.split(r"[;:]", line, maxsplit=1)[0].rpartition(".")[2].strip().upper() in _BINARY
        if len(whole) > LONGEST_LINE:
            whole = whole[:200] if binary else _too_long(begun)
        soft = bool(_SOFT.search(whole)) and "QUOTED-PRINTABLE" in whole.partition(":")[0].upper()
    if begun:
        yield begun, whole


def _too_long(line: int) -> str:
    raise RuleViolation("card_line_too_long", line=line)


def _decoded(value: str, parameters: Mapping[str, tuple[str, ...]]) -> str:
    if "quoted-printable" not in parameters.get("ENCODING", ()):
        return value
    raw = quopri.decodestring(value.encode("utf-8"))
    wanted = next(iter(parameters.get("CHARSET", ())), "")
    for charset in filter(None, (wanted, "utf-8", "cp1250" if _looks_polish(raw) else "cp1252", "latin-1")):
        try:
            return raw.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue  # what the card says of itself is not always true
    raise AssertionError("latin-1 reads everything")


def _looks_polish(raw: bytes) -> bool:
    """Letters of the Polish code page where the western one has signs."""
    return any(byte in raw for byte in b"\xb9\xea\xb3\xbf\x9c\x9f\xb3\xa5\x8c\x8f\xaf\xa3")


def _split(value: str, at: str) -> list[str]:
    """The parts of a structured value, each unescaped."""
    parts, begin = [], 0
    for found in _PARTS[at].finditer(value):
        parts.append(value[begin : found.end() - 1])
        begin = found.end()
    return [_plain(part) for part in (*parts, value[begin:])]


def _plain(value: str) -> str:
    return _UNESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _cells(card: _Card) -> tuple[str, ...]:
    family, given = _name(card)
    organisation = _split(card.first("ORG"), ";")[0]
    company_only = card.first("X-ABSHOWAS").strip().upper() == "COMPANY" and not (given or family)
    if not (given or family):
        shown = _plain(card.first("FN"))
        given = "" if company_only or shown == organisation else shown
    address = _split(_best(card.all("ADR"), "work"), ";") + [""] * 7
    mail = _plain(_best(card.all("EMAIL"), "pref")).removeprefix("mailto:")
    phone = _plain(_best(card.all("TEL"), "cell")).removeprefix("tel:")
    return (
        given, family, organisation, mail, phone, address[6], address[4] or address[3],
        ", ".join(_plain(each.value) for each in card.all("LANG")), _birthday(card),
        _plain(card.first("ROLE")), card.first("VERSION").strip() or "3.0",
    )  # fmt: skip


def _name(card: _Card) -> tuple[str, str]:
    """Family and given name out of N; several given names stay together."""
    family, given, *more = [*_split(card.first("N"), ";"), ""]
    additional = more[0] if more else ""
    return family, " ".join(part for part in (given, additional) if part)


def _best(found: list[_Property], kind: str) -> str:
    """The preferred one of this kind, one of this kind, the preferred one, else the first."""

    def rank(each: _Property) -> tuple[bool, bool]:
        preferred = each.has("pref") or "PREF" in each.parameters
        return (not each.has(kind), not preferred)

    return min(found, key=rank).value if found else ""


def _birthday(card: _Card) -> str:
    """As it stands; eight digits are written apart, and a free text is none."""
    told = next(iter(card.all("BDAY")), None)
    if told is None or "text" in told.parameters.get("VALUE", ()):
        return ""
    value = told.value.strip()
    if re.fullmatch(r"\d{8}(T.*)?", value):
        return f"{value[:4]}-{value[4:6]}-{value[6:8]}"
    return value
