"""Imports by the child: looked at, decided row by row, watched, stopped, taken back, and two at once."""

import threading
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.domain.errors import Conflict, NotFound, RuleViolation
from server.domain.vocabulary import GroupId, MeetingStatus, Standing, Uid
from server.formats.people_columns import Field
from server.persistence.models import Attendance, Group, Meeting, Membership, Person
from server.services import import_runs, imports, people, people_out, takebacks, uploads
from server.services.context import Context, Op, Tx
from server.services.import_reading import Choices, Decision
from server.services.matching import Fate
from server.services.uploads import Upload
from tests import builders
from tests.mornings import Morning
from tests.services.test_merging import _everything

MINE, THEIRS = Uid("A" * 16), Uid("B" * 16)
HEADER = "First name,Last name,Company,Email,Phone,Membership\n"
MIRA = "Mira,Łukasik,Foto Łukasik,mira@example.org,+39 031 1,member\n"


def _file(rows: int) -> bytes:
    return (HEADER + "".join(f"Given{n},Family{n},Firm {n},p{n}@example.org,,member\n" for n in range(rows))).encode()


def _begin(ctx: Context, group: GroupId, data: bytes, session: Uid = MINE, **choices: Any) -> None:
    token = uploads.keep(ctx, session_uid=session, upload=Upload("people.csv", data))
    import_runs.begin(ctx, session_uid=session, group_id=group, token=token, choices=Choices(**choices))


def _end(ctx: Context, session: Uid = MINE) -> import_runs.RunView:
    until = time.monotonic() + 90
    while (view := import_runs.view(ctx, session_uid=session)) is None or view.live:
        assert time.monotonic() < until
        time.sleep(0.02)
    return view


@pytest.fixture
def group(morning: Morning) -> GroupId:
    return GroupId(morning.group_id)


def test_the_child_shows_the_same_as_a_look_in_place(ctx: Context, group: GroupId) -> None:
    data = (HEADER + MIRA + "Anna,Nowak,Alfa,,,\n,,Beta,b@example.org,,\n").encode()
    look = import_runs.look(ctx, group, Upload("people.csv", data), Choices())
    here = imports.preview(ctx, group, data, "people.csv")
    assert [(row.person.name, row.fate, row.changes) for row in look.preview.rows] == [
        (row.person.name, row.fate, row.changes) for row in here.rows
    ]
    assert look.preview.columns == here.columns
    assert (look.counts["new"], look.counts["changed"], look.refused) == (1, 1, 1)


def test_a_refusal_of_the_child_is_the_same_sentence(ctx: Context, group: GroupId) -> None:
    with pytest.raises(RuleViolation) as refused:
        import_runs.look(ctx, group, Upload("x.csv", b"\x89PNG\r\n\x1a\n"), Choices())
    assert (refused.value.code, refused.value.params) == ("unsupported_file", {"kind": "image", "name": "x.csv"})


def test_a_file_is_brought_in_watched_and_taken_back_as_a_whole(ctx: Context, group: GroupId) -> None:
    def prepare(tx: Tx) -> None:
        builders.a_meeting(tx, tx.db.get_one(Group, group), status=MeetingStatus.DRAFT, slug="next")

    ctx.transaction(prepare)
    before = _everything(ctx)
    _begin(ctx, group, (HEADER + MIRA + "Anna,Nowak,Alfa,a@example.org,,member\nVik,,Vik & Sons,,,member\n").encode())
    done = _end(ctx)
    assert done.result is not None
    assert (done.result.new, done.result.changed, done.share) == (1, 2, 100)
    with ctx.reading() as db:
        drafted = select(Person.given_name).join(Attendance, Attendance.person_id == Person.id).join(
            Meeting, Meeting.id == Attendance.meeting_id
        ).where(Meeting.slug == "next")  # fmt: skip
        assert set(db.scalars(drafted)) == {"Anna", "Vik"}
    (entry,) = takebacks.listed(ctx, group)
    assert (entry.kind, entry.people) == ("people_import", 3)
    kept = takebacks.take_back(ctx, group_id=group, entry=entry.uid)
    assert (kept.fields, kept.rows) == (0, 0)
    assert _everything(ctx) == before


