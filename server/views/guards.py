"""Who may enter. Every route says what it needs; what it needs is readable by the test that walks all routes.

`@needs(verb)` finds the scope (the meeting in the address, otherwise the actor's group), asks `access.may`, and
hands the view a `Visit`. `@anyone` is for the few pages that need nobody.
"""

import functools
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.access import AT_THE_LAPTOP, NOBODY, ROLE_VERBS, Actor, Scope, Verb, may
from server.domain.errors import NotAllowed, NotFound, RuleViolation
from server.domain.vocabulary import GroupId, MeetingId, PersonId
from server.services import entrances, groups, meetings, sessions
from server.services.context import Context, Json, Op
from server.views.gate import is_loopback

COOKIE = "coltiva"
VISIT_COOKIE = "coltiva_visit"
ENTRANCES = {Verb.SEE_DISPLAY: "display.code_form"}
"""Where nobody is led to, when it is not the form for address and password: a projector has neither."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that write nothing."""
View = Callable[..., ResponseReturnValue]
F = TypeVar("F", bound=View)


@dataclass(frozen=True)
class Visit:
    """One request, judged: who, where, when, and whether private things may travel this way."""

    ctx: Context
    actor: Actor
    scope: Scope
    now: datetime
    secure: bool
    """https, this very computer, or a network the group declared its own: only then e-mail, phone and notes."""
    from_this_computer: bool

    @property
    def meeting_id(self) -> MeetingId:
        """The meeting in the address."""
        if self.scope.meeting_id is None:
            raise NotFound("meeting_unknown")
        return self.scope.meeting_id

    @property
    def group_id(self) -> GroupId:
        """The group this is about."""
        if self.scope.group_id is None:
            raise NotFound("group_unknown")
        return self.scope.group_id

    @property
    def person_id(self) -> PersonId:
        """The signed-in person. A device without a person is refused."""
        if self.actor.person_id is None:
            raise NotAllowed("person_needed")
        return self.actor.person_id

    def may(self, verb: Verb) -> bool:
        """Whether the actor may also do another thing here."""
        return may(self.actor, verb, self.scope, now=self.now)

    def op(self, kind: str, body: Json) -> Op | None:
        """The operation id that came with a write, bound to this session; None for a write that brought none."""
        sent = request.headers.get("X-Operation-Id") or request.form.get("op") or ""
        if not sent:
            return None
        owner = self.actor.session_uid or ""
        return Op(id=hashlib.sha256(f"{owner}:{sent}".encode()).hexdigest()[:40], kind=kind, body=body)


def context() -> Context:
    """The Context of the running application."""
    return cast(Context, current_app.extensions["coltiva"])


def cookie_name() -> str:
    """Over https the name that browsers bind to this host and to https."""
    return cookie_over(is_secure=request.is_secure)


def cookie_over(*, is_secure: bool) -> str:
    """The same for a line of which this is known."""
    return f"__Host-{COOKIE}" if is_secure else COOKIE


def actor() -> Actor:
    """The actor behind this request, looked up once."""
    if "actor" not in g:
        g.actor = sessions.actor_for(context(), request.cookies.get(cookie_name()))
    return cast(Actor, g.actor)


FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via")


def from_this_computer() -> bool:
    """Whether the browser runs on the laptop itself. What came through a proxy never does."""
    forwarded = any(name in request.headers for name in FORWARDED)
    return is_this_computer(context(), forwarded=forwarded, address=request.remote_addr)


def is_this_computer(ctx: Context, *, forwarded: bool, address: str | None) -> bool:
    """The same of a connection of which only this is known any more."""
    behind_proxy = ctx.settings.base_url.startswith("https://")
    return not behind_proxy and not forwarded and is_loopback(address)


def csrf_token() -> str:
    """The token that forms and scripts of this browser must send back."""
    held = request.cookies.get(cookie_name()) or request.cookies.get(VISIT_COOKIE) or g.get("new_visit")
    if not held:
        held = g.new_visit = secrets.token_urlsafe(16)
    return context().secret("csrf", held)[:40]


def check_csrf() -> None:
    """Refuse a write whose token does not belong to this browser."""
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(sent, csrf_token()):
        raise NotAllowed("csrf_refused")


def anyone(view: F) -> F:
    """A route that needs nobody. Writes still need the CSRF token."""

    @functools.wraps(view)
    def guarded(**kwargs: Any) -> ResponseReturnValue:
        if request.method not in SAFE:
            check_csrf()
        return view(_visit(Scope(), own_network=False), **kwargs)

    guarded.__needs__ = None  # type: ignore[attr-defined]  # read by the test that walks all routes
    return cast(F, guarded)


def unguarded(view: F) -> F:
    """A route for files of the program itself: nobody is looked up, nothing is written."""
    view.__needs__ = None  # type: ignore[attr-defined]  # read by the test that walks all routes
    return view


def needs(verb: Verb) -> Callable[[F], F]:
    """A route that needs a verb in the scope of its address."""

    def decorate(view: F) -> F:
        @functools.wraps(view)
        def guarded(**kwargs: Any) -> ResponseReturnValue:
            scope, own_network = _scope(verb, kwargs.pop("meeting", None))
            visit = _visit(scope, own_network=own_network)
            _check(visit, verb)
            if request.method not in SAFE:
                check_csrf()
            g.visit = visit
            return view(visit, **kwargs)

        guarded.__needs__ = verb  # type: ignore[attr-defined]  # read by the test that walks all routes
        return cast(F, guarded)

    return decorate


def _visit(scope: Scope, *, own_network: bool) -> Visit:
    here = from_this_computer()
    return Visit(
        ctx=context(),
        actor=actor(),
        scope=scope,
        now=context().now(),
        secure=request.is_secure or here or own_network,
        from_this_computer=here,
    )


def _scope(verb: Verb, meeting_uid: str | None) -> tuple[Scope, bool]:
    """The scope of the address. Without a meeting: the first group in which the actor holds the verb."""
    if meeting_uid is not None:
        if request.method in SAFE or "actor" in g:
            ref = meetings.find(context(), meeting_uid)
        else:
            g.actor, ref = entrances.find(context(), request.cookies.get(cookie_name()), meeting_uid)
        return Scope(ref.group_id, ref.id), ref.own_network
    held = [grant for grant in actor().grants if verb in ROLE_VERBS[grant.role]]
    # A grant of the whole group reaches further; a visitor's only one is that of a meeting.
    for grant in sorted(held, key=lambda grant: grant.meeting_id is not None):
        if grant.group_id is not None:
            scope = Scope(grant.group_id, grant.meeting_id)
            with context().reading() as db:
                return scope, groups.view(db, grant.group_id).settings.own_network
    return Scope(), False


def _check(visit: Visit, verb: Verb) -> None:
    actor_ = visit.actor
    if actor_ is NOBODY:
        if request.method == "GET" and request.accept_mimetypes.accept_html:
            abort(redirect(url_for(ENTRANCES.get(verb, "public.sign_in"), next=request.endpoint or "")))
        raise RuleViolation("sign_in_needed")
    if not may(actor_, verb, visit.scope, now=visit.now):
        if not actor_.roles(visit.scope, visit.now):
            # Somebody of another group learns nothing, not even that the meeting exists.
            raise NotFound("page_unknown")
        raise NotAllowed("not_allowed")
    if verb in AT_THE_LAPTOP and not visit.secure:
        raise NotAllowed("laptop_only")
