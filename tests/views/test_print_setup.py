"""Labels and printers of a group: measured, imported, put right; each that does not fit refused in one sentence."""

import gzip
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pypdf import PdfReader

from server.domain.errors import RuleViolation
from server.domain.vocabulary import GroupId
from server.services import print_setup, stocks, workbench
from server.services.paper_sizes import of_zone
from server.services.print_setup import Correction, DoorSetup
from server.services.stocks import Measures
from server.views import print_setup as views
from server.views.sentences import SENTENCES
from tests.conftest import Browser, Statements
from tests.mornings import Morning

Open = Callable[[str | None], Browser]
SHEET = {
    "name": "Shop labels", "page_w": "210", "page_h": "297", "cols": "2", "rows": "4", "label_w": "90",
    "label_h": "60", "left": "15", "top": "28,5", "gap_x": "", "gap_y": "0", "radius": "0",
}  # fmt: skip
TEMPLATE = """<?xml version="1.0"?>
<Glabels-templates xmlns="http://glabels.org/xmlns/3.0/">
  <Template brand="Shop" part="N1" size="A4" description="Name badges">
    <Label-rectangle id="0" width="90mm" height="60mm" round="0mm" waste="0mm">
      <Layout nx="2" ny="4" x0="15mm" y0="28.5mm" dx="90mm" dy="60mm"/>
    </Label-rectangle>
  </Template>
  <Template brand="Shop" part="N2" equiv="N1"/>
</Glabels-templates>"""


@pytest.fixture
def olga(browser: Open) -> Browser:
    return browser("Olga")


@pytest.fixture
def here(morning: Morning) -> str:
    return f"/o/{morning.meeting_uid}/printing"


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


def _text(reply: Any, status: int = 200) -> str:
    assert reply.status_code == status, reply.get_data(as_text=True)[:600]
    return str(reply.get_data(as_text=True))


def _own(morning: Morning) -> list[str]:
    known = stocks.stocks(morning.ctx, GroupId(morning.group_id))
    return [stock.id for stock in known.values() if stock.id.startswith(stocks.OWN)]


def _template(olga: Browser, here: str, data: bytes) -> Any:
    form = {"csrf_token": olga.csrf(), "template": (io.BytesIO(data), "mine.template")}
    return olga.client.post(f"{here}/stocks/template", data=form)


# --- labels of one's own


def test_labels_measured_with_a_ruler_are_printed_on(morning: Morning, olga: Browser, here: str) -> None:
    assert olga.submit(f"{here}/stocks", SHEET).status_code == 303
    page = _text(olga.get(here))
    assert "Shop labels · 90 × 60 mm · on a page: 8" in page
    (own,) = _own(morning)
    badges = f"/o/{morning.meeting_uid}/badges"
    assert _text(olga.get(badges)).index(own) < _text(olga.get(badges)).index("avery-l4785"), "one's own come first"
    form = {"whom": "everybody", "stock": own, "start_at": "1"}
    reply = olga.submit(f"{badges}/file", form)
    assert len(PdfReader(io.BytesIO(reply.data)).pages) == 1
    assert "between 1 and 8" in _text(olga.submit(badges, form | {"start_at": "9"}), 422)
    olga.submit(f"{here}/stocks/remove", {"stock": own})
    assert _own(morning) == []
    assert "No label stock is called" in _text(olga.submit(badges, form), 422)
    assert _text(olga.submit(f"{here}/stocks/remove", {"stock": own}), 422)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"label_w": "110"}, "The labels take 235 mm across; the page is 210 mm wide."),
        ({"label_h": "90"}, "The labels take 388.5 mm down; the page is 297 mm high."),
        ({"label_h": "0"}, "Labels and page need a width and a height."),
        ({"name": " "}, SENTENCES["stock_name_missing"]),
        ({"page_w": "wide"}, "A length is a number of millimetres"),
        ({"page_w": "5000"}, "between 0 and 2000 mm"),
        ({"cols": "0"}, "between 1 and 50"),
    ],
)
def test_labels_that_cannot_be_are_refused_in_one_sentence(
    morning: Morning, olga: Browser, here: str, wrong: dict[str, str], said: str
) -> None:
    page = _text(olga.submit(f"{here}/stocks", SHEET | wrong), 422)
    assert said in page.replace("&#39;", "'"), re.findall(r'class="error".*?</p>', page, re.S)
    assert 'value="28,5"' in page, "what was typed is still there"
    assert _own(morning) == []


