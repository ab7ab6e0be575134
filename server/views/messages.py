"""What the rules say no with, as sentences. One handler turns every refusal into an answer.

Codes come from the domain; the sentences stand in `server.views.sentences`, one module a feature, and are
translated like everything else. A test finds every code that is raised and fails for one without a sentence.
"""

import logging
from datetime import date

from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from werkzeug.exceptions import HTTPException

from server.domain.errors import Conflict, NotAllowed, NotFound, RuleViolation, WrongPhase
from server.views.sentences import SENTENCES

log = logging.getLogger(__name__)
_SIGN_IN_CODES = frozenset({"sign_in_needed"})
_LATER_CODES = {"database_busy", "database_lost"}
"""Nothing is wrong with what was sent: scripts send it again by themselves."""


def sentence(violation: RuleViolation) -> str:
    """The refusal in the reader's language."""
    text = SENTENCES.get(violation.code)
    if text is None:
        log.error("no sentence for the refusal %s", violation.code)
        return str(gettext("This cannot be done here."))
    said = dict(violation.params)
    said |= {name: format_date(value, "long") for name, value in said.items() if isinstance(value, date)}
    return str(gettext(text, **said))


def status_of(violation: RuleViolation) -> int:
    """The HTTP status that goes with a refusal."""
    if violation.code in _SIGN_IN_CODES:
        return 401
    if violation.code in _LATER_CODES:
        return 503
    match violation:
        case NotFound():
            return 404
        case NotAllowed():
            return 403
        case WrongPhase() | Conflict():
            return 409
    return 422


def wants_json() -> bool:
    """Whether a script asks: it sends or accepts JSON."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.is_json or best == "application/json"


def refused(violation: RuleViolation) -> ResponseReturnValue:
    """A refusal as JSON for a script, as a page for a person."""
    status = status_of(violation)
    if wants_json():
        return jsonify(ok=False, code=violation.code, text=sentence(violation)), status
    return render_template("public/refused.html", text=sentence(violation), status=status), status


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    code = {404: "page_unknown", 405: "page_unknown", 413: "upload_too_large"}.get(
        error.code or 500, "request_malformed"
    )
    status = error.code or 500
    if wants_json():
        return jsonify(ok=False, code=code, text=gettext(SENTENCES[code])), status
    return render_template("public/refused.html", text=gettext(SENTENCES[code]), status=status), status


def _broken(error: Exception) -> ResponseReturnValue:
    """A fault of ours: logged whole, told in one sentence without details."""
    log.error("a request failed: %s %s", request.method, request.endpoint, exc_info=error)
    text = gettext("Something went wrong on our side. Nothing was changed; please try again.")
    if wants_json():
        return jsonify(ok=False, code="broken", text=text), 500
    return Response(text, status=500, mimetype="text/plain")


def install(app: Flask) -> None:
    """Give the application its answers to refusals and faults."""
    app.register_error_handler(RuleViolation, refused)
    app.register_error_handler(HTTPException, _http_error)
    if not app.testing:
        app.register_error_handler(Exception, _broken)
    app.jinja_env.globals["sentence"] = sentence
    app.jinja_env.globals["refused_field"] = lambda: (
        g.refused.params.get("field") if g.get("refused") is not None else None
    )
