"""The sentences of the log, by key: what somebody did, in the reader's language.

Every part of the product that notes actions adds its keys here. `%(…)s` are the params of the line; people in them
are names by now.
"""

from datetime import timedelta

from flask_babel import gettext

from server.services.action_log import TAKEN_BACK
from server.services.context import Json
from server.views.sentences.marking import N_

WORDS: dict[str, str] = {
    "round_started": N_("Round %(number)s started"),
    "round_paused": N_("Round %(number)s paused"),
    "round_resumed": N_("Round %(number)s went on"),
    "time_added": N_("Round %(number)s: %(time)s more"),
    "time_taken": N_("Round %(number)s: %(time)s less"),
    "time_given_back": N_("Round %(number)s: lost time given back, %(time)s"),
    "time_left_lost": N_("Round %(number)s: lost time left as it is, %(time)s"),
    "round_ended": N_("Round %(number)s ended"),
    "round_void": N_("Round %(number)s does not count"),
    "table_skipped": N_("Round %(number)s, table %(table)s skipped"),
    "table_void": N_("Round %(number)s, table %(table)s does not count"),
    "swapped": N_("Round %(number)s: %(person)s and %(other)s changed places"),
    "seats_changed": N_("Round %(number)s: seats changed by hand, %(people)s"),
    "planned": N_("Rounds planned for those who are here"),
    "message_shown": N_("Message on all screens: %(text)s"),
    "message_gone": N_("Message taken away"),
    "seated_now": N_("%(person)s seated at once, round %(number)s, table %(table)s"),
    "seated_next": N_("%(person)s seated from round %(number)s on"),
    "no_show": N_("%(person)s did not come, seats free again"),
    "left_early": N_("%(person)s left early, seats free again"),
    "seat_kept": N_("%(person)s keeps the seat of round %(number)s"),
    "seat_let_go": N_("The seat of %(person)s is free to be planned"),
    "host_settled": N_("%(person)s hosts table %(table)s"),
    "pair_apart": N_("Kept apart: %(person)s, %(other)s"),
    "pair_together": N_("To meet: %(person)s, %(other)s"),
    "pair_let_go": N_("Nothing wished any more: %(person)s, %(other)s"),
    "table_out": N_("Table %(table)s out of use"),
    "table_back": N_("Table %(table)s in use again"),
    "sound_level": N_("Bells: loudness %(level)s of 100"),
    "half_time_on": N_("Bell at half-time on"),
    "half_time_off": N_("Bell at half-time off"),
    "last_seconds_on": N_("The last %(last)s seconds are announced"),
    "last_seconds_off": N_("The last seconds are not announced"),
    "sound_tested": N_("Sound tested at loudness %(level)s of 100"),
    "sound_heard": N_("Heard at the back, loudness %(level)s of 100"),
    "item_began": N_("Agenda: %(title)s"),
    "item_back": N_("Agenda: back to %(title)s"),
    "item_skipped": N_("Agenda: %(title)s left out"),
    "agenda_over": N_("Agenda: all done"),
    "agenda_at_start": N_("Agenda: back to the start"),
    "agenda_cut": N_("Minutes changed: %(titles)s"),
    "cut_refused": N_("Nothing shortened, %(minutes)s minutes late"),
    "pause_began": N_("Break of %(minutes)s minutes"),
    "pause_longer": N_("Break: %(minutes)s minutes longer"),
    "pause_shorter": N_("Break: %(minutes)s minutes shorter"),
    "pause_ended": N_("Break over"),
    "talk_ready": N_("Presentations: %(count)s people, %(time)s each"),
    "talk_next": N_("Speaks: %(person)s"),
    "talk_over": N_("Presentations: everybody has spoken"),
    "talk_paused": N_("Paused: %(person)s"),
    "talk_resumed": N_("Goes on: %(person)s"),
    "talk_longer": N_("%(person)s: %(time)s more"),
    "talk_shorter": N_("%(person)s: %(time)s less"),
    "talk_skipped": N_("Does not speak: %(person)s"),
    "talk_back": N_("Speaks again: %(person)s"),
    "talk_pace": N_("Those to come speak %(time)s each"),
    "talk_moved": N_("Another place in the order: %(person)s"),
    "talk_left_out": N_("Left out of the order: %(person)s"),
    "talk_put_back": N_("Back in the order: %(person)s"),
    "talk_put_away": N_("Presentations put away"),
    "all_checked_out": N_("Everybody checked out, people: %(count)s"),
    "apologised": N_("%(person)s is not coming"),
    "coming_after_all": N_("%(person)s is coming after all"),
    "not_excused": N_("%(person)s was expected, no apology"),
    "marked_absent": N_("Marked as absent, people: %(count)s"),
    "devices_signed_out": N_("Devices signed out: %(count)s"),
    "meeting_closed": N_("Meeting closed"),
    "meeting_reopened": N_("Meeting opened again"),
}
"""Key → sentence. `time` in a sentence is made of the param `seconds`."""


def sentence(key: str, params: Json) -> str:
    """A line of the log in words."""
    if key == TAKEN_BACK:
        return str(gettext("Taken back: %(what)s", what=sentence(params["key"], params["params"])))
    filled = dict(params)
    if "seconds" in filled:
        filled["time"] = _span(timedelta(seconds=filled["seconds"]))
    return str(gettext(WORDS[key], **filled))


def _span(time: timedelta) -> str:
    """A length as a clock writes it, "0:30"."""
    minutes, seconds = divmod(round(time.total_seconds()), 60)
    return f"{minutes}:{seconds:02}"
