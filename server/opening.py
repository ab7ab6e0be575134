"""Opening an instance: its database at today's schema, its key, its clock. No web: commands open it as servers do."""

import os
import secrets
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.config import Settings
from server.domain.server_clock import Anchor, Reading
from server.persistence import schema
from server.persistence.database import Database
from server.services import erasure_ledger
from server.services.bus import Bus
from server.services.context import Context


def utc_now() -> datetime:
    """The wall clock, aware, in UTC. Commands live by it; a server only anchors its own clock to it."""
    return datetime.now(UTC)


def since_boot() -> timedelta:
    """Time since the computer started, its sleep included; nobody can set this clock."""
    if sys.platform == "win32":
        return timedelta(seconds=time.perf_counter())  # counts through sleep there, and finer than the monotonic one
    if sys.platform == "darwin":
        return timedelta(seconds=time.clock_gettime(time.CLOCK_MONOTONIC))  # Apple's counts through sleep
    return timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME))


def boot_id() -> str:
    """What names this run of the computer; empty where the system does not say."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def reading() -> Reading:
    """Both clocks of this computer, now."""
    return Reading(boot_id(), since_boot(), utc_now())


class ServerClock:
    """The clock of a serving process: the time of its anchor, run on by the boot clock. Call it for the time."""

    def __init__(self, anchor: Anchor) -> None:
        self.anchor = anchor

    def __call__(self) -> datetime:
        """The time it is, whatever was done to the wall clock meanwhile."""
        return self.anchor.time(since_boot())


def installation_key(instance: Path) -> bytes:
    """The key of this installation; made once, readable by its owner only. Badge codes hang on it."""
    path = instance / "installation.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()


def create_context(settings: Settings, now: Callable[[], datetime] = utc_now, *, bulk: bool = False) -> Context:
    """The surroundings of the use-cases over a database at today's schema, without anybody who was erased: an older
    copy that was put back loses them again here.

    Raises schema.SchemaTooNew when a newer program wrote the database.
    """
    database = Database(settings.database_url, bulk=bulk)
    schema.upgrade(database)
    key = installation_key(settings.instance)
    ctx = Context(database=database, now=now, key=key, settings=settings, bus=Bus())
    if erasure_ledger.is_there(ctx):
        from server.services import erasure  # knows every table; most commands never need it

        erasure.replay(ctx)
    return ctx
