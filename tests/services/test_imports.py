"""People out of a spreadsheet: what comes in, what is handed back, and why a second time changes nothing."""

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from server.domain.errors import NotFound, RuleViolation
from server.domain.events import ListChanged
from server.domain.vocabulary import GroupId, MeetingStatus, Standing, Uid
from server.formats.people_columns import Field
from server.persistence.models import Attendance, Group, Person
from server.services import import_writing, imports, people, people_out, takebacks, uploads
from server.services.context import Context, Op, Tx
from server.services.imports import Choices, Result
from server.services.matching import Fate
from server.services.people import PersonView
from tests import builders
from tests.conftest import FakeClock
from tests.mornings import Morning

FIXTURES = Path(__file__).parents[1] / "formats" / "fixtures"
HEADER = "First name,Last name,Company,Email,Phone\n"
Bring = Callable[..., Result]


@pytest.fixture
def group(ctx: Context) -> GroupId:
    """A group without anybody in it."""
    return GroupId(ctx.transaction(lambda tx: builders.a_group(tx).id))


@pytest.fixture
def bring(ctx: Context, group: GroupId) -> Bring:
    """Imports a text or bytes into the group."""

    def run(text: str | bytes, **choices: object) -> Result:
        data = text.encode() if isinstance(text, str) else text
        return imports.run(ctx, group_id=group, data=data, name="people.csv", choices=Choices(**choices))  # type: ignore[arg-type]  # a test's own names

    return run


def _everybody(ctx: Context, group: GroupId) -> dict[str, PersonView]:
    return {one.name: one for one in people.listed(ctx, group, people.wanted()).people}


def _counts(result: Result) -> tuple[int, int, int, int]:
    return result.new, result.changed, result.unchanged, len(result.refused)


def test_good_rows_come_in_with_names_exactly_as_typed(ctx: Context, group: GroupId, bring: Bring) -> None:
    result = bring(HEADER + "mARIA,d'ALÒ,Caffè “27”,maria@example.org,+39 333\nŁukasz,Żółkiewski,,,\nMadonna,,,,\n")
    assert _counts(result) == (3, 0, 0, 0)
    found = _everybody(ctx, group)
    assert set(found) == {"mARIA d'ALÒ", "Łukasz Żółkiewski", "Madonna"}
    assert found["mARIA d'ALÒ"].fields.company == "Caffè “27”"
    assert found["mARIA d'ALÒ"].standing is Standing.MEMBER


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir() if path.suffix in {".csv", ".xls"}))
def test_a_second_import_of_the_same_file_changes_nothing(ctx: Context, group: GroupId, name: str) -> None:
    data = (FIXTURES / name).read_bytes()
    first = imports.run(ctx, group_id=group, data=data, name=name)
    before = _everybody(ctx, group)
    second = imports.run(ctx, group_id=group, data=data, name=name)
    assert first.new > 0
    assert (second.new, second.changed) == (0, 0)
    assert second.unchanged == first.new + first.unchanged
    assert second.refused == first.refused
    assert _everybody(ctx, group) == before


def test_a_preview_says_what_the_import_then_does(ctx: Context, group: GroupId) -> None:
    data = (FIXTURES / "eventbrite_us.csv").read_bytes()
    looked = imports.preview(ctx, group, data, "eventbrite_us.csv")
    assert _everybody(ctx, group) == {}, "looking writes nothing"
    done = imports.run(ctx, group_id=group, data=data, name="eventbrite_us.csv")
    assert (looked.count(Fate.NEW), looked.count(Fate.LEFT_OUT)) == (done.new, done.left_out)
    assert looked.standing is Standing.VISITOR, "who bought a ticket is a visitor unless the file says otherwise"
    assert {one.standing for one in _everybody(ctx, group).values()} == {Standing.VISITOR}


