"""A meeting is prepared within bounds, opens once and closes once, and its agenda adds up."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.domain import meetings
from server.domain.errors import RuleViolation, WrongPhase
from server.domain.meetings import DEFAULT_AGENDA, Agenda, AgendaItem, NextStep, check_agenda
from server.domain.vocabulary import MeetingStatus

SEVEN = datetime(2026, 3, 12, 6, 0, tzinfo=UTC)
BREAKFAST = Agenda(tuple(AgendaItem(key, key, minutes) for key, minutes in DEFAULT_AGENDA))


def refusal(check, *arguments):
    with pytest.raises(RuleViolation) as refused:
        check(*arguments)
    return refused.value


@pytest.mark.parametrize("to", MeetingStatus)
@pytest.mark.parametrize("status", MeetingStatus)
def test_doors_open_once_and_a_meeting_closes_once(status, to):
    if (status.value, to.value) in {("draft", "open"), ("open", "closed")}:
        assert meetings.move(status, to) is to
    else:
        refused = refusal(meetings.move, status, to)
        assert isinstance(refused, WrongPhase)
        assert refused.code == "meeting_wrong_phase"
        assert refused.params == {"status": status.value, "to": to.value}


def test_things_happen_in_the_room_only_while_the_doors_are_open():
    meetings.check_open(MeetingStatus.OPEN)
    assert refusal(meetings.check_open, MeetingStatus.DRAFT).code == "meeting_not_open"
    assert refusal(meetings.check_open, MeetingStatus.CLOSED).code == "meeting_not_open"


def test_a_closed_meeting_is_not_changed_any_more():
    meetings.check_changeable(MeetingStatus.DRAFT)
    meetings.check_changeable(MeetingStatus.OPEN)
    assert refusal(meetings.check_changeable, MeetingStatus.CLOSED).code == "meeting_is_closed"


def test_titles_and_places_are_tidied_and_fit():
    assert meetings.check_title("  Spring \t breakfast ") == "Spring breakfast"
    assert refusal(meetings.check_title, " ").code == "title_missing"
    assert refusal(meetings.check_title, "x" * 121).code == "title_too_long"
    assert meetings.check_place(" ") == ""
    assert refusal(meetings.check_place, "x" * 161).code == "place_too_long"


@pytest.mark.parametrize("plan", [(1, 30, 2), (4, 300, 3), (40, 3600, 12)])
def test_a_plan_within_bounds_is_fine(plan):
    meetings.check_plan(*plan)


@pytest.mark.parametrize(
    ("plan", "code", "bounds"),
    [
        ((0, 300, 2), "rounds_out_of_bounds", (1, 40)),
        ((41, 300, 2), "rounds_out_of_bounds", (1, 40)),
        ((4, 29, 2), "round_length_out_of_bounds", (30, 3600)),
        ((4, 3601, 2), "round_length_out_of_bounds", (30, 3600)),
        ((4, 300, 1), "table_size_out_of_bounds", (2, 12)),
        ((4, 300, 13), "table_size_out_of_bounds", (2, 12)),
    ],
)
def test_a_plan_out_of_bounds_names_the_bounds(plan, code, bounds):
    refused = refusal(meetings.check_plan, *plan)
    assert refused.code == code
    assert (refused.params["least"], refused.params["most"]) == bounds


@pytest.mark.parametrize(
    ("name", "attempt", "slug"),
    [
        ("Spring Breakfast!", 1, "spring-breakfast-2026-03-12"),
        ("Colazione d'affari a Forlì", 1, "colazione-d-affari-a-forli-2026-03-12"),
        ("Śniadanie", 2, "sniadanie-2026-03-12-2"),
        ("朝食会", 1, "2026-03-12"),
    ],
)
def test_a_meeting_has_a_short_plain_address(name, attempt, slug):
    assert meetings.slug_for(name, date(2026, 3, 12), attempt) == slug


def test_the_address_of_a_long_name_fits_and_does_not_end_in_a_hyphen():
    slug = meetings.slug_for("wort " * 60, date(2026, 3, 12), 11)
    assert len(slug) <= meetings.SLUG_MOST
    assert slug.endswith("-2026-03-12-11")
    assert "--" not in slug


def test_the_breakfast_takes_ninety_minutes_and_has_rounds():
    assert BREAKFAST.minutes == 90
    assert "rounds" in dict(DEFAULT_AGENDA)
    assert check_agenda(BREAKFAST.items) == BREAKFAST


def test_every_item_begins_when_the_one_before_it_ends():
    starts = BREAKFAST.planned_starts(SEVEN)
    assert starts[0] == SEVEN
    ends = [
        start + timedelta(minutes=minutes) for start, (_, minutes) in zip(starts, DEFAULT_AGENDA, strict=True)
    ]
    assert list(starts[1:]) == ends[:-1]
    assert ends[-1] == BREAKFAST.ends_at(SEVEN) == SEVEN + timedelta(minutes=90)


def test_the_item_that_is_on_now_is_known_by_plan():
    def at(minutes):
        return BREAKFAST.item_at(SEVEN, SEVEN + timedelta(minutes=minutes))

    assert [at(minutes) for minutes in (-1, 0, 14, 15, 89, 90)] == [None, 0, 0, 1, 7, None]


def test_an_agenda_may_be_empty():
    assert check_agenda([]).minutes == 0


def test_titles_of_agenda_items_are_tidied():
    assert check_agenda([AgendaItem("other", " Coffee  ", 5)]).items[0].title == "Coffee"


@pytest.mark.parametrize(
    ("items", "code", "position"),
    [
        (
            [AgendaItem("welcome", "Welcome", 5), AgendaItem("other", "Coffee", 0)],
            "item_minutes_out_of_bounds",
            2,
        ),
        ([AgendaItem("other", "Coffee", 481)], "item_minutes_out_of_bounds", 1),
        ([AgendaItem("other", " ", 5)], "title_missing", 1),
        ([AgendaItem("other", "x" * 121, 5)], "title_too_long", 1),
        ([AgendaItem("other", "Coffee", 5)] * 41, "agenda_too_many_items", None),
        ([AgendaItem("other", "Coffee", 480)] * 3, "agenda_too_long", None),
    ],
)
def test_an_impossible_agenda_names_the_item(items, code, position):
    refused = refusal(check_agenda, items)
    assert (refused.code, refused.params.get("position")) == (code, position)


def test_doors_opened_by_mistake_shut_again_only_while_nothing_has_happened():
    take_back = meetings.take_back_opening
    assert take_back(MeetingStatus.OPEN, came=0, rounds_begun=0) is MeetingStatus.DRAFT
    for came, begun in ((1, 0), (0, 1)):
        with pytest.raises(WrongPhase) as refused:
            take_back(MeetingStatus.OPEN, came=came, rounds_begun=begun)
        assert refused.value.code == "opening_was_used"
    for status in (MeetingStatus.DRAFT, MeetingStatus.CLOSED):
        with pytest.raises(WrongPhase) as refused:
            take_back(status, came=0, rounds_begun=0)
        assert refused.value.code == "meeting_wrong_phase"


def test_a_meeting_closed_today_opens_again_and_tomorrow_it_does_not():
    today, tomorrow = date(2026, 3, 12), date(2026, 3, 13)
    assert meetings.reopen(MeetingStatus.CLOSED, closed_on=today, today=today) is MeetingStatus.OPEN
    with pytest.raises(WrongPhase) as refused:
        meetings.reopen(MeetingStatus.CLOSED, closed_on=today, today=tomorrow)
    assert refused.value.code == "reopen_too_late"
    for status, closed_on in ((MeetingStatus.OPEN, None), (MeetingStatus.DRAFT, today)):
        with pytest.raises(WrongPhase) as refused:
            meetings.reopen(status, closed_on=closed_on, today=today)
        assert refused.value.code == "meeting_wrong_phase"


def test_a_meeting_is_not_closed_under_people_who_are_talking():
    meetings.check_closable(None)
    refused = refusal(meetings.check_closable, 3)
    assert (refused.code, refused.params) == ("close_round_runs", {"number": 3})


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("status", "facts", "step"),
    [
        ("draft", {"listed": 0, "now": SEVEN - 48 * HOUR}, NextStep.FILL_LIST),
        ("draft", {"listed": 0, "now": SEVEN}, NextStep.FILL_LIST),
        ("draft", {"unprinted": 3, "now": SEVEN - 48 * HOUR}, NextStep.PRINT_BADGES),
        ("draft", {"unprinted": 3, "now": SEVEN - HOUR}, NextStep.OPEN_DOORS),
        ("draft", {"now": SEVEN - 2 * HOUR}, NextStep.CHECK_LIST),
        ("draft", {"now": SEVEN + 13 * HOUR}, NextStep.OPEN_DOORS),
        ("draft", {"now": SEVEN + 14 * HOUR}, NextStep.MOVE_DAY),
        ("open", {"now": SEVEN}, NextStep.GO_TO_ROUNDS),
        ("open", {"now": SEVEN, "rounds_over": True}, NextStep.CLOSE),
        ("open", {"now": SEVEN + 2 * HOUR}, NextStep.CLOSE),
        ("closed", {"now": SEVEN}, NextStep.SEE_FIGURES),
    ],
)
def test_there_is_always_one_next_step(status, facts, step):
    usual = {"listed": 20, "unprinted": 0, "rounds_over": False}
    ends_at = SEVEN + timedelta(minutes=90)
    said = meetings.next_step(MeetingStatus(status), starts_at=SEVEN, ends_at=ends_at, **(usual | facts))
    assert said is step


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("Breakfast no. 214", "Breakfast no. 215"),
        ("Colazione 99 del giovedì", "Colazione 100 del giovedì"),
        ("2026, meeting 9", "2026, meeting 10"),
        ("Spring breakfast", "Spring breakfast"),
    ],
)
def test_the_next_meeting_of_a_series_has_the_next_number(name, following):
    assert meetings.name_after(name) == following
