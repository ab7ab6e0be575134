"""Ten thousand names to break a badge with: every script, every trick, no two alike, and always the same ones.

Each name is typed as somebody might type it, paste it or smuggle it in; what must come out is `text.clean` of it.
"""

import random
import unicodedata
from collections.abc import Callable
from itertools import cycle

Maker = Callable[[random.Random], str]

LATIN = [
    "Giulia", "Łukasz", "Żółkiewski-Źdźbło", "Zażółć", "Gęślą", "Nguyễn", "Thị", "Hồng", "Ánh", "Þórður",
    "Ævar", "İbrahim", "Işık", "Dvořák", "Óscar", "Muñoz", "Renée", "Zoë", "Đorđe", "Šćepanović", "Małgorzata",
    "Wiśniewska-Kowalczyk", "D’Alò", "O'Brien", "van der Meer", "Søren", "Ångström", "Größe", "ẞ", "Ștefan",
    "Țepeș", "Ağaoğlu", "Ōtani", "Ḥasan", "Ķīlis", "Ġużè", "ŋguni",
]  # fmt: skip
EASTERN_EUROPE = [
    "Ελένη", "Παπαδοπούλου", "Γιώργος", "Ρήγας", "Ἀριστοτέλης", "Ἡρώδης", "Юлія", "Щербак-Їжакевич", "Ђорђе",
    "Љубичић", "Алёна", "Йылмаз", "Ґаланюк", "Өмирбек",
]  # fmt: skip
HEBREW = [
    "דוד", "בן־גוריון", "שרה", "לוי", "שָׁלוֹם", "חברה", "(ישראל)", "בע״מ", "יוסף", "נח", "רחל", "אֵיתָן",
]  # fmt: skip
ARABIC = [
    "محمد", "عبد", "الله", "فاطمة", "الاسلام", "مُحَمَّد", "علی\u200cرضا", "شركة", "النور", "ڤيكتور", "پریسا",
    "یوسف", "مؤمن",
]  # fmt: skip
INDIC = [
    "अनिता", "शर्मा", "हिन्दी", "राजेश्वरी", "क्षत्रिय", "श्रीकृष्ण", "देशपाण्डे", "ज्ञानेश्वर", "प्रिया",
    "वर्धन",
]  # fmt: skip
EAST = [
    "山田", "太郎", "佐々木", "さくら", "王小明", "スズキ", "李", "娜", "김민준",
    "박", "서연", "ｗｉｄｅ", "葛\U000e0100城", "高橋",
]  # fmt: skip
OTHERS = [
    "สมชาย", "น้ำผึ้ง", "ปู่", "გიორგი", "ბერიძე", "Հայկ", "Պետրոսյան", "አበበ", "ᏣᎳᎩ", "ᚠᚢᚦ", "ⴰⵎⴰⵣⵉⵖ",
]  # fmt: skip
MARKUP = [
    "<b>Anna</b>", "<script>alert(1)</script>", "&amp;", "&lt;i&gt;", "<para><font size=90>A</font>",
    "{{ name }}", "${name}", "%(name)s", "%s %d", "<br/>", "[link](http://a.example)", "**bold**", "_it_",
    "\\textbf{A}", "<!-- A -->", "]]>", "<?xml?>", "@import", "#include",
]  # fmt: skip
PDF = [
    "(Anna)", "back\\slash", "\\)", "\\(", "((((", "))))", "(Tj) ET BT", "/F1 12 Tf", "endstream endobj",
    "%PDF-1.4", "%%EOF", "<< /Type /Page >>", "<FEFF0041>", "\\101\\102", "q Q cm", "[(A) -120 (B)] TJ",
    "xref 0 1", "trailer", "stream", "\\\\\\", "\\n\\r\\t", "~>", "BI ID EI",
]  # fmt: skip
FORMULAS = [
    "=cmd|' /C calc'!A0", "@SUM(1+1)", "+49 30", "-1", "=1+1", "; DROP TABLE people;--", "\"; --", "' OR 1=1",
    "../../etc/passwd", "NUL", "C:\\CON", "0x41", "1e309", "NaN",
]  # fmt: skip
LIGATURES = [
    "ﬁlippo", "Eﬃ", "ﬀ", "ﬂ", "ﬄ", "fi fl ffi", "AVATAR", "To Wa", "Ǆ", "ǆ", "Ĳ", "ĳ", "℡", "№", "™", "½", "ⅷ",
    "Ⅷ",
]  # fmt: skip
EMOJI = [
    "😀", "Zoë", "❤\ufe0f", "👩\u200d🚀", "Ada", "👍🏽", "🇮🇹", "Ugo", "☕", "☎", "✂", "♥", "🥐", "𝐀𝐧𝐧𝐚", "𝔄", "🂡",
]  # fmt: skip
LONG = ["Wolfeschlegel", "steinhausen", "bergerdorff", "Santa", "Maria", "della", "Grazie", "Brzęczyszczykiewicz"]
INVISIBLE = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202b\u202e\u2066\u2069\u200e\u200f\u061c"
    "\x00\x07\x1b\x7f\u0085\u2028\u180e"
)
SPACES = " \t\n\r\u00a0\u2003\u2009\u202f\u3000\u1680"
MARKS = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0323\u0327\u0328\u0331\u0338"


