"""What every page gets: templates, versioned files, headers that keep it to itself.

The Content-Security-Policy allows our own files only and no inline script; signed-in pages are never stored;
files under a versioned address may be kept for good and are compressed once per change.
"""

import gzip
import mimetypes
import secrets
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import babel.dates
import jinja2
from flask import Blueprint, Flask, Response, abort, g, request, url_for
from markupsafe import Markup

from server import assets
from server.domain.access import NOBODY
from server.services import groups
from server.views import guards, languages

# Windows can be set so that scripts come as text/plain; browsers then refuse modules.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/wasm", ".wasm")
mimetypes.add_type("font/woff2", ".woff2")

_DIRECTIVES = (
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "connect-src 'self' ws: wss:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
POLICY = "; ".join(_DIRECTIVES)
_COMPRESSED = {".js", ".css", ".svg", ".wasm", ".json", ".html"}
_FOREVER = "public, max-age=31536000, immutable"

files = Blueprint("files", __name__)


@lru_cache(maxsize=512)
def _compressed(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


def _resolve(name: str) -> Path:
    """The file behind an address below /static/<version>/, inside our folders only."""
    root, rest = (assets.vendor(), name[7:]) if name.startswith("vendor/") else (assets.web("static"), name)
    path = (root / rest).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file() or path.suffix == ".py":
        abort(404)
    return path


@files.get("/static/<version>/<path:name>")
@guards.unguarded
def static_file(version: str, name: str) -> Response:
    """A file of ours or of a pinned package, compressed when the browser takes it."""
    path = _resolve(name)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    stamp = path.stat().st_mtime_ns
    etag = f"{stamp:x}-{path.stat().st_size:x}"
    zipped = path.suffix in _COMPRESSED and request.accept_encodings.quality("gzip") > 0
    if request.if_none_match.contains(etag):
        response = Response(status=304)
    else:
        response = Response(_compressed(path, stamp) if zipped else path.read_bytes(), mimetype=kind)
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
    response.set_etag(etag)
    response.headers["Cache-Control"] = _FOREVER if version == assets.version() else "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    g.cacheable = True
    return response


def asset(name: str) -> str:
    """The versioned address of a file under web/static."""
    return url_for("files.static_file", version=assets.version(), name=name)


def local_time(moment: datetime, zone: str, pattern: str = "HH:mm") -> str:
    """A UTC moment on the wall clock of a zone, in the page's language."""
    return babel.dates.format_datetime(
        moment.astimezone(ZoneInfo(zone)), pattern, tzinfo=ZoneInfo(zone), locale=languages.current()
    )


def local_day(moment: datetime, zone: str) -> str:
    """The day of a UTC moment in a zone, written out in the page's language."""
    return babel.dates.format_date(moment.astimezone(ZoneInfo(zone)).date(), "full", locale=languages.current())


def _page_context() -> dict[str, Any]:
    """What every template can use. The group is looked up lazily: most fragments do not need it."""
    visit = g.get("visit")
    return {
        "viewer": None if guards.actor() is NOBODY else guards.actor(),
        "visit": visit,
        "refused": g.get("refused"),
        "lang": languages.current(),
        "languages": languages.NAMES,
        "csrf_token": guards.csrf_token(),
        "js_catalog": Markup(languages.script_messages(languages.current())),
        "is_demo": guards.context().settings.demo,
    }


def _the_group() -> groups.GroupView | None:
    """The group of this request, once; the only group where nobody is signed in."""
    if "group_view" not in g:
        visit = g.get("visit")
        if visit is not None and visit.scope.group_id is not None:
            with visit.ctx.reading() as db:
                g.group_view = groups.view(db, visit.scope.group_id)
        else:
            g.group_view = groups.the_group(guards.context())
    return g.group_view  # type: ignore[no-any-return]  # flask.g is untyped


def _protect(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Frame-Options"] = "DENY"
    headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if not g.get("cacheable"):
        headers["Cache-Control"] = "no-store"
        headers.add("Vary", "Cookie")
    if visit_token := g.get("new_visit"):
        response.set_cookie(
            guards.VISIT_COOKIE,
            visit_token,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
            max_age=86400,
        )
    return response


def install(app: Flask) -> None:
    """Give the application its templates, globals and headers."""
    app.jinja_loader = jinja2.FileSystemLoader(assets.web("templates"))
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=asset,
        new_op=lambda: secrets.token_hex(16),
        the_group=_the_group,
        local_time=local_time,
        local_day=local_day,
    )
    app.context_processor(_page_context)
    app.after_request(_protect)
    app.register_blueprint(files)
