"""How fast news reach a room, over our transport, over the stock one, and over another server beside them.

    python -m tests.benchmarks.transport [--sizes 200,1000] [--peer FILE] [--only own,peer] [--tls] [--quick]

The product itself (`coltiva serve`, SQLite) with a full room of seated people and its real `join`: session,
audiences, snapshot. `--peer` names a Node.js Socket.IO server to run beside it with PORT, SNAPSHOT_BYTES, EACH_BYTES
and, for `--tls`, PEM in its environment: it answers `join` with so many bytes, tells all the event `timer` on POST
/emit and each something else of EACH_BYTES on POST /emit_each. `bare` is our transport without the product. All run at
the same time and are measured in turn, so that a busy moment meets all alike:

- last: from the server's stamp in the news (`t` in ns of the monotonic clock, or `sent_at`) to the last client;
- cpu: processor time of the server for each delivery, with the request that causes it; and of the telling alone, which
  is what remains when the same request with nobody listening is taken off;
- round: from a press that starts or ends a round to the last phone with its own new part; the peer sends as many
  different messages of the same size;
- storm: all come back at once, until the last has its correct snapshot; before each something was written, so that
  nothing is kept. The processor time of the server for each beside it;
- memory: resident, for each client;
- missed, doubled: clients that an event or their own part of a round did not reach, and those told again.

Medians, with the ratio to the peer, as a table in Markdown; the stock transport up to 1,000 clients only, unless
`--only` names it. `--quick` measures a few of each. No exit code but 0: it is to be read.
"""

import argparse
import contextlib
import gc
import http.client
import os
import re
import socket
import ssl
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from server.app import create_context
from server.config import Settings
from tests.benchmarks import rooms, servers
from tests.benchmarks.crowds import Client, Crowd, stamp
from tests.benchmarks.transport_table import HEAD, Row, line
from tests.sockets.transport.peers import Peer, serving

WARM = 2
"""Of each the first, which are not counted: a warm engine is compared with a warm one."""
ROUNDS = 8
PRESSES = 2 * ROUNDS - WARM
"""A start and an end of each round."""
MOST_PEOPLE = 1000
"""More clients than that are second and third devices of the same people."""
PATIENCE = 120.0
LISTENED_ON = 0.1
"""Seconds in which what was told twice would come again."""
STORMS = 10
STORMS_OF_MANY = 5
"""Of more than `MOST_PEOPLE` clients."""
EVENTS = 10
PEER_PORT = 5077


def cpu(pid: int) -> float:
    """Processor seconds of all threads of a process so far."""
    spent = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        spent += int((thread / "schedstat").read_text(encoding="ascii").split()[0])
    return spent / 1e9


def memory(pid: int) -> float:
    """Resident memory of a process in KB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    assert found is not None
    return float(found.group(1))


@dataclass
class Server:
    """A server that is measured. `tell` and `press` send a request; `done` reads its answer."""

    pid: int
    crowd: Crowd
    tell: Callable[[], None]
    press: Callable[[], None] | None
    done: Callable[[], None]
    sent: Callable[[bytes], float]
    """When the server says it sent this, on our clock."""
    is_own: Callable[[bytes], bool] = lambda text: True
    """Is this what a press tells to one client alone?"""


@dataclass
class Sizes:
    """What the peer is to imitate, as the product did it."""

    snapshot: int = 11_000
    each: int = 1400


SIZES = Sizes()


@contextmanager
def product(transport: str, size: int, pem: Path | None) -> Iterator[Server]:
    """`coltiva serve` with this transport."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        ctx = create_context(Settings(instance=Path(name)))
        room = rooms.full(ctx, min(size, MOST_PEOPLE), rounds=ROUNDS)
        ctx.database.close()
        module, more = ("server", {}) if pem is None else ("tests.benchmarks.over_tls", {"PEM": str(pem)})
        served = stack.enter_context(servers.product(Path(name), "--transport", transport, module=module, **more))
        trust = trusting(pem)
        cookie = "coltiva" if pem is None else "__Host-coltiva"
        clients = [Client(f"{cookie}={room.phones[n % len(room.phones)]}") for n in range(size)]
        console = servers.Console(served.port, room.meeting, room.facilitator, trust)
        pressed, version, spoken = 0, 0, 0

        def tell() -> None:
            nonlocal spoken
            spoken += 1
            console.send("message", {"message": f"It is {spoken}" + "x" * 150})

        def press() -> None:
            nonlocal pressed
            number, verb = 1 + pressed // 2, ("start", "end")[pressed % 2]
            console.send(f"rounds/{number}/{verb}", {"version": version if verb == "end" else 0})
            pressed += 1

        def done() -> None:
            nonlocal version
            version = int((console.answer().get("clock") or {}).get("version", 0))

        apart = time.time() - time.monotonic()  # noqa: TID251  # the news carry the wall clock
        yield Server(
            served.process.pid,
            Crowd(served.port, "news", {"meeting": room.meeting}, clients, trust),
            tell,
            press,
            done,
            lambda text: stamp(text, "sent_at") / 1000 - apart,
            lambda text: b'"audience":"person"' in text[:60],
        )
        console.close()


