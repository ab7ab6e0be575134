"""How long a scan takes at the door while 60 phones listen, and how much memory the server needs for them.

    python tests/benchmarks/scans.py [phones] [scans]

A real server process (gevent), SQLite and, where COLTIVA_TEST_POSTGRES names a server, PostgreSQL. Each scan lets in
somebody else; the time runs from the request's last byte to the answer's last byte on a kept connection, so it is the
server's time with the way there and back. While the scans run the server also tells desk, facilitators and phones.
Prints p50 and p95 in milliseconds, the processor time of the server for a scan with all its news, and
the server's resident memory. Exit code 1 when a goal is missed: p95 at most
50 ms, memory at most 150 MB.
"""

import http.client
import json
import os
import re
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import socketio
from sqlalchemy import create_engine, text

from server.app import create_context
from server.config import Settings
from server.domain.vocabulary import Role, Standing
from server.services import badges
from server.services.context import Context, Tx
from tests import builders
from tests.cast import Character
from tests.serving import serve

GOAL_MS, GOAL_MB = 50.0, 150.0
DATABASE = "coltiva_benchmark_scans"


@dataclass
class Crowd:
    """A full room: the meeting, the door's session, everybody's badge codes and phone sessions."""

    meeting: str
    door: str
    codes: list[str]
    phones: list[str]


def crowd(ctx: Context, people: int, phones: int) -> Crowd:
    """An open meeting with so many people on its list."""

    def work(tx: Tx) -> tuple[str, int, int, list[str], list[int]]:
        group = builders.a_group(tx)
        meeting = builders.a_meeting(tx, group)
        cast = [
            builders.a_member(tx, group, Character(f"Given{n}", f"Family{n}", f"Firm {n}", "Trade", ""))
            for n in range(people)
        ]
        for person in cast:
            builders.an_attendance(tx, meeting, person)
        made = badges.issue(ctx, tx, [(p.id, Standing.MEMBER) for p in cast], group_id=group.id, meeting_id=meeting.id)
        return (
            meeting.uid,
            meeting.id,
            group.id,
            [badges.code_of(ctx, made[person.id]) for person in cast],
            [person.id for person in cast[:phones]],
        )

    uid, meeting_id, group_id, codes, ids = ctx.transaction(work)
    door = builders.signed_in(ctx, None, label="Door 1", role=Role.GREETER, group_id=group_id, meeting_id=meeting_id)
    return Crowd(uid, door, codes, [builders.signed_in(ctx, person) for person in ids])


def listen(url: str, crowd: Crowd) -> list[socketio.Client]:
    """Every phone, and the door itself, joins the meeting."""
    clients = []
    for token in [*crowd.phones, crowd.door]:
        client = socketio.Client(reconnection=False)
        client.connect(url, headers={"Cookie": f"coltiva={token}"}, transports=["websocket"])
        answer = client.call("join", {"meeting": crowd.meeting}, timeout=30)
        assert answer["ok"], answer
        clients.append(client)
    return clients


def scan(port: int, crowd: Crowd) -> list[float]:
    """Milliseconds of each recorded scan."""
    line = http.client.HTTPConnection("127.0.0.1", port)
    cookie = {"Cookie": f"coltiva={crowd.door}"}
    line.request("GET", f"/desk/{crowd.meeting}", headers=cookie)
    found = re.search(r'name="csrf" content="([^"]+)"', line.getresponse().read().decode())
    assert found is not None
    headers = cookie | {"Content-Type": "application/json", "X-CSRF-Token": found.group(1)}
    times = []
    for number, code in enumerate(crowd.codes):
        body = json.dumps({"code": code})
        start = time.perf_counter()
        line.request("POST", f"/desk/{crowd.meeting}/check-ins", body, headers | {"X-Operation-Id": f"scan-{number}"})
        answer = json.loads(line.getresponse().read())
        times.append((time.perf_counter() - start) * 1000)
        assert answer["answer"] == "welcome", answer
        time.sleep(0.05)  # twenty people a second is a fast queue, and leaves the news their turn
    line.close()
    return times


def cpu_seconds(process: int) -> float:
    """Processor time of a process so far, as Linux counts it."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(process: int) -> float:
    """Resident memory of a process, as Linux counts it."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found.group(1)) / 1024


def measure(name: str, url: str, phones: int, scans: int) -> bool:
    """Serve, listen, scan, print one line; whether the goals are met."""
    with tempfile.TemporaryDirectory() as folder:

        def prepare(ctx: Context) -> Crowd:
            if not url:
                return crowd(ctx, scans, phones)
            other = create_context(Settings(instance=Path(folder), database=url))
            try:
                return crowd(other, scans, phones)
            finally:
                other.database.close()

        options = ("--database", url) if url else ()
        with serve(Path(folder), prepare, *options) as served:
            clients = listen(served.url, served.data)
            before = cpu_seconds(served.process.pid)
            times = sorted(scan(served.port, served.data))
            busy = (cpu_seconds(served.process.pid) - before) / scans * 1000
            memory = resident_mb(served.process.pid)
            stop = [threading.Thread(target=client.disconnect) for client in clients]
            for each in stop:
                each.start()
            for each in stop:
                each.join()
    p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
    good = p95 <= GOAL_MS and memory <= GOAL_MB
    print(
        f"{name:<11} {phones} phones  {scans} scans  p50 {p50:5.1f} ms  p95 {p95:5.1f} ms"
        f"  processor {busy:4.1f} ms a scan  memory {memory:5.1f} MB  {'' if good else 'MISSED'}"
    )
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
    phones = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    scans = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    good = measure("sqlite", "", phones, scans)
    if url := postgres():
        good = measure("postgresql", url, phones, scans) and good
    else:
        print("postgresql  not measured: COLTIVA_TEST_POSTGRES names no server")
    return 0 if good else 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    raise SystemExit(main())
