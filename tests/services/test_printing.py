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
from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import GroupId, MeetingId, Uid
from server.persistence.models import Badge, Group, Meeting
from server.services import badge_sheets, badges, check_ins, expected, print_jobs, printing, workbench
from server.services.badge_sheets import BadgeOrder, BadgeWords, Setting, Sheet
from server.services.context import Context, Op, Tx
from server.services.expected import Visitor
from server.services.printing import Address, Paper
from tests import builders
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


L4785 = "avery-l4785"
ALL = BadgeOrder(whom=badge_sheets.EVERYBODY, stock=L4785)


def _prepared(morning: Morning, order: BadgeOrder = ALL, to: Address | None = HERE) -> Sheet:
    setting = Setting(to=to, words=WORDS, stock=order.stock)
    return badge_sheets.prepare(morning.ctx, meeting_id=morning.meeting_id, order=order, setting=setting)


def _sheet(morning: Morning, order: BadgeOrder = ALL) -> Paper:
    return printing.draw(_prepared(morning, order).draft)


def _mark(morning: Morning, sheet: Sheet, op: Op | None = None) -> Uid:
    return print_jobs.mark(morning.ctx, meeting_id=morning.meeting_id, said=sheet.said, stock=L4785, op=op).job


def _waiting(morning: Morning) -> int:
    with morning.ctx.reading() as db:
        return badges.unprinted(db, morning.meeting_id)


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
        printing.draw(_prepared(morning, order, to).draft)
    return refused.value.code


def test_every_code_on_the_sheet_is_somebodys_and_opens_the_door(morning: Morning, read: Read) -> None:
    paper = _sheet(morning)
    with morning.ctx.reading() as db:
        held = db.scalars(select(Badge).where(Badge.group_id == morning.group_id)).all()
        issued = {badges.code_of(morning.ctx, badge) for badge in held}
    seen = read(paper)
    assert (paper.pages, len(seen)) == (1, 6)
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
    held = {str(h.badge_uid): "" for h in badges.holders(morning.ctx, morning.meeting_id) if h.given_name != "Ada"}
    print_jobs.mark(morning.ctx, meeting_id=morning.meeting_id, said=held, stock=L4785)
    paper = _sheet(morning, BadgeOrder(stock=L4785))
    (text,) = read(paper)
    answer = check_ins.check_in(morning.ctx, meeting_id=morning.meeting_id, scanned=text, desk=DOOR)
    assert answer["name"] == "Ada Rossi"


def test_somebody_who_apologised_gets_no_badge(morning: Morning, read: Read) -> None:
    expected.apologise(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=morning.attendances["Max"])
    seen = {badge_code.read_code(text) for text in read(_sheet(morning))}
    assert morning.codes["Max"] not in seen
    assert len(seen) == 5


def test_a_part_used_sheet_begins_at_its_first_free_label(morning: Morning, read: Read) -> None:
    paper = _sheet(morning, BadgeOrder(whom=badge_sheets.EVERYBODY, stock=L4785, start_at=8))
    assert paper.pages == 2
    assert len(read(paper)) == 6
    assert (
        _refusal(morning, BadgeOrder(whom=badge_sheets.EVERYBODY, stock=L4785, start_at=11)) == "print_start_at_outside"
    )


def test_one_person_alone_and_a_sheet_that_was_looked_at(morning: Morning, read: Read) -> None:
    one = _prepared(morning, BadgeOrder(whom=morning.attendances["Mira"], stock=L4785))
    paper = printing.draw(one.draft)
    assert [badge_code.read_code(text) for text in read(paper)] == [morning.codes["Mira"]]
    again = _sheet(morning, BadgeOrder(only=tuple(one.said), stock=L4785))
    assert again.pdf == paper.pdf, "the file is the sheet that was looked at, byte for byte"


def test_a_file_is_no_paper_until_somebody_says_so(morning: Morning) -> None:
    sheet = _prepared(morning)
    printing.draw(sheet.draft)
    assert _waiting(morning) == 6
    first = _mark(morning, sheet, Op("once", "mark", {}))
    assert _mark(morning, sheet, Op("once", "mark", {})) == first
    assert _waiting(morning) == 0
    (job,) = print_jobs.listed(morning.ctx, morning.meeting_id)
    assert (job.uid, job.badges, job.stock, job.at_door) == (first, 6, L4785, False)


def test_undoing_a_print_touches_what_that_job_marked_and_nothing_else(morning: Morning, clock: FakeClock) -> None:
    ctx, here = morning.ctx, morning.meeting_id
    members = _prepared(morning, dataclasses.replace(ALL, standing="member"))
    early = _mark(morning, members)
    printed_early = clock()
    clock.pass_by(minutes=5)
    late = _mark(morning, _prepared(morning))
    assert print_jobs.take_back(ctx, meeting_id=here, job_uid=late) == 6
    held = {holder.name: holder.printed_at for holder in badges.holders(ctx, here)}
    assert held.pop("Vik") is None
    assert set(held.values()) == {printed_early}, "the earlier print stands"
    assert print_jobs.take_back(ctx, meeting_id=here, job_uid=late) == 0
    assert print_jobs.take_back(ctx, meeting_id=here, job_uid=early) == 5
    assert _waiting(morning) == 6
    assert print_jobs.listed(ctx, here) == ()


