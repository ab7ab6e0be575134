"""Imports on their way: read, compared and written by the child, watched and stopped from any page of the session.

A session has one import at a time. How far it is lies beside the file in `uploads/`, so that the page may be asked of
another process, closed and opened again; it is swept with the file after an hour.
"""

import base64
import json
import os
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from server.domain.errors import Conflict, RuleViolation
from server.domain.vocabulary import GroupId, Standing, Uid
from server.formats.column_names import Field
from server.formats.layouts import Layout
from server.formats.people_columns import Note, PersonRow, RowError
from server.formats.tables import Table
from server.services import takebacks, uploads, workbench
from server.services.context import Context, Json, Op
from server.services.import_reading import Choices, Column, Decision
from server.services.imports import Preview, PreviewRow, Result
from server.services.matching import Fate
from server.services.uploads import Upload

LOOK_SECONDS = 60.0
BRING_SECONDS = 120.0
SHOWN_ROWS = 30
"""Rows shown from the beginning of a file."""
ASKED_ROWS = 300
"""Rows shown because somebody should look at them or may decide."""
WAIT_SECONDS = 1.5
"""A small file is in before the page that watches it is asked for."""
_TELL_EVERY = 0.2
_LOST_SECONDS = 130.0


@dataclass(frozen=True)
class Look:
    """A preview cut to what a page shows: the first rows, those to look at, and all the numbers."""

    preview: Preview
    counts: dict[str, int]
    refused: int


@dataclass(frozen=True)
class RunView:
    """An import as its page shows it. `share` is whole percent; without `live`, a result or a refusal."""

    name: str
    token: str
    choices: Choices
    live: bool
    stage: str
    share: int
    result: Result | None
    refusal: RuleViolation | None


@dataclass(frozen=True)
class _Worker:
    thread: threading.Thread
    enough: threading.Event


_workers: dict[Path, _Worker] = {}
"""The imports of this process that go on."""
_SHARES = {"reading": (0, 30), "matching": (30, 40), "writing": (40, 100)}


def look(ctx: Context, group_id: GroupId, upload: Upload, choices: Choices) -> Look:
    """What importing the file would do, by the child. Raises RuleViolation for a file that cannot be read."""
    asked = _asked(ctx, group_id, upload, choices)
    return unpacked(workbench.idle().do("people.look", asked, limit=LOOK_SECONDS))


def begin(
    ctx: Context, *, session_uid: Uid, group_id: GroupId, token: str, choices: Choices, op: Op | None = None
) -> None:
    """Bring a kept file in. Answers while it goes on, unless it is done within a moment.

    Raises NotFound("upload_gone") and Conflict("import_under_way"). Begun again with the same operation, it goes on.
    """
    upload = uploads.fetch(ctx, session_uid=session_uid, token=token)
    path = _path(ctx, session_uid)
    before = _read(path)
    if before is not None and before["live"] and not _is_lost(ctx, path):
        if op is not None and before["op"] == op.id:
            return
        raise Conflict("import_under_way")
    state = {
        "name": upload.name, "token": token, "choices": choices.as_json(), "live": True, "stage": "reading",
        "share": 0, "op": op.id if op else "", "result": None, "refusal": None,
    }  # fmt: skip
    _write(ctx, path, state)
    enough = threading.Event()
    asked = _asked(ctx, group_id, upload, choices) | {
        "op": {"id": op.id, "kind": op.kind, "body": op.body} if op else None
    }
    run = _Run(ctx, session_uid, group_id, path, state, enough)
    thread = threading.Thread(target=run.work, args=(asked,), daemon=True)
    _workers[path] = _Worker(thread, enough)
    thread.start()
    thread.join(WAIT_SECONDS)


def view(ctx: Context, *, session_uid: Uid) -> RunView | None:
    """The import of this session, if there is one. One that its process has left behind is over."""
    path = _path(ctx, session_uid)
    state = _read(path)
    if state is None:
        return None
    lost = state["live"] and _is_lost(ctx, path)
    refusal = state["refusal"] or ({"code": "import_lost", "params": {}} if lost else None)
    return RunView(
        name=state["name"],
        token=state["token"],
        choices=Choices.from_json(state["choices"]),
        live=state["live"] and not lost,
        stage=state["stage"],
        share=state["share"],
        result=_unpacked_result(state["result"]) if state["result"] else None,
        refusal=RuleViolation(refusal["code"], **refusal["params"]) if refusal else None,
    )


def cancel(ctx: Context, *, session_uid: Uid) -> None:
    """Somebody has enough: nothing is changed. Too late, or twice, it does nothing."""
    path = _path(ctx, session_uid)
    path.with_suffix(".enough").touch()
    worker = _workers.get(path)
    if worker is not None:
        worker.enough.set()
        worker.thread.join(WAIT_SECONDS)


