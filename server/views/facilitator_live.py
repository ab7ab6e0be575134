"""What a facilitator does beside the clock: take back, look at the log, seat who comes late, let go who leaves."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.domain.access import Verb
from server.domain.errors import RuleViolation
from server.domain.placing import When
from server.domain.vocabulary import Uid
from server.formats.csv_out import delimiter_for, write_csv
from server.services import action_log, meetings, placements, table_states, undoing
from server.services.context import Json
from server.services.door_book import Desk
from server.views import forms, guards, languages, log_words, pages
from server.views.guards import Visit
from server.wire import rounds as wire

bp = Blueprint("live", __name__, url_prefix="/run")
MOST = 1_000_000


def log_part(visit: Visit) -> Json:
    """What `facilitator/log.html` needs on the console: the newest lines."""
    return {"log_lines": action_log.recent(visit.ctx, visit.meeting_id), "log_words": log_words}


@bp.get("/<meeting>/log")
@guards.needs(Verb.RUN_ROUNDS)
def log(visit: Visit) -> str:
    """The whole log of a meeting."""
    meeting, _ = meetings.show(visit.ctx, visit.meeting_id)
    lines = action_log.whole(visit.ctx, visit.meeting_id)
    return render_template("facilitator/log_page.html", meeting=meeting, log_lines=lines, log_words=log_words)


@bp.get("/<meeting>/log.csv")
@guards.needs(Verb.RUN_ROUNDS)
def log_file(visit: Visit) -> Response:
    """The same for a spreadsheet."""
    meeting, _ = meetings.show(visit.ctx, visit.meeting_id)
    rows = [
        (
            pages.local_time(line.at, meeting.time_zone, "yyyy-MM-dd HH:mm:ss"),
            log_words.sentence(line.key, line.params),
            line.by,
            gettext("taken back") if line.undone else "",
        )
        for line in action_log.whole(visit.ctx, visit.meeting_id)
    ]
    headings = (gettext("When"), gettext("What"), gettext("Who"), gettext("Taken back"))
    delimiter = delimiter_for(languages.current())
    response = Response(write_csv(headings, rows, delimiter=delimiter), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{meeting.slug}-log.csv"'
    return response


@bp.post("/<meeting>/undo")
@guards.needs(Verb.RUN_ROUNDS)
def undo(visit: Visit) -> ResponseReturnValue:
    """The last action is taken back: `{action}`, its uid as the screen offered it → `{clock, said}`."""
    body = forms.json_body()
    answer = undoing.take_back(
        visit.ctx,
        meeting_id=visit.meeting_id,
        action=Uid(forms.json_text(body, "action", limit=16)),
        by=visit.actor.person_id,
        op=visit.op("take_back", body),
    )
    return jsonify(ok=True, clock=wire.clock(visit.ctx, visit.meeting_id), key=answer["key"])


@bp.post("/<meeting>/rounds/<int:number>/tables/<int:table>/out")
@guards.needs(Verb.RUN_ROUNDS)
def table_out(visit: Visit, number: int, table: int) -> ResponseReturnValue:
    """A table takes no part in a round: `{version}` of the round → `{state}`."""
    body = forms.json_body()
    answer = table_states.take_out(
        visit.ctx,
        meeting_id=visit.meeting_id,
        number=number,
        table=table,
        version=forms.json_int(body, "version", least=0, most=MOST),
        by=visit.actor.person_id,
        op=visit.op(f"table_out_{number}_{table}", body),
    )
    return jsonify(ok=True, state=answer["state"])


def _person(visit: Visit, person: str, verb: Callable[..., Json], **more: object) -> ResponseReturnValue:
    """A press about one person: `{version}` of the seats → what the verb answers."""
    body = forms.json_body()
    answer = verb(
        visit.ctx,
        meeting_id=visit.meeting_id,
        person=Uid(person),
        version=forms.json_int(body, "version", least=0, most=MOST),
        by=visit.actor.person_id,
        op=visit.op(verb.__name__, {"person": person, **body}),
        **more,
    )
    return jsonify(ok=True, **answer)


@bp.post("/<meeting>/people/<person>/seat")
@guards.needs(Verb.RUN_ROUNDS)
def seat(visit: Visit, person: str) -> ResponseReturnValue:
    """Somebody who came late gets a seat: `{version, when}`, "now" or "next" → `{number, table}`."""
    wanted = forms.json_text(forms.json_body(), "when", limit=8)
    if wanted not in {when.value for when in When}:
        raise RuleViolation("text_needed", field="when")
    return _person(visit, person, placements.seat_latecomer, when=When(wanted))


@bp.post("/<meeting>/people/<person>/no-show")
@guards.needs(Verb.RUN_ROUNDS)
def no_show(visit: Visit, person: str) -> ResponseReturnValue:
    """Somebody did not come: `{version}` → `{moved}`."""
    return _person(visit, person, placements.no_show)


@bp.post("/<meeting>/people/<person>/leave")
@guards.needs(Verb.RUN_ROUNDS)
def leave(visit: Visit, person: str) -> ResponseReturnValue:
    """Somebody leaves early: `{version}` → `{moved}`."""
    return _person(visit, person, placements.leave_early, desk=Desk.of(visit.actor))


@bp.post("/<meeting>/people/<person>/swap")
@guards.needs(Verb.RUN_ROUNDS)
def swap(visit: Visit, person: str) -> ResponseReturnValue:
    """Two people change places in the round that goes on: `{version, with}`."""
    other = Uid(forms.json_text(forms.json_body(), "with", limit=16))
    return _person(visit, person, placements.swap, other=other)
