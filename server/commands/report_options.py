"""What may be typed after `coltiva print` for the papers that tell of a meeting or of the group afterwards."""

import argparse
from pathlib import Path

from server.commands.paper_options import Maker, Options, wanted_of

PAPERS = (
    ("report", "the report of a meeting", "The report of a meeting: what grew from it, who came, who met whom."),
    ("group-report", "the report of the group", "The report of a meeting's group about the last weeks."),
    ("packets", "seed packets of a meeting", "A sheet to fold for everybody who came: whom they met, to take home."),
)


def add(maker: Maker) -> None:
    """The reports and the seed packets; all of them come from a meeting."""
    for name, help_, about in PAPERS:
        parser = maker.add(name, help_, about)
        maker.from_meeting_too(parser)
        maker.look(parser, heading=False)
        if name == "group-report":
            parser.add_argument(
                "--weeks", type=int, choices=(13, 26, 52), default=26, help="how far back (default: 26)"
            )
        parser.set_defaults(run=lambda options, kind=name, its=parser: _report(maker, its, kind, options))


def _report(maker: Maker, parser: argparse.ArgumentParser, kind: str, options: Options) -> int:
    if not options.meeting:
        parser.error("the following arguments are required: --meeting")
    from server.commands import paper_reports

    settings, wanted, out = maker.settings_of(options), wanted_of(options), Path(options.out)
    if kind == "group-report":
        return maker.guarded(lambda: paper_reports.print_group_report(settings, wanted, out, weeks=options.weeks))
    make = {"report": paper_reports.print_report, "packets": paper_reports.print_packets}[kind]
    return maker.guarded(lambda: make(settings, wanted, out))
