"""A screen of the rehearsal: it keeps a snapshot up to date by news, estimates the server's clock, and takes notes.

The same promises as the real screens: news in the order of their numbers, a gap fetches the state again, the clock from
bounds of each direction, back by itself when the line is gone.
"""

import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.rehearsal.lines import BROKEN, Browser, Json, Refused, Socket

QUESTIONS = 5
GAP = 0.3
KEPT = 32


def merged(value: object, patch: object) -> Any:
    """A JSON Merge Patch applied: RFC 7396."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(value) if isinstance(value, Mapping) else {}
    for name, part in patch.items():
        if part is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), part)
    return result


def device_ms() -> float:
    """The device's own running clock, in milliseconds."""
    return time.perf_counter() * 1000


@dataclass
class Notes:
    """What one screen saw. Times in milliseconds."""

    delays: list[float] = field(default_factory=list)
    """From the server's stamp to here, for each piece of news."""
    starts: dict[tuple[int, int], float] = field(default_factory=dict)
    """For each change of the clock, by round and version: how long after the server's stamp it was here."""
    missed: int = 0
    """News that had not come when the state was fetched."""
    fetched: int = 0
    """Times the state was fetched because something was missing."""
    back: list[float] = field(default_factory=list)
    """How long each way back took after the line was gone."""
    failed: list[str] = field(default_factory=list)


