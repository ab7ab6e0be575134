"""Refusals of the features: the agenda on the day, the break, presentations in turn, closing."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "agenda_moved_on": N_("Somebody else was faster. This is how the agenda stands now."),
    "agenda_is_over": N_("Every item of the agenda has had its turn."),
    "agenda_at_start": N_("Nothing of the agenda has begun yet."),
    "agenda_nothing_next": N_("Nothing is left of the agenda to be left out."),
    "agenda_nothing_on": N_("Nothing of the agenda is on."),
    "cut_moved_on": N_("The agenda has changed since. Look at the new proposal."),
    "cut_is_none": N_("There is nothing to shorten in this."),
    "script_too_long": N_("Say it in at most %(most)s letters."),
    "pause_out_of_bounds": N_("A break takes between %(least)s and %(most)s minutes."),
    "no_pause": N_("There is no break now."),
    "talk_moved_on": N_("Somebody else was faster. This is who speaks now."),
    "talk_wrong_phase": N_("This cannot be pressed now. Look at who speaks and press again."),
    "talk_goes_on": N_("Presentations go on already. Here they are."),
    "talk_none": N_("No presentations go on."),
    "talk_nobody_here": N_("Nobody is in the room yet. Check people in at the door first."),
    "talk_minutes_out_of_bounds": N_("Presentations take between %(least)s and %(most)s minutes in all."),
    "talk_seconds_out_of_bounds": N_("Each presentation takes between %(least)s and %(most)s seconds."),
    "talk_adjust_out_of_range": N_("Change the time by at most %(most)s seconds at once."),
    "talk_at_start": N_("Nobody has spoken yet."),
    "talk_turn_over": N_("Only somebody who still waits for their turn can be moved."),
    "talk_turn_unknown": N_("This person has no turn in this round of presentations."),
}
