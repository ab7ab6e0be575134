"""A round that runs while somebody presses and somebody scans, and a server that is killed in the middle of it.

`kill_and_look` starts the server over a prepared morning and then, moment by moment, lets the facilitator press and
the door scan without a pause, kills the process with no chance to tidy up, starts it again over the same data and says
what became of everything. The presses that nobody answered are sent again, as the product's own scripts do.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server.domain.vocabulary import Standing
from server.persistence.models import Group, Meeting
from server.services import badges
from server.services.context import Context, Tx
from tests import builders
from tests.callers import NO_ANSWER, Caller
from tests.cast import Character
from tests.mornings import Morning, make_morning
from tests.rooms import everybody_in, seat_rounds
from tests.serving import serve

PAIRS = [("Olga", "Fiona"), ("Dora", "Mira"), ("Max", "Vik")]
SCANS = 8
"""People who come in at the door in each of the moments."""


@dataclass
class Room:
    """What is prepared: the morning and the codes of people who are still to come."""

    morning: Morning
    codes: list[str]


@dataclass
class Said:
    """What somebody sent and was answered; `open_` is what the kill left without an answer."""

    answered: list[Any] = field(default_factory=list)
    open_: tuple[str, dict[str, object], str] | None = None


@dataclass
class Found:
    """What was there before the kill and after it; `again` is what the open press and scan were answered at last."""

    before: Any
    after: Any
    final: Any
    error_ms: float
    """How far the server's clock is off after the restart, by a clock that nobody touched."""
    presses: Said
    scans: Said
    came_before: int
    came: int
    press_again: tuple[int, Any] | None
    scan_again: tuple[int, Any] | None


def a_room(people: int) -> Callable[[Context], Room]:
    """A morning with everybody in, rounds planned, and so many people still to come."""

    def prepare(ctx: Context) -> Room:
        morning = make_morning(ctx)
        everybody_in(morning)
        seat_rounds(morning, [PAIRS, PAIRS, PAIRS], seconds=600)

        def work(tx: Tx) -> list[str]:
            group, meeting = tx.db.get_one(Group, morning.group_id), tx.db.get_one(Meeting, morning.meeting_id)
            known = []
            for number in range(people):
                who = Character(f"Late{number}", "Comer", "", "", f"late{number}@example.org")
                person = builders.a_member(tx, group, who)
                builders.an_attendance(tx, meeting, person)
                known.append((person.id, Standing.MEMBER))
            made = badges.issue(ctx, tx, known, group_id=group.id, meeting_id=meeting.id)
            return [badges.code_of(ctx, made[person]) for person, _ in known]

        return Room(morning, ctx.transaction(work))

    return prepare


def kill_and_look(folder: Path, moments: int, chance: random.Random, *options: str) -> Iterator[Found]:
    """One round, killed at so many moments: each time the same people press on over the same data."""
    with ExitStack() as running:
        served = running.enter_context(serve(folder, a_room(moments * SCANS), *options))
        room = served.data
        morning = room.morning
        fiona, dora = (Caller(served.port, morning.tokens[who]) for who in ("Fiona", "Dora"))
        state = f"/state/{morning.meeting_uid}"
        status, _ = fiona.send(f"/run/{morning.meeting_uid}/rounds/1/start", {"version": 0}, op="start")
        assert status == 200
        for moment in range(moments):
            before, came_before, told_ahead = fiona.get(state), _came(dora, state), ahead(fiona, state)
            presses, scans = Said(), Said()
            codes = room.codes[moment * SCANS : (moment + 1) * SCANS]
            hands = [
                threading.Thread(target=_press_on, args=(fiona, morning, presses, before["snapshot"]["clock"], moment)),
                threading.Thread(target=_scan_on, args=(dora, room, scans, codes)),
            ]
            for hand in hands:
                hand.start()
            time.sleep(chance.uniform(0.01, 0.5))
            served.process.kill()
            for hand in hands:
                hand.join()
            running.close()
            served = running.enter_context(serve(folder, _nothing, *options))  # type: ignore[arg-type]  # over the same data
            fiona.port = dora.port = served.port
            after, came, error = fiona.get(state), _came(dora, state), ahead(fiona, state) - told_ahead
            again = [
                None if said.open_ is None else who.send(said.open_[0], said.open_[1], op=said.open_[2])
                for who, said in ((fiona, presses), (dora, scans))
            ]
            if scans.open_ is not None:
                came = _came(dora, state)
            yield Found(before, after, fiona.get(state), error, presses, scans, came_before, came, again[0], again[1])
        assert not [line for line in served.log if "Traceback" in line], "".join(served.log)


def _came(dora: Caller, state: str) -> int:
    return int(dora.get(state)["snapshot"]["counts"]["came"])


def _nothing(ctx: Context) -> None:
    """What is there stays as it was left."""


def boot_ms() -> float:
    """The clock that no time server touches, in milliseconds."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) * 1000


def ahead(who: Caller, state: str) -> float:
    """The server's clock against the boot clock, by the quickest of some questions."""
    found = []
    for _ in range(5):
        asked = boot_ms()
        told = float(who.get(state)["server_now"])
        heard = boot_ms()
        found.append((heard - asked, told - (asked + heard) / 2))
    return min(found)[1]


def _press_on(fiona: Caller, morning: Morning, said: Said, clock: Any, seed: int) -> None:
    """Half a minute more, half a minute less, pause and go on, as fast as the answers come."""
    chance = random.Random(seed)
    version, paused = clock["version"], clock["phase"] == "paused"
    for number in range(10_000):
        verb = (
            "resume" if paused and chance.random() < 0.5 else "adjust" if paused else chance.choice(["adjust", "pause"])
        )
        body: dict[str, object] = {"version": version}
        if verb == "adjust":
            body["seconds"] = chance.choice([30, -30])
        path, op = f"/run/{morning.meeting_uid}/rounds/1/{verb}", f"press-{seed}-{number}"
        try:
            status, answer = fiona.send(path, body, op=op)
        except NO_ANSWER:
            said.open_ = (path, body, op)
            return
        assert status == 200, answer
        paused = {"pause": True, "resume": False}.get(verb, paused)
        version = answer["clock"]["version"]
        said.answered.append(answer)


def _scan_on(dora: Caller, room: Room, said: Said, codes: list[str]) -> None:
    path = f"/desk/{room.morning.meeting_uid}/check-ins"
    for code in codes:
        body: dict[str, object] = {"code": code}
        try:
            status, answer = dora.send(path, body, op=f"scan-{code}")
        except NO_ANSWER:
            said.open_ = (path, body, f"scan-{code}")
            return
        assert status == 200, answer
        assert answer["answer"] == "welcome", answer
        said.answered.append(answer)
