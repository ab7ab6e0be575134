"""The seating board: who sits where in a round, what a change would cost by name, and why people sit as they do."""

import json
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain import pins as pin_rules
from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.domain.pins import PairWish
from server.domain.vocabulary import Uid
from server.services import pins, plan_runs, seat_board, seat_moves, seat_reasons
from server.services.context import Json
from server.services.seat_board import Chosen, SeatBoard
from server.services.seat_moves import Move, Weighed
from server.views import forms, guards, plan_words
from server.views.guards import Visit
from server.views.sentences import remarks
from server.wire import plans as plan_wire

bp = Blueprint("seats", __name__, url_prefix="/run")
MOST = 1_000_000


def _page(visit: Visit, number: int | None) -> dict[str, Any]:
    """What the board's parts are drawn from."""
    return {
        "board": seat_board.board(visit.ctx, visit.meeting_id, number),
        "run": plan_runs.latest(visit.ctx, visit.meeting_id),
        "plan_words": plan_words,
    }


@bp.get("/<meeting>/seats")
@guards.needs(Verb.RUN_ROUNDS)
def seats(visit: Visit) -> str:
    """The board of one round, by default the next; scripts make it one to change."""
    page = _page(visit, request.args.get("round", type=int))
    board: SeatBoard = page["board"]
    state = {
        "version": board.version,
        "round": board.number,
        "planned": board.planned,
        "plan": {"run": plan_wire.run_of(page["run"])},
    }
    return render_template("facilitator/seats.html", **page, state=state)


@bp.get("/<meeting>/seats/<int:number>")
@guards.needs(Verb.RUN_ROUNDS)
def tables(visit: Visit, number: int) -> ResponseReturnValue:
    """The parts of the board that change, anew: `{html, version, planned}`."""
    page = _page(visit, number)
    board: SeatBoard = page["board"]
    html = render_template("facilitator/seats_parts.html", **page)
    return jsonify(ok=True, html=html, version=board.version, planned=board.planned)


@bp.get("/<meeting>/seats/<int:number>/people/<person>")
@guards.needs(Verb.RUN_ROUNDS)
def why(visit: Visit, number: int, person: str) -> ResponseReturnValue:
    """Why somebody sits there, the cheapest other seat, and what can be done with them: `{html}`."""
    who = seat_board.chosen(visit.ctx, visit.meeting_id, number, Uid(person))
    found = (
        seat_reasons.why(visit.ctx, meeting_id=visit.meeting_id, number=number, person=who.uid)
        if who.table is not None
        else None
    )
    html = render_template("facilitator/seat_sheet.html", who=who, why=_reasons(found, who))
    return jsonify(ok=True, html=html)


def _reasons(found: seat_reasons.Reasons | None, who: Chosen) -> Json:
    """Reasons as lines of text; the other seat with the button that takes it."""
    if found is None:
        return {"lines": [], "other": None}
    answer, another = found.answer, found.alternative
    lines = [remarks.worded(each["key"], each["params"], answer.name, gettext) for each in found.explanations]
    other = None
    if another is not None and who.planned:
        move = another["moves"][0]
        other = {
            "heading": remarks.heading(another, answer.name, gettext),
            "lines": remarks.outcome(another, answer.name, gettext),
            "with": answer.people[move["other"]].uid if "other" in move else None,
            "table": None if "other" in move else move["to"] + 1,
        }
    return {"lines": lines, "other": other}


@bp.get("/<meeting>/seats/<int:number>/people/<person>/options")
@guards.needs(Verb.RUN_ROUNDS)
def options(visit: Visit, number: int, person: str) -> ResponseReturnValue:
    """What every other seat would be for somebody, at a glance: `{people, tables}` with marks."""
    marks = seat_moves.options(visit.ctx, meeting_id=visit.meeting_id, number=number, person=Uid(person))
    return jsonify(ok=True, **marks)


