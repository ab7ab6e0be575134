"""Label templates from a file somebody has: what is understood, what is left out, what is never read."""

import gzip

import pytest

from printables import glabels
from printables.model import PrintRefused
from printables.stocks import Rect, find

RECTANGLES = b"""<?xml version="1.0"?>
<Glabels-templates xmlns="http://glabels.org/xmlns/3.0/">
  <Template brand="Acme" part="80/50" size="A4" _description="Name badges">
    <Meta category="label"/>
    <Label-rectangle id="0" width="80mm" height="5cm" round="4mm" x_waste="1mm" y_waste="1mm">
      <Markup-margin size="2mm"/>
      <Layout nx="2" ny="5" x0="18mm" y0="13mm" dx="95mm" dy="55mm"/>
    </Label-rectangle>
    <Alias brand="Other" part="1"/>
  </Template>
  <Template brand="Acme" part="5395" size="US-Letter">
    <Label-rectangle id="0" width="243" height="168" round="0">
      <Layout nx="2" ny="4" x0="49.5" y0="42" dx="3.75in" dy="2.5in"/>
    </Label-rectangle>
  </Template>
  <Template brand="Acme" part="5396" equiv="5395"/>
</Glabels-templates>
"""
ROLLS = b"""<?xml version="1.0"?>
<Glabels-templates>
  <Template brand="Roll" part="62x100" size="roll" roll_width="67mm" width="62mm" height="100mm">
    <Label-rectangle id="0" width="62mm" height="100mm" round="1.5mm" x_waste="0" y_waste="0">
      <Markup-margin x_size="1.5mm" y_size="3mm"/>
      <Layout nx="1" ny="1" x0="0" y0="0" dx="0" dy="0"/>
    </Label-rectangle>
  </Template>
  <Template brand="Roll" part="62" size="roll" roll_width="67mm" width="62mm">
    <Label-continuous id="0" width="62mm" min_height="25mm" max_height="1000mm" default_height="100mm">
      <Markup-margin x_size="1.5mm" y_size="3mm"/>
      <Layout nx="1" ny="1" x0="0" y0="0" dx="0" dy="0"/>
    </Label-continuous>
  </Template>
</Glabels-templates>
"""
DOCUMENT = b"""<?xml version="1.0"?>
<Glabels-document xmlns="http://snaught.com/glabels/2.2/">
  <Template name="Own badges" size="Other" width="100mm" height="200mm" description="two rounds">
    <Label-round id="0" radius="40mm" waste="1mm">
      <Layout nx="1" ny="2" x0="10mm" y0="10mm" dx="0" dy="90mm"/>
    </Label-round>
  </Template>
  <Objects id="0"/>
</Glabels-document>
"""


def in_templates(*templates: str) -> bytes:
    return f"<Glabels-templates>{''.join(templates)}</Glabels-templates>".encode()


def template(part: str, label: str, layouts: str, size: str = "A4") -> str:
    return f'<Template brand="Acme" part="{part}" size="{size}"><{label}>{layouts}</{label.split()[0]}></Template>'


RECTANGLE = 'Label-rectangle width="80mm" height="50mm"'


def test_sheets_are_read_in_any_unit_and_print_like_our_own() -> None:
    badges, letter, equivalent = glabels.read(RECTANGLES)
    ours = find("avery-l4785")
    assert [badges.cell(at) for at in range(10)] == [pytest.approx(ours.cell(at)) for at in range(10)]
    assert (badges.id, badges.part, badges.confidence) == ("own-acme-80-50", "Acme 80/50", "O")
    assert (badges.radius, badges.page_w, badges.page_h) == (4, 210, 297)
    known = find("avery-5395")
    for at in range(8):
        assert letter.cell(at) == pytest.approx(known.cell(at), abs=0.01)
    assert equivalent.id == "own-acme-5396"
    assert equivalent.cell(7) == letter.cell(7)


def test_on_rolls_only_what_the_printer_reaches_is_used() -> None:
    cut, endless = glabels.read(ROLLS)
    assert cut.cell(0) == Rect(1.5, 3.0, 59.0, 94.0)
    assert (cut.kind, endless.kind) == ("roll", "endless")
    assert find(endless, length_mm=80).cell(0) == Rect(1.5, 3.0, 59.0, 74.0)


