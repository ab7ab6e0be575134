"""What the commands do that have something to do: people from a file, badges on paper, plans from a file.

Each module imports only what its command needs, so that `print` and `plan` start at once. A command that says no
raises `Refused` with one sentence and has changed nothing.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from server.domain.errors import RuleViolation


class Refused(Exception):
    """A command says no in one sentence."""


def say(line: str) -> None:
    """A line for the person at the console, at once."""
    print(line, flush=True)


def tell(line: str) -> None:
    """A remark beside the result: progress, warnings, rows that were refused."""
    print(line, file=sys.stderr, flush=True)


def sentence(code: str, params: Mapping[str, object], language: str = "en") -> str:
    """A refusal or a question in words."""
    from server.views.sentences import SENTENCES

    return words(SENTENCES.get(code, code), params, language)


def words(text: str, params: Mapping[str, object], language: str) -> str:
    """A text of the program in a language, with its parameters."""
    if language != "en":
        from server.catalogues import catalogue

        text = str(catalogue(language).gettext(text))
    return text % params if params else text


def refusal(refused: RuleViolation) -> Refused:
    """A rule's no as a command's no."""
    return Refused(sentence(refused.code, refused.params))


def read_file(path: Path) -> bytes:
    """The bytes of a file somebody named. Raises Refused."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises Refused."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists() and not path.is_file():
            # A device or a pipe, such as /dev/null, is written to; a file must never take its place.
            path.write_bytes(data)
            return
        half.write_bytes(data)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise Refused(f"{path} cannot be written: {error.strerror}.") from error
