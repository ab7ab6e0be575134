"""Who was erased, kept outside the database so that a restored copy cannot bring anybody back.

A text file of the instance, readable by its owner only, to which lines are added and from which none goes: a day and a
keyed hash of group and person. It holds no name, and without the installation key nobody can say whom a line is about.
"""

import os
import re
from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path

from server.services.context import Context

NAME = "erased.ledger"
OWED = "erased.owed"
_LINE = re.compile(r"\d{4}-\d{2}-\d{2} ([0-9a-f]{64})")


def mark(ctx: Context, group_uid: str, person_uid: str) -> str:
    """What the ledger says of one person of one group."""
    return ctx.secret("erased", f"{group_uid}:{person_uid}")


def read(ctx: Context) -> frozenset[str]:
    """Every mark. A line that was torn by a loss of power is none."""
    try:
        lines = _path(ctx).read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return frozenset()
    return frozenset(found[1] for line in lines if (found := _LINE.fullmatch(line)))


def add(ctx: Context, marks: Iterable[str], day: date) -> None:
    """Write marks down that are not there yet, on the disk before this returns."""
    fresh: Collection[str] = sorted(set(marks) - read(ctx))
    if not fresh:
        return
    handle = os.open(_path(ctx), os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "r+b") as file:
        torn = file.seek(0, os.SEEK_END) > 0 and _last(file.fileno()) != b"\n"
        file.write((b"\n" if torn else b"") + b"".join(f"{day.isoformat()} {each}\n".encode() for each in fresh))
        file.flush()
        os.fsync(file.fileno())


def owe(ctx: Context) -> None:
    """Remember beside the database that its file has still to be cleaned."""
    (ctx.settings.instance / OWED).touch(mode=0o600)


def settle(ctx: Context) -> None:
    """It is clean."""
    (ctx.settings.instance / OWED).unlink(missing_ok=True)


def is_there(ctx: Context) -> bool:
    """Whether anybody was ever erased here, or a cleaning is owed: most starts need not look any further."""
    return _path(ctx).exists() or (ctx.settings.instance / OWED).exists()


def is_owed(ctx: Context) -> bool:
    """Whether the file has still to be cleaned."""
    return (ctx.settings.instance / OWED).exists()


def _last(handle: int) -> bytes:
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1)


def _path(ctx: Context) -> Path:
    return ctx.settings.instance / NAME
