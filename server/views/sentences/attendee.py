"""Refusals of the feature: attendee."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "person_not_here": N_("This person is not on the list of this meeting."),
    "exchange_only_here": N_("Contacts are exchanged between people who have come to the meeting."),
    "exchange_with_self": N_("This is your own badge."),
    "exchange_unknown": N_("There is no such request any more."),
    "exchange_wrong_phase": N_("This request was answered meanwhile."),
    "exchange_not_yours": N_("Only the one who was asked can answer."),
    "consent_unknown": N_("There is no such switch."),
    "stay_unknown": N_("Choose yes, maybe or no."),
    "private_line_needed": N_("On this open network notes do not travel. Write them at home, over a safe line."),
}
