"""Several desks with skewed clocks, no network, lost answers, restarts: whatever happens, the book tells the truth."""

import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from server.config import Settings
from server.persistence.database import Database
from server.services import attendance, check_ins, conflicts
from server.services.bus import Bus
from server.services.check_ins import Desk, Sent
from server.services.context import Context, Op
from tests.builders import START
from tests.conftest import KEY, FakeClock
from tests.mornings import make_morning

PEOPLE = ("Olga", "Fiona", "Dora", "Mira", "Max", "Vik")
DESKS = (0, 1, 2)


@dataclass
class Kept:
    """A scan as a device keeps it over restarts: operation, code, its own clock, and whether it said "saved here"."""

    op: str
    who: str
    scanned_ms: int
    saved: bool


@dataclass
class Door:
    """A device: its clock is off, its network comes and goes, and it sends in order."""

    desk: Desk
    skew: timedelta
    online: bool = True
    queue: list[Kept] = field(default_factory=list)


class Doors(RuleBasedStateMachine):
    """Three doors of one meeting."""

    migrated: Path

    @initialize(skews=st.lists(st.integers(-600, 600), min_size=3, max_size=3))
    def open_the_doors(self, skews: list[int]) -> None:
        self.folder = tempfile.TemporaryDirectory()
        shutil.copy(self.migrated, Path(self.folder.name) / "door.db")
        self.clock = FakeClock(START)
        database = Database(f"sqlite:///{self.folder.name}/door.db")
        made = Settings(instance=Path(self.folder.name))
        self.ctx = Context(database=database, now=self.clock, key=KEY, settings=made, bus=Bus())
        self.morning = make_morning(self.ctx)
        self.doors = [Door(Desk(None, f"Door {n}"), timedelta(seconds=skew)) for n, skew in enumerate(skews)]
        self.scans: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
        self.welcomes: dict[str, set[str]] = defaultdict(set)
        self.number = 0

    def _deliver(self, door: Door, *, answer_lost: bool) -> None:
        kept = door.queue[0]
        sent = Sent(kept.scanned_ms, self._ms(door), kept.saved)
        body: dict[str, Any] = {"code": self.morning.codes[kept.who], "at": kept.scanned_ms}
        answer = check_ins.check_in(
            self.ctx,
            meeting_id=self.morning.meeting_id,
            scanned=body["code"],
            desk=door.desk,
            sent=sent,
            op=Op(kept.op, "check_in", body),
        )
        assert answer["answer"] in {"welcome", "already_in"}
        if answer_lost:
            kept.saved = True  # the device has heard nothing: it said "saved here" and sends again
        else:
            door.queue.pop(0)

    def _ms(self, door: Door) -> int:
        return round((self.clock.now + door.skew).timestamp() * 1000)

    @rule(n=st.sampled_from(DESKS), who=st.sampled_from(PEOPLE), answer_lost=st.booleans())
    def scan(self, n: int, who: str, answer_lost: bool) -> None:
        door = self.doors[n]
        self.number += 1
        kept = Kept(f"op-{self.number}", who, self._ms(door), saved=not door.online or bool(door.queue))
        door.queue.append(kept)
        self.scans[who].append((self.clock.now, n))
        if door.online and len(door.queue) == 1:
            self._deliver(door, answer_lost=answer_lost)

    @rule(n=st.sampled_from(DESKS))
    def lose_the_network(self, n: int) -> None:
        self.doors[n].online = False

    @rule(n=st.sampled_from(DESKS), lost=st.booleans())
    def send_what_waits(self, n: int, lost: bool) -> None:
        door = self.doors[n]
        door.online = True
        while door.queue:
            self._deliver(door, answer_lost=lost)
            lost = False

    @rule(n=st.sampled_from(DESKS))
    def start_again(self, n: int) -> None:
        """The page is loaded again: only what the device keeps is left of it."""
        door = self.doors[n]
        self.doors[n] = Door(door.desk, door.skew, door.online, [Kept(**vars(kept)) for kept in door.queue])

    @rule(seconds=st.integers(1, 400))
    def wait(self, seconds: int) -> None:
        self.clock.pass_by(seconds=seconds)

    @invariant()
    def nobody_is_counted_twice(self) -> None:
        if not hasattr(self, "ctx"):
            return
        people = attendance.everybody(self.ctx, self.morning.meeting_id)
        found = attendance.counts(self.ctx, self.morning.meeting_id)
        assert found.came == found.in_room == sum(person.in_room for person in people) <= len(self.scans)

    def teardown(self) -> None:
        if not hasattr(self, "ctx"):
            return
        for n in DESKS:
            self.send_what_waits(n, lost=False)
        people = {person.given_name: person for person in attendance.everybody(self.ctx, self.morning.meeting_id)}
        clashing = {each.name.split()[0] for each in conflicts.listed(self.ctx, self.morning.meeting_id)}
        for who in PEOPLE:
            scans = self.scans.get(who, [])
            assert people[who].in_room == bool(scans), "nobody is lost, nobody is made up"
            if scans:
                first, entered = min(at for at, _ in scans), people[who].entered_at
                assert entered is not None
                assert abs(entered - first) < timedelta(milliseconds=2), "the earliest scan is the entry"
        for who in clashing:
            assert len({n for _, n in self.scans[who]}) > 1, "one desk alone is no conflict"
        self.ctx.database.close()
        self.folder.cleanup()


@pytest.mark.parametrize(
    "examples", [25, pytest.param(400, marks=pytest.mark.slow)], ids=lambda number: f"{number} mornings"
)
def test_whatever_happens_to_three_doors_the_book_tells_the_truth(migrated_sqlite: Path, examples: int) -> None:
    Doors.migrated = migrated_sqlite
    run_state_machine_as_test(
        Doors,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
