"""The play: doors let people in, each with a phone; a facilitator runs the rounds; every screen is looked at.

Whoever is behind a phone behaves as people do: some come late, somebody leaves early, some lose the Wi-Fi.
"""

import random
import threading
import time
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from typing import TypeVar

from server.rehearsal.lines import BROKEN, Browser, Json, Refused
from server.rehearsal.report import Figures
from server.rehearsal.screens import Screen, device_ms
from server.services.rehearsals import Prepared, Wanted
from server.views.sentences.marking import N_

AT_ONCE = 12
"""So many phones are opened, or looked at, at one time."""
LATECOMERS = 2
LOSE_WIFI = 0.1
"""This share of the phones loses the Wi-Fi in every round."""
PATIENCE = 60.0
SETTLED = 3.0
"""Seconds after which whoever has not heard a press has missed it."""
HALF_A_MINUTE = 30
Tell = Callable[..., None]
"""Prints one text with its parameters."""
T = TypeVar("T")


class Stuck(Exception):
    """The play cannot go on; the text says what was waited for."""


class Play:
    """One rehearsal over a running server."""

    def __init__(self, port: int, prepared: Prepared, wanted: Wanted, tell: Tell, *, seed: int) -> None:
        self.port, self.prepared, self.wanted, self.tell = port, prepared, wanted, tell
        self.chance = random.Random(seed)
        self.found = Figures(people=len(prepared.codes))
        self.meeting = prepared.meeting_uid
        self.console = Screen("console", Browser(port, prepared.facilitator), self.meeting)
        self.display = Screen("display", Browser(port, prepared.display), self.meeting)
        self.doors = [
            Screen(f"door {number}", Browser(port, token), self.meeting)
            for number, token in enumerate(prepared.doors, start=1)
        ]
        self.phones: list[Screen] = []
        self._adding = threading.Lock()

    @property
    def screens(self) -> list[Screen]:
        """Everything that is open."""
        return [self.console, self.display, *self.doors, *self.phones]

    def open_screens(self) -> None:
        """Console, display and doors are up before anybody comes."""
        for screen in self.screens:
            screen.open()

    def let_in(self, codes: Iterable[str]) -> None:
        """Everybody is scanned by one of the doors and opens the badge with a phone."""
        waiting = _queue(enumerate(codes, start=len(self.phones) + 1))
        arrived: SimpleQueue[tuple[int, str]] = SimpleQueue()

        def door(screen: Screen) -> None:
            for number, code in _taken(waiting):
                began = device_ms()
                try:
                    answer = screen.browser.send(f"/desk/{self.meeting}/check-ins", {"code": code})
                except (*BROKEN, Refused) as error:
                    self.found.failed.append(f"door: {error}")
                    continue
                self.found.scans.append(device_ms() - began)
                if answer.get("answer") != "welcome":
                    self.found.failed.append(f"door: {answer.get('answer')}")
                arrived.put((number, code))

        scanning = [threading.Thread(target=door, args=(screen,), daemon=True) for screen in self.doors]
        for thread in scanning:
            thread.start()

        def openers() -> None:
            while any(thread.is_alive() for thread in scanning) or not arrived.empty():
                try:
                    number, code = arrived.get(timeout=0.2)
                except Empty:
                    continue
                self._open_phone(number, code)

        _together(openers for _ in range(AT_ONCE))

    def _open_phone(self, number: int, code: str) -> None:
        browser = Browser(self.port)
        began = device_ms()
        try:
            browser.page(f"/B/{code}")
            browser.submit(f"/B/{code}/phone")
            browser.page(f"/me/{self.meeting}")
            phone = Screen(f"phone {number}", browser, self.meeting)
            phone.open()
        except (*BROKEN, Refused) as error:
            self.found.failed.append(f"phone {number}: {error}")
            return
        self.found.joins.append(device_ms() - began)
        with self._adding:
            self.phones.append(phone)

    def hold(self) -> None:
        """The whole meeting: people come, rounds are held, every screen is looked at all the time."""
        codes = list(self.prepared.codes)
        late = codes[-LATECOMERS:] if len(codes) > 4 * LATECOMERS else []
        self.let_in(codes[: len(codes) - len(late)])
        self.tell(N_("In the room: %(people)s people, %(phones)s phones."), people=len(codes) - len(late),
                  phones=len(self.phones))  # fmt: skip
        self._plan()
        for number in range(1, self.wanted.rounds + 1):
            self._round(number, late if number == 1 else [])
            self.found.rounds = number
            if number < self.wanted.rounds and number == 1:
                self._plan()

    def _plan(self) -> None:
        before = ((self.console.snapshot.get("plan") or {}).get("run") or {}).get("uid")
        self.console.browser.send(f"/run/{self.meeting}/plan", {})

        def planned() -> bool:
            run = (self.console.snapshot.get("plan") or {}).get("run") or {}
            return run.get("uid") not in (None, before) and run.get("state") != "seating"

        _until(planned, "a plan of the rounds")
        state = self.console.snapshot["plan"]["run"]["state"]
        if state not in {"improving", "done", "stopped"}:
            self.found.failed.append(f"plan: {state}")

    def _round(self, number: int, late: list[str]) -> None:
        wrong = len(self.found.disagreements)
        clock = self._press(number, "start")
        length = clock["length_ms"] / 1000
        self.tell(N_("Round %(number)s of %(of)s: %(seconds)s s."), number=number, of=clock["of"],
                  seconds=round(length))  # fmt: skip
        time.sleep(min(2.0, 1 + length / 10))
        self._look(f"round {number} has begun")
        away = [phone for phone in self.phones if self.chance.random() < LOSE_WIFI]
        for phone in away:
            phone.drop()
        self.let_in(late)
        if number == 1:
            self._press(number, "pause")
            time.sleep(1)
            self._press(number, "resume")
            self._press(number, "adjust", seconds=max(1, round(HALF_A_MINUTE / self.wanted.speed)))
        if number == 2:
            self._somebody_leaves()
        _until(lambda: all(phone.ready.is_set() for phone in self.phones), "every phone to be back")
        # Only a running clock has time left, and over time it has less than none.
        _until(lambda: (self.console.left() or 0) <= 0, "the end of the round", length + PATIENCE)
        self._look(f"round {number} is over")
        self._press(number, "end")
        self.compare(f"after round {number}")
        if len(self.found.disagreements) == wrong:
            self.tell(N_("  All %(screens)s screens agree."), screens=len(self.screens))
        else:
            self.tell(N_("  Not all screens agree."))

    def _press(self, number: int, verb: str, **more: int) -> Json:
        """One press of the facilitator, and how long until the last screen knew."""
        clock = self.console.truth()["snapshot"]["clock"]
        answer = self.console.browser.send(
            f"/run/{self.meeting}/rounds/{number}/{verb}", {"version": clock["version"], **more}
        )
        wanted = (number, clock["version"] + 1)
        screens = [screen for screen in self.screens if screen.ready.is_set()]

        def heard() -> bool:
            return all(not screen.ready.is_set() or wanted in _versions(screen) for screen in screens)

        end = time.monotonic() + SETTLED
        while not heard() and time.monotonic() < end:
            time.sleep(0.02)
        delays = [delay for screen in screens if (delay := screen.notes.starts.get(wanted)) is not None]
        if delays:
            self.found.presses.append(max(delays))
        return dict(answer["clock"])

    def _somebody_leaves(self) -> None:
        """One of the people goes before the end; the door knows it."""
        door = self.doors[0]
        inside = [uid for uid, line in door.snapshot.get("door", {}).items() if line.get("entered_at")]
        if inside:
            door.browser.send(f"/desk/{self.meeting}/exits", {"uid": self.chance.choice(sorted(inside))})

    def _look(self, moment: str) -> None:
        """All screens at one instant: the same round, the same clock, the same second."""
        screens = [screen for screen in self.screens if screen.ready.is_set()]
        ahead = [screen.now() - device_ms() for screen in screens]
        self.found.apart.append(max(ahead) - min(ahead))
        told = _plain(self.console.truth()["snapshot"]["clock"])
        for screen in screens:
            self.found.looks += 1
            if _plain(screen.snapshot.get("clock")) != told and (wrong := self._clock_differs(screen)):
                self.found.disagreements.append(f"{screen.name}, {moment}: {wrong}")

    def _clock_differs(self, screen: Screen) -> str:
        """What a screen shows instead of the round's clock, once news on their way had a second to come."""
        shown = told = None
        for _ in range(5):
            told, shown = _plain(screen.truth()["snapshot"]["clock"]), _plain(screen.snapshot.get("clock"))
            if shown == told:
                return ""
            time.sleep(0.2)
        return f"clock {shown} instead of {told}"

    def compare(self, moment: str) -> None:
        """What every screen shows against what the server would tell it now: all of it."""
        waiting = _queue(screen for screen in self.screens if screen.ready.is_set())

        def look_on() -> None:
            for screen in _taken(waiting):
                try:
                    differing = _differing(screen)
                except (*BROKEN, Refused) as error:
                    self.found.failed.append(f"{screen.name}: {error}")
                    continue
                self.found.looks += 1
                if differing:
                    self.found.disagreements.append(f"{screen.name}, {moment}: {', '.join(differing)}")

        _together(look_on for _ in range(AT_ONCE))

    def end(self) -> Figures:
        """Everybody goes home; the notes are counted."""
        for screen in self.screens:
            screen.end()
        self.found.close(self.screens)
        return self.found


