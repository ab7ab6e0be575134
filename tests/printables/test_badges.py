"""Badges as people and phones see them: what is read, what is written, where it stands, what is refused."""

import hashlib
import io
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pypdf
import pytest

from printables import address, badges, stocks
from printables.colours import BANDS
from printables.frame import frame, is_turned
from printables.model import BadgeOptions, Person, PrintRefused, Result, Role, Words
from printables.text import FontSet, clean
from tests.printables.conftest import random_code

BASE_URL = "https://meet.example.org"
Crowd = Callable[[int], list[Person]]
Scan = Callable[[bytes, int], Counter[str]]
WORDS = Words(member="Socio", visitor="Ospite", host="Accoglienza", table="Tavolo", title="Badge", language="it")


def on(stock: str, **more: object) -> BadgeOptions:
    """Options for a stock."""
    return replace(BadgeOptions(stock, BASE_URL, words=WORDS), **more)  # type: ignore[arg-type]


def payloads(people: list[Person], times: int = 1) -> Counter[str]:
    return Counter({f"https://MEET.EXAMPLE.ORG/B/{person.code}": times for person in people})


def written(result: Result) -> list[str]:
    """The text of each page without any white space, as it can be copied out of the file."""
    pages = pypdf.PdfReader(io.BytesIO(result.pdf)).pages
    return [re.sub(r"\s", "", page.extract_text()) for page in pages]


def keys(result: Result) -> list[str]:
    return [warning.key for warning in result.warnings]


@pytest.mark.parametrize("dpi", [150, 300])
def test_every_code_on_six_sheets_is_read_by_a_scanner(fonts: FontSet, crowd: Crowd, scan: Scan, dpi: int) -> None:
    people = crowd(57)
    result = badges.render(people, on("avery-l4785"), fonts)
    assert result.pages == 6
    assert scan(result.pdf, dpi) == payloads(people)


@pytest.mark.parametrize("stock", [one.id for one in stocks.all_stocks() if one.confidence != "X"])
def test_every_stock_prints_everybody_and_leaves_out_a_code_only_where_it_cannot_be_read(
    fonts: FontSet, crowd: Crowd, stock: str
) -> None:
    people = [replace(person, company="") for person in crowd(7)]
    result = badges.render(people, on(stock), fonts)
    text = "".join(written(result))
    for person in people:
        assert re.sub(r"\s", "", person.first_name) in text
        assert person.code in text
    label = stocks.find(stock).cell(0)
    shortest, longest = sorted((label.width, label.height))
    has_room = shortest >= 32.4 and longest >= 57
    assert ("no_room_for_code" in keys(result)) is not has_room


@pytest.mark.parametrize("modules", [25, 29, 33, 37])
def test_no_module_is_ever_smaller_than_phones_can_read(modules: int) -> None:
    for width in range(20, 220, 3):
        for height in range(15, 300, 3):
            if is_turned(width, height):
                continue
            made = frame(width, height, modules)
            if made.code:
                assert made.module >= 0.8 - 1e-9
                assert made.code.width == pytest.approx(made.module * (modules + 8))
                assert made.code.x >= -1e-9
                assert made.code.x + made.code.width <= width + 1e-9
                assert made.code.y + made.code.height <= made.code_text <= height
                if made.band.width > made.code.x:
                    assert made.code.y >= made.band.height - 1e-9


def test_the_classic_badge_has_the_measures_of_its_design() -> None:
    classic = frame(80, 50, 29)
    assert classic.kind == "classic"
    assert classic.module == pytest.approx(0.8)
    assert classic.code
    assert classic.code.width == pytest.approx(29.6)
    assert classic.band.height == pytest.approx(7, abs=0.1)
    assert frame(90, 60, 29).module == pytest.approx(1.0)


@pytest.mark.parametrize(("dots", "module"), [(203, 8 * 25.4 / 203), (300, 12 * 25.4 / 300)])
def test_a_thermal_printer_gets_modules_of_whole_dots(dots: int, module: float) -> None:
    made = frame(101.6, 76.2, 29, dots=dots)
    per_module = made.module * dots / 25.4
    assert per_module == pytest.approx(round(per_module))
    assert made.module >= module - 1e-9


