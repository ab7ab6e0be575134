"""The group's weeks: what counts and when, approval, corrections, files there and back, on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.domain import weeks as rules
from server.domain.activities import ActivityKind
from server.domain.errors import Conflict, NotFound, RuleViolation, WrongPhase
from server.domain.vocabulary import AttendanceStatus, MeetingStatus, Standing, Uid
from server.domain.weeks import Column
from server.persistence.models import Activity, Attendance, Group, Meeting, OneToOne, Substitute
from server.services import week_files, weeks
from server.services.context import Tx
from server.services.weeks import Wanted
from tests import builders
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import everybody_in
from tests.services.test_slips import _give
from tests.services.test_thanks import _answer, _thank

MONDAY = date(2026, 11, 23)
"""The week of the cast's morning."""


def _week(morning: Morning, monday: date = MONDAY) -> weeks.WeekView:
    return weeks.show(morning.ctx, morning.group_id, monday)  # type: ignore[arg-type]


def _line(morning: Morning, who: str, monday: date = MONDAY) -> dict[str, int]:
    [found] = [each for each in _week(morning, monday).lines if each.person.given_name == who]
    return {column.value: number for column, number in found.figures.items() if number}


def _approve(morning: Morning, monday: date = MONDAY) -> None:
    weeks.approve(morning.ctx, group_id=morning.group_id, monday=monday, by=morning.people["Olga"])  # type: ignore[arg-type]


def _uid(morning: Morning, who: str) -> Uid:
    return next(line.person.uid for line in _week(morning).lines if line.person.given_name == who)


def _correct(morning: Morning, who: str, figures: dict[Column, int], **more: Any) -> Any:
    asked: dict[str, Any] = {"version": 1, "reason": "The list by hand says so"} | more
    return weeks.correct(
        morning.ctx,
        group_id=morning.group_id,  # type: ignore[arg-type]
        monday=MONDAY,
        wanted=[Wanted(_uid(morning, who), figures)],
        by=morning.people["Olga"],
        **asked,
    )