def test_bad_rows_are_refused_by_line_and_handed_back_as_they_were(ctx: Context, group: GroupId, bring: Bring) -> None:
    text = HEADER + "Anna,Nowak,Alfa,anna@example.org,\n,,Beta,who@example.org,\nBea,Rossi,Gamma,not a mail,\n"
    text += f"Cleo,Verdi,Delta,cleo@example.org,,too,many\nDan,{'x' * 121},,,\n=HYPERLINK(1),Evil,,,\n"
    result = bring(text)
    assert [(error.line, error.code) for error in result.refused] == [
        (3, "name_missing"), (4, "email_not_understood"), (5, "row_too_long"), (6, "cell_too_long"),
        (7, "formula_in_cell"),
    ]  # fmt: skip
    assert set(_everybody(ctx, group)) == {"Anna Nowak"}
    back = imports.rejected(
        text.encode(), "people.csv", Choices(), reason=lambda error: error.code, line="Line", why="Reason"
    )
    rows = list(csv.reader(io.StringIO(back.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Line", "Reason", "First name", "Last name"]
    assert rows[1][:2] == ["3", "name_missing"]
    assert rows[2][2:6] == ["Bea", "Rossi", "Gamma", "not a mail"]
    assert rows[5][2] == "'=HYPERLINK(1)", "no cell of ours computes"


def test_corrected_bad_rows_come_in_as_the_file_that_was_handed_back(
    ctx: Context, group: GroupId, bring: Bring
) -> None:
    text = HEADER + "Bea,Rossi,Gamma,not a mail,\n"
    back = imports.rejected(
        text.encode(), "people.csv", Choices(), reason=lambda error: error.code, line="Line", why="Reason"
    )
    assert _counts(bring(back.replace(b"not a mail", b"bea@example.org"))) == (1, 0, 0, 0)
    assert _everybody(ctx, group)["Bea Rossi"].fields.email == "bea@example.org"


def test_only_what_the_file_says_and_what_differs_is_written(ctx: Context, group: GroupId, bring: Bring) -> None:
    bring(HEADER + "Anna,Nowak,Alfa,anna@example.org,111 222\n")
    result = bring("First name,Last name,Company,Email,Phone,Sector\nAnna,Nowak-Kowal,,ANNA@example.org,,Florist\n")
    assert _counts(result) == (0, 1, 0, 0)
    fields = _everybody(ctx, group)["Anna Nowak-Kowal"].fields
    assert (fields.company, fields.phone, fields.sector) == ("Alfa", "111 222", "Florist")
    assert fields.email == "anna@example.org", "an address in other capitals is the same address"


def test_a_changed_name_is_searched_and_sorted_under_its_new_spelling(
    ctx: Context, group: GroupId, bring: Bring
) -> None:
    bring(HEADER + "Anna,Nowak,Alfa,anna@example.org,\nBea,Milo,,,\n")
    bring(HEADER + "Anna,Adamska,Alfa,anna@example.org,\n")
    assert [one.name for one in people.listed(ctx, group, people.wanted()).people] == ["Anna Adamska", "Bea Milo"]
    assert people.listed(ctx, group, people.wanted("nowak")).total == 0


def test_without_a_mail_name_and_company_tell_who_somebody_is(ctx: Context, group: GroupId, bring: Bring) -> None:
    bring(HEADER + "Zoë,Łoś,Café Ölüm,,\n")
    assert _counts(bring(HEADER + "Los,ZOE,CAFE OLUM,,123456\n")) == (0, 1, 0, 0)
    assert _counts(bring(HEADER + "Zoë,Łoś,Another,,\n")) == (1, 0, 0, 0)


def test_two_people_who_share_a_mailbox_stay_two(ctx: Context, group: GroupId, bring: Bring) -> None:
    text = HEADER + "Anna,Nowak,Alfa,info@example.org,\nBruno,Verdi,Alfa,info@example.org,\n"
    assert _counts(bring(text)) == (2, 0, 0, 0)
    assert _counts(bring(text)) == (0, 0, 2, 0)
    assert _counts(bring(HEADER + "Cleo,Blu,Alfa,info@example.org,\n")) == (1, 0, 0, 0)
    assert set(_everybody(ctx, group)) == {"Anna Nowak", "Bruno Verdi", "Cleo Blu"}


def test_father_and_son_of_one_name_and_firm_stay_two(ctx: Context, group: GroupId, bring: Bring) -> None:
    text = HEADER + "Marco,Rossi,Rossi & Figli,padre@example.org,\nMarco,Rossi,Rossi & Figli,figlio@example.org,\n"
    assert _counts(bring(text)) == (2, 0, 0, 0)
    assert _counts(bring(text)) == (0, 0, 2, 0)


def test_rows_about_one_person_make_one_person(ctx: Context, group: GroupId, bring: Bring) -> None:
    text = HEADER + "Anna,Nowak,Alfa,anna@example.org,\nAnna,Nowak,Alfa,,555 666\n"
    assert _counts(bring(text)) == (1, 0, 1, 0)
    assert _everybody(ctx, group)["Anna Nowak"].fields.phone == "555 666"
    assert _counts(bring(text)) == (0, 0, 2, 0)


def test_whoever_invited_may_stand_in_the_same_file(ctx: Context, group: GroupId, bring: Bring) -> None:
    text = "Name,Surname,Role,Invited by\nVik,Plumb,guest,Mira Łukasik\nMira,Łukasik,member,\nZed,,guest,Nobody Known\n"
    assert _counts(bring(text)) == (3, 0, 0, 0)
    found = _everybody(ctx, group)
    assert (found["Vik Plumb"].inviter, found["Vik Plumb"].standing) == ("Mira Łukasik", Standing.VISITOR)
    assert (found["Mira Łukasik"].standing, found["Zed"].inviter) == (Standing.MEMBER, "")
    assert _counts(bring(text)) == (0, 0, 3, 0)


def test_rows_whose_status_says_no_stay_out_until_somebody_wants_them(
    ctx: Context, group: GroupId, bring: Bring
) -> None:
    text = "First name,Last name,Attendee Status\nAnna,Nowak,Attending\nBea,Rossi,Refunded\n"
    result = bring(text)
    assert (result.new, result.left_out) == (1, 1)
    assert bring(text, everybody=True).new == 1
    assert set(_everybody(ctx, group)) == {"Anna Nowak", "Bea Rossi"}


def test_somebody_who_left_stays_former_unless_the_file_says_member(ctx: Context, group: GroupId, bring: Bring) -> None:
    bring(HEADER + "Anna,Nowak,Alfa,anna@example.org,\n")
    uid = _everybody(ctx, group)["Anna Nowak"].uid
    people.remove(ctx, group_id=group, uid=uid)
    looked = imports.preview(ctx, group, (HEADER + "Anna,Nowak,Alfa,anna@example.org,\n").encode(), "p.csv")
    assert [note.code for note in looked.rows[0].questions] == ["stays_former"]
    bring("First name,Last name,Email,Membership\nAnna,Nowak,anna@example.org,member\n")
    back = people.card(ctx, group, uid).person
    assert (back.standing, back.until) == (Standing.MEMBER, None)


def test_a_visitor_whom_a_file_makes_a_member_is_one_from_today_until_it_is_taken_back(
    ctx: Context, group: GroupId, bring: Bring
) -> None:
    draft = ctx.transaction(
        lambda tx: builders.a_meeting(tx, tx.db.get_one(Group, group), status=MeetingStatus.DRAFT, slug="next").id
    )
    bring("First name,Email,Membership\nAnna,anna@example.org,visitor\n")
    uid = _everybody(ctx, group)["Anna"].uid
    bring("First name,Email,Membership\nAnna,anna@example.org,member\n")
    person = people.card(ctx, group, uid).person
    assert (person.standing, person.since) == (Standing.MEMBER, ctx.now().date())
    with ctx.reading() as db:
        assert db.scalars(select(Attendance.person_id).where(Attendance.meeting_id == draft)).all() == [person.id]
    takebacks.take_back(ctx, group_id=group, entry=takebacks.listed(ctx, group)[0].uid)
    person = people.card(ctx, group, uid).person
    assert (person.standing, person.since) == (Standing.VISITOR, None)
    with ctx.reading() as db:
        assert db.scalars(select(Attendance.person_id).where(Attendance.meeting_id == draft)).all() == []


def test_members_who_come_in_are_expected_at_meetings_that_have_not_begun(
    ctx: Context, group: GroupId, bring: Bring
) -> None:
    def meetings(tx: Tx) -> tuple[int, int]:
        row = tx.db.get_one(Group, group)
        draft = builders.a_meeting(tx, row, status=MeetingStatus.DRAFT, slug="next")
        return draft.id, builders.a_meeting(tx, row, slug="now").id

    draft, running = ctx.transaction(meetings)
    heard = []
    ctx.bus.subscribe(lambda told: heard.append(told.event))
    text = "First name,Last name,Membership\nAnna,Nowak,member\nVik,,visitor\n"
    bring(text)
    with ctx.reading() as db:
        listed = db.execute(
            select(Attendance.meeting_id, Person.given_name).join(Person, Person.id == Attendance.person_id)
        ).all()
    assert [tuple(row) for row in listed] == [(draft, "Anna")]
    assert {(type(event), event.meeting_id) for event in heard} == {(ListChanged, draft), (ListChanged, running)}
    heard.clear()
    bring(text)
    assert heard == [], "nothing changed, nothing is said"


def test_people_of_another_group_are_never_matched_or_changed(morning: Morning, ctx: Context) -> None:
    text = HEADER + "Sam,Renamed,Mine now,sam@example.org,\n"
    result = imports.run(ctx, group_id=GroupId(morning.group_id), data=text.encode(), name="p.csv")
    assert _counts(result) == (1, 0, 0, 0)
    assert set(_everybody(ctx, GroupId(morning.other_group_id))) == {"Sam Stranger"}


def test_a_column_can_be_given_another_meaning_or_none(ctx: Context, group: GroupId, bring: Bring) -> None:
    text = "Chi,Cosa,Note\nAnna Nowak,Fiori,secret\n"
    with pytest.raises(RuleViolation, match="no_name_column"):
        bring(text)
    bring(text, columns={0: Field.FULL_NAME, 1: Field.SECTOR, 2: None})
    fields = _everybody(ctx, group)["Anna Nowak"].fields
    assert (fields.sector, fields.looks_for) == ("Fiori", "")
    looked = imports.preview(ctx, group, (HEADER + "Anna,Nowak,Alfa,,\n").encode(), "p.csv", Choices({2: None}))
    assert [column.field for column in looked.columns][:3] == [Field.GIVEN_NAME, Field.FAMILY_NAME, None]


def test_the_wrong_encoding_is_guessed_said_and_can_be_corrected(ctx: Context, group: GroupId, bring: Bring) -> None:
    data = (HEADER + "Michał,Żółkiewski,Kawiarnia,,\n").encode("cp1250")
    looked = imports.preview(ctx, group, data, "people.csv")
    assert [note.code for note in looked.notes] == ["encoding_guessed"]
    bring(data, encoding="cp1250")
    assert set(_everybody(ctx, group)) == {"Michał Żółkiewski"}
    with pytest.raises(RuleViolation, match="wrong_encoding"):
        bring(data, encoding="utf-8")


def test_duplicate_headers_are_both_read_and_said(ctx: Context, group: GroupId) -> None:
    data = b"First name,Last name,Email,Email\nAnna,Nowak,,anna@example.org\n"
    looked = imports.preview(ctx, group, data, "people.csv")
    assert ("header_twice", {"header": "Email", "columns": "3, 4"}) in [(n.code, n.params) for n in looked.notes]
    assert looked.rows[0].person.email == "anna@example.org"


def test_a_hundred_thousand_rows_are_refused_at_once_and_nothing_is_written(
    ctx: Context, group: GroupId, bring: Bring
) -> None:
    data = HEADER + "".join(f"Given{n},Family{n},,,\n" for n in range(100_000))
    with pytest.raises(RuleViolation) as refused:
        bring(data)
    assert (refused.value.code, refused.value.params["limit"]) == ("too_many_rows", 5_000)
    assert _everybody(ctx, group) == {}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "unsupported_file"),
        (b"%PDF-1.7", "unsupported_file"),
        (b"Just a letter to a friend.\nWith two lines.\n", "no_name_column"),
        (b"PK\x03\x04" + bytes(100), "damaged_workbook"),
        (b"x" * 8_000_001, "file_too_large"),
        (HEADER.encode(), "no_rows"),
    ],
    ids=["empty", "picture", "pdf", "letter", "broken workbook", "huge", "only a header"],
)
def test_a_file_that_is_no_list_of_people_is_refused_for_its_own_reason(bring: Bring, data: bytes, code: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        bring(data)
    assert (refused.value.code, refused.value.params["name"]) == (code, "people.csv")


def test_an_import_sent_twice_runs_once(ctx: Context, group: GroupId) -> None:
    data = (HEADER + "Anna,Nowak,,,\n").encode()

    def send() -> Result:
        return imports.run(ctx, group_id=group, data=data, name="p.csv", op=Op("op", "import", {"file": "p.csv"}))

    assert send() == send()
    assert send().new == 1, "the first answer, not a new count"


def test_an_import_that_fails_in_the_middle_leaves_nothing(
    ctx: Context, group: GroupId, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(import_writing, "_expect", fail)
    with pytest.raises(OSError, match="disk"):
        bring(HEADER + "Anna,Nowak,,,\n")
    assert _everybody(ctx, group) == {}


def test_what_is_exported_comes_back_unchanged(morning: Morning, ctx: Context) -> None:
    group = GroupId(morning.group_id)
    fields = people.PersonFields("=2+3", "Zed", country="IT", languages="Italian, Polish", offers="-- cheap; good")
    people.create(ctx, group_id=group, change=people.Change(fields, Standing.VISITOR, "Mira Łukasik"))
    for language in ("en", "it", "pl"):
        data = people_out.as_csv(ctx, group, people.wanted(), language=language)
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter="," if language == "en" else ";"))
        assert len(rows) == 8
        assert rows[-1][0] == "'=2+3"
        assert len(imports.preview(ctx, group, data, "export.csv").columns) == len(people_out.COLUMNS)
        result = imports.run(ctx, group_id=group, data=data, name="export.csv")
        assert (result.new, result.changed, result.unchanged) == (0, 0, 6)
        assert [error.code for error in result.refused] == ["formula_in_cell"], "the name that would compute"