HOSTILE = [
    ("<b>Anna</b>", "&amp; <i>Co</i>"),
    ('"; DROP TABLE people;--', "O'Brien"),
    ("(Anna)", "back\\slash)"),
    ("%PDF-1.4", "endstream endobj"),
    ("{{ name }}", "${name} %(name)s"),
    ("ﬁlippo", "Effiﬀi"),
    ("fi fl ffi", "AVATAR To"),
    ("Łukasz", "Żółkiewski-Źdźbło"),
    ("Nguyễn Thị", "Hồng Ánh"),
    ("Ελένη", "Παπαδοπούλου"),
    ("Юлія", "Щербак-Їжакевич"),
    ("Þórður", "Ævar Ðorđević"),
    ("İbrahim", "Işık Çağrı"),
    ("Rene\u0301e", "Zoe\u0308"),
    ("ŞŢ ĢĶ", "ĻŅ Ŗ"),
    ("D’Alò", "L´Hôpital «Jr.» „x”"),
    ("=cmd|' /C calc'!A0", "@SUM(1+1)"),
    ("𝐀nna", "ⅷ"),
]


@pytest.mark.parametrize("stock", ["cr80", "a6-lanyard"])
def test_hostile_and_foreign_names_come_out_of_the_file_as_they_were_typed(fonts: FontSet, stock: str) -> None:
    people = [
        Person(first, last, "Ditta <br/> & \\(figli)", Role.VISITOR, 12, code=random_code(random.Random(at)))
        for at, (first, last) in enumerate(HOSTILE)
        if not fonts.missing(clean(first + last))
    ]
    assert len(people) >= 16
    result = badges.render(people, on(stock), fonts)
    assert [key for key in keys(result) if key != "left_out"] == []
    for person, text in zip(people, written(result), strict=True):
        for field in (person.first_name, person.last_name, person.company):
            assert re.sub(r"\s", "", clean(field)) in text
        assert "Tavolo" in text


def test_the_badge_says_everything_in_reading_order(fonts: FontSet) -> None:
    giulia = Person("Giulia", "Ferrari", "Ferrari Ceramiche", Role.MEMBER, 12, "K7M42XW9TR3CB", trade="ceramista")
    (text,) = written(badges.render([giulia], on("avery-l4785"), fonts))
    assert text == "SocioGiuliaFerrariFerrariCeramicheceramistaTavolo12K7M42XW9TR3CB"


def test_somebody_with_one_name_has_it_printed_large(fonts: FontSet) -> None:
    large = badges.render([Person("Pelé", "", code="K7M42XW9TR3CB")], on("cr80"), fonts)
    same = badges.render([Person("", "Pelé", code="K7M42XW9TR3CB")], on("cr80"), fonts)
    assert large.pdf == same.pdf


def test_the_same_people_give_the_same_file(fonts: FontSet, crowd: Crowd) -> None:
    people = crowd(25)
    first, second = (badges.render(people, on("avery-l4785"), fonts).pdf for _ in range(2))
    assert first == second


def test_the_same_people_give_the_same_file_in_another_process(fonts: FontSet, crowd: Crowd) -> None:
    program = (
        "import hashlib\n"
        "from importlib import resources\n"
        "from printables import badges\n"
        "from printables.model import BadgeOptions, Person\n"
        "from printables.text import FontSet\n"
        "vendor = resources.files('coltiva_vendor')\n"
        "cuts = [vendor.joinpath(f'NotoSans-{cut}.ttf').read_bytes() for cut in ('Regular', 'Bold')]\n"
        "person = lambda n: Person('Łukasz', 'Żółkiewski', 'Konserwacja', table=3, code=f'K7M42XW{n}')\n"
        "options = BadgeOptions('avery-l4785', 'https://meet.example.org')\n"
        "made = badges.render([person(n) for n in range(9)], options, FontSet(*cuts))\n"
        "print(hashlib.sha256(made.pdf).hexdigest())\n"
    )
    people = [Person("Łukasz", "Żółkiewski", "Konserwacja", table=3, code=f"K7M42XW{n}") for n in range(9)]
    ours = badges.render(people, BadgeOptions("avery-l4785", BASE_URL), fonts).pdf
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        assert ran.stdout.decode().strip() == hashlib.sha256(ours).hexdigest()