@dataclass
class _Run:
    """The thread that waits for the child and writes down how far it is."""

    ctx: Context
    session_uid: Uid
    group_id: GroupId
    path: Path
    state: Json
    enough: threading.Event
    told_at: float = 0.0

    def work(self, asked: Json) -> None:
        """Wait for the end, whatever it is."""
        self.path.with_suffix(".enough").unlink(missing_ok=True)
        done: Json = {}
        try:
            bench = workbench.idle()
            done["result"] = bench.do(
                "people.bring", asked, on_progress=self._hear, limit=BRING_SECONDS, enough=self.enough
            )
        except RuleViolation as refused:
            code = "import_cancelled" if refused.code == "job_cancelled" else refused.code
            done["refusal"] = {"code": code, "params": {name: str(value) for name, value in refused.params.items()}}
        self._end(done)

    def _end(self, done: Json) -> None:
        result = done.get("result")
        if result and not result["refused"]:
            uploads.drop(self.ctx, session_uid=self.session_uid, token=self.state["token"])
        if result and (result["counts"]["new"] or result["counts"]["changed"]):
            # Nobody hears the child; whoever looks at a list is told here.
            self.ctx.transaction(lambda tx: takebacks.tell_lists(tx, self.group_id))
        self.state |= done | {"live": False, "share": 100}
        _write(self.ctx, self.path, self.state)
        _workers.pop(self.path, None)

    def _hear(self, told: Json) -> None:
        if self.path.with_suffix(".enough").exists():
            self.enough.set()
        now = time.monotonic()
        if now < self.told_at + _TELL_EVERY:
            return
        self.told_at = now
        low, high = _SHARES[told["stage"]]
        share = low + (high - low) * told["done"] // max(1, told["of"])
        self.state |= {"stage": told["stage"], "share": share}
        _write(self.ctx, self.path, self.state)


def _asked(ctx: Context, group_id: GroupId, upload: Upload, choices: Choices) -> Json:
    return {
        "database": ctx.database.url,
        "instance": str(ctx.settings.instance),
        "now": ctx.now().isoformat(),
        "group": int(group_id),
        "data": base64.b64encode(upload.data).decode("ascii"),
        "name": upload.name,
        "choices": choices.as_json(),
    }


def _path(ctx: Context, session_uid: Uid) -> Path:
    return uploads.beside(ctx, session_uid, "run")


def _read(path: Path) -> Json | None:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def _write(ctx: Context, path: Path, state: Json) -> None:
    """Whole or not at all: a page that reads meanwhile sees the one before."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    fresh = path.with_suffix(".writing")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(state, file)
    moment = ctx.now().timestamp()
    os.utime(fresh, (moment, moment))
    fresh.replace(path)


def _is_lost(ctx: Context, path: Path) -> bool:
    """No worker here, and no word from one elsewhere for longer than any import takes."""
    return path not in _workers and ctx.now().timestamp() - path.stat().st_mtime > _LOST_SECONDS


def packed(preview: Preview) -> Json:
    """A preview as JSON, cut to what a page shows."""
    asking = [row for row in preview.rows if row.questions or row.options][:ASKED_ROWS]
    lines = {row.person.line for row in (*preview.rows[:SHOWN_ROWS], *asking)}
    table = preview.table
    return {
        "table": {
            "name": table.name, "kind": table.kind, "encoding": table.encoding, "guessed": table.encoding_guessed,
            "delimiter": table.delimiter, "header_line": table.header_line, "headers": table.headers,
        },
        "layout": preview.layout,
        "columns": [[c.position, c.header, c.samples, c.field, c.never] for c in preview.columns],
        "standing": preview.standing,
        "rows": [_packed_row(row) for row in preview.rows if row.person.line in lines],
        "counts": {fate.value: preview.count(fate) for fate in Fate} | {"rows": len(preview.rows)},
        "refused": [_packed_error(error) for error in preview.refused[:SHOWN_ROWS]],
        "refused_count": len(preview.refused),
        "skipped": len(preview.skipped),
        "notes": [[note.code, dict(note.params)] for note in preview.notes],
        "settled_at": preview.settled_at.isoformat() if preview.settled_at else None,
    }  # fmt: skip


def _packed_row(row: PreviewRow) -> Json:
    person = row.person
    return {
        "line": person.line, "given": person.given_name, "family": person.family_name, "company": person.company,
        "email": person.email, "fate": row.fate, "changes": row.changes, "options": row.options,
        "questions": [[note.code, dict(note.params)] for note in row.questions],
    }  # fmt: skip


def _packed_error(error: RowError) -> list[Any]:
    return [error.line, error.code, dict(error.params)]


def unpacked(told: Json) -> Look:
    """What `packed` wrote."""
    table = told["table"]
    preview = Preview(
        table=Table(
            table["name"], table["kind"], table["encoding"], table["guessed"], table["delimiter"],
            table["header_line"], tuple(table["headers"]), (), (), (),
        ),
        layout=Layout(told["layout"]),
        columns=tuple(
            Column(position, header, tuple(samples), Field(what) if what else None, never=never)
            for position, header, samples, what, never in told["columns"]
        ),
        standing=Standing(told["standing"]),
        rows=tuple(_unpacked_row(row) for row in told["rows"]),
        refused=tuple(RowError(line, code, params, ()) for line, code, params in told["refused"]),
        skipped=tuple(range(told["skipped"])),
        notes=tuple(Note(code, params) for code, params in told["notes"]),
        settled_at=datetime.fromisoformat(told["settled_at"]) if told["settled_at"] else None,
    )  # fmt: skip
    return Look(preview, told["counts"], told["refused_count"])


def _unpacked_row(told: Json) -> PreviewRow:
    return PreviewRow(
        person=PersonRow(
            line=told["line"], given_name=told["given"], family_name=told["family"], company=told["company"],
            email=told["email"],
        ),
        fate=Fate(told["fate"]),
        changes=tuple(told["changes"]),
        questions=tuple(Note(code, params) for code, params in told["questions"]),
        options=tuple(map(Decision, told["options"])),
    )  # fmt: skip


def packed_result(result: Result) -> Json:
    """What an import did, as JSON."""
    return {
        "counts": {fate.value: getattr(result, fate.value) for fate in Fate} | {"skipped": result.skipped},
        "refused": [_packed_error(error) for error in result.refused],
    }


def _unpacked_result(told: Json) -> Result:
    return Result(
        **told["counts"], refused=tuple(RowError(line, code, params, ()) for line, code, params in told["refused"])
    )
