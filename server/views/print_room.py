"""What the pages about paper share: the group's language on paper, its words and address, and how a file is answered.

Paper speaks the group's language; warnings and refusals are for whoever presses the button and speak theirs.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from flask import Response, request
from flask_babel import force_locale, gettext

from server.domain.errors import RuleViolation
from server.services import groups, meetings, papers, print_setup, printing, stocks
from server.services.badge_sheets import BackWords, BadgeOrder, BadgeWords, Setting
from server.services.meetings import MeetingView
from server.services.papers import Kind, PaperWords, Poster
from server.services.printing import Address, Paper, Warned
from server.services.stocks import Stock
from server.views import display, pages
from server.views import paper_texts as texts
from server.views.guards import Visit
from server.views.sentences.paper import PARTS, WARNINGS

STOCK_COOKIE = "coltiva_stock"
"""Which labels this computer printed on last."""
PRINTER_COOKIE = "coltiva_printer"
"""Which of the group's printers stands at this computer."""
_YEAR = 365 * 86400


@contextmanager
def moment(visit: Visit) -> Iterator[Visit]:
    """The same visit with one session for all its questions; nothing may be written meanwhile."""
    with visit.ctx.one_moment() as ctx:
        yield replace(visit, ctx=ctx)


def meeting(visit: Visit) -> MeetingView:
    """The meeting in the address."""
    with visit.ctx.reading() as db:
        return meetings.view(db, visit.meeting_id)


def address(visit: Visit) -> Address | None:
    """What stands in every code; in the demo this computer's own number where nothing was set."""
    here = display.join_address(visit, visit.ctx) if visit.ctx.settings.demo else ""
    return printing.address(visit.ctx, visit.group_id, here=here)


def language(visit: Visit) -> str:
    """The group's language."""
    with visit.ctx.reading() as db:
        return groups.view(db, visit.group_id).settings.language


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Words in the language of the paper."""
    with force_locale(code):
        yield


def printer() -> str:
    """The name of the printer at this computer, where somebody gave it one."""
    return request.cookies.get(PRINTER_COOKIE, "")[:60]


def paper_words(view: MeetingView, code: str) -> PaperWords:
    """Everything that papers of a meeting say."""
    with in_language(code):
        return PaperWords(
            title=view.name,
            subtitle=when_and_where(view),
            language=code,
            words=texts.paper_words(gettext),
            prompts=tuple(texts.prompts(gettext)),
            posters={Kind(kind): Poster(*texts.poster(kind, gettext, view.name)) for kind in texts.POSTERS},
            signature=gettext(texts.SIGNATURE),
            wish=gettext(texts.WISH),
            invitation=gettext(texts.INVITATION),
            test_title=gettext(texts.TEST_TITLE),
            test_word=gettext(texts.TEST_WORD),
        )


def when_and_where(view: MeetingView) -> str:
    """Day, hour and place in one line."""
    when = f"{pages.local_day(view.starts_at, view.time_zone)}, {pages.local_time(view.starts_at, view.time_zone)}"
    return f"{when} · {view.place}" if view.place else when


def badge_setting(visit: Visit, order: BadgeOrder) -> Setting:
    """What badges are made with at this computer."""
    code = language(visit)
    with in_language(code):
        words = BadgeWords(**texts.badge_words_of_meeting(gettext, code))
        heading = texts.BACK_ROUNDS if order.back == "rounds" else texts.BACK_HEADING
        back = BackWords(
            heading=gettext(heading),
            agenda=papers.agenda(visit.ctx, visit.meeting_id) if order.back == "agenda" else (),
        )
    return Setting(
        to=address(visit),
        words=words,
        stock=stocks.for_drawing(visit.ctx, visit.group_id, order.stock),
        back=back,
        correction=print_setup.correction(visit.ctx, visit.group_id, printer=printer(), stock_id=order.stock),
    )


def said_stock(stock: Stock) -> str:
    """A label stock in a list: what it is called, how large, how many on a page."""
    width, height = stock.label
    return str(
        gettext(
            "%(name)s · %(width)s × %(height)s mm · on a page: %(labels)s",
            name=stock.name,
            width=f"{width:.4g}",
            height=f"{height:.4g}",
            labels=stock.labels,
        )
    )


def said_warning(warned: Warned) -> str:
    """Something to look at on the finished sheet, in the reader's language."""
    params = dict(warned.params)
    if "field" in params:
        params["field"] = gettext(PARTS.get(str(params["field"]), str(params["field"])))
    return str(gettext(WARNINGS[warned.key], **params))


def stock_choice(found: Mapping[str, Stock], paper: str) -> list[tuple[str, str]]:
    """The stocks as options of a list: the group's own first, then those of its size of paper, then the rest."""

    def place(stock: Stock) -> int:
        if stock.id.startswith(stocks.OWN):
            return 0
        is_letter = stock.region == "US"
        return 1 if is_letter == (paper == "letter") else 2

    return [(stock.id, said_stock(stock)) for stock in sorted(found.values(), key=place)]


def usual_stock(found: Mapping[str, Stock], paper: str) -> str:
    """The stock that this computer printed on last, else the usual one."""
    chosen = request.cookies.get(STOCK_COOKIE, "")
    return chosen if chosen in found else stocks.USUAL[paper]


def known_stock(visit: Visit, stock_id: str) -> Stock:
    """A stock by its id. Raises RuleViolation("print_unknown_stock")."""
    found = stocks.stocks(visit.ctx, visit.group_id).get(stock_id)
    if found is None:
        raise RuleViolation("print_unknown_stock", stock=stock_id, field="stock")
    return found


def file(made: Paper, name: str) -> Response:
    """A PDF, to be shown by the browser."""
    response = Response(made.pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def remember(response: Response, cookie: str, value: str) -> Response:
    """Keep a choice of this computer for a year."""
    response.set_cookie(cookie, value, max_age=_YEAR, samesite="Lax", httponly=True)
    return response
