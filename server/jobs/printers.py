"""Printers as jobs: asked and fed through `lpstat` and `lp` of CUPS, without a shell and within a limit."""

import base64
import os
import re
import shutil
import subprocess

from server.domain.errors import RuleViolation
from server.jobs import Job, Json, Tell

_ASKING_SECONDS = 5
_NAME = re.compile(r"[^\s/#\x00-\x1f]{1,120}")
_LONGEST_WHY = 160


def names(arguments: Json, tell: Tell) -> Json:
    """The printers of this computer → `{printers}`; none without CUPS, or when it does not answer."""
    ask = shutil.which("lpstat")
    if ask is None or shutil.which("lp") is None:
        return {"printers": []}
    try:
        told = subprocess.run(
            [ask, "-e"], capture_output=True, text=True, timeout=_ASKING_SECONDS, check=False, env=_plain()
        )
    except (subprocess.TimeoutExpired, OSError):
        return {"printers": []}
    found = [line.strip() for line in told.stdout.splitlines()]
    return {"printers": [name for name in found if _NAME.fullmatch(name)]}


def send(arguments: Json, tell: Tell) -> Json:
    """`{pdf, printer, title, page: [width, height], seconds}` → `{}`, once the printer's queue has taken it.

    Refused with `printer_unknown`, `printer_silent` or `printer_refused`.
    """
    printer, seconds = str(arguments["printer"]), int(arguments["seconds"])
    lp = shutil.which("lp")
    if lp is None or not _NAME.fullmatch(printer):
        raise RuleViolation("printer_unknown", printer=printer)
    width, height = arguments["page"]
    options = (f"media=Custom.{width:g}x{height:g}mm", "print-scaling=none", "fit-to-page=false")
    command = [
        lp,
        "-d",
        printer,
        "-t",
        str(arguments["title"])[:80],
        *(part for o in options for part in ("-o", o)),
        "-",
    ]
    try:
        told = subprocess.run(
            command, input=base64.b64decode(arguments["pdf"]), capture_output=True, timeout=seconds, check=False,
            env=_plain(),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise RuleViolation("printer_silent", printer=printer, seconds=seconds) from None
    except OSError as error:
        raise RuleViolation("printer_refused", printer=printer, why=str(error.strerror)) from error
    if told.returncode:
        why = " ".join(told.stderr.decode(errors="replace").split())[:_LONGEST_WHY]
        raise RuleViolation("printer_refused", printer=printer, why=why or str(told.returncode))
    return {}


def _plain() -> dict[str, str]:
    """Answers in English and in letters that can be read, whatever the computer speaks."""
    return {**os.environ, "LC_ALL": "C.UTF-8"}


JOBS: dict[str, Job] = {"names": names, "send": send}