def test_two_kinds_of_labels_are_never_called_the_same(morning: Morning, olga: Browser, here: str) -> None:
    olga.submit(f"{here}/stocks", SHEET)
    assert "There are labels called Shop labels already." in _text(olga.submit(f"{here}/stocks", SHEET), 422)
    other = Measures(**{**_measured(), "name": "Shop labels"})
    stocks.add_stock(morning.ctx, group_id=GroupId(morning.other_group_id), measures=other)
    assert len(_own(morning)) == 1


def _measured() -> dict[str, Any]:
    return {
        "name": "Mine", "page_w": 210.0, "page_h": 297.0, "cols": 2, "rows": 4, "label_w": 90.0, "label_h": 60.0,
        "left": 15.0, "top": 28.5,
    }  # fmt: skip


def test_another_groups_labels_do_not_exist_here(morning: Morning, olga: Browser) -> None:
    theirs = stocks.add_stock(morning.ctx, group_id=GroupId(morning.other_group_id), measures=Measures(**_measured()))
    form = {"whom": "everybody", "stock": theirs, "start_at": "1"}
    assert "No label stock is called" in _text(olga.submit(f"/o/{morning.meeting_uid}/badges", form), 422)
    with pytest.raises(RuleViolation):
        stocks.for_drawing(morning.ctx, GroupId(morning.group_id), theirs)


# --- glabels


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_glabels_template_is_taken_over_with_one_press(
    morning: Morning, olga: Browser, here: str, pack: Callable[[bytes], bytes]
) -> None:
    page = _text(_template(olga, here, pack(TEMPLATE.encode())))
    assert "Shop N1" in page
    assert "Shop N2" in page
    row = page.split("Take over: Shop N1")[0].rsplit("<form", 1)[1]
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', row))
    form.pop("csrf_token")
    assert olga.submit(f"{here}/stocks", form).status_code == 303
    assert "Shop N1 · 90 × 60 mm · on a page: 8" in _text(olga.get(here))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "print_glabels_unreadable"),
        (b"a letter to a friend", "print_glabels_unreadable"),
        (b"<Glabels-templates xmlns='http://glabels.org/xmlns/3.0/'/>", "print_glabels_empty"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "print_glabels_unsafe"),
    ],
)
def test_a_file_that_is_no_template_is_refused_in_one_sentence(
    morning: Morning, olga: Browser, here: str, data: bytes, code: str
) -> None:
    assert SENTENCES[code] in _text(_template(olga, here, data), 422)
    assert _own(morning) == []