def test_somebody_who_has_come_since_stays_when_the_import_is_taken_back(
    ctx: Context, group: GroupId, morning: Morning
) -> None:
    _begin(ctx, group, (HEADER + "Anna,Nowak,,,,visitor\nBea,Rossi,,,,visitor\n").encode())
    _end(ctx)
    (anna,) = people.listed(ctx, group, people.wanted("nowak")).people

    def come(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, morning.meeting_id)
        builders.an_attendance(tx, meeting, tx.db.get_one(Person, anna.id), Standing.VISITOR, entered_at=tx.now)

    ctx.transaction(come)
    (entry,) = takebacks.listed(ctx, group)
    assert takebacks.take_back(ctx, group_id=group, entry=entry.uid).rows == 1
    assert people.listed(ctx, group, people.wanted("nowak")).total == 1
    assert people.listed(ctx, group, people.wanted("rossi")).total == 0


def test_each_row_about_somebody_here_is_decided_by_hand(ctx: Context, group: GroupId) -> None:
    data = (HEADER + MIRA + "Max,D'Alò,Elsewhere Srl,other@example.org,,member\n").encode()
    mira, max_ = imports.preview(ctx, group, data, "p.csv").rows
    assert (mira.fate, mira.options) == (Fate.CHANGED, (Decision.UPDATE, Decision.SKIP, Decision.NEW))
    assert (max_.fate, max_.options[0]) == (Fate.NEW, Decision.NEW), "another company and mail: perhaps a namesake"
    decided = Choices(rows={2: Decision.SKIP, 3: Decision.UPDATE})
    rows = imports.preview(ctx, group, data, "p.csv", decided).rows
    assert [(row.fate, row.options[0]) for row in rows] == [
        (Fate.LEFT_OUT, Decision.SKIP),
        (Fate.CHANGED, Decision.UPDATE),
    ]
    result = imports.run(ctx, group_id=group, data=data, name="p.csv", choices=decided)
    assert (result.new, result.changed, result.left_out) == (0, 1, 1)
    result = imports.run(ctx, group_id=group, data=data, name="p.csv", choices=Choices(rows={2: Decision.NEW}))
    assert (result.new, result.changed, result.unchanged) == (1, 0, 1)
    assert people.listed(ctx, group, people.wanted("lukasik")).total == 2
    again = imports.run(ctx, group_id=group, data=data, name="p.csv")
    assert (again.new, again.changed) == (0, 0)


def test_what_columns_hold_is_remembered_for_files_with_the_same_headers(
    ctx: Context, group: GroupId, morning: Morning
) -> None:
    data = b"Chi,Cosa\nAnna Nowak,Fiori\n"
    chosen = Choices({0: Field.FULL_NAME, 1: Field.SECTOR})
    with pytest.raises(RuleViolation, match="no_name_column"):
        imports.preview(ctx, group, data, "p.csv")
    imports.settle_columns(ctx, group_id=group, headers=("Chi", "Cosa"), choices=chosen)
    looked = imports.preview(ctx, group, b" chi ,COSA\nBea Rossi,Pane\n", "other.csv")
    assert [column.field for column in looked.columns] == [Field.FULL_NAME, Field.SECTOR]
    assert looked.settled_at == ctx.now()
    with pytest.raises(RuleViolation, match="no_name_column"):
        imports.preview(ctx, GroupId(morning.other_group_id), data, "p.csv")
    imports.settle_columns(ctx, group_id=group, headers=("Chi", "Cosa"), choices=None)
    with pytest.raises(RuleViolation, match="no_name_column"):
        imports.preview(ctx, group, data, "p.csv")