def test_the_earlier_of_two_prints_may_be_undone_as_well(morning: Morning, clock: FakeClock) -> None:
    early = _mark(morning, _prepared(morning))
    clock.pass_by(minutes=5)
    _mark(morning, _prepared(morning, dataclasses.replace(ALL, standing="visitor")))
    print_jobs.take_back(morning.ctx, meeting_id=morning.meeting_id, job_uid=early)
    printed = [h.name for h in badges.holders(morning.ctx, morning.meeting_id) if h.printed_at]
    assert printed == ["Vik"]


def test_a_print_of_another_meeting_is_not_undone_from_here(morning: Morning) -> None:
    job = _mark(morning, _prepared(morning))
    other = MeetingId(_meeting_of(morning, morning.other_meeting_uid))
    with pytest.raises(NotFound):
        print_jobs.take_back(morning.ctx, meeting_id=other, job_uid=job)
    assert _waiting(morning) == 0


def _meeting_of(morning: Morning, uid: Uid) -> int:
    with morning.ctx.reading() as db:
        return db.scalars(select(Meeting.id).where(Meeting.uid == uid)).one()


def test_a_lost_badge_is_another_generation_and_its_earlier_codes_are_recognised(morning: Morning) -> None:
    ctx, here = morning.ctx, morning.meeting_id
    _mark(morning, _prepared(morning))
    codes = [morning.codes["Max"]]
    for _ in range(2):
        badges.replace_lost(ctx, meeting_id=here, attendance_uid=morning.attendances["Max"])
        codes += [h.code for h in badges.holders(ctx, here) if h.given_name == "Max"]
    assert len(set(codes)) == 3
    answers = [check_ins.check_in(ctx, meeting_id=here, scanned=code, desk=DOOR) for code in codes]
    assert [answer.get("reason", answer["answer"]) for answer in answers] == ["revoked_badge"] * 2 + ["welcome"]
    assert _waiting(morning) == 1
    (job,) = print_jobs.listed(ctx, here)
    print_jobs.take_back(ctx, meeting_id=here, job_uid=job.uid)
    assert _waiting(morning) == 6


def test_undoing_an_old_print_never_marks_a_new_generation(morning: Morning, clock: FakeClock) -> None:
    ctx, here = morning.ctx, morning.meeting_id
    first = _mark(morning, _prepared(morning))
    badges.replace_lost(ctx, meeting_id=here, attendance_uid=morning.attendances["Max"])
    clock.pass_by(minutes=1)
    second = _mark(morning, _prepared(morning, BadgeOrder(whom=morning.attendances["Max"], stock=L4785)))
    print_jobs.take_back(ctx, meeting_id=here, job_uid=first)
    printed = [h.name for h in badges.holders(ctx, here) if h.printed_at]
    assert printed == ["Max D'Alò"]
    print_jobs.take_back(ctx, meeting_id=here, job_uid=second)
    assert _waiting(morning) == 6


def test_whoever_never_had_a_badge_gets_the_first_one(morning: Morning) -> None:
    def come(tx: Tx) -> Uid:
        person = builders.a_person(tx, given_name="Ada", family_name="Rossi")
        row = builders.an_attendance(tx, tx.db.get_one(Meeting, morning.meeting_id), person)
        return Uid(row.uid)

    uid = morning.ctx.transaction(come)
    badges.replace_lost(morning.ctx, meeting_id=morning.meeting_id, attendance_uid=uid)
    held = [h for h in badges.holders(morning.ctx, morning.meeting_id) if h.given_name == "Ada"]
    assert [bool(holder.code) for holder in held] == [True]


def test_a_members_badge_is_printed_for_good_and_a_visitors_for_the_day(morning: Morning) -> None:
    _mark(morning, _prepared(morning))
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
    assert _refusal(morning, ALL, to=None) == "base_url_missing"


def test_a_bare_number_is_printed_only_where_the_demo_forces_it(morning: Morning, read: Read) -> None:
    number = Address("http://192.168.1.20:8090")
    assert _refusal(morning, ALL, to=number) == "print_bare_address"
    paper = printing.draw(_prepared(morning, to=dataclasses.replace(number, forced=True)).draft)
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


def test_an_unknown_stock_and_an_empty_list_are_refused(morning: Morning) -> None:
    assert _refusal(morning, dataclasses.replace(ALL, stock="napkin")) == "print_unknown_stock"
    assert _refusal(morning, BadgeOrder(whom="0" * 16, stock=L4785)) == "print_nobody"


def test_a_look_at_a_page_knows_what_the_file_knows(morning: Morning) -> None:
    draft = _prepared(morning, dataclasses.replace(ALL, start_at=8)).draft
    paper, look = printing.draw(draft), printing.look(draft)
    assert (look.pages, look.warnings) == (paper.pages, paper.warnings)
    behind = printing.look(draft, page=99)
    assert behind.svg == printing.look(draft, page=2).svg
    assert behind.svg != look.svg


def test_documents_are_bound_into_one_file_that_opens_the_print_dialog_when_asked(morning: Morning) -> None:
    draft = _prepared(morning).draft
    parts = [printing.Part("Badges", draft), printing.Part("Badges again", draft)]
    paper = printing.draw(printing.bound(parts, title="Kit", language="en", print_at_once=True))
    assert (paper.pages, paper.begins) == (2, (1, 2))
    assert PdfReader(io.BytesIO(paper.pdf)).trailer["/Root"]["/OpenAction"]["/N"] == "/Print"  # type: ignore[index]