def _close(morning: Morning) -> None:
    def work(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = MeetingStatus.CLOSED

    morning.ctx.transaction(work)


def test_a_week_counts_letters_slips_visitors_and_all_that_two_confirmed(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning, only=("Mira", "Vik"))
    clock.pass_by(hours=1)
    everybody_in(morning, only=("Max",))
    _give(morning, inside=True)
    _give(morning, given_on=date(2026, 11, 23))
    _give(morning, consent=False)
    _answer(morning, "Mira", _thank(morning))
    _thank(morning)

    def work(tx: Tx) -> None:
        people = morning.people
        group = morning.group_id
        first, second = sorted((people["Mira"], people["Max"]))
        held = date(2026, 11, 25)
        tx.db.add(
            OneToOne(
                group_id=group,
                first_id=first,
                second_id=second,
                held_on=held,
                place="",
                first_confirmed_at=tx.now,
                second_confirmed_at=tx.now,
            )
        )
        for kind, other, sure in (
            (ActivityKind.TRAINING, None, None),
            (ActivityKind.TESTIMONIAL, "Max", tx.now),
            (ActivityKind.TESTIMONIAL, "Max", None),
        ):
            tx.db.add(
                Activity(
                    group_id=group,
                    person_id=people["Mira"],
                    other_id=people[other] if other else None,
                    kind=kind,
                    held_on=held,
                    created_at=tx.now,
                    confirmed_at=sure,
                )
            )

    morning.ctx.transaction(work)
    assert _line(morning, "Mira") == {"P": 1, "RGI": 1, "RGO": 1, "V": 1, "1-2-1": 1, "CEU": 1, "T": 1}
    assert _line(morning, "Max") == {"P": 1, "L": 1, "RRI": 1, "RRO": 1, "1-2-1": 1, "TY": 1}
    assert _line(morning, "Fiona") == {}, "the meeting is not over, nobody is absent yet"
    _close(morning)
    assert _line(morning, "Fiona") == {"A": 1}
    assert "Vik" not in [line.person.given_name for line in _week(morning).lines]


@pytest.mark.parametrize(("hours", "line"), [(0, {"S": 1}), (1, {"S": 1, "L": 1})])
def test_late_stands_beside_a_substitute_who_came_late(
    morning: Morning, clock: FakeClock, hours: int, line: dict[str, int]
) -> None:
    def stand_in(tx: Tx) -> None:
        rows = {
            who: tx.db.scalars(select(Attendance).where(Attendance.uid == morning.attendances[who])).one()
            for who in ("Fiona", "Vik")
        }
        rows["Fiona"].status = AttendanceStatus.SUBSTITUTED
        tx.db.add(Substitute(attendance_id=rows["Vik"].id, stands_for_id=rows["Fiona"].id))

    morning.ctx.transaction(stand_in)
    assert _line(morning, "Fiona") == {"S": 1}
    clock.pass_by(hours=hours)
    everybody_in(morning, only=("Vik",))
    assert _line(morning, "Fiona") == line
    everybody_in(morning, only=("Fiona",))
    assert _line(morning, "Fiona") == {"P": 1} | ({"L": 1} if hours else {}), "whoever comes is there themselves"


def test_a_visitor_is_credited_once_however_often_they_come(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning, only=("Vik",))
    clock.pass_by(days=7)

    def again(tx: Tx) -> None:
        group = tx.db.get_one(Group, morning.group_id)
        next_week = builders.a_meeting(tx, group, builders.START + timedelta(days=7))
        tx.db.add(
            Attendance(
                meeting_id=next_week.id,
                person_id=morning.people["Vik"],
                standing=Standing.VISITOR,
                status=AttendanceStatus.PRESENT,
                invited_by_id=morning.people["Max"],
                entered_at=tx.now,
            )
        )

    morning.ctx.transaction(again)
    assert _line(morning, "Mira")["V"] == 1
    assert "V" not in _line(morning, "Max", MONDAY + timedelta(days=7))


def test_a_slip_ten_minutes_before_midnight_belongs_to_the_day_and_week_of_warsaw(
    morning: Morning, clock: FakeClock
) -> None:
    def warsaw(tx: Tx) -> None:
        tx.db.get_one(Group, morning.group_id).time_zone = "Europe/Warsaw"

    morning.ctx.transaction(warsaw)
    # Sunday the 31st of January, 23:50 in Warsaw; and ten minutes after the next midnight.
    clock.now = datetime(2027, 1, 31, 22, 50, tzinfo=UTC)
    _give(morning)
    clock.now = datetime(2027, 1, 31, 23, 10, tzinfo=UTC)
    _give(morning)
    _give(morning)
    clock.pass_by(days=10)
    assert _line(morning, "Mira", date(2027, 1, 25))["RGO"] == 1
    assert _line(morning, "Mira", date(2027, 2, 1))["RGO"] == 2


def test_an_approved_week_stays_as_it_was_and_says_what_would_be_counted_today(
    morning: Morning, clock: FakeClock
) -> None:
    everybody_in(morning)
    _give(morning)
    with pytest.raises(WrongPhase, match="week_not_over"):
        _approve(morning)
    clock.pass_by(days=7)
    _approve(morning)
    with pytest.raises(Conflict, match="week_approved"):
        _approve(morning)
    _give(morning, given_on=date(2026, 11, 27))
    week = _week(morning)
    [mira] = [line for line in week.lines if line.person.given_name == "Mira"]
    assert (week.version, week.approved_by) == (1, "Olga Marchetti")
    assert (mira.figures[Column.GIVEN_OUTSIDE], mira.fresh) == (1, {Column.GIVEN_OUTSIDE: 2})
    assert week.total[Column.GIVEN_OUTSIDE] == 1


def test_a_correction_says_why_and_stays_in_the_trail(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning)
    with pytest.raises(WrongPhase, match="week_is_draft"):
        _correct(morning, "Mira", {Column.GIVEN_OUTSIDE: 3})
    clock.pass_by(days=7)
    _approve(morning)
    for change, code in (
        ({"reason": " "}, "correction_reason"),
        ({"reason": "x" * 201}, "text_too_long"),
        ({"version": 7}, "week_moved_on"),
    ):
        with pytest.raises(RuleViolation, match=code):
            _correct(morning, "Mira", {Column.GIVEN_OUTSIDE: 3}, **change)
    with pytest.raises(RuleViolation, match="figure_range"):
        _correct(morning, "Mira", {Column.GIVEN_OUTSIDE: 1000})
    assert _correct(morning, "Mira", {Column.GIVEN_OUTSIDE: 3, Column.PRESENT: 1}) == {"version": 2, "changed": 1}
    assert _line(morning, "Mira") == {"P": 1, "RGO": 3, "V": 1}
    assert _correct(morning, "Mira", {Column.PRESENT: 0, Column.ABSENT: 1}, version=2)["changed"] == 2
    trail = [(each.person, each.column.value, each.before, each.after) for each in _week(morning).corrections]
    assert trail == [
        ("Mira Łukasik", "A", 0, 1),
        ("Mira Łukasik", "P", 1, 0),
        ("Mira Łukasik", "RGO", 0, 3),
    ]
    assert _correct(morning, "Mira", {Column.ABSENT: 1}, version=3) == {"version": 3, "changed": 0}
    with pytest.raises(NotFound, match="person_unknown"):
        weeks.correct(
            morning.ctx,
            group_id=morning.group_id,  # type: ignore[arg-type]
            monday=MONDAY,
            version=3,
            wanted=[Wanted(Uid("0" * 16), {})],
            reason="why",
            by=morning.people["Olga"],
        )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_weeks_spreadsheet_comes_back_as_corrections(morning: Morning, clock: FakeClock, kind: str) -> None:
    everybody_in(morning)
    clock.pass_by(days=7)
    _approve(morning)

    def back(data: bytes, version: int) -> Any:
        return week_files.bring_back(
            morning.ctx,
            group_id=morning.group_id,  # type: ignore[arg-type]
            monday=MONDAY,
            version=version,
            name=f"week.{kind}",
            data=data,
            reason="From the sheet",
            by=morning.people["Olga"],
        )

    lines = _week(morning).lines
    same = week_files.written(lines, kind, "it")
    assert back(same, 1) == {"version": 1, "changed": 0}
    changed = [
        weeks.MemberLine(line.person, {**line.figures, Column.VISITORS: 2}, 1)
        if line.person.given_name == "Max"
        else line
        for line in lines
    ]
    assert back(week_files.written(changed, kind, "en"), 1) == {"version": 2, "changed": 1}
    assert _line(morning, "Max") == {"P": 1, "V": 2}


def test_a_file_of_something_else_is_refused_at_its_line(morning: Morning, clock: FakeClock) -> None:
    clock.pass_by(days=7)
    _approve(morning)
    for text, code in (
        ("Town,Street\nComo,Roma\n", "week_columns"),
        ("First name,Last name,P\nNobody,Known,1\n", "week_person"),
        ("First name,Last name,P\nMira,Lukasik,two\n", "week_number"),
    ):
        with pytest.raises(RuleViolation, match=code):
            week_files.bring_back(
                morning.ctx,
                group_id=morning.group_id,  # type: ignore[arg-type]
                monday=MONDAY,
                version=1,
                name="x.csv",
                data=text.encode(),
                reason="why",
                by=morning.people["Olga"],
            )


def test_the_letters_that_count_are_the_groups_own(morning: Morning, clock: FakeClock) -> None:
    _close(morning)
    assert weeks.letters(morning.ctx, morning.group_id) == "PAMS"  # type: ignore[arg-type]
    assert {line.countable for line in _week(morning).lines} == {1}
    weeks.count_letters(morning.ctx, group_id=morning.group_id, letters="p", by=morning.people["Olga"])  # type: ignore[arg-type]
    assert {line.countable for line in _week(morning).lines} == {0}
    for wrong in ("AMS", "PX"):
        with pytest.raises(RuleViolation, match="countable_letters"):
            rules.check_countable(wrong)


def test_several_weeks_add_up_to_the_sum_of_their_pages(morning: Morning, clock: FakeClock) -> None:
    everybody_in(morning)
    for giver in ("Mira", "Olga"):
        _give(morning, giver=giver)
    clock.pass_by(days=7)
    _approve(morning)
    _correct(morning, "Mira", {Column.GIVEN_OUTSIDE: 4})
    _give(morning)
    clock.pass_by(days=7)
    found = weeks.report(morning.ctx, morning.group_id, back=4)  # type: ignore[arg-type]
    assert (found.since, found.until, found.drafts) == (date(2026, 11, 9), date(2026, 12, 6), 3)
    pages = [_week(morning, found.since + timedelta(weeks=at)) for at in range(4)]
    assert found.total == rules.added(page.total for page in pages)
    assert found.total[Column.GIVEN_OUTSIDE] == 4 + 1 + 1
    listed = weeks.listed(morning.ctx, morning.group_id)  # type: ignore[arg-type]
    assert [row.version for row in listed[:3]] == [0, 0, 2]
    with pytest.raises(NotFound, match="week_unknown"):
        _week(morning, date(2027, 1, 1))


def test_a_new_group_has_no_weeks_from_before_it_was_there_but_those_of_older_slips(
    morning: Morning, clock: FakeClock
) -> None:
    def listed() -> list[date]:
        return [row.monday for row in weeks.listed(morning.ctx, morning.group_id)]  # type: ignore[arg-type]

    assert listed() == [MONDAY]
    clock.pass_by(days=7)
    assert listed() == [MONDAY + timedelta(days=7), MONDAY]
    _give(morning, given_on=MONDAY - timedelta(days=12))
    assert listed() == [MONDAY + timedelta(days=7 * back) for back in (1, 0, -1, -2)]


@settings(deadline=None)
@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1)))
def test_every_day_belongs_to_one_week(day: date) -> None:
    first = rules.monday(day)
    assert first.weekday() == 0
    assert first <= day < first + timedelta(days=7)
