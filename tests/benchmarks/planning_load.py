"""How long a socket waits for its answer while 1,000 people are planned, and how soon they know their tables.

    python -m tests.benchmarks.planning_load [people] [phones]

A real server process (gevent), SQLite and, where COLTIVA_TEST_POSTGRES names a server, PostgreSQL; a gala of 30
sectors, tables of 8, six rounds, 20 earlier meetings of everybody. Phones listen in a process of their own. Four
sockets ask for the clock all the time, from join to answer as a phone does it: first in quiet, then from the press of
the button until the run is over. Prints p50, p99 and the longest wait in milliseconds, the seconds from the press until
the next round was announced, and how long a facilitator who has enough waits for the planner to stop. Exit code 1 when
a goal is missed: p99 at most 50 ms, the next round within a second for up to 200 people.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import socketio
from sqlalchemy import create_engine, insert, text

from server.app import create_context
from server.config import Settings
from server.domain import names
from server.domain.vocabulary import AttendanceStatus, Role, Standing
from server.persistence.models import Attendance, Encounter, Meeting, Membership, Person, Round
from server.services.context import Context, Tx
from tests import builders
from tests.serving import serve

GOAL_MS = 50.0
GOAL_SECONDS = 1.0
MANY = 200
"""Up to so many people the next round is announced within the goal."""
PROBES, PAUSE, QUIET = 4, 0.02, 6.0
DATABASE = "coltiva_benchmark_planning"
LATER = 10
"""Seconds of improving, after which the run is over by itself."""


@dataclass
class Gala:
    """A room full of people, who facilitates it, and the phones that listen."""

    meeting: str
    facilitator: str
    phones: list[str]


def gala(ctx: Context, people: int, phones: int) -> Gala:
    """An open meeting with everybody in the room, and an earlier one at which neighbours met."""

    def work(tx: Tx) -> tuple[int, int, str, list[int]]:
        group = builders.a_group(tx)
        meeting = builders.a_meeting(tx, group, rounds_wanted=6, table_size=8)
        tx.db.execute(
            insert(Person),
            [
                {
                    "given_name": f"Given{n}",
                    "family_name": f"Family{n}",
                    "sector": f"Sector {n * 7 % 30}",
                    "wants_sector": f"Sector {n * 11 % 30}",
                    "created_at": tx.now,
                    "search_key": names.search_key(f"Given{n}", f"Family{n}", ""),
                    "sort_key": names.sort_key(f"Family{n}", f"Given{n}", "en"),
                }
                for n in range(people)
            ],
        )
        keys = list(tx.db.scalars(Person.__table__.select().with_only_columns(Person.id).order_by(Person.id)))
        here = {"group_id": group.id, "standing": Standing.MEMBER}
        tx.db.execute(insert(Membership), [here | {"person_id": key} for key in keys])
        present = {"standing": Standing.MEMBER, "status": AttendanceStatus.PRESENT, "entered_at": tx.now}
        tx.db.execute(insert(Attendance), [present | {"meeting_id": meeting.id, "person_id": key} for key in keys])
        _earlier(tx, group.id, keys)
        return group.id, meeting.id, meeting.uid, keys

    group_id, meeting_id, uid, keys = ctx.transaction(work)
    facilitator = builders.signed_in(ctx, None, role=Role.FACILITATOR, group_id=group_id, meeting_id=meeting_id)
    return Gala(uid, facilitator, [builders.signed_in(ctx, key) for key in keys[:phones]])


def _earlier(tx: Tx, group_id: int, keys: list[int]) -> None:
    """Everybody sat with some twenty others at one earlier meeting."""
    meeting = Meeting(group_id=group_id, starts_at=builders.START, time_zone="Europe/Rome", name="Earlier", slug="x")
    held = Round(meeting_id=0, number=1, length_ms=1000)
    tx.db.add(meeting)
    tx.db.flush()
    held.meeting_id = meeting.id
    tx.db.add(held)
    tx.db.flush()
    met = {(a, keys[at]) for n, a in enumerate(keys) for at in range(n + 1, min(n + 11, len(keys)))}
    row = {"group_id": group_id, "meeting_id": meeting.id, "round_id": held.id, "number": 1}
    tx.db.execute(
        insert(Encounter),
        [row | {"first_id": a, "other_id": b, "met_on": builders.START.date()} for a, b in sorted(met)],
    )


def connect(url: str, token: str, meeting: str) -> socketio.Client:
    """A screen of the meeting."""
    client = socketio.Client(reconnection=False)
    client.connect(url, headers={"Cookie": f"coltiva={token}"}, transports=["websocket"])
    answer = client.call("join", {"meeting": meeting}, timeout=60)
    assert answer["ok"], answer
    return client


def listen(url: str, meeting: str) -> None:
    """A process of phones: joins with the tokens it is given a line each, says so, and listens until it is told."""
    clients = [connect(url, line.strip(), meeting) for line in iter(sys.stdin.readline, "\n")]
    print("listening", flush=True)
    sys.stdin.readline()
    for client in clients:
        client.disconnect()


class Probe:
    """A socket that asks for the clock all the time and notes how long each answer took."""

    def __init__(self, url: str, gala: Gala) -> None:
        self.client = connect(url, gala.facilitator, gala.meeting)
        self.waits: list[tuple[float, float]] = []
        """Seconds on the wall when asked, milliseconds waited."""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self) -> None:
        while not self._over.is_set():
            asked = time.perf_counter()
            self.client.call("clock", timeout=60)
            self.waits.append((asked, (time.perf_counter() - asked) * 1000))
            time.sleep(PAUSE)

    def stop(self) -> None:
        """Ask no more."""
        self._over.set()
        self._thread.join()
        self.client.disconnect()


class Console:
    """What the facilitator's page does: presses, and hears how far the run is."""

    def __init__(self, url: str, port: int, gala: Gala) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port)
        self.cookie = {"Cookie": f"coltiva={gala.facilitator}"}
        self.meeting = gala.meeting
        self.line.request("GET", f"/run/{gala.meeting}", headers=self.cookie)
        found = re.search(r'name="csrf" content="([^"]+)"', self.line.getresponse().read().decode())
        assert found is not None
        self.token = found.group(1)
        self.states: list[tuple[str, float]] = []
        self.client = connect(url, gala.facilitator, gala.meeting)
        self.client.on("news", self._hear)

    def _hear(self, news: dict[str, dict[str, dict[str, dict[str, str]]]]) -> None:
        run = news["patch"].get("plan", {}).get("run")
        if run and (not self.states or self.states[-1][0] != run["state"]):
            self.states.append((run["state"], time.perf_counter()))

    def press(self, what: str) -> None:
        """Press a button of the planning."""
        headers = self.cookie | {"Content-Type": "application/json", "X-CSRF-Token": self.token}
        self.line.request("POST", f"/run/{self.meeting}/{what}", "{}", headers)
        answer = json.loads(self.line.getresponse().read())
        assert answer["ok"], answer

    def after(self, state: str) -> float:
        """Wait until the run is in none but a later state; the moment it came there."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            states = [name for name, _ in self.states]
            if state in states and states[-1] != state:
                return self.states[states.index(state) + 1][1]
            time.sleep(0.005)
        raise AssertionError(f"it stays {self.states}")


def said(waits: list[float]) -> str:
    """The three figures of some waits."""
    waits = sorted(waits)
    p50, p99 = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    return f"p50 {p50:5.1f}  p99 {p99:5.1f}  longest {waits[-1]:6.1f} ms  ({len(waits)} answers)"


def measure(name: str, url: str, people: int, phones: int) -> bool:
    """Serve, listen, plan twice, print; whether the goals are met."""
    with tempfile.TemporaryDirectory() as folder:

        def prepare(ctx: Context) -> Gala:
            if not url:
                return gala(ctx, people, phones)
            other = create_context(Settings(instance=Path(folder), database=url))
            try:
                return gala(other, people, phones)
            finally:
                other.database.close()

        options = ("--database", url) if url else ()
        with serve(Path(folder), prepare, *options) as served:
            crowd = subprocess.Popen(
                [sys.executable, "-m", "tests.benchmarks.planning_load", "--listen", served.url, served.data.meeting],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert crowd.stdin is not None
            assert crowd.stdout is not None
            crowd.stdin.write("\n".join(served.data.phones) + "\n\n")
            crowd.stdin.flush()
            assert crowd.stdout.readline() == "listening\n"
            console = Console(served.url, served.port, served.data)
            probes = [Probe(served.url, served.data) for _ in range(PROBES)]
            time.sleep(QUIET)
            pressed = time.perf_counter()
            console.press("plan")
            announced = console.after("seating")
            time.sleep(LATER / 2)
            stopping = time.perf_counter()
            console.press("plan/enough")
            ended = console.after("improving")
            time.sleep(3)  # the last news are still on their way
            for probe in probes:
                probe.stop()
            console.client.disconnect()
            crowd.communicate("\n")
    waits = [wait for probe in probes for wait in probe.waits]
    quiet = [ms for asked, ms in waits if asked < pressed]
    busy = sorted(ms for asked, ms in waits if asked >= pressed)
    good = busy[int(len(busy) * 0.99)] <= GOAL_MS and (people > MANY or announced - pressed <= GOAL_SECONDS)
    print(f"{name:<11} {people} people  quiet     {said(quiet)}")
    print(f"{'':<11} {phones} phones  planning  {said(busy)}  {'' if good else 'MISSED'}")
    print(f"{'':<11} announced after {announced - pressed:.2f} s, enough after {ended - stopping:.2f} s")
    return good


def postgres() -> str:
    """The address of a fresh database on the test server, or nothing."""
    server = os.environ.get("COLTIVA_TEST_POSTGRES", "")
    if not server:
        return ""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {DATABASE}"))
    admin.dispose()
    return server.rsplit("/", 1)[0] + "/" + DATABASE


def main() -> int:
    """Measure both databases."""
    if sys.argv[1:2] == ["--listen"]:
        listen(*sys.argv[2:])
        return 0
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    phones = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    good = measure("sqlite", "", people, phones)
    if url := postgres():
        good = measure("postgresql", url, people, phones) and good
    else:
        print("postgresql  not measured: COLTIVA_TEST_POSTGRES names no server")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