def _some_of(words: list[str], most: int = 3) -> Maker:
    return lambda source: " ".join(source.choices(words, k=source.randint(1, most)))


def _decomposed(source: random.Random) -> str:
    return unicodedata.normalize("NFD", _some_of(LATIN + EASTERN_EUROPE)(source))


def _any_letters(source: random.Random) -> str:
    """Letters of Europe that hardly anybody has in a name."""
    ranges = ((0x21, 0x7E), (0xA1, 0x17F), (0x180, 0x24F), (0x386, 0x3CE), (0x400, 0x481), (0x1E00, 0x1EFF))
    return "".join(chr(source.randint(*source.choice(ranges))) for _ in range(source.randint(1, 14)))


def _stacked(source: random.Random) -> str:
    """Marks upon marks."""
    marks = ["".join(source.choices(MARKS, k=source.randint(0, 4))) for _ in range(9)]
    return "".join(letter + mark for letter, mark in zip(source.choice(LATIN), marks, strict=False))


def _with_invisibles(source: random.Random) -> str:
    return "".join(letter + source.choice([*INVISIBLE, "", "", ""]) for letter in _some_of(LATIN)(source))


def _with_spaces(source: random.Random) -> str:
    words = source.choices(LATIN, k=3)
    return "".join("".join(source.choices(SPACES, k=source.randint(1, 3))) + word for word in [*words, ""])


def _long(source: random.Random) -> str:
    return source.choice([" ", "-", ""]).join(source.choices(LONG, k=source.randint(3, 12)))


def _mixed(source: random.Random) -> str:
    """Two scripts, one of them from right to left."""
    both = [_some_of(LATIN, 2)(source), _some_of(HEBREW + ARABIC, 2)(source)]
    source.shuffle(both)
    return source.choice([" ", " & ", " – ", " 12 "]).join(both)


def _spliced(source: random.Random) -> str:
    """An attack in the middle of an honest name."""
    name = _some_of(LATIN)(source)
    at = source.randint(0, len(name))
    return name[:at] + source.choice(MARKUP + PDF + FORMULAS) + name[at:]


MAKERS: dict[str, Maker] = {
    "latin": _some_of(LATIN), "decomposed": _decomposed, "greek and cyrillic": _some_of(EASTERN_EUROPE),
    "any letters": _any_letters, "stacked marks": _stacked, "hebrew": _some_of(HEBREW), "arabic": _some_of(ARABIC),
    "mixed directions": _mixed, "indic": _some_of(INDIC), "east": _some_of(EAST), "other scripts": _some_of(OTHERS),
    "markup": _some_of(MARKUP), "pdf": _some_of(PDF), "formulas": _some_of(FORMULAS), "ligatures": _some_of(LIGATURES),
    "emoji": _some_of(EMOJI), "invisible": _with_invisibles, "spaces": _with_spaces, "long": _long, "spliced": _spliced,
}  # fmt: skip


def names(count: int = 10_000) -> dict[str, str]:
    """So many different names, each with the kind it is of, one of each kind after the other."""
    source = random.Random(10_000)
    kinds = cycle(MAKERS)
    found: dict[str, str] = {}
    while len(found) < count:
        kind = next(kinds)
        name = MAKERS[kind](source)
        while name in found:
            name = MAKERS[kind](source)
        found[name] = kind
    return found
