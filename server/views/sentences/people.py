"""Refusals of the feature: people."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "name_missing": N_("A name is missing."),
    "name_too_long": N_("This name is too long: at most %(most)s characters."),
}
