"""The commands. Each imports what it needs when it runs, so that `plan` and `print` start at once.

Exit codes: 0 done, 1 refused by a rule or bad input (one line on standard error, nothing half-done), 2 wrong usage.
"""

import argparse
import io
import os
import sys
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any

from server import __version__
from server.commands import Refused, refusal, say

if TYPE_CHECKING:
    from server.config import Settings

Verbs = Any
"""What argparse gives back for its subcommands; it has no public name."""
LANGUAGES = ("en", "it", "pl")


def main(argv: list[str]) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A console that cannot show a letter shows a question mark, it does not stop the command.
            stream.reconfigure(errors="replace")
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options))
    except Refused as refused:
        print(f"coltiva: {refused}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our lines has enough of them; the interpreter must not fail on the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="coltiva",
        description="Runs the live meetings of a business-networking group on this computer.",
    )
    parser.add_argument("--version", action="version", version=f"Coltiva {__version__}")
    verbs = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_add_serve, _add_demo, _add_rehearse, _add_import, _add_print, _add_plan, _add_display_code):
        add(verbs)
    return parser


def _serving_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default: all, so that phones reach it)")
    parser.add_argument("--port", type=int, help="port to listen on (default: 8090)")
    parser.add_argument("--base-url", dest="base_url", help="address that phones use, such as https://meet.example.org")
    parser.add_argument("--max-per-code", dest="max_per_code", type=int, help="screens one display code may feed")
    parser.add_argument("--transport", help="what carries live news: stock (default) or own, which is faster")
    _instance_options(parser)


def _instance_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--instance", help="folder of the group's data (default: instance/)")
    parser.add_argument("--database", help="database address; default: a file in the instance folder")
    parser.add_argument("--redis", help="Redis address, when several processes serve one group")


def _settings(options: argparse.Namespace, **more: object) -> "Settings":
    from server.config import SettingsError, load

    wanted = ("host", "port", "base_url", "max_per_code", "transport", "instance", "database", "redis")
    try:
        return load({name: getattr(options, name, None) for name in wanted} | more)
    except SettingsError as error:
        raise Refused(str(error)) from error


def _add_serve(verbs: Verbs) -> None:
    parser = verbs.add_parser("serve", help="run your own group", description="Run your own group until Ctrl-C.")
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
    from server import serving
    from server.config import default_instance
    from server.demo import greet, prepare

    folder = options.instance or str(default_instance() / "demo")
    settings = _settings(options, instance=folder, demo=True)

    def run() -> int:
        prepare(settings, fresh=options.fresh, seed=options.seed, say=say)
        return serving.run(settings, greet=greet(say), say=say)

    return _guarded(run)


