"""`coltiva import people`: a spreadsheet into the group, beside a serving process or without one."""

from contextlib import closing
from pathlib import Path

from server.app import create_context
from server.commands import Refused, read_file, say, sentence, tell, write_file
from server.config import Settings
from server.domain.vocabulary import Standing
from server.formats.people_columns import RowError
from server.services import imports
from server.services.imports import Choices, Result

SHOWN = 50
"""Refused rows named on the console; the file has them all."""


def bring_in(settings: Settings, path: Path, *, group: str, choices: Choices) -> int:
    """Import the good rows; the others are named by line and written beside the file. Raises Refused, RuleViolation."""
    data = read_file(path)
    ctx = create_context(settings)
    with closing(ctx.database):
        group_id = imports.group_called(ctx, group)
        looked = imports.preview(ctx, group_id, data, path.name, choices)
        back = path.with_name(f"{path.stem}.rejected.csv")
        if looked.refused:
            # Before anything is imported: whoever cannot have the bad rows back should not lose them.
            write_file(back, imports.rejected(data, path.name, choices, reason=_reason, line="Line", why="Reason"))
        done = imports.run(ctx, group_id=group_id, data=data, name=path.name, choices=choices)
    for note in looked.notes:
        tell(sentence(note.code, note.params))
    _say_counts(done)
    _tell_refused(done.refused, back)
    if done.refused and not (done.new or done.changed or done.unchanged):
        raise Refused("No row could be imported.")
    return 0


def _say_counts(done: Result) -> None:
    say(f"New: {done.new}   Changed: {done.changed}   Unchanged: {done.unchanged}   Refused: {len(done.refused)}")
    if done.left_out:
        say(f"Left out, because their status says that they stay away: {done.left_out} (--everybody takes them too)")
    if done.skipped:
        say(f"Rows about nobody: {done.skipped}")


def _tell_refused(refused: tuple[RowError, ...], back: Path) -> None:
    for error in refused[:SHOWN]:
        tell(f"Line {error.line}: {_reason(error)}")
    if len(refused) > SHOWN:
        tell(f"and {len(refused) - SHOWN} more")
    if refused:
        tell(f"The rows that were refused: {back}")


def _reason(error: RowError) -> str:
    return sentence(error.code, error.params)


def standing(word: str) -> Standing | None:
    """What `--as` says."""
    return Standing(word) if word else None
