"""Duties suggested fairly: nobody twice while somebody rests, the same answer every time."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from server.domain import duties
from server.domain.duties import PLACES, Duty, Held, Place, empty_roster, suggest, too_often
from server.domain.vocabulary import PersonId

FIRST = date(2026, 1, 8)
people = st.lists(st.integers(1, 30).map(PersonId), unique=True, max_size=20)
history = st.lists(
    st.builds(
        Held,
        st.integers(1, 30).map(PersonId),
        st.sampled_from(Duty),
        st.integers(0, 25).map(lambda week: FIRST + timedelta(weeks=week)),
    ),
    max_size=60,
)


@given(people, history)
def test_everybody_is_used_before_anybody_twice(coming: list[PersonId], held: list[Held]) -> None:
    filled = suggest(empty_roster(), coming, held)
    assert [(place.duty, place.number) for place in filled] == [(p.duty, p.number) for p in empty_roster()]
    if not coming:
        assert all(place.person is None for place in filled)
        return
    times = Counter(place.person for place in filled)
    assert set(times) <= set(coming)
    assert max(times.values()) - min(times[person] for person in coming) <= 1


@given(people, history)
def test_the_same_question_has_the_same_answer_and_a_full_roster_stays(
    coming: list[PersonId], held: list[Held]
) -> None:
    filled = suggest(empty_roster(), coming, held)
    assert suggest(empty_roster(), coming, list(reversed(held))) == filled
    assert suggest(filled, coming, held) == filled


@given(st.integers(8, 16), st.integers(4, 26))
def test_over_the_weeks_duties_spread_evenly(size: int, weeks: int) -> None:
    coming = [PersonId(number) for number in range(1, size + 1)]
    held: list[Held] = []
    for week in range(weeks):
        day = FIRST + timedelta(weeks=week)
        filled = suggest(empty_roster(), coming, held)
        held += [Held(place.person, place.duty, day) for place in filled if place.person is not None]
    times = Counter(each.person for each in held)
    counts = [times[person] for person in coming]
    assert max(counts) - min(counts) <= 2
    assert not too_often(coming, held) or max(counts) - min(counts) == 2


def test_whoever_had_the_door_last_time_gets_something_else() -> None:
    one, other = PersonId(1), PersonId(2)
    held = [Held(one, Duty.DOOR, FIRST), Held(other, Duty.CLOCK, FIRST)]
    (door,) = suggest([Place(Duty.DOOR, 0)], [one, other], held)
    (clock,) = suggest([Place(Duty.CLOCK, 0)], [one, other], held)
    assert (door.person, clock.person) == (other, one)


def test_whoever_has_rested_longest_goes_first() -> None:
    one, other = PersonId(1), PersonId(2)
    held = [Held(one, Duty.HOST, FIRST + timedelta(weeks=3)), Held(other, Duty.HOST, FIRST)]
    (door,) = suggest([Place(Duty.DOOR, 0)], [one, other], held)
    assert door.person == other


def test_who_held_duties_too_often_is_named() -> None:
    busy, idle = PersonId(1), PersonId(2)
    held = [Held(busy, Duty.DOOR, FIRST + timedelta(weeks=week)) for week in range(4)]
    assert too_often([busy, idle], held) == {busy}
    assert too_often([busy], held) == frozenset()
    assert too_often([], held) == frozenset()
    assert sum(PLACES.values()) == len(empty_roster()) == 7
    assert duties.TOO_OFTEN == 2
