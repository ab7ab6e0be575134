"""People as jobs: records that may be one, and files of other programs looked at and brought in, within limits.

A job opens the group's database itself: a file of thousands is read, compared and written without a moment's hold of
the room. What the parent has enough of is rolled back.
"""

import base64
import contextlib
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from server.config import Settings
from server.domain.duplicates import Record, find
from server.domain.errors import RuleViolation
from server.domain.vocabulary import GroupId
from server.jobs import Job, Json, Tell

MEGABYTES = 700
"""Memory that reading a file may take beyond what the child has already."""


def duplicates(arguments: Json, tell: Tell) -> Json:
    """`{records: [[id, name, company, email]], apart: [[first, other]]}` → `{pairs}`, each
    `[first, other, because, alike]`.
    """
    records = [Record(*each) for each in arguments["records"]]
    found = find(records, [(first, other) for first, other in arguments["apart"]])
    return {"pairs": [[pair.first, pair.other, pair.because.value, pair.alike] for pair in found]}


def look(arguments: Json, tell: Tell) -> Json:
    """`{database, now, group, data, name, choices}` → the preview as `services.import_runs` unpacks it."""
    from server.services import import_runs, imports

    with _opened(arguments, tell) as (ctx, asked, watch), _limited(arguments["name"]):
        return import_runs.packed(imports.preview(ctx, *asked, watch=watch))


def bring(arguments: Json, tell: Tell) -> Json:
    """The same arguments and `{op}` → the counts and the refused rows."""
    from server.services import import_runs, imports
    from server.services.context import Op

    told = arguments["op"]
    op = Op(told["id"], told["kind"], told["body"]) if told else None
    with _opened(arguments, tell) as (ctx, asked, watch), _limited(arguments["name"]):
        group_id, data, name, choices = asked
        result = imports.run(
            ctx, group_id=group_id, data=data, name=name, choices=choices, op=op, watch=watch, tell=False
        )
        return import_runs.packed_result(result)


@contextlib.contextmanager
def _opened(arguments: Json, tell: Tell) -> Iterator[tuple[Any, tuple[Any, ...], Any]]:
    """The surroundings over the group's database, what is asked, and who hears how far it is."""
    from server.persistence.database import Database
    from server.services.context import Context
    from server.services.import_reading import Choices

    moment = datetime.fromisoformat(arguments["now"])
    database = Database(arguments["database"])

    def watch(stage: str, done: int, of: int) -> None:
        if tell.enough():
            raise RuleViolation("import_cancelled")
        tell({"stage": stage, "done": done, "of": of})

    try:
        watch("reading", 0, 1)
        settings = Settings(instance=Path(arguments["instance"]), database=arguments["database"])
        ctx = Context(database=database, now=lambda: moment, key=b"", settings=settings)
        choices = Choices.from_json(arguments["choices"])
        asked = (GroupId(arguments["group"]), base64.b64decode(arguments["data"]), arguments["name"], choices)
        yield ctx, asked, watch
    finally:
        database.close()


@contextlib.contextmanager
def _limited(name: str) -> Iterator[None]:
    """No more memory than a list of people needs, where the system knows such limits."""
    try:
        with _memory():
            yield
    except MemoryError:
        raise RuleViolation("file_needs_too_much", name=name) from None


@contextlib.contextmanager
def _memory() -> Iterator[None]:
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    most = pages * resource.getpagesize() + MEGABYTES * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


JOBS: dict[str, Job] = {"duplicates": duplicates, "look": look, "bring": bring}
