"""The member's board of referral slips: look at it in columns or as a list, move a slip, read what became of it.

Everything works as a form and comes back to its page; the board's scripts only show sooner what has changed, and let a
slip be dragged.
"""

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain import names
from server.domain.access import Verb
from server.domain.errors import NotAllowed, NotFound
from server.domain.referrals import REASON_CODES, Served, Side
from server.domain.vocabulary import ReferralState
from server.services import exports, referrals, slips
from server.services.context import Json
from server.services.slips import SlipView
from server.views import forms, guards, languages, member_figures, slip_form, slip_words
from server.views import member_words as words
from server.views.guards import Visit
from server.views.member_frame import file_of, frame, sent
from server.wire import referrals as wire
from server.wire import state as wire_state
from server.wire.sections import Viewer

bp = Blueprint("member", __name__)
SHOWN: dict[str, Side | None] = {"all": None, "given": Side.GIVER, "received": Side.RECEIVER}


@bp.get("/referrals")
@guards.needs(Verb.USE_BOARD)
def board(visit: Visit) -> str:
    """The slips one gave or received, in four columns; narrowed to whom or what is sought, or to what waits."""
    every = slips.board(visit.ctx, visit.person_id, group_id=visit.group_id)
    return render_template(
        "member/board.html",
        slips=_narrowed(visit, every),
        total=len(every),
        waiting=[slip for slip in every if slip.side is Side.RECEIVER and slip.state is ReferralState.GIVEN],
        asking=[slip for slip in every if slip.asks_served],
        known=_known(visit),
        asked=_asked(),
        **frame(visit, "referrals"),
    )


@bp.get("/referrals/list")
@guards.needs(Verb.USE_BOARD)
def slip_list(visit: Visit) -> str:
    """The same and all older ones as a table, to read and to print."""
    every = slips.all_of(visit.ctx, visit.person_id, visit.group_id)
    figure = member_figures.asked()
    shown, framed = _narrowed(visit, every), frame(visit, "referrals")
    return render_template(
        "member/slip_list.html",
        slips=list(filter(figure.counts, shown)) if figure else shown,
        total=len(every),
        asked=_asked(),
        figure=figure.words(framed["today"]) if figure else "",
        **framed,
    )


@bp.get("/referrals/group")
@guards.needs(Verb.USE_BOARD)
def group_board(visit: Visit) -> str:
    """What the group gave: from whom to whom and how far it has come; no prospect, no verdict, no ranking."""
    every = slips.of_group(visit.ctx, visit.group_id)
    wanted = names.query_words(request.args.get("q", "")[:80])
    return render_template(
        "member/group_board.html",
        slips=[slip for slip in every if _has(wanted, slip.giver.name, slip.receiver.name)],
        total=len(every),
        asked=_asked() | {"show": "group"},
        **frame(visit, "referrals"),
    )


def _asked() -> dict[str, str]:
    """What the address asks to see."""
    show = request.args.get("show", "all")
    return {
        "show": show if show in SHOWN else "all",
        "q": request.args.get("q", "").strip()[:80],
        "waits": "1" if request.args.get("waits") else "",
    }


def _narrowed(visit: Visit, every: tuple[SlipView, ...]) -> list[SlipView]:
    asked = _asked()
    side, wanted = SHOWN[asked["show"]], names.query_words(asked["q"])
    return [
        slip
        for slip in every
        if (side is None or slip.side is side)
        and _has(wanted, slip.giver.name, slip.receiver.name, slip.need)
        and (not asked["waits"] or slip.quiet_days(visit.now) or slip.moves or slip.asks_served)
    ]


def _has(wanted: tuple[str, ...] | list[str], *texts: str) -> bool:
    """Whether every word sought begins a word of the texts."""
    there = [word for text in texts for word in names.query_words(text)]
    return all(any(word.startswith(each) for word in there) for each in wanted)


def _known(visit: Visit) -> dict[str, int]:
    """The versions of everything this page knows: its script fetches the page again when news say otherwise."""
    return {uid: card["version"] for uid, card in wire.slips(visit.ctx, visit.person_id).items()}