def test_a_large_import_tells_how_far_it_is_and_stopped_changes_nothing(
    ctx: Context, group: GroupId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_runs, "WAIT_SECONDS", 0.0)
    monkeypatch.setattr(import_runs, "_TELL_EVERY", 0.0)
    before = _everything(ctx)
    _begin(ctx, group, _file(5_000))
    stages = set()
    until = time.monotonic() + 60
    while True:
        view = import_runs.view(ctx, session_uid=MINE)
        assert view is not None
        assert view.live, "stopped before its end"
        stages.add(view.stage)
        if view.stage == "writing" or time.monotonic() > until:
            break
        time.sleep(0.002)
    import_runs.cancel(ctx, session_uid=MINE)
    over = _end(ctx)
    assert over.refusal is not None
    assert over.refusal.code == "import_cancelled"
    assert "writing" in stages
    assert _everything(ctx) == before
    _begin(ctx, group, _file(3))
    assert _end(ctx).result is not None, "the next one goes"


def test_a_session_has_one_import_at_a_time_and_the_same_press_is_one(
    ctx: Context, group: GroupId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_runs, "WAIT_SECONDS", 0.0)
    token = uploads.keep(ctx, session_uid=MINE, upload=Upload("p.csv", _file(2_000)))
    op = Op("one", "import", {"token": token})
    for _ in range(2):
        import_runs.begin(ctx, session_uid=MINE, group_id=group, token=token, choices=Choices(), op=op)
    with pytest.raises(Conflict, match="import_under_way"):
        _begin(ctx, group, _file(3))
    result = _end(ctx).result
    assert result is not None
    assert result.new == 2_000
    with pytest.raises(NotFound, match="upload_gone"):
        import_runs.begin(ctx, session_uid=MINE, group_id=group, token=token, choices=Choices(), op=op)
    assert import_runs.view(ctx, session_uid=THEIRS) is None, "another session sees nothing of it"


def test_two_organisers_who_bring_in_one_list_at_once_bring_everybody_in_once(ctx: Context, group: GroupId) -> None:
    data = _file(300)
    results: list[imports.Result] = []

    def bring() -> None:
        results.append(imports.run(ctx, group_id=group, data=data, name="p.csv"))

    threads = [threading.Thread(target=bring) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _begin(ctx, group, data, MINE)
    _begin(ctx, group, data, THEIRS)
    assert sorted((result.new, result.unchanged) for result in results) == [(0, 300), (300, 0)]
    for session in (MINE, THEIRS):
        result = _end(ctx, session).result
        assert result is not None
        assert (result.new, result.unchanged) == (0, 300)
    with ctx.reading() as db:
        names = list(db.scalars(select(Person.family_name).join(Membership, Membership.person_id == Person.id)))
    assert len([name for name in names if name.startswith("Family")]) == 300


LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn", "Co", "Cf"))
NAMES = st.text(LETTERS, min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=6, unique_by=lambda row: row[:2]))
@example([("#", "ıÛģ&qæ2", "F"), ("n/a", "Only", "-"), ("-", "–", "N/A")])
def test_every_export_comes_back_without_loss(ctx: Context, group: GroupId, rows: list[tuple[str, str, str]]) -> None:
    uids = []
    for given_name, family, company in rows:
        fields = people.PersonFields(given_name, family, company, country="PL", markets="Norway; fish")
        if not any(letter.isalnum() for letter in given_name + family):
            continue
        uids.append(people.create(ctx, group_id=group, change=people.Change(fields, Standing.VISITOR)))
    for kind in people_out.KINDS:
        for language in ("en", "it", "pl"):
            data = people_out.written(ctx, group, people.wanted(), kind=kind, language=language)
            result = imports.run(ctx, group_id=group, data=data, name=f"export.{kind}")
            assert (result.new, result.changed) == (0, 0), (kind, language)
            assert all(error.code == "formula_in_cell" for error in result.refused)
