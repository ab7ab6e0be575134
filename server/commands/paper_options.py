"""What may be typed after `coltiva print`: one sub-command a paper, each from files or from a meeting of the group.

Only the options stand here; what they do is imported when it is done.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from server.commands.paper import Heading
    from server.commands.paper_of_meeting import Wanted
    from server.config import Settings

Verbs = Any
"""What argparse gives back for its subcommands; it has no public name."""
Options = argparse.Namespace
OfInstance = Callable[[argparse.ArgumentParser], None]
SettingsOf = Callable[[Options], "Settings"]
Guarded = Callable[[Callable[[], int]], int]
LANGUAGES = ("en", "it", "pl")
_LIST = (
    "Columns of the list: first_name, last_name, company, role (member, visitor or host), table; only a name is needed."
)


def add(verbs: Verbs, of_instance: OfInstance, settings_of: SettingsOf, guarded: Guarded) -> None:
    """Everything under `print`.

    `of_instance` adds the options that find the group's data, `settings_of` reads them; what runs `guarded` says in one
    sentence what is wrong with a database.
    """
    parser = verbs.add_parser(
        "print",
        help="make badges, lists, cards and posters",
        description="Make a PDF for the printer: badges, lists, cards, tents, slips and posters, from a spreadsheet or "
        "a plan, or from a meeting of your own group. Print at actual size, without fitting to the page.",
    )
    from server.commands import report_options

    kinds = parser.add_subparsers(title="what to print", metavar="WHAT", required=True)
    maker = Maker(kinds, of_instance, settings_of, guarded)
    _add_badges(maker)
    _add_lists(maker)
    _add_seats(maker)
    _add_posters(maker)
    _add_kit(maker)
    report_options.add(maker)
    _add_calibration(maker)
    _add_stocks(kinds)


class Maker:
    """Adds sub-commands and the options that many of them share."""

    def __init__(self, kinds: Verbs, of_instance: OfInstance, settings_of: SettingsOf, guarded: Guarded) -> None:
        self._kinds = kinds
        self._of_instance = of_instance
        self.settings_of = settings_of
        self.guarded = guarded

    def add(self, name: str, help_: str, about: str) -> argparse.ArgumentParser:
        """One paper."""
        parser: argparse.ArgumentParser = self._kinds.add_parser(name, help=help_, description=about)
        parser.add_argument("--out", required=True, metavar="FILE.pdf", help="where to write the PDF")
        return parser

    def from_file_or_meeting(self, parser: argparse.ArgumentParser, flag: str, metavar: str, help_: str) -> None:
        """Where the content comes from: one of the two."""
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument(flag, metavar=metavar, help=help_)
        self._meeting(source)
        self._of_instance(parser)

    def from_meeting_too(self, parser: argparse.ArgumentParser) -> None:
        """A paper that needs no file, or comes from a meeting."""
        self._meeting(parser)
        self._of_instance(parser)

    @staticmethod
    def _meeting(parser: Any) -> None:
        parser.add_argument(
            "--meeting", metavar="NAME", help="a meeting of your group: its short name or id, or: today"
        )

    @staticmethod
    def look(parser: argparse.ArgumentParser, *, heading: bool = True) -> None:
        """Language and paper, and what stands above a paper that no meeting names."""
        parser.add_argument(
            "--lang", choices=LANGUAGES, help="language of the words (default: the group's, else English)"
        )
        parser.add_argument(
            "--paper", choices=("a4", "letter"), help="size of the paper (default: the group's, else A4)"
        )
        if heading:
            parser.add_argument("--title", default="", help="what stands on top (default: what it is)")
            parser.add_argument("--place", default="", help="the line below: day, hour, place")


def _add_badges(maker: Maker) -> None:
    parser = maker.add(
        "badges",
        "badges on label sheets",
        "Badges for everybody in a list, or of a meeting, as a PDF. Columns of the list: first_name, last_name, "
        "company, role (member, visitor or host), table, code (8 to 16 letters and digits); only a name is needed.",
    )
    maker.from_file_or_meeting(parser, "--people", "FILE.csv", "the list")
    parser.add_argument(
        "--stock", required=True, metavar="ID", help="the labels, such as avery-l4785; see: print stocks"
    )
    parser.add_argument(
        "--base-url",
        metavar="URL",
        help="address in the codes, such as https://meet.example.org (default: the group's)",
    )
    parser.add_argument("--start-at", type=int, default=1, metavar="N", help="first free label of a part-used sheet")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the words on the badge (default: the group's)")
    parser.add_argument("--black-only", action="store_true", help="print without colour")
    parser.add_argument("--force-address", action="store_true", help="print even a number as address")
    parser.add_argument("--test-page", action="store_true", help="only three names, to try new labels with")
    parser.add_argument(
        "--length", type=float, default=100.0, metavar="MM", help="length of a label on an endless roll"
    )
    parser.add_argument("--dots", type=int, metavar="N", help="dots an inch of a label printer: sharper codes")
    _correction(parser)
    parser.add_argument(
        "--whom", choices=("not_printed", "changed", "walk_ins", "everybody"), default="everybody",
        help="whose badges of a meeting (default: everybody)",
    )  # fmt: skip
    parser.add_argument(
        "--sort", choices=("name", "company", "table"), default="name", help="order of a meeting's badges"
    )
    parser.add_argument(
        "--back", choices=("agenda", "rounds"), default="", help="what stands on the back of a meeting's badges"
    )
    parser.add_argument(
        "--duplex", choices=("long", "short"), default="long", help="edge over which the page is turned"
    )
    parser.set_defaults(run=lambda options: _badges(maker, options))


def _correction(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dx", type=float, default=0.0, metavar="MM", help="move the print to the right")
    parser.add_argument("--dy", type=float, default=0.0, metavar="MM", help="move the print down")
    parser.add_argument("--scale", type=float, default=1.0, metavar="S", help="scale the print, 0.95 to 1.05")


def _badges(maker: Maker, options: Options) -> int:
    if options.people:
        from server.commands import paper

        options.base_url = options.base_url or ""  # refused in a sentence, as everywhere else
        given = ("stock", "base_url", "start_at", "black_only", "force_address", "length", "dots", "dx", "dy", "scale")
        how = {name: getattr(options, name) for name in given}
        language = options.lang or "en"
        people, out = Path(options.people), Path(options.out)
        return paper.print_badges(people, out, language=language, trial=options.test_page, **how)
    from server.commands import paper_of_meeting
    from server.services.badge_sheets import BadgeOrder
    from server.services.print_setup import Correction

    order = BadgeOrder(
        whom=options.whom, sort=options.sort, stock=options.stock, start_at=options.start_at, length=options.length,
        back=options.back, duplex=options.duplex, black_only=options.black_only, dots=options.dots,
    )  # fmt: skip
    correction = Correction(options.dx, options.dy, options.scale)
    settings, wanted, out = maker.settings_of(options), wanted_of(options), Path(options.out)
    return maker.guarded(
        lambda: paper_of_meeting.print_badges(settings, wanted, out, order, correction, trial=options.test_page)
    )


def _add_lists(maker: Maker) -> None:
    for name, help_, about in (
        ("sign-in", "a list to tick and sign at the door", "The sign-in list, by last name."),
        ("tents", "a name for each place on the table", "A tent with each name, to stand on the table."),
    ):
        parser = maker.add(name, help_, f"{about} {_LIST}")
        maker.from_file_or_meeting(parser, "--people", "FILE.csv", "the list")
        maker.look(parser)
        if name == "tents":
            _per_page(parser)
        parser.set_defaults(run=lambda options, kind=name: _of_people(maker, kind, options))
    slips = maker.add("slips", "referral slips to write by hand", "Referral slips to write by hand, three on a page.")
    maker.from_meeting_too(slips)
    maker.look(slips)
    slips.add_argument("--pages", type=int, default=3, metavar="N", help="how many pages (default: 3)")
    slips.set_defaults(run=lambda options: _slips(maker, options))
    chair = maker.add(
        "empty-chair",
        "a tent for a guest who is missing",
        "A tent for each guest whom the group would like to meet. Of a meeting: the sector that most people look for.",
    )
    maker.from_file_or_meeting(chair, "--sectors", "A,B", "sectors, with commas between, such as Notary,Baker")
    maker.look(chair)
    _per_page(chair)
    chair.set_defaults(run=lambda options: _empty_chair(maker, options))


def _per_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--per-page", type=int, choices=(1, 2), default=2, help="tents on a page (default: 2)")


def _of_people(maker: Maker, kind: str, options: Options) -> int:
    more = {"per_page": options.per_page} if kind == "tents" else {}
    if options.meeting:
        return _of_meeting(maker, kind, options, more)
    from server.commands import paper

    people, out, heading = Path(options.people), Path(options.out), _heading(options)
    if kind == "tents":
        return paper.print_tents(people, out, heading, per_page=options.per_page)
    return paper.print_sign_in(people, out, heading)


def _slips(maker: Maker, options: Options) -> int:
    if options.meeting:
        return _of_meeting(maker, "slips", options, {"copies": options.pages})
    from server.commands import paper

    return paper.print_slips(Path(options.out), _heading(options), pages=options.pages)


def _empty_chair(maker: Maker, options: Options) -> int:
    if options.meeting:
        return _of_meeting(maker, "empty-chair", options, {"per_page": options.per_page})
    from server.commands import paper

    sectors = [sector.strip() for sector in options.sectors.split(",") if sector.strip()]
    return paper.print_empty_chair(sectors, Path(options.out), _heading(options), per_page=options.per_page)


def _add_seats(maker: Maker) -> None:
    for name, help_, about in (
        ("routes", "a card for each attendee: table and partners of each round", "A route card for each attendee."),
        ("tables", "a card for each table: who sits there", "A card for each table."),
        ("seating", "the seating plan for the wall", "The seating plan of each round, by name and by table."),
    ):
        parser = maker.add(name, help_, f"{about} From a plan that `coltiva plan` wrote, or of a meeting.")
        maker.from_file_or_meeting(parser, "--plan", "PLAN.json", "the plan")
        parser.add_argument("--problem", metavar="PROBLEM.json", help="what was planned: it has the names")
        maker.look(parser)
        if name == "routes":
            parser.add_argument("--no-partners", action="store_true", help="do not name whom one meets")
            parser.add_argument("--no-promises", action="store_true", help="leave no room for promises")
        if name == "tables":
            parser.add_argument("--no-names", action="store_true", help="only number and colour, to be seen from afar")
        parser.set_defaults(run=lambda options, kind=name: _seats(maker, kind, options))


def _seats(maker: Maker, kind: str, options: Options) -> int:
    more: dict[str, Any] = {}
    if kind == "routes":
        more = {"partners": not options.no_partners, "promises": not options.no_promises}
    elif kind == "tables":
        more = {"names": not options.no_names}
    if options.meeting:
        return _of_meeting(maker, kind, options, more)
    from server.commands import paper

    problem = Path(options.problem) if options.problem else None
    return paper.print_seats(kind, Path(options.plan), problem, Path(options.out), _heading(options), **more)


def _add_posters(maker: Maker) -> None:
    for name, help_, about in (
        ("door", "the poster for the door", "The poster for the door: what happens here, in three steps."),
        ("join", "the poster for phones", "The poster by which phones join a meeting."),
        ("test-code", "a code to try a scanner with", "A code to try scanners with. It lets nobody in."),
    ):
        parser = maker.add(name, help_, about)
        maker.from_file_or_meeting(parser, "--base-url", "URL", "address in the code, such as https://meet.example.org")
        parser.add_argument("--force-address", action="store_true", help="print even a number as address")
        maker.look(parser)
        parser.set_defaults(run=lambda options, kind=name: _poster(maker, kind, options))
    wifi = maker.add("wifi", "the poster for the Wi-Fi", "The poster by which phones join a wireless network.")
    maker.from_file_or_meeting(wifi, "--network", "NAME", "name of the network")
    wifi.add_argument("--password", default="", help="its password; it stands on the poster")
    wifi.add_argument("--security", choices=("WPA", "WEP", "nopass"), help="how it is protected (default: WPA)")
    wifi.add_argument("--hidden", action="store_true", help="the network does not show its name")
    maker.look(wifi)
    wifi.set_defaults(run=lambda options: _wifi(maker, options))


def _poster(maker: Maker, kind: str, options: Options) -> int:
    if options.meeting:
        return _of_meeting(maker, kind, options, {})
    from server.commands import paper

    out, heading, force = Path(options.out), _heading(options), options.force_address
    if kind == "test-code":
        return paper.print_test_code(options.base_url, out, heading, force_address=force)
    return paper.print_poster(kind, options.base_url, out, heading, force_address=force)


def _wifi(maker: Maker, options: Options) -> int:
    if options.meeting:
        return _of_meeting(maker, "wifi", options, {})
    from server.commands import paper

    network = {"name": options.network, "password": options.password, "hidden": options.hidden}
    security = options.security or ("WPA" if options.password else "nopass")
    return paper.print_wifi(Path(options.out), _heading(options), security=security, **network)


def _add_kit(maker: Maker) -> None:
    parser = maker.add(
        "kit",
        "everything for a meeting in one file",
        "Everything for a meeting in one file: badges that wait, lists, cards, posters. What cannot be printed yet is "
        "left out.",
    )
    maker.from_meeting_too(parser)
    maker.look(parser, heading=False)
    parser.add_argument("--stock", default="", metavar="ID", help="labels for the badges (default: the usual ones)")
    parser.add_argument(
        "--only", default="", metavar="A,B",
        help="these documents and no others, with commas between: badges, sign-in, routes, tables, seating, tents, "
        "empty-chair, slips, door, join, wifi, test-code",
    )  # fmt: skip
    parser.set_defaults(run=lambda options: _kit(maker, parser, options))


def _kit(maker: Maker, parser: argparse.ArgumentParser, options: Options) -> int:
    if not options.meeting:
        parser.error("the following arguments are required: --meeting")
    from server.commands import paper_of_meeting
    from server.views.paper_texts import KINDS

    kinds = [kind.strip() for kind in options.only.split(",") if kind.strip()]
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        parser.error(f"argument --only: there is no document called {unknown[0]}")
    settings, wanted = maker.settings_of(options), wanted_of(options)
    out = Path(options.out)
    return maker.guarded(lambda: paper_of_meeting.print_kit(settings, wanted, out, kinds, options.stock))


def _add_calibration(maker: Maker) -> None:
    parser = maker.add(
        "calibration",
        "a page to measure how far a printer is off",
        "A page with scales: print it at actual size on plain paper and lay it on a sheet of labels. What you read off "
        "it are --dx and --dy of the badges.",
    )
    parser.add_argument("--stock", required=True, metavar="ID", help="the labels, such as avery-l4785")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the words")
    _correction(parser)
    parser.set_defaults(run=_calibration)


def _calibration(options: Options) -> int:
    from server.commands import paper

    correction = {name: getattr(options, name) for name in ("dx", "dy", "scale")}
    return paper.print_calibration(options.stock, Path(options.out), language=options.lang, **correction)


def _add_stocks(kinds: Verbs) -> None:
    parser = kinds.add_parser(
        "stocks",
        help="list the labels that can be printed on",
        description="The label sheets and rolls that can be printed on: id, size, labels on a page, name.",
    )
    parser.add_argument("name", nargs="?", default="", help="only those with this in their name, such as avery")
    parser.set_defaults(run=_stocks)


def _stocks(options: Options) -> int:
    from server.commands import paper

    return paper.list_stocks(options.name)


def _of_meeting(maker: Maker, kind: str, options: Options, more: dict[str, Any]) -> int:
    from server.commands import paper_of_meeting

    settings, wanted = maker.settings_of(options), wanted_of(options)
    out = Path(options.out)
    return maker.guarded(lambda: paper_of_meeting.print_paper(settings, wanted, out, kind, more))


def wanted_of(options: Options) -> "Wanted":
    """What was asked of a meeting."""
    from server.commands.paper_of_meeting import Wanted

    return Wanted(
        meeting=options.meeting,
        language=options.lang or "",
        size=getattr(options, "paper", None) or "",
        base_url=getattr(options, "base_url", None) or "",
        force_address=getattr(options, "force_address", False),
    )


def _heading(options: Options) -> "Heading":
    from server.commands.paper import Heading

    return Heading(options.title, options.place, options.lang or "en", options.paper or "a4")