def test_a_file_that_is_far_too_large_is_not_read(olga: Browser, here: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_TEMPLATE", 100)
    assert "at most 2 MB" in _text(_template(olga, here, b"x" * 101), 422)


# --- a printer that misses


def test_a_printer_is_measured_and_every_badge_moves(morning: Morning, olga: Browser, here: str) -> None:
    sheet = {"whom": "everybody", "stock": "avery-l4785", "start_at": "1"}
    before = olga.submit(f"/o/{morning.meeting_uid}/badges/file", sheet).data
    page = _text(olga.get(f"{here}/calibration?printer=office&stock=avery-l4785"))
    assert re.findall(r'name="(read_\w)"', page) == ["read_A", "read_B", "read_C", "read_D"]
    form = {"printer": "office", "stock": "avery-l4785"}
    assert len(PdfReader(io.BytesIO(olga.submit(f"{here}/calibration", form).data)).pages) == 1
    assert olga.submit(f"{here}/calibration/look", form).get_json()["svg"].startswith("<svg")
    read = {"read_A": "1,5", "read_B": "-2", "read_C": "1.5", "read_D": "−2"}
    assert olga.submit(f"{here}/corrections", form | read).status_code == 303
    group = GroupId(morning.group_id)
    by = print_setup.correction(morning.ctx, group, printer="office", stock_id="avery-l4785")
    assert by == Correction(1.5, -2.0, 1.0)
    assert "right 1.5 mm, down -2.0 mm, 100.00 %" in _text(olga.get(here))
    after = olga.submit(f"/o/{morning.meeting_uid}/badges/file", sheet).data
    assert after != before, "this computer remembers which printer it has"
    zero = {f"read_{letter}": "0" for letter in "ABCD"}
    olga.submit(f"{here}/corrections", form | zero)
    kept = print_setup.correction(morning.ctx, group, printer="office", stock_id="avery-l4785")
    assert kept == by, "a page that was printed right changes nothing"


def test_a_correction_for_all_labels_gives_way_to_one_of_its_own(morning: Morning, olga: Browser, here: str) -> None:
    form = {"printer": "office", "stock": "avery-l4785"}
    read = {f"read_{letter}": "1" for letter in "ABCD"}
    olga.submit(f"{here}/corrections", form | read | {"for_all": "1"})
    olga.submit(f"{here}/corrections", form | read | {"stock": "herma-4412"})

    def by(printer: str, stock: str) -> float:
        group = GroupId(morning.group_id)
        return print_setup.correction(morning.ctx, group, printer=printer, stock_id=stock).dx

    assert by("office", "durable-1445") == 1.0
    assert by("office", "herma-4412") == 2.0, "measured on a page that was corrected by 1 already"
    assert by("another", "herma-4412") == 0.0


def test_a_computer_is_told_which_printer_it_has_and_a_correction_is_forgotten(
    morning: Morning, olga: Browser, here: str
) -> None:
    form = {"printer": "office", "stock": "avery-l4785"}
    olga.submit(f"{here}/corrections", form | {f"read_{letter}": "1" for letter in "ABCD"})
    assert '<option value="office" selected>' in _text(olga.get(here))
    olga.submit(f"{here}/printer", {"printer": ""})
    assert '<option value="office">' in _text(olga.get(here))
    (uid,) = re.findall(r'name="uid" value="(\w+)"', _text(olga.get(here)))
    olga.submit(f"{here}/corrections/forget", {"uid": uid})
    assert print_setup.corrections(morning.ctx, GroupId(morning.group_id)) == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"printer": " "}, SENTENCES["printer_name_missing"]),
        ({"read_A": "much"}, "A length is a number"),
        ({"read_B": ""}, "A length is a number"),
        ({"read_C": "9"}, "Scale C goes from -5 to 5 mm."),
        ({"stock": "napkin"}, "No label stock is called napkin."),
    ],
)
def test_what_cannot_have_been_read_is_refused_at_its_field(
    morning: Morning, olga: Browser, here: str, wrong: dict[str, str], said: str
) -> None:
    form = {"printer": "office", "stock": "avery-l4785", **{f"read_{letter}": "1" for letter in "ABCD"}}
    assert said in _text(olga.submit(f"{here}/corrections", form | wrong), 422)
    assert print_setup.corrections(morning.ctx, GroupId(morning.group_id)) == ()


# --- the door, the paper


def test_the_door_keeps_labels_of_its_own(morning: Morning, olga: Browser, here: str) -> None:
    form = {"door_stock": "dk-22205", "door_length": "80,5", "door_dots": "203", "door_printer": ""}
    assert olga.submit(f"{here}/door", form).status_code == 303
    chosen = print_setup.setup(morning.ctx, GroupId(morning.group_id)).door
    assert chosen == DoorSetup("dk-22205", 80.5, "", False, 203)
    assert 'value="80.5"' in _text(olga.get(here))
    assert "No label stock is called napkin." in _text(
        olga.submit(f"{here}/door", form | {"door_stock": "napkin"}), 422
    )
    assert "between 150 and 2400" in _text(olga.submit(f"{here}/door", form | {"door_dots": "2"}), 422)


def test_paper_is_chosen_once_and_nothing_else_is_paper(morning: Morning, olga: Browser, here: str) -> None:
    olga.submit(f"{here}/paper", {"paper": "letter"})
    assert print_setup.setup(morning.ctx, GroupId(morning.group_id)).paper == "letter"
    assert "Paper is A4 or Letter" in _text(olga.submit(f"{here}/paper", {"paper": "b5"}), 422)
    olga.submit(f"{here}/paper", {"paper": ""})
    assert print_setup.setup(morning.ctx, GroupId(morning.group_id)).paper == "a4"


def test_letter_is_usual_in_most_of_the_americas_only() -> None:
    letter = ("America/New_York", "America/Toronto", "America/Mexico_City", "Asia/Manila", "US/Eastern")
    a4 = ("Europe/Rome", "Europe/Warsaw", "Europe/London", "America/Sao_Paulo", "Australia/Sydney", "UTC", "Nowhere")
    assert {of_zone(zone) for zone in letter} == {"letter"}
    assert {of_zone(zone) for zone in a4} == {"a4"}


def test_the_pages_of_labels_and_printers_ask_the_database_few_times(
    olga: Browser, here: str, statements: Statements
) -> None:
    asked = {}
    for page in (here, f"{here}/calibration"):
        with statements() as sent:
            _text(olga.get(page))
        asked[page] = len(sent)
    assert {page: number for page, number in asked.items() if number > 12} == {}
