"""What is kept says at every moment what a fresh look says, whoever writes and however many ask."""

import json
import random
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from server.domain.access import Scope, audiences
from server.domain.errors import RuleViolation
from server.domain.vocabulary import Audience, ContactField, GroupId, PersonId, Role, Standing
from server.persistence.database import Database
from server.persistence.models import Attendance, Membership, Person, SessionRow
from server.services import announcements, check_ins, crowds, rounds, sessions
from server.services.context import Context, Tx
from server.wire import mornings, sections, state, together
from server.wire.sections import Viewer
from server.wire.snapshots import Snapshots
from tests import follow_ups
from tests.conftest import FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import DOOR, an_earlier_morning, everybody_in, seat_rounds

PHONE = audiences({Role.ATTENDEE})
TABLES = [[("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")], [("Olga", "Mira"), ("Dora", "Max"), ("Fiona", "Vik")]]


@pytest.fixture
def beside(morning: Morning) -> Iterator[Context]:
    """Another process over the same database."""
    database = Database(morning.ctx.database.url)
    yield Context(database=database, now=morning.ctx.now, key=morning.ctx.key, settings=morning.ctx.settings)
    database.close()


@pytest.fixture
def snapshots(morning: Morning) -> Snapshots:
    return Snapshots(morning.ctx)


def _wrong(snapshots: Snapshots, morning: Morning) -> list[str]:
    """Who is shown something else than a fresh look shows, asked twice: by whom it is read, and by whom it is kept."""
    found = []
    everybody = [*morning.people.values(), PersonId(0)]
    for _ in range(2):
        for role in (Role.ATTENDEE, Role.DISPLAY, Role.FACILITATOR, Role.GREETER):
            for person in everybody if role is Role.ATTENDEE else [None]:
                for secure in (True, False):
                    viewer = Viewer(person, secure)
                    shown = json.loads(snapshots.text(morning.meeting_id, audiences({role}), viewer))
                    fresh = state.state(morning.ctx, morning.meeting_id, audiences({role}), viewer)
                    if shown != json.loads(json.dumps(fresh)):
                        found.append(f"{role} {viewer}")
    return found


def _press(ctx: Context, morning: Morning, verb: str) -> None:
    listed = rounds.listed(ctx, morning.meeting_id)
    now = rounds.current_of(listed)
    assert now is not None
    getattr(rounds, verb)(ctx, meeting_id=morning.meeting_id, number=now.number, version=now.clock.version)


def _rename(ctx: Context, morning: Morning, who: str) -> None:
    """A write of which no screen is told."""

    def work(tx: Tx) -> None:
        tx.db.execute(update(Person).where(Person.id == morning.people[who]).values(family_name=f"{tx.now:%H%M%S}"))

    ctx.transaction(work)


def test_what_is_kept_is_what_a_fresh_look_shows_after_whatever_anybody_does(
    morning: Morning, snapshots: Snapshots, beside: Context, clock: FakeClock
) -> None:
    an_earlier_morning(morning, [[("Olga", "Mira"), ("Max", "Vik"), ("Dora", "Fiona")]])
    assert _wrong(snapshots, morning) == []
    everybody_in(morning, but=("Vik",))
    assert _wrong(snapshots, morning) == []
    seat_rounds(morning, TABLES)
    assert _wrong(snapshots, morning) == []
    chance = random.Random(3)
    steps = {
        "start": lambda ctx: _press(ctx, morning, "start"),
        "pause": lambda ctx: _press(ctx, morning, "pause"),
        "end": lambda ctx: _press(ctx, morning, "end"),
        "rename": lambda ctx: _rename(ctx, morning, chance.choice(sorted(morning.attendances))),
        "say": lambda ctx: announcements.say(ctx, meeting_id=morning.meeting_id, message=f"{chance.random()}"),
        "vik": lambda ctx: check_ins.check_in(
            ctx, meeting_id=morning.meeting_id, desk=DOOR, scanned=morning.codes["Vik"]
        ),
        "promise": lambda ctx: follow_ups.promise(morning, morning.meeting_id, "Mira", "Max", "a number"),
        "consent": lambda ctx: follow_ups.consent(morning, "Max", ContactField.EMAIL, given=chance.random() < 0.7),
        "exchange": lambda ctx: follow_ups.exchange(morning, morning.meeting_id, "Mira", "Max"),
    }
    done = set()
    for name in [*steps, *chance.choices(sorted({*steps} - {"exchange"}), k=4)]:
        clock.pass_by(seconds=chance.choice((0, 1, 30)))
        try:
            steps[name](chance.choice((morning.ctx, beside)))
        except RuleViolation:
            continue
        done.add(name)
        assert _wrong(snapshots, morning) == [], name
    assert {"start", "rename", "say", "consent"} <= done


def test_every_personal_section_is_read_together_as_it_is_read_alone(morning: Morning) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    follow_ups.consent(morning, "Max", ContactField.EMAIL)
    follow_ups.exchange(morning, morning.meeting_id, "Mira", "Max")
    follow_ups.promise(morning, morning.meeting_id, "Mira", "Max", "a number")
    people = list(morning.people.values())
    for private in (True, False):
        rests = together.rest(morning.ctx, morning.meeting_id, people, private=private)
        everybody = mornings.of_meeting(morning.ctx, morning.meeting_id)
        found = {each: together.own(everybody, each, private=private, rest=rests[each]) for each in people}
        for person in people:
            alone = sections.build(morning.ctx, morning.meeting_id, together.NAMES, Viewer(person, private))
            assert json.loads("{" + found[person] + "}") == alone