@contextmanager
def peer(file: Path, size: int, pem: Path | None) -> Iterator[Server]:
    """The other server."""
    told = {"PORT": str(PEER_PORT), "SNAPSHOT_BYTES": str(SIZES.snapshot), "EACH_BYTES": str(SIZES.each)}
    process = subprocess.Popen(
        ["node", file.name],
        cwd=file.parent,
        env={**os.environ, **told, **({} if pem is None else {"PEM": str(pem)})},
    )
    try:
        for _ in range(100):
            time.sleep(0.1)
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", PEER_PORT)):
                break
        trust = trusting(pem)
        line = (
            http.client.HTTPConnection("127.0.0.1", PEER_PORT)
            if trust is None
            else http.client.HTTPSConnection("localhost", PEER_PORT, context=trust)
        )
        clients = [Client("coltiva=" + "x" * 32) for _ in range(size)]

        def done() -> None:
            line.getresponse().read()
            line.close()  # it would be closed after five seconds anyway

        yield Server(
            process.pid,
            Crowd(PEER_PORT, "timer", {"meeting": "m1"}, clients, trust),
            lambda: line.request("POST", "/emit"),
            lambda: line.request("POST", "/emit_each"),
            done,
            lambda text: stamp(text, "t") / 1e9,
        )
    finally:
        process.terminate()
        process.wait()


@contextmanager
def bare(size: int, pem: Path | None) -> Iterator[Server]:
    """Our transport alone, with a `join` as empty as the peer's."""
    trust = trusting(pem)
    # The one who asks does not answer pings.
    with serving("socket", "--interval", "900", *(() if pem is None else ("--certificate", str(pem)))) as process:
        asker = Peer(process.port, "/socket.io/?EIO=4&transport=websocket", tls=trust)
        asker.say("40")
        yield Server(
            process.pid,
            Crowd(process.port, "told", {"meeting": "m1"}, [Client("coltiva=x") for _ in range(size)], trust),
            lambda: asker.say('42["tell",205,1]'),
            lambda: asker.say(f'42["each",{SIZES.each}]'),
            lambda: None,
            lambda text: stamp(text, "t") / 1e9,
        )
        asker.close()


def trusting(pem: Path | None) -> ssl.SSLContext | None:
    """Trust this certificate and no other."""
    return None if pem is None else ssl.create_default_context(cafile=str(pem))


def _heard(server: Server, send: Callable[[], None], wanted: Callable[[bytes], bool]) -> float:
    """Send and wait for the last client, or as long as `PATIENCE`; the time of the last that heard."""
    crowd = server.crowd
    size, end = len(crowd.clients), time.monotonic() + PATIENCE
    crowd.listen(0.02)
    crowd.heard.clear()
    send()
    crowd.until(
        lambda: (len(crowd.heard) >= size and len(_times(crowd, wanted)) >= size) or time.monotonic() > end,
        2 * PATIENCE,
    )
    server.done()
    return max(at for at, _, text in crowd.heard if wanted(text))


def _counted(server: Server, row: Row, wanted: Callable[[bytes], bool]) -> None:
    """How many clients missed it, and how often somebody was told again; listened for a while longer."""
    end = time.monotonic() + LISTENED_ON
    while time.monotonic() < end:
        server.crowd.listen(0.02)
    times = _times(server.crowd, wanted)
    row.told += len(server.crowd.clients)
    row.missed += len(server.crowd.clients) - len(times)
    row.doubled += sum(times.values()) - len(times)


def _times(crowd: Crowd, wanted: Callable[[bytes], bool]) -> Counter[int]:
    """How often each client heard it."""
    return Counter(fd for _, fd, text in crowd.heard if wanted(text))


def _is_message(text: bytes) -> bool:
    # The counters come in between, every ten seconds.
    return b'"counters"' not in text