def _add_rehearse(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "rehearse",
        help="try a whole meeting with made-up guests before the real one",
        description="Play a whole meeting on this computer: doors let people in, everybody opens a phone, a "
        "facilitator runs the rounds. It happens on a copy of your group (or with made-up people) that is thrown "
        "away afterwards; your own data are only read. At the end you are told whether this computer holds the room.",
        epilog="Example: coltiva rehearse --people 60 --rounds 4 --speed 10   (about three minutes)",
    )
    parser.add_argument(
        "--people", type=_whole(4, 1000), default=60, metavar="N", help="people in the room (default: 60)"
    )
    parser.add_argument("--rounds", type=_whole(1, 12), default=4, metavar="N", help="rounds to hold (default: 4)")
    parser.add_argument(
        "--speed",
        type=_speed,
        default=10.0,
        metavar="X",
        help="how many times faster than a real meeting (default: 10)",
    )
    parser.add_argument(
        "--keep-open",
        action="store_true",
        help="only fill the room, then print a link with which you run the rounds yourself, until Ctrl-C",
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of what is printed (default: en)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed brings other accidents")
    parser.add_argument("--transport", help="what carries live news: stock (default) or own, which is faster")
    parser.add_argument("--instance", help="folder of the group to copy (default: instance/)")
    parser.set_defaults(run=_rehearse)


def _whole(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        found = int(text)
        if not least <= found <= most:
            raise argparse.ArgumentTypeError(f"a number between {least} and {most}")
        return found

    return number


def _speed(text: str) -> float:
    found = float(text)
    if not 1 <= found <= 100:
        raise argparse.ArgumentTypeError("a number between 1 and 100")
    return found


def _rehearse(options: argparse.Namespace) -> int:
    from server.commands.rehearse import rehearse
    from server.rehearsal import Wanted

    wanted = Wanted(people=options.people, rounds=options.rounds, speed=options.speed)
    return _guarded(
        lambda: rehearse(
            _settings(options), wanted, language=options.lang, seed=options.seed, keep_open=options.keep_open
        )
    )


def _guarded(run: Callable[[], int]) -> int:
    """What can go wrong at start, in one sentence."""
    from server.config import SettingsError
    from server.domain.errors import RuleViolation
    from server.persistence.schema import DatabaseUnusable

    try:
        return run()
    except (SettingsError, DatabaseUnusable) as error:
        raise Refused(str(error)) from error
    except RuleViolation as refused:
        raise refusal(refused) from refused


def _add_import(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "import",
        help="bring people in from a spreadsheet",
        description="Bring people in from a spreadsheet: CSV, tab-separated text or XLSX, as Eventbrite, Meetup, "
        "Luma, Google Contacts, Outlook or you yourself wrote it. Importing the same file again changes nothing.",
    )
    kinds = parser.add_subparsers(title="what to import", metavar="WHAT", required=True)
    people = kinds.add_parser(
        "people",
        help="members and visitors",
        description="Bring members and visitors in. Rows that cannot be are named by line and written to a file of "
        "their own beside FILE; correct that one and import it.",
    )
    people.add_argument("file", metavar="FILE", help="the spreadsheet")
    people.add_argument("--group", default="", help="the group's name, when there are several")
    people.add_argument(
        "--as",
        dest="standing",
        choices=("member", "visitor"),
        default="",
        help="what people are of whom the file says nothing (default: visitor for ticket lists, else member)",
    )
    people.add_argument("--everybody", action="store_true", help="also rows whose status says that they stay away")
    people.add_argument("--encoding", help="how the letters are written, such as cp1250, when the guess is wrong")
    _instance_options(people)
    people.set_defaults(run=_import_people)


def _import_people(options: argparse.Namespace) -> int:
    from pathlib import Path

    from server.commands import people
    from server.services.imports import Choices

    choices = Choices(
        encoding=options.encoding, standing=people.standing(options.standing), everybody=options.everybody
    )
    return _guarded(
        lambda: people.bring_in(_settings(options), Path(options.file), group=options.group, choices=choices)
    )


def _add_print(verbs: Verbs) -> None:
    from server.commands import paper_options

    paper_options.add(verbs, _instance_options, _settings, _guarded)


def _add_plan(verbs: Verbs) -> None:
    parser = verbs.add_parser(
        "plan",
        help="plan who sits with whom",
        description="Plan the rounds of a problem written as JSON, so that people meet as many others as possible.",
    )
    parser.add_argument("problem", metavar="PROBLEM.json", help="people, rounds, table size, earlier meetings")
    parser.add_argument("--seconds", type=_seconds, default=5.0, metavar="S", help="how long to search (default: 5)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed gives another plan (default: 1)")
    parser.add_argument("--steps", type=_steps, metavar="K", help="stop after so many steps; repeats exactly")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the explanations")
    parser.add_argument("--out", metavar="PLAN.json", help="where to write the plan; without it a table is shown")
    asked = parser.add_argument_group("questions", "answered once the plan is made; people by name or id")
    asked.add_argument("--explain", metavar="PERSON", help="why somebody sits where they sit, and their next best seat")
    asked.add_argument("--why-not", nargs=2, metavar=("A", "B"), help="why two people do not meet, and at what price")
    asked.add_argument("--empty-chairs", action="store_true", help="which guests would bring most, and to whom")
    parser.set_defaults(run=_plan)


def _seconds(text: str) -> float:
    found = float(text)
    if not 0 < found <= 3600:
        raise argparse.ArgumentTypeError("seconds lie between 0 and 3600")
    return found


def _steps(text: str) -> int:
    found = int(text)
    if found < 1:
        raise argparse.ArgumentTypeError("at least one step")
    return found


def _plan(options: argparse.Namespace) -> int:
    from pathlib import Path

    from server.commands import plans

    return plans.make_plan(
        Path(options.problem),
        seconds=options.seconds,
        seed=options.seed,
        steps=options.steps,
        language=options.lang,
        out=Path(options.out) if options.out else None,
        questions=plans.Questions(
            explain=options.explain,
            why_not=tuple(options.why_not) if options.why_not else None,
            empty_chairs=options.empty_chairs,
        ),
    )


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
        with closing(ctx.database):
            say(displays.code_for(ctx, meeting_id=displays.meeting_behind(ctx, name=options.meeting)))
        return 0

    return _guarded(run)