def test_a_crowd_that_comes_back_is_answered_with_a_few_questions(
    morning: Morning, snapshots: Snapshots, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    # PostgreSQL also counts what is written to the databases of other tests, which would end the lull.
    monkeypatch.setattr(morning.ctx._lulls, "_revision", lambda: "nobody writes")
    seen = [Viewer(person, True) for person in morning.people.values()] * 50
    with statements() as asked:
        for viewer in seen:
            snapshots.text(morning.meeting_id, PHONE, viewer)
    assert len(asked) < 40
    with statements() as asked:
        for viewer in seen:
            snapshots.text(morning.meeting_id, PHONE, viewer)
    assert not asked


def test_many_at_once_each_get_their_own(morning: Morning, snapshots: Snapshots) -> None:
    everybody_in(morning)
    seat_rounds(morning, TABLES)
    got: dict[PersonId, str] = {}

    def ask(person: PersonId) -> None:
        got[person] = snapshots.text(morning.meeting_id, PHONE, Viewer(person, True))

    threads = [threading.Thread(target=ask, args=(morning.people[who],)) for who in morning.attendances]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for who, uid in morning.attendances.items():
        assert json.loads(got[morning.people[who]])["snapshot"]["me"]["attendance"] == uid


def test_at_a_meeting_a_crowd_is_who_each_of_them_is_alone(morning: Morning, clock: FakeClock) -> None:
    scope = Scope(GroupId(morning.group_id), morning.meeting_id)

    def roles(who: str) -> tuple[frozenset[Role], object]:
        alone = sessions.actor_for(morning.ctx, morning.tokens[who])
        among = crowds.actor_at(morning.ctx, morning.tokens[who], scope, morning.ctx.lull())
        assert (among.session_uid, among.person_id, among.name) == (alone.session_uid, alone.person_id, alone.name)
        assert among.roles(scope, clock.now) == alone.roles(scope, clock.now)
        return among.roles(scope, clock.now), among.person_id

    def leaves_the_group(tx: Tx) -> None:
        tx.db.execute(
            update(Membership).where(Membership.person_id == morning.people["Max"]).values(standing=Standing.FORMER)
        )

    for _ in range(3):
        found = {who: roles(who)[0] for who in morning.tokens}
    assert Role.FACILITATOR in found["Fiona"]
    assert Role.ATTENDEE in found["Mira"]
    assert found["Sam"] == frozenset()
    morning.ctx.transaction(leaves_the_group)
    for _ in range(3):
        found = {who: roles(who)[0] for who in morning.tokens}
    assert Role.MEMBER not in found["Max"]
    clock.pass_by(days=sessions.ATTENDEE_DAYS + 1)
    for _ in range(3):
        found = {who: roles(who)[0] for who in morning.tokens}
    assert Role.ATTENDEE not in found["Mira"]


def test_a_session_that_another_process_revokes_is_nobody_at_once(morning: Morning, beside: Context) -> None:
    scope = Scope(GroupId(morning.group_id), morning.meeting_id)
    for _ in range(4):
        before = crowds.actor_at(morning.ctx, morning.tokens["Mira"], scope, morning.ctx.lull())
    assert before.session_uid is not None
    sessions.sign_out(beside, session_uid=before.session_uid)
    for _ in range(4):
        assert crowds.actor_at(morning.ctx, morning.tokens["Mira"], scope, morning.ctx.lull()).session_uid is None


def test_a_session_ends_on_the_second_though_nobody_writes(morning: Morning, clock: FakeClock) -> None:
    def short(tx: Tx) -> None:
        tx.db.execute(update(SessionRow).values(expires_at=clock.now + timedelta(seconds=5)))

    morning.ctx.transaction(short)
    assert sessions.actor_for(morning.ctx, morning.tokens["Mira"]).session_uid is not None
    clock.pass_by(seconds=4.9)
    assert sessions.actor_for(morning.ctx, morning.tokens["Mira"]).session_uid is not None
    clock.pass_by(seconds=0.1)
    assert sessions.actor_for(morning.ctx, morning.tokens["Mira"]).session_uid is None


def test_what_one_moment_reads_late_is_not_kept(morning: Morning, beside: Context) -> None:
    """A page's session sees the moment it began in; what it reads later must not be taken for news."""
    with morning.ctx.one_moment() as moment:
        with moment.reading() as db:
            assert db.scalars(select(Attendance)).all()
        _rename(beside, morning, "Mira")
        sessions.actor_for(moment, morning.tokens["Mira"])
    name = sessions.actor_for(morning.ctx, morning.tokens["Mira"]).name
    assert name == sessions.actor_for(beside, morning.tokens["Mira"]).name


def test_only_shared_audiences_have_a_counter(morning: Morning, snapshots: Snapshots) -> None:
    shown = json.loads(snapshots.text(morning.meeting_id, PHONE, Viewer(morning.people["Mira"], True)))
    assert set(shown["audiences"]) == {Audience.EVERYONE.value}
    assert set(shown["snapshot"]) >= {"meeting", "clock", "me", "slips", "exchanges"}
