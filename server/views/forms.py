"""Text into typed values, and forms that come back with their contents when a rule says no."""

import functools
import inspect
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar, cast

from flask import g, request
from flask.typing import ResponseReturnValue

from server.domain.errors import RuleViolation
from server.services.context import Json

View = Callable[..., ResponseReturnValue]
F = TypeVar("F", bound=View)


def or_show_again(form: View) -> Callable[[F], F]:
    """When the rule refuses, show the form again: same fields, what was typed, one sentence, status 422.

    The form's view reads `g.refused` and `typed()`; both are empty when it is opened fresh.
    """

    # The write's own guard let the visit in; the form's would want to judge it again.
    plain = inspect.unwrap(form)

    def decorate(view: F) -> F:
        @functools.wraps(view)
        def answered(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            try:
                return view(*args, **kwargs)
            except RuleViolation as refused:
                if request.is_json:
                    raise  # a script shows the refusal itself
                g.refused = refused
                shown = plain(*args, **kwargs)
                return (shown, 422) if isinstance(shown, str) else shown

        return cast(F, answered)

    return decorate


def typed(defaults: Mapping[str, object] | None = None) -> dict[str, object]:
    """What the person typed when a form is shown again, otherwise the defaults."""
    values = dict(defaults or {})
    if "refused" in g:
        values |= {key: value for key, value in request.form.items() if key not in {"csrf_token", "op"}}
    return values


def text(name: str, *, limit: int = 300) -> str:
    """A text field, stripped, never longer than the limit. Raises text_too_long rather than cutting."""
    value = request.form.get(name, "").strip()
    if len(value) > limit:
        raise RuleViolation("text_too_long", field=name, most=limit)
    return value


def number(name: str, *, least: int, most: int) -> int:
    """A whole number in a range. Raises number_needed or number_out_of_range naming the field."""
    value = request.form.get(name, "").strip()
    try:
        found = int(value)
    except ValueError:
        raise RuleViolation("number_needed", field=name) from None
    if not least <= found <= most:
        raise RuleViolation("number_out_of_range", field=name, least=least, most=most)
    return found


def ticked(name: str) -> bool:
    """A check box."""
    return request.form.get(name, "") not in {"", "0", "false"}


def day(name: str) -> date:
    """A date as browsers send it. Raises date_needed naming the field."""
    return as_day(request.form.get(name, ""), name)


def as_day(text: str, name: str) -> date:
    """The same of a text that stands elsewhere: in an address, or one of several of that name."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RuleViolation("date_needed", field=name) from None


def local_time(name: str) -> datetime:
    """A wall-clock time without a zone, as `datetime-local` sends it. Raises date_needed naming the field."""
    try:
        found = datetime.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise RuleViolation("date_needed", field=name) from None
    return found.replace(tzinfo=None)


def moment(name: str) -> datetime:
    """A moment with its zone, as our own pages write it into a form. Raises date_needed naming the field."""
    try:
        found = datetime.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise RuleViolation("date_needed", field=name) from None
    if found.tzinfo is None:
        raise RuleViolation("date_needed", field=name)
    return found


def json_body() -> Json:
    """The JSON object of a script's write. Raises json_needed for anything else."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise RuleViolation("json_needed")
    return body


def json_text(body: Json, name: str, *, limit: int = 300) -> str:
    """A text inside a JSON body, empty when absent. Raises text_needed or text_too_long naming the field."""
    value = body.get(name, "")
    if not isinstance(value, str):
        raise RuleViolation("text_needed", field=name)
    if len(value) > limit:
        raise RuleViolation("text_too_long", field=name, most=limit)
    return value.strip()


def json_int(body: Json, name: str, *, least: int, most: int) -> int:
    """A whole number inside a JSON body. Raises number_needed or number_out_of_range naming the field."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise RuleViolation("number_needed", field=name)
    if not least <= value <= most:
        raise RuleViolation("number_out_of_range", field=name, least=least, most=most)
    return value