@bp.get("/referrals/state")
@guards.needs(Verb.USE_BOARD)
def slips_state(visit: Visit) -> ResponseReturnValue:
    """The same body as the acknowledgement of a `join` without a meeting."""
    return jsonify(wire_state.own_state(visit.ctx, Viewer(visit.person_id, visit.secure)))


@bp.get("/referrals.csv")
@guards.needs(Verb.USE_BOARD)
def slips_file(visit: Visit) -> Response:
    """Every slip of one's own, for a spreadsheet."""
    return _file(visit, "csv")


@bp.get("/referrals.xlsx")
@guards.needs(Verb.USE_BOARD)
def slips_workbook(visit: Visit) -> Response:
    """The same as a workbook."""
    return _file(visit, "xlsx")


def _file(visit: Visit, kind: str) -> Response:
    wording = exports.SlipWording(languages.current(), words.headings(), slip_words.slip_cells)
    write = exports.slips_xlsx if kind == "xlsx" else exports.slips_csv
    written = write(visit.ctx, visit.group_id, visit.person_id, private=visit.secure, wording=wording)
    return file_of(written, kind, "referrals")


@bp.get("/referrals/<uid>")
@guards.needs(Verb.USE_BOARD)
def slip(visit: Visit, uid: str) -> str:
    """A slip with its history; one's own draft opens as the form it is."""
    found = slips.show(visit.ctx, visit.group_id, visit.person_id, uid)
    view = found.slip
    if view.state is ReferralState.DRAFT:
        return slip_form.draft(visit, view)
    to_verdict = [state for state in view.moves if state in REASON_CODES]
    return render_template(
        "member/slip.html",
        slip=view,
        steps=found.steps,
        quality=found.quality,
        moves=[state for state in view.moves if state not in to_verdict],
        verdicts=to_verdict,
        values=forms.typed({"to": request.args.get("to", ""), "note": "", "reason": ""}),
        said=request.args.get("said", ""),
        known=_known(visit),
        **frame(visit, "referrals"),
    )


@bp.post("/referrals/<uid>/moves")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(slip)
def move_slip(visit: Visit, uid: str) -> ResponseReturnValue:
    """The receiver says what became of it, with a note; back to the board or to the slip. JSON from the board."""
    if request.is_json:
        return _moved_on_the_board(visit, uid)
    note = forms.text("note", limit=300)
    if note and not visit.secure:
        raise NotAllowed("slip_line_open", field="note")
    referrals.move(
        visit.ctx,
        group_id=visit.group_id,
        actor=visit.person_id,
        uid=uid,
        version=slip_form.version(),
        to=_state(request.form.get("to", "")),
        note=note,
        reason=forms.text("reason", limit=24),
        op=visit.op("move_slip", sent() | {"uid": uid}),
    )
    if request.form.get("back") == "board":
        return redirect(url_for("member.board", _anchor=f"slip-{uid}"), code=303)
    return redirect(url_for("member.slip", uid=uid, said="moved"), code=303)


def _moved_on_the_board(visit: Visit, uid: str) -> ResponseReturnValue:
    """A slip was dropped into another column."""
    body: Json = forms.json_body()
    return jsonify(
        referrals.move(
            visit.ctx,
            group_id=visit.group_id,
            actor=visit.person_id,
            uid=uid,
            version=forms.json_int(body, "version", least=0, most=slip_form.VERSIONS_MOST),
            to=_state(forms.json_text(body, "to", limit=24)),
            op=visit.op("move_slip", body | {"uid": uid}),
        )
    )


@bp.post("/referrals/<uid>/served")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(slip)
def tell_served(visit: Visit, uid: str) -> ResponseReturnValue:
    """The giver says what the prospect answered: well served, mixed, or not."""
    answer = request.form.get("served", "")
    if answer not in set(Served):
        raise NotFound("page_unknown")
    referrals.tell_served(
        visit.ctx,
        group_id=visit.group_id,
        actor=visit.person_id,
        uid=uid,
        version=slip_form.version(),
        served=Served(answer),
        op=visit.op("tell_served", sent() | {"uid": uid}),
    )
    return redirect(url_for("member.slip", uid=uid, said="served"), code=303)


def _state(wanted: str) -> ReferralState:
    if wanted not in set(ReferralState):
        raise NotFound("page_unknown")
    return ReferralState(wanted)
