"""Paper of the morning: every printed code opens the door, and nothing is printed without an address."""

import dataclasses
import io
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select, update

from server.domain import badge_code
from server.domain.errors import RuleViolation
from server.domain.vocabulary import GroupId
from server.persistence.models import Badge, Group
from server.services import badges, check_ins, expected, printing, workbench
from server.services.context import Context, Op, Tx
from server.services.expected import Visitor
from server.services.printing import Address, BadgeOrder, BadgeWords, Paper, Poster, SignInSheet
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import DOOR

WORDS = BadgeWords("Member", "Visitor", "Host", "Table", "Badges", "en")
HERE = Address("https://meet.example.org")
Read = Callable[[Paper], list[str]]


@pytest.fixture(scope="module", autouse=True)
def _no_child_left() -> Iterator[None]:
    yield
    workbench.stop_all()


ALL = BadgeOrder(whom=printing.EVERYBODY)


def _sheet(morning: Morning, order: BadgeOrder = ALL) -> Paper:
    return printing.badge_sheet(morning.ctx, meeting_id=morning.meeting_id, order=order, words=WORDS, to=HERE)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """What a scanner reads from the printed sheets."""

    def codes(paper: Paper) -> list[str]:
        file = tmp_path / "paper.pdf"
        file.write_bytes(paper.pdf)
        subprocess.run(["pdftoppm", "-gray", "-r", "150", file, tmp_path / "page"], check=True)
        found = []
        for page in sorted(tmp_path.glob("page-*.pgm")):
            with Image.open(page) as image:
                codes = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
            found += [code.text for code in codes]
            page.unlink()
        return found

    return codes


def _said(paper: Paper) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.pdf)).pages)


def _refusal(morning: Morning, order: BadgeOrder, to: Address | None = HERE) -> str:
    with pytest.raises(RuleViolation) as refused:
        printing.badge_sheet(morning.ctx, meeting_id=morning.meeting_id, order=order, words=WORDS, to=to)
    return refused.value.code


def test_every_code_on_the_sheet_is_somebodys_and_opens_the_door(morning: Morning, read: Read) -> None:
    paper = _sheet(morning)
    with morning.ctx.reading() as db:
        held = db.scalars(select(Badge).where(Badge.group_id == morning.group_id)).all()
        issued = {badges.code_of(morning.ctx, badge) for badge in held}
    seen = read(paper)
    assert (paper.pages, len(seen), paper.not_printed) == (1, 6, 6)
    assert {badge_code.read_code(text) for text in seen} == issued
    assert issued == set(morning.codes.values()) - {morning.codes["Sam"]}
    assert all(text.startswith("https://MEET.EXAMPLE.ORG/B/") for text in seen)
    welcomed = [
        check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned=text, desk=DOOR)["answer"]
        for text in seen
    ]
    assert welcomed == ["welcome"] * 6


def test_names_companies_and_roles_stand_on_the_badges(morning: Morning) -> None:
    text = _said(_sheet(morning))
    for word in ("Mira", "Łukasik", "Foto Łukasik", "D'Alò", "Vik & Sons", "Visitor", "Member"):
        assert word in text


def test_whoever_was_just_added_has_a_code_on_the_very_next_sheet(morning: Morning, read: Read) -> None:
    expected.add_visitor(morning.ctx, meeting_id=morning.meeting_id, visitor=Visitor("Ada", "Rossi"))
    held = [
        str(h.badge_uid) for h in badges.holders(morning.ctx, morning.meeting_id) if h.given_name != "Ada"
    ]
    badges.mark_printed(morning.ctx, meeting_id=morning.meeting_id, badge_uids=held)
    paper = _sheet(morning, BadgeOrder())
    (text,) = read(paper)
    answer = check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned=text, desk=DOOR)
    assert answer["name"] == "Ada Rossi"


