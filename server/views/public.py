"""Pages for anybody: the first page, set-up, signing in, one-time links, language, health, about."""

from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.routing import BuildError

from server import __version__, assets
from server.domain.access import NOBODY
from server.domain.errors import RuleViolation
from server.domain.vocabulary import Role
from server.services import groups, meetings, sessions, visits
from server.views import forms, guards, languages
from server.views.guards import Visit

bp = Blueprint("public", __name__)

HOME_OF_ROLE: tuple[tuple[Role, str], ...] = (
    (Role.ORGANISER, "organiser.home"),
    (Role.SECRETARY, "organiser.home"),
    (Role.FACILITATOR, "facilitator.run"),
    (Role.GREETER, "front_desk.desk"),
    (Role.STEWARD, "front_desk.desk"),
    (Role.KIOSK, "kiosk.page"),
    (Role.DISPLAY, "display.screen"),
    (Role.ATTENDEE, "attendee.phone"),
    (Role.MEMBER, "member.board"),
)


def home_of(visit: Visit, meeting_uid: str | None = None) -> str:
    """Where somebody lands after signing in: the first role's own page."""

    held = {grant.role: grant for grant in visit.actor.grants}
    for role, endpoint in HOME_OF_ROLE:
        if role not in held:
            continue
        meeting = meeting_uid or meetings.nearest(visit.ctx, held[role].group_id, held[role].meeting_id)
        try:
            return url_for(endpoint, meeting=meeting) if meeting else url_for(endpoint)
        except BuildError:
            continue
    return url_for("public.first_page")


def signed_in(opened: sessions.Opened, target: str) -> Response:
    """A redirect that carries the session's cookie."""
    response = redirect(target, code=303)
    assert isinstance(response, Response)
    response.set_cookie(
        guards.cookie_name(),
        opened.token,
        expires=opened.expires_at,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path="/",
    )
    return response


def device_label() -> str:
    """What a session is called in the list of one's devices: the browser's own short name."""
    agent = request.user_agent.string
    for name in ("Firefox", "Edg", "Chrome", "Safari"):
        if name in agent:
            return {"Edg": "Edge"}.get(name, name)
    return "Browser"


@bp.get("/")
@guards.anyone
def first_page(visit: Visit) -> ResponseReturnValue:
    """What this is and where to go: one's own page when signed in, otherwise sign in or set up."""
    if visit.actor is not NOBODY:
        target = home_of(visit)
        if target != url_for("public.first_page"):
            return redirect(target)
    return render_template("public/first.html", has_group=groups.the_group(visit.ctx) is not None)


@bp.get("/setup/<token>")
@guards.anyone
def set_up_form(visit: Visit, token: str) -> str:
    """The one-time link of the console: name the group and its first organiser."""
    if sessions.look_at_link(visit.ctx, token=token).purpose != "setup":
        raise RuleViolation("link_used_up")
    values = forms.typed(
        {
            "language": languages.current(),
            "time_zone": {"pl": "Europe/Warsaw"}.get(languages.current(), "Europe/Rome"),
            "currency": {"pl": "PLN"}.get(languages.current(), "EUR"),
            "base_url": "",
        }
    )
    return render_template("public/set_up.html", values=values, token=token, zones=sorted(available_timezones()))


@bp.post("/setup/<token>")
@guards.anyone
@forms.or_show_again(set_up_form)
def set_up(visit: Visit, token: str) -> ResponseReturnValue:
    """The group is made; its organiser is signed in."""
    opened = groups.set_up(
        visit.ctx,
        token=token,
        settings=read_settings(),
        organiser=groups.FirstOrganiser(
            given_name=forms.text("given_name", limit=120),
            family_name=forms.text("family_name", limit=120),
            email=forms.text("email", limit=254),
            password=request.form.get("password", ""),
        ),
        label=device_label(),
    )
    return signed_in(opened, url_for("organiser.home"))


def read_settings() -> groups.GroupSettings:
    """The group's settings out of a form."""
    return groups.GroupSettings(
        name=forms.text("name", limit=120),
        language=forms.text("language", limit=5),
        time_zone=forms.text("time_zone", limit=64),
        currency=forms.text("currency", limit=3),
        base_url=forms.text("base_url", limit=200),
        own_network=forms.ticked("own_network"),
        visits_allowed=forms.number("visits_allowed", least=0, most=visits.MOST)
        if "visits_allowed" in request.form
        else visits.USUAL,
    )


