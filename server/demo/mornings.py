"""One breakfast of the demo's past from the invitation to the last follow-up; and today's, as far as it is prepared."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from server.demo import aftermath, words
from server.demo.cast import MEMBERS
from server.domain.vocabulary import AttendanceStatus, ExchangeState, MeetingId, PersonId, Standing, Uid
from server.services import (
    attendance,
    badges,
    check_ins,
    duties,
    exchanges,
    expected,
    meetings,
    planning,
    rounds,
    seating,
)
from server.services.attendance import RoomPerson
from server.services.check_ins import Desk
from server.services.meetings import AgendaLine, MeetingPlan
from server.services.seating import Seated

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.demo.story import Story

ROUNDS = 3
ROUND_SECONDS = 420
ROUNDS_TODAY = 4
ROUND_SECONDS_TODAY = 300
STEPS = 40
"""So long the planner searches; counted in steps, so that the same seed makes the same mornings on every computer."""
PLANNING_SECONDS = 30.0
"""Far more than the steps take, even on a slow computer."""
APOLOGISE, STAY_AWAY, LEAVE_EARLY = (2, 4), (0, 2), (0, 2)
EXCHANGES = 9


@dataclass
class Morning:
    """A breakfast of the past: which one, when, who comes for the first time, and what it became."""

    weeks_ago: int
    day: date
    newcomers: tuple[int, ...]
    id: MeetingId = field(init=False)
    uid: Uid = field(init=False)
    partners: dict[PersonId, list[Seated]] = field(default_factory=lambda: defaultdict(list))


def _plan(story: "Story", number: int, starts: datetime, count: int, seconds: int) -> MeetingPlan:
    return MeetingPlan(
        name=f"Breakfast no. {number}",
        place=words.PLACE,
        starts_local=starts.replace(tzinfo=None),
        rounds=count,
        round_seconds=seconds,
        table_size=2,
        agenda=tuple(AgendaLine(*line) for line in words.AGENDA),
    )


def hold(story: "Story", morning: Morning, told: "Callable[[int], None]") -> None:
    """Put one breakfast of the past on the timeline."""
    day = morning.day
    starts = story.moment(day, "07:30")
    story.at(story.moment(day - timedelta(days=6), "18:30"), partial(_invite, story, morning, starts))
    story.at(story.moment(day - timedelta(days=1), "20:00"), partial(_apologise, story, morning))
    story.at(story.moment(day - timedelta(days=1), "20:15"), partial(_give_duties, story, morning))
    story.at(story.moment(day, "06:55"), lambda: meetings.open_doors(story.ctx, meeting_id=morning.id))
    story.at(story.moment(day, "06:56"), partial(_let_in, story, morning))
    story.at(story.moment(day, "07:54"), partial(_seat, story, morning))
    length, pause = timedelta(seconds=ROUND_SECONDS), timedelta(seconds=70)
    for number in range(1, ROUNDS + 1):
        begins = story.moment(day, "07:55", (length + pause) * (number - 1))
        story.at(begins, partial(_start, story, morning, number))
        story.at(begins + length + timedelta(seconds=5), partial(_end, story, morning, number))
    story.at(story.moment(day, "08:22"), partial(_exchange, story, morning))
    story.at(story.moment(day, "08:24"), partial(aftermath.remember, story, morning))
    story.at(story.moment(day, "08:40"), partial(_leave_early, story, morning))
    story.at(story.moment(day, "08:45"), partial(aftermath.give_slips, story, morning))
    story.at(story.moment(day, "09:04"), lambda: meetings.close(story.ctx, meeting_id=morning.id))
    story.at(story.moment(day, "09:05"), partial(told, morning.weeks_ago))


def prepare_today(story: "Story", told: "Callable[[int], None]") -> None:
    """Put what was done for today's breakfast on the timeline: list, visitors, apologies, badges. Doors stay shut."""
    day = story.today.date()
    today = Morning(0, day, tuple(range(MEMBERS, len(story.cast))))
    today_plan = _plan(story, words.TODAYS_NUMBER, story.today, ROUNDS_TODAY, ROUND_SECONDS_TODAY)

    def invite() -> None:
        _create(story, today, today_plan)
        for place in today.newcomers:
            _expect_visitor(story, today, place)

    def issue() -> None:
        badges.issue_for_meeting(story.ctx, meeting_id=today.id)
        told(0)

    story.at(story.moment(day - timedelta(days=6), "18:30"), invite)
    story.at(story.moment(day - timedelta(days=1), "20:00"), partial(_apologise, story, today))
    story.at(story.moment(day - timedelta(days=1), "20:15"), partial(_give_duties, story, today))
    story.at(story.moment(day - timedelta(days=1), "20:30"), issue)


