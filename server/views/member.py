"""The member's board of referral slips: write one, give it, move it, read what became of it.

Everything works as a form and comes back to its page; the board's script only shows sooner what has changed.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import Verb
from server.domain.errors import NotAllowed, NotFound
from server.domain.referrals import INTRODUCTION_LEVELS, REASON_CODES, VOUCH_REASONS, Side
from server.domain.vocabulary import ReferralState
from server.services import exports, receivers, referrals
from server.services.referrals import SlipFields, SlipView
from server.views import forms, guards, languages
from server.views import member_words as words
from server.views.guards import Visit
from server.views.member_frame import file_of, frame, sent
from server.wire import referrals as wire
from server.wire import state as wire_state
from server.wire.sections import Viewer

bp = Blueprint("member", __name__)
SHOWN: dict[str, Side | None] = {"all": None, "given": Side.GIVER, "received": Side.RECEIVER}
PRIVATE_FIELDS = ("prospect_name", "reach", "comments")
VERSIONS_MOST = 1_000_000


@bp.get("/referrals")
@guards.needs(Verb.USE_BOARD)
def board(visit: Visit) -> str:
    """The slips one gave or received, in four columns."""
    show = request.args.get("show", "all")
    side = SHOWN.get(show)
    slips = referrals.board(visit.ctx, visit.person_id, group_id=visit.group_id)
    return render_template(
        "member/board.html",
        show=show if show in SHOWN else "all",
        slips=[slip for slip in slips if side is None or slip.side is side],
        total=len(slips),
        waiting=[slip for slip in slips if slip.side is Side.RECEIVER and slip.state is ReferralState.GIVEN],
        known=_known(visit),
        **frame(visit, "referrals"),
    )


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
    wording = exports.SlipWording(languages.current(), words.headings(), words.slip_cells)
    written = exports.slips_csv(
        visit.ctx, visit.group_id, visit.person_id, private=visit.secure, wording=wording
    )
    return file_of(written, "csv", "referrals")


@bp.get("/referrals/new")
@guards.needs(Verb.USE_BOARD)
def new_slip(visit: Visit) -> str:
    """An empty slip; `to` may name the member's uid."""
    people = receivers.listed(visit.ctx, visit.group_id, but=visit.person_id)
    wanted = request.args.get("to", "")
    label = next((each.label for each in people if each.uid == wanted), "")
    values = forms.typed(
        dict.fromkeys(PRIVATE_FIELDS, "")
        | {"to": label, "need": "", "level": 1, "vouch": "", "consent": False}
    )
    return _slip_form(visit, values, people, slip=None)


@bp.post("/referrals")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(new_slip)
def create_slip(visit: Visit) -> ResponseReturnValue:
    """A slip is given, or kept as a draft when it lacks something or its giver wants to go on later."""
    answer = referrals.write(
        visit.ctx,
        group_id=visit.group_id,
        giver=visit.person_id,
        to=forms.text("to", limit=200),
        fields=_slip_fields(visit),
        give=_wants_to_give(),
        op=visit.op("slip", sent()),
    )
    return _after_writing(answer)


@bp.get("/referrals/<uid>")
@guards.needs(Verb.USE_BOARD)
def slip(visit: Visit, uid: str) -> str:
    """A slip with its history; one's own draft opens as the form it is."""
    view, steps = referrals.show(visit.ctx, visit.group_id, visit.person_id, uid)
    if view.state is ReferralState.DRAFT:
        return _draft(visit, view)
    to_verdict = [state for state in view.moves if state in REASON_CODES]
    return render_template(
        "member/slip.html",
        slip=view,
        steps=steps,
        moves=[state for state in view.moves if state not in to_verdict],
        verdicts=to_verdict,
        values=forms.typed({"to": "", "note": "", "reason": ""}),
        said=request.args.get("said", ""),
        known=_known(visit),
        **frame(visit, "referrals"),
    )


def _draft(visit: Visit, view: SlipView) -> str:
    people = receivers.listed(visit.ctx, visit.group_id, but=visit.person_id)
    values = forms.typed(
        {
            "to": next((each.label for each in people if each.uid == view.receiver.uid), view.receiver.name),
            "level": view.level,
            "vouch": view.vouch,
            "consent": view.consent,
            "need": view.need,
            "prospect_name": view.prospect_name,
            "reach": view.reach,
            "comments": view.comments,
        }
    )
    return _slip_form(visit, values, people, slip=view)