class Screen:
    """One open screen. `name` is what the report calls it."""

    def __init__(self, name: str, browser: Browser, meeting: str) -> None:
        self.name = name
        self.browser = browser
        self.meeting = meeting
        self.notes = Notes()
        self.snapshot: Json = {}
        self.ready = threading.Event()
        self._seqs: dict[str, int] = {}
        self._early: list[Json] = []
        self._ups: list[float] = []
        self._downs: list[float] = []
        self._socket: Socket | None = None
        self._lock = threading.RLock()
        self._joined = False
        self._ended = False
        self._gap: threading.Timer | None = None
        self._gone_at: float | None = None

    def open(self) -> None:
        """Connect and join; raises what the line raises the first time."""
        self._connect()

    def end(self) -> None:
        """The rehearsal is over for this screen."""
        self._ended = True
        if self._gap is not None:
            self._gap.cancel()
        if self._socket is not None:
            self._socket.close()

    def drop(self) -> None:
        """The Wi-Fi is gone for a moment; the screen comes back by itself."""
        if self._socket is not None:
            self._socket.close()

    def now(self) -> float:
        """The server's time as this screen believes it to be, in epoch milliseconds."""
        if not self._downs:
            return 0.0
        low = max(self._downs)
        high = -max(self._ups) if self._ups else low
        return device_ms() + (low + high) / 2

    def left(self) -> float | None:
        """Milliseconds left on its clock; None when no round runs."""
        clock = self.snapshot.get("clock") or {}
        if clock.get("phase") != "running":
            return None
        now = self.now()
        return float(clock["ends_at"] - max(now, clock["starts_at"]))

    def table(self, number: int) -> int | None:
        """The table that a phone shows for a round."""
        own = self.snapshot.get("me", {}).get("rounds", {}).get(str(number))
        return own.get("table") if own else None

    def truth(self) -> Json:
        """The state as the server tells it now."""
        return self.browser.get(f"/state/{self.meeting}")

    def _connect(self) -> None:
        with self._lock:
            self._early = []  # of an earlier connection: the new snapshot knows them
        line = Socket(self.browser, self._hear, self._lost)
        self._socket = line
        sent = device_ms()
        answer = line.ask("join", {"meeting": self.meeting})
        if not answer.get("ok"):
            raise Refused(403, str(answer))
        with self._lock:
            self._sample(sent, answer["server_now"], answer["server_now"], device_ms())
            self._take(answer)
            self._joined = True
            self._drain()
            if self._gone_at is not None:
                self.notes.back.append(device_ms() - self._gone_at)
                self._gone_at = None
        self.ready.set()
        threading.Thread(target=self._keep_clock, args=(line,), daemon=True).start()

    def _keep_clock(self, line: Socket) -> None:
        for number in range(10_000):
            try:
                sent = device_ms()
                answer = line.ask("clock", patience=5)
                self._sample(sent, answer["t1"], answer["t2"], device_ms())
            except BROKEN:
                return  # the line is gone; the next one has its own questions
            time.sleep(0.2 if number < QUESTIONS else 10)
            if self._ended or self._socket is not line:
                return

    def _sample(self, sent: float, got: float, answered: float, heard: float) -> None:
        self._ups = [*self._ups, sent - got][-KEPT:]
        self._downs = [*self._downs, answered - heard][-KEPT:]

    def _lost(self) -> None:
        self.ready.clear()
        self._joined = False
        if self._ended:
            return
        self._gone_at = self._gone_at or device_ms()
        threading.Thread(target=self._come_back, daemon=True).start()

    def _come_back(self) -> None:
        pause = 0.5
        while not self._ended:
            time.sleep(random.uniform(0.0, 2 * pause))  # as socket.io-client does, with its factor of 1
            try:
                self._connect()
                return
            except (*BROKEN, Refused) as error:
                pause = min(5.0, pause * 2)
                if pause == 5.0:
                    self.notes.failed.append(f"{self.name}: {error}")

    def _hear(self, news: Json) -> None:
        if news["kind"] == "fetch":
            threading.Thread(target=self._fetch_told, daemon=True).start()
            return
        with self._lock:
            here = device_ms()
            self._downs = [*self._downs, news["sent_at"] - here][-KEPT:]
            delay = self.now() - news["sent_at"]
            if news["kind"] != "counters":
                self.notes.delays.append(delay)
            clock = news["patch"].get("clock") or {}
            if "number" in clock:
                self.notes.starts.setdefault((clock["number"], clock["version"]), delay)
            self._early.append(news)
            self._drain()

    def _drain(self) -> None:
        """Apply what is due, drop what is old, and see to it that what is missing comes."""
        if not self._joined:
            return
        while due := [news for news in self._early if self._wait_for(news) <= 0]:
            for news in due:
                self._early.remove(news)
                if self._wait_for(news) < 0:
                    continue
                if news.get("seq") is not None:
                    self._seqs[news["audience"]] = news["seq"]
                self.snapshot = merged(self.snapshot, news["patch"])
        if self._early and self._gap is None:
            self._gap = threading.Timer(GAP * (1 + random.random()), self._fetch)
            self._gap.daemon = True
            self._gap.start()

    def _wait_for(self, news: Json) -> int:
        """How many pieces are missing before this one; below zero it is old."""
        seq = news.get("seq")
        if news["kind"] == "counters":
            counters = news.get("audiences") or {news["audience"]: seq}
            behind = [count - self._seqs[name] for name, count in counters.items() if name in self._seqs]
            return max([0, *behind]) or -1
        if seq is None:
            return 0
        return int(seq) - self._seqs.get(news["audience"], 1 << 30) - 1

    def _fetch(self) -> None:
        with self._lock:
            self._gap = None
            if not self._early or self._ended:
                return
            self.notes.missed += max(self._wait_for(news) for news in self._early)
            self.notes.fetched += 1
        try:
            answer = self.truth()
        except (*BROKEN, Refused) as error:
            self.notes.failed.append(f"{self.name}: {error}")
            return
        with self._lock:
            self._take(answer)
            self._drain()

    def _fetch_told(self) -> None:
        """News between the processes do not arrive: the state is asked for, each screen at a moment of its own."""
        time.sleep(random.random())
        try:
            answer = self.truth()
        except (*BROKEN, Refused) as error:
            self.notes.failed.append(f"{self.name}: {error}")
            return
        with self._lock:
            if all(count >= self._seqs.get(name, 0) for name, count in answer["audiences"].items()):
                self._take(answer)
                self._drain()

    def _take(self, answer: Json) -> None:
        self._seqs = dict(answer["audiences"])
        self._early = [news for news in self._early if news["kind"] != "counters"]
        self.snapshot = answer["snapshot"]
