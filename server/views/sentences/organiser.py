"""Refusals of the feature: organiser."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "meeting_unknown": N_("There is no such meeting."),
    "group_unknown": N_("There is no group yet. Open the set-up link from the console."),
    "language_unknown": N_("Choose one of the languages offered."),
    "time_zone_unknown": N_("There is no time zone called %(zone)s."),
    "currency_unknown": N_("A currency has three letters, such as EUR."),
    "base_url_missing": N_("Set the group's address before printing badges."),
    "base_url_malformed": N_("The address must look like https://meet.example.org."),
    "base_url_bare_ip": N_(
        "Use a name, not a number: an address of numbers changes and the badges would be lost."
    ),
    "title_missing": N_("A name is missing here."),
    "title_too_long": N_("This name is too long: at most %(most)s characters."),
    "place_too_long": N_("This place is too long: at most %(most)s characters."),
    "time_needed": N_("This must be a time, such as 07:00."),
    "rounds_out_of_bounds": N_("Rounds: between %(least)s and %(most)s."),
    "round_length_out_of_bounds": N_("A round lasts between half a minute and 60 minutes."),
    "table_size_out_of_bounds": N_("At a table: between %(least)s and %(most)s people."),
    "item_minutes_out_of_bounds": N_("Minutes: between %(least)s and %(most)s."),
    "item_minutes_needed": N_("Whole minutes are needed here."),
    "agenda_too_many_items": N_("An agenda has at most %(most)s lines."),
    "agenda_too_long": N_("Together %(minutes)s minutes: an agenda has at most %(most)s."),
    "meeting_wrong_phase": N_("Somebody else was faster. This is how the meeting stands now."),
    "meeting_not_open": N_("The doors are not open. Open them first."),
    "meeting_is_closed": N_("This meeting is closed and stays as it is. On its day it can be opened again."),
    "opening_was_used": N_("Somebody is in the room already, or a round has begun. Close the meeting instead."),
    "reopen_too_late": N_("A meeting can be opened again on the day it was closed, not later."),
    "close_round_runs": N_("Round %(number)s is still on. End it, then close the meeting."),
    "already_came": N_("This person is in the room already."),
    "visitor_known": N_("The group knows somebody called %(name)s. Add them from the list, or say it is another."),
}