def _create(story: "Story", morning: Morning, plan: MeetingPlan) -> None:
    morning.uid = meetings.create(story.ctx, group_id=story.group_id, plan=plan, is_demo=True)
    morning.id = meetings.find(story.ctx, morning.uid).id


def _invite(story: "Story", morning: Morning, starts: datetime) -> None:
    number = words.TODAYS_NUMBER - morning.weeks_ago
    _create(story, morning, _plan(story, number, starts, ROUNDS, ROUND_SECONDS))
    for place in morning.newcomers:
        _expect_visitor(story, morning, place)


def _expect_visitor(story: "Story", morning: Morning, place: int) -> None:
    if place not in story.people:
        inviter = story.chance.randrange(1, MEMBERS - 8)
        story.join(place, Standing.VISITOR, invited_by=inviter)
    expected.add(story.ctx, meeting_id=morning.id, person_uid=story.people[place].uid)


def _listed(story: "Story", morning: Morning) -> list[RoomPerson]:
    return list(attendance.everybody(story.ctx, morning.id))


def _apologise(story: "Story", morning: Morning) -> None:
    """Two to four members cannot come; whoever organises always can."""
    members = [who for who in _listed(story, morning) if who.standing is Standing.MEMBER]
    others = [who for who in members if who.person_id != story.people[0].id]
    for who in story.chance.sample(others, story.chance.randint(*APOLOGISE)):
        expected.apologise(story.ctx, meeting_id=morning.id, attendance_uid=who.uid)


def _give_duties(story: "Story", morning: Morning) -> None:
    """Door, clock, hosts and the rest, as they are suggested: in turn, to whoever is coming."""
    duties.suggest(story.ctx, meeting_id=morning.id)


def _let_in(story: "Story", morning: Morning) -> None:
    """Everybody has a minute of their own; most before the start, a few late, one or two not at all."""
    listed = [who for who in _listed(story, morning) if who.status is AttendanceStatus.EXPECTED]
    founder = [who for who in listed if who.person_id == story.people[0].id]
    others = [who for who in listed if who not in founder]
    away = story.chance.randint(*STAY_AWAY)
    for who in founder + story.chance.sample(others, len(others) - away):
        after = story.chance.triangular(2, 34, 24) if story.chance.random() < 0.93 else story.chance.uniform(36, 56)
        desk = Desk(None, f"Door {story.chance.randint(1, 2)}")
        story.at(
            story.moment(morning.day, "06:56", timedelta(minutes=after)),
            partial(check_ins.admit_by_name, story.ctx, meeting_id=morning.id, attendance_uid=who.uid, desk=desk),
        )


def _seat(story: "Story", morning: Morning) -> None:
    planning.plan(story.ctx, meeting_id=morning.id, seconds=PLANNING_SECONDS, steps=STEPS)


def _start(story: "Story", morning: Morning, number: int) -> None:
    rounds.start(story.ctx, meeting_id=morning.id, number=number, version=0)
    this_round = seating.room(story.ctx, morning.id)[0]
    for people in (seated for table, seated in this_round.tables.items() if table):
        for who in people:
            morning.partners[who.person_id] += [other for other in people if other is not who]


def _end(story: "Story", morning: Morning, number: int) -> None:
    rounds.end(story.ctx, meeting_id=morning.id, number=number, version=1)


def _exchange(story: "Story", morning: Morning) -> None:
    """Who sat together swaps contacts, one here, one there; a request that waits is mostly answered at once."""
    pairs = [(who, partner) for who, found in morning.partners.items() for partner in found]
    for who, other in story.chance.sample(pairs, EXCHANGES):
        answer = exchanges.ask(story.ctx, meeting_id=morning.id, asker=who, asked=other.person_uid)
        if answer["state"] == ExchangeState.WAITING.value and story.chance.random() < 0.7:
            exchanges.answer(
                story.ctx,
                meeting_id=morning.id,
                person_id=other.person_id,
                exchange=answer["uid"],
                accept=True,
            )


def _leave_early(story: "Story", morning: Morning) -> None:
    here = [who for who in _listed(story, morning) if who.in_room]
    for who in story.chance.sample(here, story.chance.randint(*LEAVE_EARLY)):
        check_ins.leave(story.ctx, meeting_id=morning.id, attendance_uid=who.uid, desk=Desk(None, "Door 1"))
