"""English, Italian, Polish. Catalogues are read from `.po` files at start; nothing is compiled or cached on disk."""

import json
from functools import cache
from typing import Any

from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain, get_locale

from server import assets
from server.catalogues import catalogue
from server.services.groups import LANGUAGES
from server.views import guards

NAMES = {"en": "English", "it": "Italiano", "pl": "Polski"}
COOKIE = "coltiva_language"


@cache
def script_messages(language: str) -> str:
    """The JSON block for scripts: every message that a script names, in one language, plural forms as a list."""
    path = assets.web("translations", language, "LC_MESSAGES", "messages.po")
    messages: dict[str, Any] = {}
    if language != "en" and path.is_file():
        with path.open("rb") as file:
            for entry in read_po(file, locale=language):
                if not entry.id or not any(".js" in name for name, _ in entry.locations):
                    continue
                if isinstance(entry.id, str):
                    messages[entry.id] = entry.string
                else:
                    messages[entry.id[0]] = list(entry.string or ())
    return json.dumps({"lang": language, "messages": messages}, ensure_ascii=False).replace("<", "\\u003c")


class PoDomain(Domain):  # type: ignore[misc]  # flask-babel ships no types
    """Flask-Babel's domain over our catalogues."""

    def get_translations(self) -> Translations | NullTranslations:
        """The catalogue of this request's language."""
        return catalogue(current())


def choose() -> str:
    """The person's setting, then this browser's choice, then what the browser asks for, then the group's."""
    if "language" not in g:
        wanted = guards.actor().language or request.cookies.get(COOKIE)
        g.language = wanted if wanted in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "en"
    return str(g.language)


def current() -> str:
    """The language of this request."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def install(app: Flask) -> None:
    """Give the application its languages."""
    babel = Babel(app, locale_selector=choose, default_timezone="UTC")
    app.extensions["babel"].instance.domain_instance = PoDomain()
    assert babel is app.extensions["babel"].instance
