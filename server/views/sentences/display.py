"""Refusals of the feature: display."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "display_code_wrong": N_("This is not the code of a meeting. The organiser's computer shows it."),
    "display_code_full": N_("%(most)s screens already use this code. Sign one of them out first."),
}
