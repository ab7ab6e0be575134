"""Refusals of the planner. What it remarks without refusing stands in `remarks`."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "plan_affinity_weight": N_("The weight of two sectors lies between 1 and 9, not %(weight)s."),
    "plan_bad_field": N_("The field %(field)s of the problem is missing or of the wrong kind."),
    "plan_forbidden_unavoidable": N_("%(person)s and %(other)s must not meet, but they cannot be kept apart."),
    "plan_lock_contradiction": N_("The seat of %(person)s is locked twice in one round."),
    "plan_more_hosts_than_tables": N_(
        "There are more table hosts (%(hosts)s) than tables (%(tables)s). None is left for %(person)s."
    ),
    "plan_move_absent": N_("%(person)s is not there in this round."),
    "plan_move_too_late": N_("This round is over or running. Its seats stay as they are."),
    "plan_not_at_hand": N_("The plan is no longer at hand. Try again."),
    "plan_needs_a_round": N_("A plan needs at least one round."),
    "plan_negative": N_("A number in %(field)s is below zero: %(value)s."),
    "plan_pair_contradiction": N_("%(person)s and %(other)s must meet and must not meet."),
    "plan_pair_with_self": N_("In %(field)s %(person)s is paired with the same person."),
    "plan_person_twice": N_("%(person)s is in the list twice."),
    "plan_round_missing": N_("%(field)s names a round that there is not (counted from 0): %(round)s."),
    "plan_rounds_do_not_fit": N_("The plan has %(rounds)s rounds, the problem %(wanted)s."),
    "plan_seated_twice": N_("In %(field)s %(person)s sits twice in one round."),
    "plan_sizes_do_not_fit": N_("The tables have %(seats)s seats for %(present)s people."),
    "plan_table_count": N_("There cannot be %(tables)s tables."),
    "plan_table_missing": N_("%(person)s is given table %(table)s (counted from 0), which there is not."),
    "plan_table_of_one": N_("A table needs at least two people."),
    "plan_table_overfull": N_(
        "%(person)s has no seat at table %(table)s (counted from 0): more are fixed to it than its %(size)s seats."
    ),
    "plan_table_size": N_("A table cannot have %(size)s seats."),
    "plan_too_many_rounds": N_("At most %(limit)s rounds can be planned, not %(rounds)s."),
    "plan_unknown_field": N_("The problem has a field that Coltiva does not know: %(field)s."),
    "plan_unknown_person": N_("%(field)s names somebody who is not in the list: %(person)s."),
    "plan_unknown_sector": N_("%(person)s looks for a sector that there is not: %(sector)s."),
    "plan_round_title": N_("Round %(number)s"),
}

IN_A_FILE: dict[str, str] = {
    "plan_needs_two_people_in_a_file": N_("A plan needs at least two people."),
    "plan_too_few_present_in_a_file": N_("In round %(round)s (counted from 0) fewer than two people are there."),
    "plan_bad_field_in_a_file": N_("%(person)s: the field %(field)s is missing or of the wrong kind."),
    "plan_unknown_field_in_a_file": N_("%(person)s: Coltiva does not know the field %(field)s."),
    "plan_negative_in_a_file": N_("%(person)s: a number in %(field)s is below zero: %(value)s."),
}
"""The same refusals said of a file, where they can name a person or need no room full of people."""