def _versions(screen: Screen) -> set[tuple[int, int]]:
    clock = screen.snapshot.get("clock") or {}
    shown = {(clock["number"], clock["version"])} if clock else set()
    return shown | set(screen.notes.starts)


def _differing(screen: Screen) -> list[str]:
    """The parts of a screen that are not as the server would tell them; news on their way have a second to come."""
    differing: list[str] = []
    for _ in range(10):
        told = screen.truth()["snapshot"]
        shown = screen.snapshot
        differing = sorted(
            name for name in told.keys() | shown.keys() if _plain(told.get(name)) != _plain(shown.get(name))
        )
        if not differing:
            return []
        time.sleep(0.2)
    return differing


def _plain(value: object) -> object:
    """Null and missing say the same on the wire."""
    if isinstance(value, dict):
        return {name: part for name, each in value.items() if (part := _plain(each)) is not None}
    return value


def _queue(items: Iterable[T]) -> "SimpleQueue[T]":
    waiting: SimpleQueue[T] = SimpleQueue()
    for item in items:
        waiting.put(item)
    return waiting


def _taken(waiting: "SimpleQueue[T]") -> Iterable[T]:
    """What is left in the queue, shared with whoever else takes from it."""
    while True:
        try:
            yield waiting.get_nowait()
        except Empty:
            return


def _together(jobs: Iterable[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job, daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _until(come: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not come():
        if time.monotonic() > end:
            raise Stuck(what)
        time.sleep(0.05)
