"""`coltiva print report | group-report | packets`: what the pages tell of a meeting and of the group, as a file.

The words of these papers are those of a page, and pages speak through Flask-Babel: these commands alone load Flask.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, g

from server.commands import Refused, say, tell, write_file
from server.commands.paper_of_meeting import Desk, Wanted, at_desk
from server.config import Settings
from server.services import packets, report_sheets, reports
from server.services.report_sheets import Sheet
from server.views import counted, languages, print_room, report_words
from server.views.packets import packet_texts, packet_words


def print_report(settings: Settings, wanted: Wanted, out: Path) -> int:
    """The report of a meeting. Raises Refused."""

    def work(desk: Desk) -> int:
        found = reports.of_meeting(desk.ctx, desk.meeting_id)
        with _speaking(desk.language):
            return _write(desk, report_words.meeting_sheet(found), out)

    return at_desk(settings, wanted, work)


def print_group_report(settings: Settings, wanted: Wanted, out: Path, *, weeks: int) -> int:
    """The report of the group about the last weeks. Raises Refused."""

    def work(desk: Desk) -> int:
        found = reports.of_group(desk.ctx, desk.group_id, weeks=weeks)
        with _speaking(desk.language):
            return _write(desk, report_words.group_sheet(found), out)

    return at_desk(settings, wanted, work)


def print_packets(settings: Settings, wanted: Wanted, out: Path) -> int:
    """The seed packets of everybody who came. Raises Refused."""

    def work(desk: Desk) -> int:
        meeting, found = packets.for_everybody(desk.ctx, desk.meeting_id)
        if not found:
            raise Refused("Nobody has come to this meeting yet.")
        with _speaking(desk.language):
            texts, words = packet_texts(found), packet_words(meeting, desk.language)
            printed = packets.print_packets(texts, words, paper=desk.size)
            warnings = [print_room.said_warning(warned) for warned in printed.warnings]
        write_file(out, printed.pdf)
        for warning in warnings:
            tell(warning)
        say(f"{out}: packets {len(found)}, pages {printed.sheets}")
        return 0

    return at_desk(settings, wanted, work)


def _write(desk: Desk, sheet: Sheet, out: Path) -> int:
    write_file(out, report_sheets.on_paper(sheet, desk.size))
    say(f"{out}: {sheet.title}")
    return 0


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    """As if a page were made for somebody who reads this language."""
    app = Flask("coltiva")
    languages.install(app)
    # A page leads from each figure to its rows, and a sheet of paper is made of the same words.
    app.register_blueprint(counted.bp)
    with app.test_request_context():
        g.language = language
        yield