def test_the_file_says_its_title_and_language_and_asks_for_actual_size(fonts: FontSet, crowd: Crowd) -> None:
    reader = pypdf.PdfReader(io.BytesIO(badges.render(crowd(1), on("cr80"), fonts).pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == "Badge"
    assert reader.root_object["/Lang"] == "it"
    assert reader.viewer_preferences is not None
    assert reader.viewer_preferences.print_scaling == "/None"
    assert [round(float(side), 1) for side in reader.pages[0].mediabox[2:]] == [242.6, 153.0]


def test_every_font_is_embedded(fonts: FontSet, crowd: Crowd) -> None:
    reader = pypdf.PdfReader(io.BytesIO(badges.render(crowd(3), on("avery-l4785"), fonts).pdf))
    for font in reader.pages[0]["/Resources"]["/Font"].values():  # type: ignore[index]
        assert "/FontFile2" in font.get_object()["/FontDescriptor"]


def places(result: Result) -> list[list[tuple[float, float]]]:
    """For each page, the bottom left corners of the badges in mm from the page's bottom left."""
    found = []
    for page in pypdf.PdfReader(io.BytesIO(result.pdf)).pages:
        content = page.get_contents()
        assert content is not None
        corners = re.findall(rb"^q 2\.8\d+ 0 0 2\.8\d+ ([\d.-]+) ([\d.-]+) cm$", content.get_data(), re.M)
        found.append([(round(float(x) * 25.4 / 72, 2), round(float(y) * 25.4 / 72, 2)) for x, y in corners])
    return found


def test_a_part_used_sheet_begins_at_the_first_free_label(fonts: FontSet, crowd: Crowd) -> None:
    result = badges.render(crowd(5), on("avery-l4785", start_at=8), fonts)
    assert places(result) == [
        [(113, 69), (18, 14), (113, 14)],
        [(18, 234), (113, 234)],
    ]


def test_offsets_move_every_label_right_and_down(fonts: FontSet, crowd: Crowd) -> None:
    result = badges.render(crowd(2), on("avery-l4785", dx=1.5, dy=-0.7), fonts)
    assert places(result) == [[(19.5, 234.7), (114.5, 234.7)]]


def test_the_scale_stretches_the_sheet_from_its_top_left_corner(fonts: FontSet, crowd: Crowd) -> None:
    result = badges.render(crowd(1), on("avery-l4785", scale=1.01), fonts)
    assert places(result) == [[(18.18, pytest.approx(297 - 63 * 1.01, abs=0.01))]]


def test_black_only_uses_no_colour(fonts: FontSet, crowd: Crowd) -> None:
    def colours(result: Result) -> set[bytes]:
        found = set()
        for thing in pypdf.PdfReader(io.BytesIO(result.pdf)).pages[0]["/Resources"]["/XObject"].values():  # type: ignore[index]
            found |= set(re.findall(rb"([\d.]+ [\d.]+ [\d.]+) (?:rg|RG)", thing.get_object().get_data()))
        return found

    assert colours(badges.render(crowd(3), on("dk-11202", black_only=True), fonts)) <= {b"0 0 0", b"1 1 1"}
    assert len(colours(badges.render(crowd(3), on("avery-l4785"), fonts))) > 3


def luminance(colour: tuple[int, int, int]) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("role", Role)
def test_the_word_in_the_band_stands_out_from_its_ground(role: Role) -> None:
    light, dark = sorted(map(luminance, BANDS[role]), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_codes_of_eight_to_sixteen_letters_share_one_print(fonts: FontSet, scan: Scan) -> None:
    people = [
        Person("Anna", f"Nowak{length}", code=random_code(random.Random(length), length)) for length in range(8, 17)
    ]
    result = badges.render(people, on("avery-l4785"), fonts)
    assert scan(result.pdf, 200) == payloads(people)


def test_a_code_is_printed_in_capitals_without_its_groups(fonts: FontSet, scan: Scan) -> None:
    result = badges.render([Person("Anna", "Nowak", code="k7m4-2xw9 tr3cb")], on("cr80"), fonts)
    assert scan(result.pdf, 200) == Counter({"https://MEET.EXAMPLE.ORG/B/K7M42XW9TR3CB": 1})


def test_somebody_without_a_code_gets_a_badge_and_is_named(fonts: FontSet, scan: Scan) -> None:
    result = badges.render([Person("Anna", "Nowak")], on("avery-l4785"), fonts)
    assert [str(warning) for warning in result.warnings] == ["Anna Nowak has no code, so the badge carries none."]
    assert not scan(result.pdf, 150)


def test_two_people_with_one_code_are_both_named(fonts: FontSet) -> None:
    anna, bruno = (
        Person("Anna", "Nowak", code="K7M42XW9TR3CB"),
        Person("Bruno", "Rossi", code="K7M42XW9TR3CB"),
    )
    (warning,) = badges.render([anna, bruno], on("avery-l4785"), fonts).warnings
    assert (warning.key, warning.params) == ("same_code", {"name": "Bruno Rossi", "other": "Anna Nowak"})


def test_letters_the_font_lacks_are_told_by_name(fonts: FontSet) -> None:
    result = badges.render([Person("太郎", "Yamada", code="K7M42XW9")], on("avery-l4785"), fonts)
    (warning,) = result.warnings
    assert (warning.key, warning.params) == ("missing_glyphs", {"name": "太郎 Yamada", "characters": "太郎"})


def test_a_name_that_had_to_be_cut_is_told_by_name(fonts: FontSet) -> None:
    endless = Person("Anna", "Wolfeschlegelsteinhausenbergerdorff" * 2, code="K7M42XW9")
    result = badges.render([endless], on("avery-l7160"), fonts)
    assert [(warning.key, warning.params["field"]) for warning in result.warnings] == [("shortened", "last name")]
    assert endless.name in str(result.warnings[0])


def test_a_label_too_small_for_a_code_prints_name_and_letters_and_says_so(
    fonts: FontSet, crowd: Crowd, scan: Scan
) -> None:
    people = crowd(3)
    result = badges.render(people, on("avery-5160"), fonts)
    warning = next(one for one in result.warnings if one.key == "no_room_for_code")
    assert warning.params == {"stock": "avery-5160", "people": 3}
    assert not scan(result.pdf, 150)
    (text,) = written(result)
    assert all(person.code in text for person in people)


def test_an_address_only_this_computer_opens_is_printed_with_a_warning(fonts: FontSet, crowd: Crowd) -> None:
    result = badges.render(crowd(1), on("cr80", base_url="http://localhost:8090"), fonts)
    assert "local_address" in keys(result)


def test_a_forced_bare_address_is_printed(fonts: FontSet, crowd: Crowd, scan: Scan) -> None:
    people = crowd(1)
    result = badges.render(people, on("cr80", base_url="http://192.168.1.20:8090", force_address=True), fonts)
    assert scan(result.pdf, 200) == Counter({f"http://192.168.1.20:8090/B/{people[0].code}": 1})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"stock": "avery-9999"}, "unknown_stock"),
        ({"stock": "durable-8334-pretix"}, "stock_does_not_fit"),
        ({"stock": "dk-22205", "length_mm": 5}, "length_outside"),
        ({"base_url": ""}, "no_base_url"),
        ({"base_url": "meet.example.org"}, "bad_base_url"),
        ({"base_url": "http://192.168.1.20"}, "bare_address"),
        ({"base_url": "https://" + "a-very-long-name." * 9 + "org"}, "host_too_long"),
        ({"stock": "avery-l7160", "base_url": "https://" + "a" * 59 + ".org"}, "host_too_long"),
        ({"start_at": 0}, "start_at_outside"),
        ({"start_at": 11}, "start_at_outside"),
        ({"dx": 20}, "offset_outside"),
        ({"scale": 1.2}, "offset_outside"),
        ({"dots": 72}, "bad_dots"),
    ],
)
def test_what_cannot_be_printed_is_refused_in_one_sentence(
    fonts: FontSet, crowd: Crowd, change: dict[str, object], code: str
) -> None:
    with pytest.raises(PrintRefused) as refused:
        badges.render(crowd(2), replace(on("avery-l4785"), **change), fonts)  # type: ignore[arg-type]
    assert refused.value.code == code
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "%(" not in sentence


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ([], "nobody"),
        ([Person("Anna", "Nowak")] * 100_001, "too_many"),
        ([Person(" ", "\u200b")], "nameless"),
        ([Person("Anna", "Nowak", code="SHORT")], "bad_code"),
        ([Person("Anna", "Nowak", code="SEVENTEENLETTERS1")], "bad_code"),
        ([Person("Anna", "Nowak", code="K7M4/2XW9")], "bad_code"),
    ],
)
def test_a_list_that_cannot_be_printed_is_refused(fonts: FontSet, people: list[Person], code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        badges.render(people, on("avery-l4785"), fonts)
    assert refused.value.code == code


def test_the_limit_told_for_a_long_host_is_one_that_prints(fonts: FontSet, crowd: Crowd) -> None:
    with pytest.raises(PrintRefused) as refused:
        badges.render(crowd(1), on("avery-l7160", base_url="https://" + "a" * 59 + ".org"), fonts)
    longest = int(refused.value.params["longest"])
    host = "a" * (longest - 4) + ".org"
    assert "no_room_for_code" not in keys(badges.render(crowd(1), on("avery-l7160", base_url=f"https://{host}"), fonts))
    with pytest.raises(PrintRefused):
        badges.render(crowd(1), on("avery-l7160", base_url=f"https://a{host}"), fonts)


def test_the_payload_is_the_one_of_the_address(crowd: Crowd) -> None:
    (person,) = crowd(1)
    assert address.parse(BASE_URL).payload(person.code) in payloads([person])


def test_a_name_without_any_ink_breaks_nothing(fonts: FontSet) -> None:
    result = badges.render([Person("\u034f", "\u034f", code="K7M42XW9")], on("avery-l4785"), fonts)
    assert result.pages == 1
