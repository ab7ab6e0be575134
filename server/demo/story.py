"""The demo's past, lived through the use-cases: a timeline of what people did, played with a clock that moves.

Everything that happens is put on the timeline with its moment; `run_until` moves the clock from one to the next.
What lies after today has not happened: its slips and follow-ups are still open.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from server.demo import words
from server.demo.cast import ENGLISH, ITALIAN, MEMBERS, POLISH, MadeUp
from server.demo.mornings import Morning, hold, prepare_today
from server.domain.vocabulary import ContactField, GroupId, PersonId, Standing, Uid
from server.services import consents, groups, people, sessions
from server.services.context import Context
from server.services.people import Change, PersonFields

WEEKS = 12
"""How many meetings lie behind today's."""
ZONE = "Europe/Rome"
LATECOMERS = {44: 9, 45: 7, 46: 5, 47: 3}
"""Members who first came as visitors: place in the cast → weeks ago."""
CAME_BEFORE = {48: 3, 49: 2, 50: 1}
"""Visitors of today who have been here once: place in the cast → weeks ago."""
YEARS = timedelta(days=6 * 365)
OPENED = {
    ContactField.EMAIL: 0.75,
    ContactField.PHONE: 0.45,
    ContactField.LOOKS_FOR: 0.9,
    ContactField.OFFERS: 0.9,
}
"""How many of the others show a field to those they exchange contacts with."""
CAREFUL = 0.2
"""How many show nothing before they are asked."""
Act = Callable[[], object]


class Clock:
    """A clock that stands where the story is."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The moment of the story."""
        return self.now


@dataclass(frozen=True)
class Someone:
    """One of the cast as the program knows them."""

    made_up: MadeUp
    id: PersonId
    uid: Uid


class Story:
    """The timeline and everybody in it. `today` is the local start of today's meeting."""

    def __init__(
        self, ctx: Context, clock: Clock, cast: tuple[MadeUp, ...], chance: random.Random, today: datetime
    ) -> None:
        self.ctx = ctx
        self.clock = clock
        self.chance = chance
        self.cast = cast
        self.zone = ZoneInfo(ZONE)
        self.today = today
        self.people: dict[int, Someone] = {}
        self.group_id = GroupId(0)
        self._timeline: list[tuple[datetime, int, Act]] = []
        self._count = 0

    def day(self, weeks_ago: int) -> date:
        """The day of an earlier meeting."""
        return self.today.date() - timedelta(weeks=weeks_ago)

    def moment(self, day: date, clock: str, plus: timedelta = timedelta()) -> datetime:
        """A wall-clock time of the group on a day."""
        return datetime.combine(day, time.fromisoformat(clock), self.zone) + plus

    def at(self, moment: datetime, act: Act) -> None:
        """Something happens then; of two things at one moment the one told first comes first."""
        self._count += 1
        heapq.heappush(self._timeline, (moment, self._count, act))

    def run_until(self, now: datetime) -> None:
        """Let everything happen that happens before `now`, each at its moment."""
        while self._timeline and self._timeline[0][0] < now:
            moment, _, act = heapq.heappop(self._timeline)
            self.clock.now = moment
            act()
        self.clock.now = now

    @property
    def members(self) -> range:
        """Places in the cast of those who were members all the time."""
        return range(MEMBERS - len(LATECOMERS))

    def prospect(self) -> tuple[str, str]:
        """Somebody outside the group whom a slip is about: a name of the cast's languages that nobody here has."""
        tongue = self.chance.choice((ITALIAN, POLISH, ENGLISH))
        taken = {made_up.family for made_up in self.cast}
        free = [pair for pair in tongue.families if not taken & set(pair)]
        woman = self.chance.random() < 0.5
        as_woman, as_man = self.chance.choice(free)
        return (self.chance.choice(tongue.women), as_woman) if woman else (self.chance.choice(tongue.men), as_man)

    def join(self, place: int, standing: Standing, *, invited_by: int | None = None) -> None:
        """One of the cast becomes known to the group, now."""
        made_up = self.cast[place]
        inviter = self.people[invited_by].made_up.name if invited_by is not None else ""
        change = Change(_fields(made_up), standing, inviter)
        uid = people.create(self.ctx, group_id=self.group_id, change=change)
        self._known(place, uid)
        if standing is Standing.MEMBER:
            self._open_fields(place)

    def becomes_member(self, place: int) -> None:
        """A visitor stays."""
        who = self.people[place]
        change = Change(_fields(who.made_up), Standing.MEMBER)
        people.edit(self.ctx, group_id=self.group_id, uid=who.uid, change=change)
        self._open_fields(place)

    def _known(self, place: int, uid: Uid) -> None:
        card = people.card(self.ctx, self.group_id, uid)
        self.people[place] = Someone(self.cast[place], card.person.id, uid)

    def _open_fields(self, place: int) -> None:
        if self.chance.random() < CAREFUL:
            return
        who = self.people[place]
        for field, share in OPENED.items():
            if self.chance.random() < share:
                consents.say(
                    self.ctx,
                    person_id=who.id,
                    field=field,
                    given=True,
                    language=who.made_up.tongue,
                    channel="page",
                )

    def _found(self) -> None:
        """The founder sets the group up, as one does from the link on the console."""
        founder = self.cast[0]
        token = sessions.make_link(self.ctx, purpose="setup", life=timedelta(hours=1))
        groups.set_up(
            self.ctx,
            token=token,
            settings=groups.GroupSettings(words.GROUP, "en", ZONE, "EUR", ""),
            organiser=groups.FirstOrganiser(
                # Nobody signs in with it: the console prints a link of its own at every start.
                founder.given,
                founder.family,
                founder.email,
                f"{self.chance.getrandbits(128):x}",
            ),
            label="Demo",
        )
        group = groups.the_group(self.ctx)
        assert group is not None, "just set up"
        self.group_id = group.id
        founded = people.listed(self.ctx, group.id, people.wanted()).people[0]
        self._known(0, founded.uid)
        people.edit(self.ctx, group_id=group.id, uid=founded.uid, change=Change(_fields(founder)))
        self._open_fields(0)

    def lay_out(self, told: Callable[[int], None]) -> None:
        """Put the whole past on the timeline; `told(weeks_ago)` is called after each meeting, 0 for today's."""
        founded = self.moment(self.today.date(), "10:00", -YEARS)
        self.at(founded, self._found)
        first = WEEKS * 7 + 14
        for place in self.members[1:]:
            ago = timedelta(days=self.chance.randint(first, YEARS.days - 30))
            self.at(self.moment(self.today.date(), "18:00", -ago), partial(self.join, place, Standing.MEMBER))
        for weeks_ago in range(WEEKS, 0, -1):
            newcomers = [at for at, when in (LATECOMERS | CAME_BEFORE).items() if when == weeks_ago]
            hold(self, Morning(weeks_ago, self.day(weeks_ago), tuple(newcomers)), told)
        for place, when in LATECOMERS.items():
            stays = self.moment(self.day(when - 1), "19:00")
            self.at(stays, partial(self.becomes_member, place))
        prepare_today(self, told)


def _fields(made_up: MadeUp) -> PersonFields:
    return PersonFields(
        given_name=made_up.given,
        family_name=made_up.family,
        company=made_up.company,
        sector=made_up.sector,
        region=made_up.region,
        country=made_up.country,
        languages=made_up.languages,
        email=made_up.email,
        phone=made_up.phone,
        looks_for=made_up.looks_for,
        wants_sector=made_up.wants_sector,
        offers=made_up.offers,
    )
