"""Eight doors that scan and send again, and a server that is killed again and again: nobody lost, nobody twice."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from server.app import create_context
from server.config import Settings
from server.domain.vocabulary import AttendanceStatus, CheckInKind, Role, Standing
from server.persistence.base import new_uid
from server.persistence.models import Attendance, CheckInEvent, Group, Meeting, Person
from server.services import attendance, badges
from server.services.context import Context, Tx
from tests import builders
from tests.callers import NO_ANSWER, Caller
from tests.mornings import Morning, make_morning
from tests.serving import serve

DEVICES = 8


@dataclass
class Queue:
    """What is prepared: the morning, a session for each door, and the badges of everybody who stands in the queue."""

    morning: Morning
    tokens: list[str]
    codes: list[str]


@dataclass
class Doors:
    """The doors at work: what was acknowledged, and the server they talk to."""

    queue: Queue
    port: int
    acknowledged: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    pace: float = 0.0

    def work(self, number: int) -> None:
        """One door: its own part of the queue, each badge with its own operation until somebody has answered."""
        caller = Caller(self.port, self.queue.tokens[number])
        path = f"/desk/{self.queue.morning.meeting_uid}/check-ins"
        for code in self.queue.codes[number::DEVICES]:
            while True:
                caller.port = self.port
                try:
                    status, answer = caller.send(path, {"code": code}, op=f"scan-{code}")
                except NO_ANSWER:
                    time.sleep(0.05)
                    continue
                break
            assert (status, answer["answer"]) == (200, "welcome"), answer
            with self.lock:
                self.acknowledged.add(code)
            time.sleep(self.pace)


def _prepare(people: int) -> Callable[[Context], Queue]:
    def prepare(ctx: Context) -> Queue:
        morning = make_morning(ctx)

        def work(tx: Tx) -> list[str]:
            group, meeting = tx.db.get_one(Group, morning.group_id), tx.db.get_one(Meeting, morning.meeting_id)
            row = {"family_name": "Comer", "created_at": tx.now, "search_key": "late comer", "sort_key": "comer"}
            tx.db.execute(insert(Person), [row | {"uid": new_uid(), "given_name": f"Late{n}"} for n in range(people)])
            keys = list(tx.db.scalars(select(Person.id).where(Person.family_name == "Comer")))
            line = {"meeting_id": meeting.id, "standing": Standing.MEMBER, "status": AttendanceStatus.EXPECTED}
            tx.db.execute(insert(Attendance), [line | {"uid": new_uid(), "person_id": key} for key in keys])
            found = []
            for start in range(0, people, 500):
                known = [(key, Standing.MEMBER) for key in keys[start : start + 500]]
                made = badges.issue(ctx, tx, known, group_id=group.id, meeting_id=meeting.id)
                found += [badges.code_of(ctx, made[key]) for key, _ in known]
            return found

        here = {"group_id": morning.group_id, "meeting_id": morning.meeting_id}
        tokens = [builders.signed_in(ctx, None, label=f"Door {n}", role=Role.STEWARD, **here) for n in range(DEVICES)]
        return Queue(morning, tokens, ctx.transaction(work))

    return prepare


def _nothing(ctx: Context) -> None:
    """What is there stays as it was left."""


def _first_answer(queue: Queue, port: int) -> int:
    """Somebody asks until there is an answer; how many the server says have come."""
    caller = Caller(port, queue.tokens[0])
    return int(caller.get(f"/state/{queue.morning.meeting_uid}")["snapshot"]["counts"]["came"])


def _killed(folder: Path, kills: int, people: int, pace: float) -> None:
    """Kill the server while the doors work, and look at the book afterwards; tells how soon it answered again."""
    chance, waits = random.Random(kills), []
    with ExitStack() as running:
        served = running.enter_context(serve(folder, _prepare(people)))
        doors = Doors(served.data, served.port, pace=pace)
        hands = [threading.Thread(target=doors.work, args=(number,)) for number in range(DEVICES)]
        for hand in hands:
            hand.start()
        for _ in range(kills):
            time.sleep(chance.uniform(0.05, 0.6))
            served.process.kill()
            served.process.wait()
            with doors.lock:
                acknowledged = len(doors.acknowledged)
            running.close()
            began = time.monotonic()
            served = running.enter_context(serve(folder, _nothing))  # type: ignore[arg-type]  # nothing is prepared twice
            came = _first_answer(doors.queue, served.port)
            waits.append(time.monotonic() - began)
            assert came >= acknowledged, "no acknowledged scan is lost"
            doors.port = served.port
        for hand in hands:
            hand.join()
        print(f"first answer after a restart: {sorted(waits)[kills // 2]:.1f} s, at worst {max(waits):.1f} s")
        assert not [line for line in served.log if "Traceback" in line], "".join(served.log)
    _look(folder, doors)


def _look(folder: Path, doors: Doors) -> None:
    """Everybody is in, once."""
    ctx = create_context(Settings(instance=folder))
    with ctx.reading() as db:
        entries = db.scalar(select(func.count(CheckInEvent.id)).where(CheckInEvent.kind == CheckInKind.ENTRY))
        lines = db.scalar(select(func.count(CheckInEvent.id)))
    came = attendance.counts(ctx, doors.queue.morning.meeting_id).came
    ctx.database.close()
    people = len(doors.queue.codes)
    assert (len(doors.acknowledged), came, entries, lines) == (people, people, people, people)


def test_doors_that_send_again_lose_nobody_and_double_nobody_over_twenty_kills(tmp_path: Path) -> None:
    _killed(tmp_path, kills=20, people=1600, pace=0.02)


@pytest.mark.slow
def test_ten_thousand_come_in_while_the_server_is_killed_a_hundred_times(tmp_path: Path) -> None:
    _killed(tmp_path, kills=100, people=10_000, pace=0.01)
