"""Refusals of the feature: seed packets."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "packet_codes_missing": N_("Type the codes of the ticked lines."),
    "packet_code_malformed": N_("A code has six letters and digits: “%(typed)s” has not."),
    "packet_codes_too_many": N_("These are too many codes at once: at most %(most)s."),
    "packet_code_unknown": N_("The code %(typed)s is on no packet of this person. Nothing was written down."),
}
