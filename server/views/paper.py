"""Paper of a meeting: badges on labels, looked at before printing; the sign-in list; posters."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from server.domain.access import Verb
from server.domain.errors import NotFound, RuleViolation
from server.services import badges as badge_services
from server.services import groups, meetings, printing
from server.services.meetings import MeetingView
from server.services.printing import Address, BadgeOrder, BadgeWords, Paper, Stock, Warned
from server.views import display, forms, guards, pages
from server.views.guards import Visit
from server.views.sentences.paper import PARTS, WARNINGS

bp = Blueprint("paper", __name__, url_prefix="/o/<meeting>/badges")
STOCK_COOKIE = "coltiva_stock"
"""Which labels this computer printed on last."""
PAPERS = ("sign-in", "join", "door")


@bp.get("")
@guards.needs(Verb.PRINT)
def badges(visit: Visit) -> str:
    """Who has a badge, whose is printed, and the form that makes the sheet."""
    view = _view(visit)
    holders = badge_services.holders(visit.ctx, visit.meeting_id)
    waiting = [holder for holder in holders if holder.printed_at is None]
    stocks = printing.stocks()
    chosen = request.cookies.get(STOCK_COOKIE, "")
    return render_template(
        "organiser/badges.html",
        meeting=view,
        holders=holders,
        waiting=waiting,
        last_print=max((h.printed_at for h in holders if h.printed_at), default=None),
        address=_address(visit),
        stocks=[(stock.id, said_stock(stock)) for stock in stocks.values()],
        values=forms.typed(
            {
                "stock": chosen if chosen in stocks else printing.USUAL_STOCK,
                "start_at": "1",
                "whom": printing.NOT_PRINTED if waiting else printing.EVERYBODY,
            }
        ),
    )


@bp.post("")
@guards.needs(Verb.PRINT)
@forms.or_show_again(badges)
def check(visit: Visit) -> ResponseReturnValue:
    """The sheet is made and looked at: how many, on how many pages, and what deserves a look, by name."""
    order = _order()
    paper = _sheet(visit, order)
    view = _view(visit)
    response = Response(
        render_template(
            "organiser/badges_check.html",
            meeting=view,
            order=order,
            paper=paper,
            warnings=[said_warning(warned) for warned in paper.warnings],
            stock=said_stock(printing.stocks()[order.stock]),
        )
    )
    response.set_cookie(STOCK_COOKIE, order.stock, max_age=365 * 86400, samesite="Lax")
    return response


@bp.post("/file")
@guards.needs(Verb.PRINT)
@forms.or_show_again(badges)
def file(visit: Visit) -> ResponseReturnValue:
    """The same sheet as a file. Whether it came out well is said afterwards."""
    return _pdf(_sheet(visit, _order()), "badges")


@bp.post("/printed")
@guards.needs(Verb.PRINT)
@forms.or_show_again(badges)
def mark_printed(visit: Visit) -> ResponseReturnValue:
    """The sheets came out well."""
    badge_services.mark_printed(visit.ctx, meeting_id=visit.meeting_id, badge_uids=_uids())
    return _back()


@bp.post("/not-printed")
@guards.needs(Verb.PRINT)
@forms.or_show_again(badges)
def take_back_print(visit: Visit) -> ResponseReturnValue:
    """They did not: these badges wait to be printed again."""
    at = forms.moment("printed_at")
    badge_services.take_back_print(visit.ctx, meeting_id=visit.meeting_id, printed_at=at)
    return _back()


@bp.get("/papers/<kind>.pdf")
@guards.needs(Verb.PRINT)
def paper(visit: Visit, kind: str) -> ResponseReturnValue:
    """The sign-in list (`sign-in`), the poster for phones (`join`) or for the door (`door`)."""
    if kind not in PAPERS:
        raise NotFound("page_unknown")
    view = _view(visit)
    language = _language(visit)
    with force_locale(language):
        if kind == "sign-in":
            made = printing.sign_in_list(
                visit.ctx, meeting_id=visit.meeting_id, sheet=_sheet_words(view), words=_words(language)
            )
        else:
            made = printing.poster(kind, _poster(kind, view, language), to=_address(visit))
    return _pdf(made, kind)


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


def _view(visit: Visit) -> MeetingView:
    with visit.ctx.reading() as db:
        return meetings.view(db, visit.meeting_id)


def _address(visit: Visit) -> Address | None:
    here = display.join_address(visit) if visit.ctx.settings.demo else ""
    return printing.address(visit.ctx, visit.group_id, here=here)


def _language(visit: Visit) -> str:
    with visit.ctx.reading() as db:
        return groups.view(db, visit.group_id).settings.language


def _order() -> BadgeOrder:
    stocks = printing.stocks()
    stock = forms.text("stock", limit=40)
    if stock not in stocks:
        raise RuleViolation("print_unknown_stock", stock=stock, field="stock")
    return BadgeOrder(
        whom=forms.text("whom", limit=16),
        stock=stock,
        start_at=forms.number("start_at", least=1, most=stocks[stock].labels),
        only=tuple(_uids()),
    )


def _uids() -> list[str]:
    """The badges of a sheet that was looked at, as its form carries them."""
    return [uid for uid in request.form.get("badges", "").split(",") if uid][:2000]


def _sheet(visit: Visit, order: BadgeOrder) -> Paper:
    language = _language(visit)
    with force_locale(language):
        words = _words(language)
    return printing.badge_sheet(
        visit.ctx, meeting_id=visit.meeting_id, order=order, words=words, to=_address(visit)
    )


def _words(language: str) -> BadgeWords:
    return BadgeWords(
        member=gettext("Member"),
        visitor=gettext("Visitor"),
        host=gettext("Host"),
        table=gettext("Table"),
        title=gettext("Badges"),
        language=language,
    )


def _sheet_words(view: MeetingView) -> printing.SignInSheet:
    when = f"{pages.local_day(view.starts_at, view.time_zone)}, {pages.local_time(view.starts_at, view.time_zone)}"
    return printing.SignInSheet(
        title=view.name,
        subtitle=f"{when} · {view.place}" if view.place else when,
        name_word=gettext("Name"),
        company_word=gettext("Company"),
        signature_word=gettext("Signature"),
    )


def _poster(kind: str, view: MeetingView, language: str) -> printing.Poster:
    if kind == "join":
        heading = gettext("Your table on your phone")
        steps = (
            gettext("Let the door scan your badge."),
            gettext("Point the camera of your phone at the square on your badge and open the link."),
            gettext("Your table, whom you meet and the time left are on your phone."),
        )
        note = gettext("No phone? Everything stands on the wall, too.")
    else:
        heading = gettext("Good morning")
        steps = (
            gettext("Have your badge ready: the square is scanned here."),
            gettext("No badge yet? Say your name."),
            gettext("Then point the camera of your phone at the square on your badge."),
        )
        note = view.name
    return printing.Poster(heading, steps, note, language)


def _pdf(made: Paper, name: str) -> Response:
    response = Response(made.pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def _back() -> ResponseReturnValue:
    assert request.view_args is not None, "the address names the meeting"
    return redirect(url_for("paper.badges", meeting=request.view_args["meeting"]), code=303)
