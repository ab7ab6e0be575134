"""Printers of this computer, where it has CUPS: their names, and one badge sent to one of them.

Everything is done in the child process and within seconds: a printer that is off must not hold the door up.
"""

import base64
import threading
import time

from server.domain.errors import RuleViolation
from server.services import workbench

PATIENCE_SECONDS = 8
"""How long a printer may take to accept a badge."""
_REMEMBERED_SECONDS = 30.0


class _Known:
    """What was answered last, and when."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._names: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        with self._lock:
            if time.monotonic() - self._asked_at > _REMEMBERED_SECONDS:
                self._names = tuple(workbench.desk.do("printers.names", {})["printers"])
                self._asked_at = time.monotonic()
            return self._names

    def forget(self) -> None:
        with self._lock:
            self._asked_at = float("-inf")


_known = _Known()


def names() -> tuple[str, ...]:
    """The printers of this computer; none where it has no CUPS. Asked again after half a minute."""
    return _known.names()


def forget() -> None:
    """Ask anew the next time: a printer was plugged in."""
    _known.forget()


def send(pdf: bytes, *, printer: str, title: str, page: tuple[float, float]) -> None:
    """Give a PDF to a printer, at its actual size on a label of `page` mm.

    Raises RuleViolation: `printer_unknown`, `printer_silent`, `printer_refused`.
    """
    if printer not in names():
        raise RuleViolation("printer_unknown", printer=printer)
    workbench.desk.do(
        "printers.send",
        {
            "pdf": base64.b64encode(pdf).decode("ascii"),
            "printer": printer,
            "title": title,
            "page": list(page),
            "seconds": PATIENCE_SECONDS,
        },
    )
