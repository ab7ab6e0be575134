"""The commands. Each imports what it needs when it runs, so that `plan` and `print` start at once.

Exit codes: 0 done, 1 refused by a rule or bad input (one line on standard error, nothing half-done), 2 wrong usage.
"""

import argparse
import sys
from collections.abc import Callable
from typing import Any

from server import __version__

Command = Callable[[argparse.Namespace], int]


class Refused(Exception):
    """A command says no in one sentence."""


def say(line: str) -> None:
    """A line for the person at the console, at once."""
    print(line, flush=True)


def main(argv: list[str]) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options))
    except Refused as refused:
        print(f"coltiva: {refused}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="coltiva",
        description="Runs the live meetings of a business-networking group on this computer.",
    )
    parser.add_argument("--version", action="version", version=f"Coltiva {__version__}")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_add_serve, _add_demo, _add_display_code):
        add(verbs)
    return parser


Verbs = Any


def _serving_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default: all, so that phones reach it)")
    parser.add_argument("--port", type=int, help="port to listen on (default: 8090)")
    parser.add_argument(
        "--base-url", dest="base_url", help="address that phones use, such as https://meet.example.org"
    )
    parser.add_argument(
        "--max-per-code", dest="max_per_code", type=int, help="screens one display code may feed"
    )
    _instance_options(parser)


def _instance_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--instance", help="folder of the group's data (default: instance/)")
    parser.add_argument("--database", help="database address; default: a file in the instance folder")
    parser.add_argument("--redis", help="Redis address, when several processes serve one group")


def _settings(options: argparse.Namespace, **more: object) -> "Settings":
    from server.config import SettingsError, load

    wanted = ("host", "port", "base_url", "max_per_code", "instance", "database", "redis")
    try:
        return load({name: getattr(options, name, None) for name in wanted} | more)
    except SettingsError as error:
        raise Refused(str(error)) from error


def _add_serve(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "serve", help="run your own group", description="Run your own group until Ctrl-C."
    )
    _serving_options(parser)
    parser.set_defaults(run=_serve)


def _serve(options: argparse.Namespace) -> int:
    from server import serving

    return _guarded(lambda: serving.run(_settings(options), greet=serving.greet_group(say), say=say))


def _add_demo(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "demo",
        help="try a made-up group",
        description="Run a made-up group with today's meeting ready, until Ctrl-C.",
    )
    parser.add_argument("--fresh", action="store_true", help="make the demo anew")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes another group")
    _serving_options(parser)
    parser.set_defaults(run=_demo)


def _demo(options: argparse.Namespace) -> int:
    from server import demo, serving
    from server.config import default_instance

    folder = options.instance or str(default_instance() / "demo")
    settings = _settings(options, instance=folder, demo=True)

    def run() -> int:
        demo.prepare(settings, fresh=options.fresh, seed=options.seed, say=say)
        return serving.run(settings, greet=demo.greet(say), say=say)

    return _guarded(run)


def _guarded(run: Callable[[], int]) -> int:
    """What can go wrong at start, in one sentence."""
    from server.config import SettingsError
    from server.domain.errors import RuleViolation
    from server.persistence.schema import SchemaTooNew

    try:
        return run()
    except (SettingsError, SchemaTooNew) as error:
        raise Refused(str(error)) from error
    except RuleViolation as refused:
        raise Refused(_sentence(refused)) from refused


def _sentence(refused: "RuleViolation") -> str:
    from server.views.sentences import SENTENCES

    text = SENTENCES.get(refused.code, str(refused))
    return text % refused.params if refused.params else text


def _add_display_code(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "display-code", help="print the code a display needs", description="Print a display code."
    )
    parser.add_argument("meeting", help="the meeting's id or short name, or: today")
    _instance_options(parser)
    parser.set_defaults(run=_display_code)


def _display_code(options: argparse.Namespace) -> int:
    from server.app import create_context
    from server.services import displays

    def run() -> int:
        ctx = create_context(_settings(options))
        say(displays.code_for(ctx, meeting_id=displays.meeting_behind(ctx, name=options.meeting)))
        return 0

    return _guarded(run)