@bp.get("/sign-in")
@guards.anyone
def sign_in(visit: Visit) -> str:
    """Address and password."""
    return render_template("public/sign_in.html", values=forms.typed({"next": request.args.get("next", "")}))


@bp.post("/sign-in")
@guards.anyone
@forms.or_show_again(sign_in)
def sign_in_now(visit: Visit) -> ResponseReturnValue:
    """A new session with a new id; the old one of this browser is forgotten."""
    opened = sessions.sign_in(
        visit.ctx,
        email=forms.text("email", limit=254),
        password=request.form.get("password", ""),
        label=device_label(),
    )
    if visit.actor.session_uid:
        sessions.sign_out(visit.ctx, session_uid=visit.actor.session_uid)
    return signed_in(opened, url_for("public.first_page"))


@bp.post("/sign-out")
@guards.anyone
def sign_out(visit: Visit) -> ResponseReturnValue:
    """This browser is forgotten."""
    if visit.actor.session_uid:
        sessions.sign_out(visit.ctx, session_uid=visit.actor.session_uid)
    response = redirect(url_for("public.sign_in"), code=303)
    assert isinstance(response, Response)
    response.delete_cookie(guards.cookie_name())
    return response


@bp.get("/link/<token>")
@guards.anyone
def look_at_link(visit: Visit, token: str) -> str:
    """What a one-time link would do, and the button that does it."""
    return render_template("public/link.html", link=sessions.look_at_link(visit.ctx, token=token), token=token)


@bp.post("/link/<token>")
@guards.anyone
def use_link(visit: Visit, token: str) -> ResponseReturnValue:
    """The link is consumed; this browser becomes a person's or a device's."""
    link = sessions.look_at_link(visit.ctx, token=token)
    opened = sessions.consume_link(
        visit.ctx, token=token, label=link.name or device_label(), from_this_computer=visit.from_this_computer
    )
    newcomer = Visit(
        ctx=visit.ctx,
        actor=sessions.actor_for(visit.ctx, opened.token),
        scope=visit.scope,
        now=visit.now,
        secure=visit.secure,
        from_this_computer=visit.from_this_computer,
    )
    return signed_in(opened, home_of(newcomer, link.meeting_uid))


@bp.post("/language")
@guards.anyone
def choose_language(visit: Visit) -> ResponseReturnValue:
    """The pages speak another language from now on, and stay where they are."""
    wanted = forms.text("language", limit=5)
    if wanted not in languages.NAMES:
        raise RuleViolation("language_unknown", field="language")
    if visit.actor.session_uid:
        sessions.choose_language(visit.ctx, session_uid=visit.actor.session_uid, language=wanted)
    back = urlsplit(forms.text("back", limit=500))
    # Only a path of our own: a foreign address here would make us a stepping stone.
    path = back.path if back.path.startswith("/") and not back.path.startswith("//") else "/"
    response = redirect(path, code=303)
    assert isinstance(response, Response)
    response.set_cookie(languages.COOKIE, wanted, max_age=int(timedelta(days=365).total_seconds()), samesite="Lax")
    return response


@bp.get("/about")
@guards.anyone
def about(visit: Visit) -> str:
    """What this is, and the licences of everything it carries."""
    licences = sorted(assets.vendor("licenses").rglob("*"))
    texts = [(path.name, path.read_text(encoding="utf-8", errors="replace")) for path in licences if path.is_file()]
    return render_template("public/about.html", version=__version__, licences=texts)


@bp.get("/health")
@guards.unguarded
def health() -> ResponseReturnValue:
    """Whether this process serves, on which schema and engine, and how news travel."""
    ctx = guards.context()
    return jsonify(
        version=__version__,
        schema=current_app.extensions["coltiva_schema"],
        database="sqlite" if ctx.database.is_sqlite else "postgresql",
        engine=ctx.database.engine_version(),
        news=current_app.extensions["coltiva_news"](),
    )
