"""The fonts of all papers: two that are installed with the program, and those of this computer for letters they lack.

Fonts are known by the names of their files and looked for where Windows, macOS and Linux keep them. A file is read
when the first letter is met that only it may have; one that its maker does not allow in documents is passed over.
"""

import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from printables.errors import PrintRefused
from printables.text import Face, FontSet, Pair
from server import assets


class Family(NamedTuple):
    """File names of a regular and a bold font, the latter where there is one."""

    regular: str
    bold: str = ""


# The families of Noto Sans for one script each, and their letters. Devanagari is in the program's own font.
NOTO = {
    "Armenian": "\u0530-\u058f",
    "Hebrew": "\u0590-\u05ff\ufb1d-\ufb4f",
    "Arabic": "\u0600-\u077f\u0870-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "Syriac": "\u0700-\u074f",
    "Bengali": "\u0980-\u09ff",
    "Gurmukhi": "\u0a00-\u0a7f",
    "Gujarati": "\u0a80-\u0aff",
    "Oriya": "\u0b00-\u0b7f",
    "Tamil": "\u0b80-\u0bff",
    "Telugu": "\u0c00-\u0c7f",
    "Kannada": "\u0c80-\u0cff",
    "Malayalam": "\u0d00-\u0d7f",
    "Sinhala": "\u0d80-\u0dff",
    "Thai": "\u0e00-\u0e7f",
    "Lao": "\u0e80-\u0eff",
    "Myanmar": "\u1000-\u109f",
    "Georgian": "\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2f",
    "Ethiopic": "\u1200-\u139f\u2d80-\u2ddf",
    "Cherokee": "\u13a0-\u13ff\uab70-\uabbf",
    "Khmer": "\u1780-\u17ff",
    "Symbols2": "\u2190-\u2bff\U0001f000-\U0001faff",
}
# Large fonts for these letters only, the best first: not read for the sake of any other letter.
LARGE = (
    (
        "\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff",
        (Family("malgun.ttf", "malgunbd.ttf"), Family("NanumGothic.ttf", "NanumGothicBold.ttf")),
    ),
    (
        "\u2e80-\u312f\u3190-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff",
        (
            Family("msyh.ttc", "msyhbd.ttc"),
            Family("YuGothM.ttc", "YuGothB.ttc"),
            Family("meiryo.ttc", "meiryob.ttc"),
            Family("msgothic.ttc"),
            Family("simsun.ttc"),
            Family("DroidSansFallbackFull.ttf"),
            Family("DroidSansFallback.ttf"),
            Family("wqy-microhei.ttc"),
            Family("wqy-zenhei.ttc"),
            Family("ipagp.ttf"),
        ),
    ),
    ("\U0001f000-\U0001faff", (Family("seguiemj.ttf"),)),
)
# Fonts with the letters of many scripts, in this order: Windows, macOS, Linux.
BROAD = (
    Family("segoeui.ttf", "segoeuib.ttf"),
    Family("Arial.ttf", "Arial Bold.ttf"),
    Family("tahoma.ttf", "tahomabd.ttf"),
    Family("Nirmala.ttf", "NirmalaB.ttf"),
    Family("Nirmala.ttc"),
    Family("LeelawUI.ttf", "LeelaUIb.ttf"),
    Family("ebrima.ttf", "ebrimabd.ttf"),
    Family("mmrtext.ttf", "mmrtextb.ttf"),
    Family("seguisym.ttf"),
    Family("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    Family("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    Family("FreeSans.ttf", "FreeSansBold.ttf"),
    Family("Arial Unicode.ttf"),
)


@cache
def for_paper() -> FontSet:
    """The fonts of all papers, loaded once. Raises `PrintRefused`: `missing_font`, `unreadable_font`."""
    try:
        found = assets.fonts()
    except (FileNotFoundError, ModuleNotFoundError) as gone:
        raise PrintRefused("missing_font") from gone
    return FontSet(found["NotoSans-Regular"], found["NotoSans-Bold"], more=find)


def find(letter: str) -> Pair | None:
    """A regular and a bold font of this computer that have the letter: the same ones on every call."""
    for family in _families(letter):
        pair = _loaded(family)
        if pair and all(letter in face.letters for face in pair):
            return pair
    return None


def _families(letter: str) -> Iterator[Family]:
    for script, letters in NOTO.items():
        if re.match(f"[{letters}]", letter):
            yield Family(f"NotoSans{script}-Regular.ttf", f"NotoSans{script}-Bold.ttf")
            yield Family(f"NotoSans{script}[wght].ttf")
    for letters, families in LARGE:
        if re.match(f"[{letters}]", letter):
            yield from families
    yield from BROAD


@cache
def _loaded(family: Family) -> Pair | None:
    """The two fonts, where this computer has them and they may be printed with."""
    regular = _face(family.regular)
    return (regular, _face(family.bold) or regular) if regular else None


def _face(name: str) -> Face | None:
    path = _files().get(name.casefold())
    if path is None:
        return None
    try:
        face = Face(path.read_bytes(), kind="fallback")
    except (OSError, PrintRefused):
        return None  # the next family is tried; a letter that none has is told by name
    return face if face.may_be_embedded else None


@cache
def _files() -> dict[str, Path]:
    """Every TrueType file of this computer by its name in small letters; the first folder wins."""
    found: dict[str, Path] = {}
    for folder in folders():
        for path in sorted(folder.rglob("*.tt[fc]")):
            found.setdefault(path.name.casefold(), path)
    return found


def folders() -> tuple[Path, ...]:
    """Where this kind of computer keeps fonts."""
    home = Path.home()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA", str(home / "AppData" / "Local"))
        windows = Path(os.environ.get("WINDIR", r"C:\Windows"))
        return windows / "Fonts", Path(local, "Microsoft", "Windows", "Fonts")
    if sys.platform == "darwin":
        return Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local" / "share" / "fonts",
        home / ".fonts",
    )
