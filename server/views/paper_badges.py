"""Badges on paper: whose, on what, looked at before printing; what came out well, what did not, and what was lost."""

from collections.abc import Mapping

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.domain.vocabulary import Uid
from server.services import badge_sheets, badges, print_jobs, print_setup, printing, stocks
from server.services.badge_sheets import BadgeOrder, Setting
from server.services.badges import Holder
from server.views import forms, guards, print_room
from server.views.guards import Visit
from server.views.paper import bp as bp
from server.views.print_room import STOCK_COOKIE

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MOST_AT_ONCE = 2000
"""Badges that one form may name."""


@bp.get("/badges", endpoint="badges")
@guards.needs(Verb.PRINT)
def badges_page(visit: Visit) -> str:
    """Who has a badge, whose is printed and still right, and the form that makes the sheet."""
    with print_room.moment(visit) as now:
        view, address = print_room.meeting(now), print_room.address(now)
        holders = badges.holders(now.ctx, visit.meeting_id)
        found = stocks.stocks(now.ctx, visit.group_id)
        chosen = print_setup.setup(now.ctx, visit.group_id)
        jobs = print_jobs.listed(now.ctx, visit.meeting_id)
    url = address.url if address else ""
    counts = _counts(visit, holders, url)
    stock = print_room.usual_stock(found, chosen.paper)
    return render_template(
        "organiser/badges.html",
        meeting=view,
        holders=holders,
        changed={h.attendance_uid for h in holders if badges.has_changed(visit.ctx, h, address=url)},
        counts=counts,
        jobs=jobs,
        stock_names={key: each.name for key, each in found.items()},
        address=address,
        stocks=print_room.stock_choice(found, chosen.paper),
        endless=[each.id for each in found.values() if each.kind == "endless"],
        letters=LETTERS,
        is_planned=any(holder.table for holder in holders),
        values=forms.typed(_usual(counts, stock)),
    )


def _usual(counts: Mapping[str, int], stock: str) -> dict[str, object]:
    waiting = next((whom for whom in badge_sheets.WHOM if counts[whom]), badge_sheets.EVERYBODY)
    return {
        "stock": stock, "start_at": "1", "whom": waiting, "standing": "", "first": "A", "last": "Z", "sort": "name",
        "length": "100", "table": "", "back": "", "duplex": "long", "black_only": "", "printer": print_room.printer(),
    }  # fmt: skip


def _counts(visit: Visit, holders: tuple[Holder, ...], address: str) -> dict[str, int]:
    return {
        whom: len(badge_sheets.choose(visit.ctx, holders, BadgeOrder(whom=whom), address=address))
        for whom in badge_sheets.WHOM
    }


@bp.post("/badges/look")
@guards.needs(Verb.PRINT)
def look_at_badges(visit: Visit) -> ResponseReturnValue:
    """The first page of the sheet as the form stands: `{svg, pages, warnings, new_stock}`."""
    with print_room.moment(visit) as now:
        order, setting, is_new = _asked(now)
    sheet = badge_sheets.prepare(visit.ctx, meeting_id=visit.meeting_id, order=order, setting=setting)
    shown = printing.look(sheet.draft, page=_page())
    return jsonify(
        ok=True,
        svg=shown.svg,
        pages=shown.pages,
        badges=sheet.people,
        warnings=[print_room.said_warning(warned) for warned in shown.warnings],
        new_stock=is_new,
    )


@bp.post("/badges")
@guards.needs(Verb.PRINT)
@forms.or_show_again(badges_page)
def check_badges(visit: Visit) -> ResponseReturnValue:
    """The sheet is looked at: how many, on how many pages, what deserves a look, and whose were printed before."""
    with print_room.moment(visit) as now:
        order, setting, is_new = _asked(now)
        view, stock = print_room.meeting(now), print_room.known_stock(now, order.stock)
    sheet = badge_sheets.prepare(visit.ctx, meeting_id=visit.meeting_id, order=order, setting=setting)
    shown = printing.look(sheet.draft)
    again = [] if forms.ticked("again") else list(sheet.handed_out)
    before = {holder.badge_uid for holder in again}
    response = Response(
        render_template(
            "organiser/badges_check.html",
            meeting=view,
            order=order,
            sheet=sheet,
            look=shown,
            said=_said(sheet.said),
            kept=_kept(),
            again=again,
            rest=_said({uid: says for uid, says in sheet.said.items() if uid not in before}),
            single=sheet.people == 1,
            is_new=is_new,
            warnings=[print_room.said_warning(warned) for warned in shown.warnings],
            stock=print_room.said_stock(stock),
        )
    )
    return print_room.remember(response, STOCK_COOKIE, order.stock)