def _slip_form(
    visit: Visit,
    values: dict[str, object],
    people: tuple[receivers.Receiver, ...],
    slip: SlipView | None,
) -> str:
    """The form with what was typed, and at each field what is wrong or missing."""
    errors: dict[str, str] = {}
    if slip is not None and "give" in request.args and "refused" not in g:
        errors = {field: words.say(words.MISSING[field]) for field in slip.missing}
    if "refused" in g:
        # A box that is not ticked is not sent at all.
        values["consent"] = forms.ticked("consent")
    return render_template(
        "member/slip_form.html",
        slip=slip,
        values=values,
        errors=errors,
        people=people,
        levels=list(INTRODUCTION_LEVELS),
        vouches=VOUCH_REASONS,
        **frame(visit, "referrals"),
    )


@bp.post("/referrals/<uid>")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(slip)
def rewrite_slip(visit: Visit, uid: str) -> ResponseReturnValue:
    """The giver goes on with a draft, and may give it now."""
    answer = referrals.rewrite(
        visit.ctx,
        group_id=visit.group_id,
        giver=visit.person_id,
        uid=uid,
        version=_version(),
        to=forms.text("to", limit=200),
        fields=_slip_fields(visit),
        give=_wants_to_give(),
        op=visit.op("rewrite_slip", sent() | {"uid": uid}),
    )
    return _after_writing(answer)


@bp.post("/referrals/<uid>/thrown-away")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(slip)
def throw_slip_away(visit: Visit, uid: str) -> ResponseReturnValue:
    """A draft goes; nobody else ever saw it."""
    referrals.throw_away(
        visit.ctx,
        group_id=visit.group_id,
        giver=visit.person_id,
        uid=uid,
        version=_version(),
        op=visit.op("throw_slip_away", {"uid": uid}),
    )
    return redirect(url_for("member.board"), code=303)


@bp.post("/referrals/<uid>/moves")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(slip)
def move_slip(visit: Visit, uid: str) -> ResponseReturnValue:
    """The receiver says what became of it, with a note; back to the board or to the slip."""
    note = forms.text("note", limit=300)
    if note and not visit.secure:
        raise NotAllowed("slip_line_open", field="note")
    referrals.move(
        visit.ctx,
        group_id=visit.group_id,
        actor=visit.person_id,
        uid=uid,
        version=_version(),
        to=_state(),
        note=note,
        reason=forms.text("reason", limit=24),
        op=visit.op("move_slip", sent() | {"uid": uid}),
    )
    if request.form.get("back") == "board":
        return redirect(url_for("member.board", _anchor=f"slip-{uid}"), code=303)
    return redirect(url_for("member.slip", uid=uid, said="moved"), code=303)


def _state() -> ReferralState:
    wanted = request.form.get("to", "")
    if wanted not in set(ReferralState):
        raise NotFound("page_unknown")
    return ReferralState(wanted)


def _version() -> int:
    return forms.number("version", least=0, most=VERSIONS_MOST)


def _wants_to_give() -> bool:
    return request.form.get("do", "give") == "give"


def _slip_fields(visit: Visit) -> SlipFields:
    """The form's fields; over an open line the private ones are refused, and a draft keeps its own."""
    private: dict[str, str | None] = dict.fromkeys(PRIVATE_FIELDS)
    if visit.secure:
        private = {
            "prospect_name": forms.text("prospect_name", limit=160),
            "reach": forms.text("reach", limit=200),
            "comments": forms.text("comments", limit=1000),
        }
    else:
        for name in PRIVATE_FIELDS:
            if request.form.get(name, "").strip():
                raise NotAllowed("slip_line_open", field=name)
    return SlipFields(
        need=forms.text("need", limit=300),
        level=forms.number("level", least=0, most=99),
        vouch=forms.text("vouch", limit=24),
        consent=forms.ticked("consent"),
        **private,
    )


def _after_writing(answer: Mapping[str, Any]) -> ResponseReturnValue:
    """Given: how it stands now. Kept as a draft although it should be given: the form says what is missing."""
    uid = answer["uid"]
    if answer["missing"]:
        return redirect(url_for("member.slip", uid=uid, give=1), code=303)
    if answer["state"] == ReferralState.DRAFT.value:
        return redirect(url_for("member.board", _anchor=f"slip-{uid}"), code=303)
    return redirect(url_for("member.slip", uid=uid, said="given"), code=303)