@bp.get("/<meeting>/seats/<int:number>/people/<person>/cost")
@guards.needs(Verb.RUN_ROUNDS)
def cost(visit: Visit, number: int, person: str) -> ResponseReturnValue:
    """What a change with `?with=` somebody, or to `?table=`, would do, by name: `{html}` with the button for it."""
    other = request.args.get("with", "")
    move = Move(number, Uid(person), Uid(other) if other else None, request.args.get("table", type=int))
    found = seat_moves.weigh(visit.ctx, meeting_id=visit.meeting_id, move=move)
    return jsonify(ok=True, html=_cost(found, gettext("Change seats")))


@bp.get("/<meeting>/seats/<int:number>/people/<person>/why-not")
@guards.needs(Verb.RUN_ROUNDS)
def why_not(visit: Visit, number: int, person: str) -> ResponseReturnValue:
    """Why somebody does not sit with `?with=` in this round, and the cheapest way: `{html}`."""
    one, other = Uid(person), Uid(request.args.get("with", ""))
    answer = seat_reasons.why_not(visit.ctx, meeting_id=visit.meeting_id, one=one, other=other, number=number)
    lines = [remarks.worded(told["key"], told["params"], answer.name, gettext) for told in answer.said["told"]]
    found = seat_moves.weighed(visit.ctx, visit.meeting_id, answer)
    return jsonify(ok=True, html=_cost(found, gettext("Why not together?"), lines))


def _cost(found: Weighed, title: str, before: list[str] | None = None) -> str:
    """A change in words, with the button that makes it."""
    said, name = found.answer.said, found.answer.name
    return render_template(
        "facilitator/seat_cost.html",
        title=title,
        before=before or [],
        moves=remarks.way(said, name, gettext) if said else [],
        lines=remarks.outcome(said, name, gettext) if said is None or found.moves else [],
        verdict=0 if said is None else said["verdict"],
        allowed=said is not None and said["allowed"],
        possible=found.possible and bool(found.moves),
        sent=json.dumps([_sent(move) for move in found.moves]),
        version=found.version,
    )


def _sent(move: Move) -> Json:
    """A move as the browser sends it back."""
    goal: Json = {"with": move.other} if move.other is not None else {"table": move.table}
    return {"round": move.number, "person": move.person} | goal


def _changed(answer: Json, **more: object) -> ResponseReturnValue:
    return jsonify(ok=True, **answer, **more)


def _version(body: Json) -> int:
    return forms.json_int(body, "version", least=0, most=MOST)


@bp.post("/<meeting>/seats/moves")
@guards.needs(Verb.RUN_ROUNDS)
def move(visit: Visit) -> ResponseReturnValue:
    """Change seats: `{version, moves: [{round, person, with or table}]}`."""
    body = forms.json_body()
    sent = body.get("moves")
    moves = [_move(each) for each in sent] if isinstance(sent, list) else []
    return _changed(
        seat_moves.change(
            visit.ctx,
            meeting_id=visit.meeting_id,
            moves=moves,
            version=_version(body),
            by=visit.actor.person_id,
            op=visit.op("move_seats", body),
        )
    )


def _move(sent: object) -> Move:
    if not isinstance(sent, dict):
        raise RuleViolation("json_needed")
    number = forms.json_int(sent, "round", least=1, most=MOST)
    other = forms.json_text(sent, "with", limit=16)
    table = None if other else forms.json_int(sent, "table", least=1, most=MOST)
    return Move(number, Uid(forms.json_text(sent, "person", limit=16)), Uid(other) if other else None, table)


@bp.post("/<meeting>/seats/undo")
@guards.needs(Verb.RUN_ROUNDS)
def undo(visit: Visit) -> ResponseReturnValue:
    """Take the last change by hand back: `{version}`."""
    body = forms.json_body()
    op = visit.op("undo_seats", body)
    by = visit.actor.person_id
    return _changed(seat_moves.undo(visit.ctx, meeting_id=visit.meeting_id, version=_version(body), by=by, op=op))


@bp.post("/<meeting>/seats/keep")
@guards.needs(Verb.RUN_ROUNDS)
def keep(visit: Visit) -> ResponseReturnValue:
    """Somebody keeps their seat of a round: `{version, person, round}`."""
    return _settle(visit, pins.keep)