@bp.post("/badges/file")
@guards.needs(Verb.PRINT)
@forms.or_show_again(badges_page)
def badges_file(visit: Visit) -> ResponseReturnValue:
    """The same sheet as a file. Whether it came out well is said afterwards."""
    with print_room.moment(visit) as now:
        order, setting, _ = _asked(now)
    sheet = badge_sheets.prepare(visit.ctx, meeting_id=visit.meeting_id, order=order, setting=setting)
    return print_room.file(printing.draw(sheet.draft), "badges")


@bp.post("/badges/trial")
@guards.needs(Verb.PRINT)
@forms.or_show_again(badges_page)
def badges_trial(visit: Visit) -> ResponseReturnValue:
    """A page with three names to try new labels with; its codes open no door."""
    with print_room.moment(visit) as now:
        order, setting, _ = _asked(now)
    draft = badge_sheets.trial(visit.ctx, meeting_id=visit.meeting_id, order=order, setting=setting)
    return print_room.file(printing.draw(draft), "badges-test")


@bp.post("/badges/printed")
@guards.needs(Verb.PRINT)
@forms.or_show_again(badges_page)
def mark_printed(visit: Visit) -> ResponseReturnValue:
    """The sheets came out well."""
    print_jobs.mark(
        visit.ctx,
        meeting_id=visit.meeting_id,
        said=dict(_told()),
        stock=forms.text("stock", limit=40),
        printer=print_room.printer(),
        op=visit.op("printed", dict(request.form)),
    )
    return _back()


@bp.post("/badges/not-printed")
@guards.needs(Verb.PRINT)
@forms.or_show_again(badges_page)
def take_back_print(visit: Visit) -> ResponseReturnValue:
    """They did not: what this job marked, and nothing else, waits to be printed again."""
    print_jobs.take_back(visit.ctx, meeting_id=visit.meeting_id, job_uid=Uid(forms.text("job", limit=16)))
    return _back()


@bp.post("/badges/lost")
@guards.needs(Verb.PRINT)
@forms.or_show_again(badges_page)
def replace_lost(visit: Visit) -> ResponseReturnValue:
    """A badge was lost: its code opens nothing any more, and a new one waits to be printed."""
    lost = Uid(forms.text("attendance", limit=16))
    badges.replace_lost(visit.ctx, meeting_id=visit.meeting_id, attendance_uid=lost, op=visit.op("lost", {"of": lost}))
    return _back()


def _order(visit: Visit) -> BadgeOrder:
    """What the form asks for."""
    stock = print_room.known_stock(visit, forms.text("stock", limit=40))
    return BadgeOrder(
        whom=forms.text("whom", limit=16),
        standing=_one_of("standing", ("", "member", "visitor")),
        first=_one_of("first", ("", *LETTERS)),
        last=_one_of("last", ("", *LETTERS)),
        only=tuple(uid for uid, _ in _told()),
        sort=_one_of("sort", badge_sheets.SORTS),
        stock=stock.id,
        start_at=forms.number("start_at", least=1, most=stock.labels),
        length=float(forms.number("length", least=25, most=300)) if stock.kind == "endless" else 100.0,
        table=forms.ticked("table"),
        back=_one_of("back", badge_sheets.BACKS),
        duplex=_one_of("duplex", badge_sheets.EDGES),
        black_only=forms.ticked("black_only"),
    )


def _asked(visit: Visit) -> tuple[BadgeOrder, Setting, bool]:
    """What the form asks for, what it is made with, and whether nothing came out on these labels before."""
    order = _order(visit)
    used = print_jobs.stocks_used(visit.ctx, visit.group_id)
    return order, print_room.badge_setting(visit, order), order.stock not in used


def _one_of(name: str, known: tuple[str, ...]) -> str:
    """A choice of a form; what is not on offer is as if nothing had been chosen."""
    chosen = forms.text(name, limit=16)
    return chosen if chosen in known else known[0]


def _page() -> int:
    return forms.number("page", least=1, most=100_000) if request.form.get("page") else 1


_KEPT = (
    *("stock", "start_at", "whom", "standing", "first", "last", "sort", "length", "table", "back", "duplex"),
    "black_only",
)


def _kept() -> list[tuple[str, str]]:
    """The order as hidden fields of the next form."""
    return [(name, request.form[name]) for name in _KEPT if request.form.get(name)]


def _said(said: Mapping[Uid, str]) -> str:
    """Badges and what they say, as a form carries them."""
    return ",".join(f"{uid}:{fingerprint}" for uid, fingerprint in said.items())


def _told() -> list[tuple[Uid, str]]:
    """The badges that a form names, each with what it says."""
    named = [part.partition(":") for part in request.form.get("badges", "").split(",") if part]
    if len(named) > MOST_AT_ONCE:
        raise RuleViolation("print_too_many", people=len(named), most=MOST_AT_ONCE)
    return [(Uid(uid), fingerprint) for uid, _, fingerprint in named]


def _back() -> ResponseReturnValue:
    assert request.view_args is not None, "the address names the meeting"
    return redirect(url_for("paper.badges", meeting=request.view_args["meeting"]), code=303)