def test_the_group_is_found_by_name_by_uid_or_because_there_is_only_one(ctx: Context) -> None:
    with pytest.raises(NotFound, match="group_unknown"):
        imports.group_called(ctx, "")
    first = ctx.transaction(lambda tx: (builders.a_group(tx, "Giovedì").id, builders.a_group(tx, "Martedì").uid))
    assert imports.group_called(ctx, "giovedi") == first[0]
    assert imports.group_called(ctx, first[1]) != first[0]
    with pytest.raises(NotFound) as refused:
        imports.group_called(ctx, "")
    assert refused.value.params["names"] == "Giovedì, Martedì"


def test_a_kept_file_belongs_to_its_session_and_goes_after_an_hour(ctx: Context, clock: FakeClock) -> None:
    mine, other = Uid("A" * 16), Uid("B" * 16)
    token = uploads.keep(ctx, session_uid=mine, upload=uploads.Upload("Soci è.csv", b"one\ntwo"))
    assert uploads.fetch(ctx, session_uid=mine, token=token) == uploads.Upload("Soci è.csv", b"one\ntwo")
    with pytest.raises(NotFound, match="upload_gone"):
        uploads.fetch(ctx, session_uid=other, token=token)
    with pytest.raises(NotFound, match="upload_gone"):
        uploads.fetch(ctx, session_uid=mine, token="../../coltiva.db")
    (path,) = (ctx.settings.instance / "uploads").iterdir()
    assert token not in path.name
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0, "only the owner may read it"
    clock.pass_by(minutes=59)
    uploads.fetch(ctx, session_uid=mine, token=token)
    clock.pass_by(minutes=1)
    with pytest.raises(NotFound, match="upload_gone"):
        uploads.fetch(ctx, session_uid=mine, token=token)
    assert list(path.parent.iterdir()) == []


def test_a_used_file_is_gone(ctx: Context) -> None:
    mine = Uid("A" * 16)
    token = uploads.keep(ctx, session_uid=mine, upload=uploads.Upload("p.csv", b"x"))
    uploads.drop(ctx, session_uid=mine, token=token)
    uploads.drop(ctx, session_uid=mine, token=token)
    with pytest.raises(NotFound, match="upload_gone"):
        uploads.fetch(ctx, session_uid=mine, token=token)