def test_of_a_round_label_the_rectangle_within_is_used() -> None:
    (stock,) = glabels.read(DOCUMENT)
    cell = stock.cell(1)
    side = 80 / 2**0.5
    assert (cell.width, cell.height) == (pytest.approx(side), pytest.approx(side))
    assert (cell.x + side / 2, cell.y + side / 2) == (pytest.approx(50), pytest.approx(140))
    assert "oval of 80 x 80 mm" in stock.note


def test_an_oval_label_keeps_its_proportions() -> None:
    oval = template(
        "oval", 'Label-ellipse width="90mm" height="50mm"', '<Layout nx="2" ny="1" x0="5mm" y0="5mm" dx="95mm"/>'
    )
    (stock,) = glabels.read(in_templates(oval))
    assert stock.label_w / stock.label_h == pytest.approx(1.8)
    assert stock.cell(1).x - stock.cell(0).x == pytest.approx(95)


def test_a_packed_file_is_unpacked() -> None:
    assert glabels.read(gzip.compress(RECTANGLES)) == glabels.read(RECTANGLES)


def test_a_grid_written_in_pieces_is_one_grid() -> None:
    pieces = template(
        "pieces",
        RECTANGLE,
        '<Layout nx="2" ny="2" x0="10mm" y0="10mm" dx="90mm" dy="60mm"/>'
        '<Layout nx="2" ny="1" x0="10mm" y0="130mm" dx="90mm" dy="60mm"/>',
    )
    (stock,) = glabels.read(in_templates(pieces))
    assert (stock.cols, stock.rows) == (2, 3)


@pytest.mark.parametrize(
    "unusable",
    [
        template("cd", 'Label-cd radius="60mm" hole="20mm"', '<Layout nx="1" ny="2" x0="0" y0="0" dy="130mm"/>'),
        template(
            "steps", RECTANGLE, '<Layout nx="1" ny="1" x0="0" y0="0"/><Layout nx="1" ny="1" x0="50mm" y0="90mm"/>'
        ),
        template("uneven", RECTANGLE, '<Layout nx="1" ny="2" x0="0" y0="0" dy="60mm"/><Layout y0="200mm"/>'),
        template("wide", RECTANGLE, '<Layout nx="3" ny="1" x0="0" y0="0" dx="90mm"/>'),
        template("page", RECTANGLE, '<Layout nx="1" ny="1"/>', size="unheard-of"),
        template("unit", 'Label-rectangle width="80 parsec" height="50mm"', '<Layout nx="1" ny="1"/>'),
        template("count", RECTANGLE, '<Layout nx="many" ny="1"/>'),
        template("crowd", RECTANGLE, '<Layout nx="99999" ny="99999"/>'),
        template("far", 'Label-rectangle width="1e300mm" height="50mm"', '<Layout nx="1" ny="1"/>'),
        '<Template brand="Acme" part="nothing" size="A4"/>',
        '<Template brand="Acme" part="lost" equiv="unknown"/>',
    ],
)
def test_what_cannot_be_printed_on_is_left_out(unusable: str) -> None:
    good = template("good", RECTANGLE, '<Layout nx="1" ny="1" x0="5mm" y0="5mm"/>')
    assert [stock.part for stock in glabels.read(in_templates(unusable, good))] == ["Acme good"]
    with pytest.raises(PrintRefused) as refused:
        glabels.read(in_templates(unusable))
    assert refused.value.code == "glabels_empty"


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Glabels-templates><Template brand="&b;" part="1"/></Glabels-templates>"""
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE t SYSTEM "http://example.org/t.dtd">
<Glabels-templates/>"""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "glabels_unreadable"),
        (b"\x1f\x8bnot gzip at all", "glabels_unreadable"),
        (gzip.compress(RECTANGLES)[:-20], "glabels_unreadable"),
        (b"<Glabels-templates><Template", "glabels_unreadable"),
        (b'<?xml version="1.0" encoding="klingon"?><Glabels-templates/>', "glabels_unreadable"),
        (b"<svg/>", "glabels_unreadable"),
        (b"\xff\xfe\x00\x00", "glabels_unreadable"),
        (b"<Glabels-templates/>", "glabels_empty"),
        (BOMB, "glabels_unsafe"),
        (OUTSIDE, "glabels_unsafe"),
        (b" " * (glabels.MOST_BYTES + 1), "glabels_too_large"),
        (gzip.compress(b" " * (glabels.MOST_BYTES + 1)), "glabels_too_large"),
    ],
)
def test_a_file_that_is_no_template_or_wants_more_than_one_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(PrintRefused) as refused:
        glabels.read(data)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")