def test_somebody_who_apologised_gets_no_badge(morning: Morning, read: Read) -> None:
    expected.apologise(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Max"])
    seen = {badge_code.read_code(text) for text in read(_sheet(morning))}
    assert morning.codes["Max"] not in seen
    assert len(seen) == 5


def test_a_part_used_sheet_begins_at_its_first_free_label(morning: Morning, read: Read) -> None:
    paper = _sheet(morning, BadgeOrder(whom=printing.EVERYBODY, start_at=8))
    assert paper.pages == 2
    assert len(read(paper)) == 6
    assert _refusal(morning, BadgeOrder(whom=printing.EVERYBODY, start_at=11)) == "print_start_at_outside"


def test_one_person_alone_and_a_sheet_that_was_looked_at(morning: Morning, read: Read) -> None:
    one = _sheet(morning, BadgeOrder(whom=morning.attendances["Mira"]))
    assert [badge_code.read_code(text) for text in read(one)] == [morning.codes["Mira"]]
    again = _sheet(morning, BadgeOrder(only=tuple(one.badge_uids)))
    assert again.pdf == one.pdf, "the file is the sheet that was looked at, byte for byte"


def test_a_file_is_no_paper_until_somebody_says_so_and_that_can_be_taken_back(
    morning: Morning, clock: FakeClock
) -> None:
    ctx, here = morning.ctx, morning.meeting_id
    paper = _sheet(morning)
    with ctx.reading() as db:
        assert badges.unprinted(db, here) == 6
    op = Op("once", "mark", {})
    assert badges.mark_printed(ctx, meeting_id=here, badge_uids=paper.badge_uids[:4], op=op) == 4
    assert badges.mark_printed(ctx, meeting_id=here, badge_uids=paper.badge_uids[:4], op=op) == 4
    assert badges.mark_printed(ctx, meeting_id=here, badge_uids=paper.badge_uids[:4]) == 0
    first = clock()
    clock.pass_by(minutes=5)
    badges.mark_printed(ctx, meeting_id=here, badge_uids=paper.badge_uids)
    assert badges.take_back_print(ctx, meeting_id=here, printed_at=clock()) == 2
    assert badges.take_back_print(ctx, meeting_id=here, printed_at=first) == 4
    with ctx.reading() as db:
        assert badges.unprinted(db, here) == 6


def test_a_members_badge_is_printed_for_good_and_a_visitors_for_the_day(morning: Morning) -> None:
    paper = _sheet(morning)
    badges.mark_printed(morning.ctx, meeting_id=morning.meeting_id, badge_uids=paper.badge_uids)
    with morning.ctx.reading() as db:
        of_the_day = set(db.scalars(select(Badge.person_id).where(Badge.meeting_id.is_not(None))))
    assert of_the_day == {morning.people["Vik"]}


def test_a_name_that_has_no_room_is_warned_about_by_name(morning: Morning) -> None:
    long = Visitor("Maximiliane-Antonia-Theodora", "von und zu Guttenbergerhausen-Wielkopolska", "x" * 150)
    expected.add_visitor(morning.ctx, meeting_id=morning.meeting_id, visitor=long)
    warned = _sheet(morning).warnings
    assert warned
    assert all("Maximiliane" in str(each.params.get("name")) for each in warned)


def test_without_an_address_nothing_is_printed(morning: Morning) -> None:
    assert _refusal(morning, BadgeOrder(), to=None) == "base_url_missing"
    with pytest.raises(RuleViolation) as refused:
        printing.poster("join", Poster("Join", (), "", "en"), to=None)
    assert refused.value.code == "base_url_missing"


def test_a_bare_number_is_printed_only_where_the_demo_forces_it(morning: Morning, read: Read) -> None:
    number = Address("http://192.168.1.20:8090")
    assert _refusal(morning, BadgeOrder(whom=printing.EVERYBODY), to=number) == "print_bare_address"
    paper = printing.badge_sheet(
        morning.ctx,
        meeting_id=morning.meeting_id,
        order=BadgeOrder(whom=printing.EVERYBODY),
        words=WORDS,
        to=dataclasses.replace(number, forced=True),
    )
    assert read(paper)[0].startswith("http://192.168.1.20:8090/B/")


def test_the_groups_own_address_comes_first_then_the_installations_then_the_demos(morning: Morning) -> None:
    group = GroupId(morning.group_id)
    demo = Context(
        database=morning.ctx.database,
        now=morning.ctx.now,
        key=morning.ctx.key,
        settings=dataclasses.replace(morning.ctx.settings, demo=True),
    )
    there = "http://192.168.1.20:8090"
    assert printing.address(morning.ctx, group, here=there) == HERE

    def forget(tx: Tx) -> None:
        tx.db.execute(update(Group).where(Group.id == morning.group_id).values(base_url=""))

    morning.ctx.transaction(forget)
    assert printing.address(morning.ctx, group, here=there) is None
    assert printing.address(demo, group, here=there) == Address(there, forced=True)
    told = dataclasses.replace(morning.ctx.settings, base_url="https://coltiva.example.org")
    served = Context(database=demo.database, now=demo.now, key=demo.key, settings=told)
    assert printing.address(served, group, here=there) == Address("https://coltiva.example.org")


def test_the_stocks_that_do_not_fit_their_page_are_not_offered() -> None:
    stocks = printing.stocks()
    assert stocks[printing.USUAL_STOCK].labels == 10
    assert stocks[printing.USUAL_STOCK].label == (80.0, 50.0)
    assert "durable-8334-pretix" not in stocks


def test_an_unknown_stock_and_an_empty_list_are_refused(morning: Morning) -> None:
    assert _refusal(morning, BadgeOrder(whom=printing.EVERYBODY, stock="napkin")) == "print_unknown_stock"
    assert _refusal(morning, BadgeOrder(whom="0" * 16)) == "print_nobody"


def test_the_sign_in_list_names_everybody_expected(morning: Morning) -> None:
    sheet = SignInSheet("Breakfast no. 214", "Hotel Corona", "Name", "Company", "Signature")
    expected.apologise(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Max"])
    paper = printing.sign_in_list(morning.ctx, meeting_id=morning.meeting_id, sheet=sheet, words=WORDS)
    text = _said(paper)
    assert "Łukasik" in text
    assert "D'Alò" not in text


def test_a_poster_leads_to_the_address(morning: Morning, read: Read) -> None:
    made = printing.poster("join", Poster("Join", ("Scan your badge.",), "See you", "en"), to=HERE)
    assert read(made) == ["https://meet.example.org/"]
