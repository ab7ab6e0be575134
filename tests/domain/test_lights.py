"""The traffic lights: tables as text and back, points by steps, colours, what is refused."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import lights
from server.domain.errors import RuleViolation
from server.domain.lights import BY_WEEK, FEW, PRESETS, USUAL, Colour, Metric, Step
from server.domain.weeks import Column


def test_steps_are_read_as_people_write_them() -> None:
    assert lights.parse("1:15, 0,5:5 0.75=10", Metric.REFERRALS) == (Step(500, 5), Step(750, 10), Step(1000, 15))
    assert lights.parse("0:15 1:10", Metric.ABSENCES) == (Step(1000, 10), Step(0, 15))
    assert lights.parse(" ", Metric.LATE) == ()


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        (Metric.REFERRALS, "1:5 2:3"),
        (Metric.REFERRALS, "1:5 1:6"),
        (Metric.REFERRALS, "1:5 2:5"),
        (Metric.ABSENCES, "0:5 1:10"),
        (Metric.REFERRALS, "one:5"),
        (Metric.REFERRALS, "1:101"),
        (Metric.REFERRALS, "999.9:5"),
        (Metric.REFERRALS, " ".join(f"{at}:{at}" for at in range(1, 8))),
    ],
)
def test_what_is_no_ladder_is_refused_at_its_line(metric: Metric, text: str) -> None:
    with pytest.raises(RuleViolation, match="light_steps") as refused:
        lights.parse(text, metric)
    assert refused.value.params["field"] == metric.value


@pytest.mark.parametrize("name", PRESETS)
def test_the_tables_offered_hold_and_come_back_from_their_text(name: str) -> None:
    table = PRESETS[name]
    lights.check(table)
    for metric, steps in table.steps.items():
        assert lights.parse(lights.written(steps), metric) == steps


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"window": 3}, "light_window"),
        ({"window": 53}, "light_window"),
        ({"amber": 70}, "light_bands"),
        ({"red": 0}, "light_bands"),
        ({"green": 106}, "light_nothing"),
    ],
)
def test_a_table_that_cannot_be_is_refused(change: dict[str, int], code: str) -> None:
    with pytest.raises(RuleViolation, match=code):
        lights.check(replace(USUAL, **change))  # type: ignore[arg-type]


def test_a_member_sees_what_would_change_a_point() -> None:
    found = lights.score(USUAL, {Column.GIVEN_OUTSIDE: 10, Column.ABSENT: 2, Column.LATE: 0}, 20)
    by_metric = {point.metric: point for point in found.points}
    referrals, absences, late = (by_metric[metric] for metric in (Metric.REFERRALS, Metric.ABSENCES, Metric.LATE))
    assert (referrals.number, referrals.points, referrals.more, referrals.next_points) == (10, 5, 5, 10)
    assert (absences.points, absences.more, absences.next_points) == (5, 1, 10)
    assert (late.points, late.more) == (5, 0)
    assert (found.total, found.colour) == (15, Colour.GREY)


def test_colours_follow_the_bands_and_no_week_is_grey() -> None:
    best = {
        Column.GIVEN_OUTSIDE: 26,
        Column.VISITORS: 20,
        Column.TRAININGS: 3,
        Column.TESTIMONIALS: 3,
        Column.THANKS: 6,
    }
    assert lights.score(USUAL, best, 26).colour is Colour.GREEN
    assert lights.score(USUAL, {Column.GIVEN_OUTSIDE: 32, Column.THANKS: 3}, 26).colour is Colour.AMBER
    assert lights.score(USUAL, {Column.GIVEN_OUTSIDE: 32}, 26).colour is Colour.RED
    assert lights.score(USUAL, best, 0) == lights.Score((), 0, Colour.GREY)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(Column), st.integers(0, 60)), st.integers(1, 52), st.sampled_from(list(PRESETS)))
def test_doing_what_would_change_a_point_changes_it(line: dict[Column, int], weeks: int, name: str) -> None:
    for point in lights.score(PRESETS[name], line, weeks).points:
        steps = PRESETS[name].steps[point.metric]
        number = sum(line.get(column, 0) for column in lights.COUNTS[point.metric])
        over = weeks if point.metric in BY_WEEK else 1
        few = point.metric in FEW
        reached = [
            step.points
            for step in steps
            if (number * 1000 <= step.threshold * over if few else number * 1000 >= step.threshold * over)
        ]
        assert point.points == max(reached, default=0)
        if point.more:
            column = lights.COUNTS[point.metric][0]
            done = {**line, column: line.get(column, 0) + (-point.more if few else point.more)}
            again = {each.metric: each for each in lights.score(PRESETS[name], done, weeks).points}
            assert again[point.metric].points >= point.next_points > point.points
