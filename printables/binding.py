"""Several finished documents as one file, so that a whole meeting is one press of a button.

The pages stay as they are, byte for byte; each document becomes an entry in the file's list of contents. Equal input
gives equal bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

from printables.errors import PrintRefused
from printables.reading import Dictionary, File, Name, Ref, Stream

_HEAD = b"%PDF-1.4\n%\x93\x8c\x8b\x9e\n"
_DROPPED = frozenset({"Catalog", "Pages"})


@dataclass(frozen=True, slots=True)
class Part:
    """One finished document and what it is called in the list of contents."""

    title: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Bound:
    """The one file, and the first page (from 1) of each part."""

    pdf: bytes
    pages: int
    begins: tuple[int, ...]


def bind(parts: Sequence[Part], *, title: str, language: str, print_at_once: bool = False) -> Bound:
    """One file of these documents, in their order.

    `print_at_once` asks the reader to open its print dialog. Raises `PrintRefused("nobody")` for no document at all.
    """
    if not parts:
        raise PrintRefused("nobody")
    book = _Book()
    begins = []
    for part in parts:
        begins.append(len(book.pages) + 1)
        book.take(File(part.pdf))
    contents = _contents(book, [part.title for part in parts], begins)
    catalogue: Dictionary = {
        "Type": Name("Catalog"),
        "Pages": book.tree,
        "Lang": language.encode("ascii"),
        "Outlines": contents,
        "PageMode": Name("UseOutlines" if len(parts) > 1 else "UseNone"),
        "ViewerPreferences": {
            "PrintScaling": Name("None"),
            "DisplayDocTitle": True,
            "PickTrayByPDFSize": True,
        },
    }
    if print_at_once:
        catalogue["OpenAction"] = {"S": Name("Named"), "N": Name("Print")}
    about = {"Title": _text(title), "Producer": b"ReportLab PDF Library"}
    return Bound(book.finish(book.add(catalogue), book.add(about)), len(book.pages), tuple(begins))


def _contents(book: "_Book", titles: Sequence[str], begins: Sequence[int]) -> Ref:
    """The list of contents: a title and the page it leads to."""
    root = book.reserve()
    entries = [book.reserve() for _ in titles]
    for place, (title, begin) in enumerate(zip(titles, begins, strict=True)):
        entry: Dictionary = {
            "Title": _text(title),
            "Parent": root,
            "Dest": [book.pages[begin - 1], Name("Fit")],
        }
        if place:
            entry["Prev"] = entries[place - 1]
        if place + 1 < len(entries):
            entry["Next"] = entries[place + 1]
        book.put(entries[place], entry)
    book.put(root, {"Type": Name("Outlines"), "First": entries[0], "Last": entries[-1], "Count": len(entries)})
    return root


class _Book:
    """Objects of the new file; those of the old ones under new numbers."""

    def __init__(self) -> None:
        self._objects: dict[int, bytes] = {}
        self._last = 0
        self.pages: list[Ref] = []
        self.tree = self.reserve()

    def reserve(self) -> Ref:
        """A number for an object that comes later."""
        self._last += 1
        return Ref(self._last)

    def put(self, place: Ref, value: Any, shift: int = 0) -> None:
        """Write an object down; references in it count from `shift`."""
        self._objects[place.number] = _written(value, shift)

    def add(self, value: Any) -> Ref:
        """Write a new object down."""
        place = self.reserve()
        self.put(place, value)
        return place

    def take(self, file: File) -> None:
        """Every object of a document but its own book-keeping."""
        shift = self._last
        pages = dict(file.pages())
        self._last += max(file.offsets, default=0)
        dropped = {file.trailer["Info"].number}
        for number in file.offsets:
            value = pages.get(number) or file.object(number)
            if number in dropped or (isinstance(value, dict) and value.get("Type") in _DROPPED):
                continue
            if number in pages:
                value = {key: each for key, each in value.items() if key not in ("Parent", "Kids", "Count", "Trans")}
            place = Ref(number + shift)
            self.put(place, value, shift)
            if number in pages:
                parent = b" /Parent %d 0 R >>" % self.tree.number
                self._objects[place.number] = self._objects[place.number].removesuffix(b" >>") + parent
        self.pages += [Ref(number + shift) for number in pages]

    def finish(self, root: Ref, about: Ref) -> bytes:
        """The file."""
        self.put(self.tree, {"Type": Name("Pages"), "Count": len(self.pages), "Kids": list(self.pages)})
        out, offsets, digest = BytesIO(), {}, sha256()
        out.write(_HEAD)
        for number, written in sorted(self._objects.items()):
            offsets[number] = out.tell()
            out.write(b"%d 0 obj\n%s\nendobj\n" % (number, written))
            digest.update(written)
        start = out.tell()
        out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (self._last + 1))
        for number in range(1, self._last + 1):
            in_use = number in offsets
            out.write(b"%010d %05d %s \n" % (offsets.get(number, 0), 0 if in_use else 65535, b"n" if in_use else b"f"))
        name = digest.hexdigest()[:32].encode()
        trailer = b"<< /Size %d /Root %d 0 R /Info %d 0 R /ID [ <%s> <%s> ] >>"
        out.write(b"trailer\n" + trailer % (self._last + 1, root.number, about.number, name, name))
        out.write(b"\nstartxref\n%d\n%%%%EOF\n" % start)
        return out.getvalue()


def _written(value: Any, shift: int) -> bytes:
    """A value as it stands in a file, its references moved."""
    if isinstance(value, Stream):
        head = {key: each for key, each in value.head.items() if key != "Length"} | {"Length": len(value.packed)}
        return _written(head, shift) + b"\nstream\n" + value.packed + b"\nendstream"
    if isinstance(value, dict):
        inside = b" ".join(b"/%s %s" % (_name(key), _written(each, shift)) for key, each in value.items())
        return b"<< " + inside + b" >>"
    if isinstance(value, Ref):
        return b"%d 0 R" % (value.number + shift)
    if isinstance(value, list):
        return b"[ " + b" ".join(_written(each, shift) for each in value) + b" ]"
    if isinstance(value, bytes):
        return b"<" + value.hex().encode() + b">"
    if isinstance(value, Name):
        return b"/" + _name(value)
    if value is None or isinstance(value, bool):
        return {None: b"null", True: b"true", False: b"false"}[value]
    return repr(value).encode() if isinstance(value, int) else f"{value:.6f}".rstrip("0").rstrip(".").encode()


def _name(name: str) -> bytes:
    """A name with everything written out that would end it."""
    plain = (
        letter if "!" <= letter <= "~" and letter not in "()<>[]{}/%#" else f"#{ord(letter):02X}" for letter in name
    )
    return "".join(plain).encode("ascii")


def _text(text: str) -> bytes:
    """A text that readers show."""
    return text.encode("ascii") if text.isascii() else b"\xfe\xff" + text.encode("utf-16-be")