@bp.post("/<meeting>/seats/let-go")
@guards.needs(Verb.RUN_ROUNDS)
def let_go(visit: Visit) -> ResponseReturnValue:
    """Somebody's seat is free to be planned again: `{version, person, round}`; round 0: they host no table any more."""
    return _settle(visit, pins.let_go)


def _settle(visit: Visit, verb: Any) -> ResponseReturnValue:
    body = forms.json_body()
    answer = verb(
        visit.ctx,
        meeting_id=visit.meeting_id,
        person=Uid(forms.json_text(body, "person", limit=16)),
        number=forms.json_int(body, "round", least=0, most=MOST),
        version=_version(body),
        by=visit.actor.person_id,
        op=visit.op(verb.__name__, body),
    )
    return _changed(answer)


@bp.post("/<meeting>/seats/hosts")
@guards.needs(Verb.RUN_ROUNDS)
def host(visit: Visit) -> ResponseReturnValue:
    """Somebody hosts a table from the next round on: `{version, person, table}`."""
    body = forms.json_body()
    answer = pins.host(
        visit.ctx,
        meeting_id=visit.meeting_id,
        person=Uid(forms.json_text(body, "person", limit=16)),
        table=forms.json_int(body, "table", least=1, most=MOST),
        version=_version(body),
        by=visit.actor.person_id,
        op=visit.op("host_table", body),
    )
    return _changed(answer)


@bp.post("/<meeting>/seats/pairs")
@guards.needs(Verb.RUN_ROUNDS)
def pair(visit: Visit) -> ResponseReturnValue:
    """Two people are to be kept apart, or to meet: `{version, person, with, wish}` → `{html}`: how to have it now."""
    body = forms.json_body()
    one, other = (Uid(forms.json_text(body, name, limit=16)) for name in ("person", "with"))
    wish = pin_rules.read_wish(forms.json_text(body, "wish", limit=16))
    answer = pins.pair(
        visit.ctx,
        meeting_id=visit.meeting_id,
        one=one,
        other=other,
        wish=wish,
        version=_version(body),
        by=visit.actor.person_id,
        op=visit.op("pair_people", body),
    )
    title = gettext("Kept apart") if wish is PairWish.APART else gettext("To meet")
    found = seat_moves.way(visit.ctx, meeting_id=visit.meeting_id, one=one, other=other, wish=wish)
    return _changed(answer, html=_cost(found, title, plan_words.pair_settled(wish, found)))


@bp.post("/<meeting>/seats/pairs/<pair>/let-go")
@guards.needs(Verb.RUN_ROUNDS)
def unpair(visit: Visit, pair: str) -> ResponseReturnValue:
    """Nothing is wished of two people any more: `{version}`."""
    body = forms.json_body()
    op = visit.op("unpair_people", {"pair": pair, **body})
    version, by = _version(body), visit.actor.person_id
    return _changed(pins.unpair(visit.ctx, meeting_id=visit.meeting_id, pair=Uid(pair), version=version, by=by, op=op))


@bp.post("/<meeting>/seats/tables/<int:table>/close")
@guards.needs(Verb.RUN_ROUNDS)
def close_table(visit: Visit, table: int) -> ResponseReturnValue:
    """A table is out of use from the next round on: `{version}`."""
    return _table(visit, table, pins.close_table)


@bp.post("/<meeting>/seats/tables/<int:table>/open")
@guards.needs(Verb.RUN_ROUNDS)
def open_table(visit: Visit, table: int) -> ResponseReturnValue:
    """A table may be laid again: `{version}`."""
    return _table(visit, table, pins.open_table)


def _table(visit: Visit, table: int, verb: Any) -> ResponseReturnValue:
    body = forms.json_body()
    op = visit.op(verb.__name__, {"table": table, **body})
    version, by = _version(body), visit.actor.person_id
    return _changed(verb(visit.ctx, meeting_id=visit.meeting_id, table=table, version=version, by=by, op=op))