def _arrive(server: Server, row: Row) -> None:
    """Everybody comes; what it costs in memory, and what a request costs while nobody listens."""
    crowd, size = server.crowd, len(server.crowd.clients)
    everybody, crowd.clients = crowd.clients, crowd.clients[: size // 4]
    crowd.come(PATIENCE)  # what is made once for all is no client's
    crowd.leave()
    time.sleep(1.0)
    for number in range(12):
        before = cpu(server.pid)
        server.tell()
        server.done()
        time.sleep(0.05)
        if number > 3:
            row.request += (cpu(server.pid) - before) * 1e6 / 8
    crowd.clients = everybody
    idle = memory(server.pid)
    crowd.come(PATIENCE)
    crowd.until(lambda: True, 1)
    row.memory = (memory(server.pid) - idle) / size
    row.snapshot = crowd.clients[0].snapshot


def _tell(server: Server, row: Row) -> None:
    size = len(server.crowd.clients)
    before = cpu(server.pid)
    last = _heard(server, server.tell, _is_message)
    told = next(text for _, _, text in server.crowd.heard if _is_message(text))
    row.last.append((last - server.sent(told)) * 1000)
    row.cpu.append((cpu(server.pid) - before) / size * 1e6)
    _counted(server, row, _is_message)


def _press(server: Server, row: Row) -> None:
    if server.press is not None:
        began = time.monotonic()
        last = _heard(server, server.press, server.is_own)
        row.round.append((last - began) * 1000)
        _counted(server, row, server.is_own)


def _storm(server: Server, row: Row) -> None:
    size = len(server.crowd.clients)
    server.tell()
    server.done()
    server.crowd.leave()
    time.sleep(1.0)
    before = cpu(server.pid)
    row.storm.append(server.crowd.come(PATIENCE, at_once=size))
    row.storm_cpu.append((cpu(server.pid) - before) / size * 1000)


LAST_ANSWERED = [0.0]


def _answer_pings(running: dict[str, Server]) -> None:
    if time.monotonic() - LAST_ANSWERED[0] > 5:
        LAST_ANSWERED[0] = time.monotonic()
        for server in running.values():
            server.crowd.listen(0)


def measure(
    size: int, names: "dict[str, Callable[[], AbstractContextManager[Server]]]", events: int, storms: int
) -> dict[str, Row]:
    """Everything, of all servers in turn."""
    rows: dict[str, Row] = {name: Row() for name in names}
    with contextlib.ExitStack() as stack:
        running: dict[str, Server] = {}
        for name, start in names.items():
            running[name] = stack.enter_context(start())
        for name, server in running.items():
            server.crowd.beside = partial(_answer_pings, running)
            _arrive(server, rows[name])
        gc.collect()
        gc.disable()
        for step, times in ((_tell, events + WARM), (_press, min(events, PRESSES) + WARM), (_storm, storms)):
            for _ in range(times):
                for name, server in running.items():
                    step(server, rows[name])
                    gc.collect(0)
                    _answer_pings(running)
        gc.enable()
        for server in running.values():
            server.crowd.leave()
    for row in rows.values():
        del row.last[:WARM], row.cpu[:WARM], row.round[:WARM]
    return rows


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--sizes", default="200,1000")
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    servers.allow_descriptors()
    lines, began = [HEAD], time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        pem = certificate(Path(folder)) if options.tls else None
        for size in map(int, options.sizes.split(",")):
            every: dict[str, Callable[[], AbstractContextManager[Server]]] = {
                "own": partial(product, "own", size, pem),
                "stock": partial(product, "stock", size, pem),
                "bare": partial(bare, size, pem),
            }
            if options.peer is not None:
                every["peer"] = partial(peer, options.peer.resolve(), size, pem)
            wanted = options.only.split(",") if options.only else [n for n in every if n != "stock" or size <= 1000]
            storms = STORMS if size <= MOST_PEOPLE else STORMS_OF_MANY
            events, storms = (4, 2) if options.quick else (options.events, storms)
            rows = measure(size, {n: s for n, s in every.items() if n in wanted}, events, storms)
            lines += [line(name, size, row, rows.get("peer") if name != "peer" else None) for name, row in rows.items()]
            told = f"{size} clients{', TLS' if pem else ''}: load average {os.getloadavg()[0]:.1f}"
            print(f"{told}, {time.monotonic() - began:.0f} s so far", flush=True)
            print("\n".join([HEAD, *lines[-len(rows) :]]), flush=True)
    print("\nAll sizes\n\n" + "\n".join(lines))


def certificate(folder: Path) -> Path:
    """A key and a certificate for localhost, in one file."""
    key, cert, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)],
        check=True, capture_output=True,
    )  # fmt: skip
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


if __name__ == "__main__":
    main()
