"""Refusals of the feature: facilitator."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "round_moved_on": N_("Somebody else was faster. This is how the round stands now."),
    "round_wrong_phase": N_("The round is not in a state for this. Look at the clock and press again."),
    "round_unknown": N_("There is no round %(number)s. Plan the rounds first."),
    "other_round_runs": N_("Round %(number)s is still on. End it first."),
    "round_not_next": N_("Round %(number)s comes first."),
    "adjust_out_of_range": N_("Change the time by at most %(most)s seconds at once."),
    "no_round_left": N_("All rounds have begun. The organiser can add more."),
    "plan_overtaken": N_("The rounds changed while the plan was made. Nothing was changed; plan again."),
    "plan_needs_two_people": N_("A plan needs at least two people in the room. Check them in at the door first."),
    "plan_too_few_present": N_("A round needs at least two people in the room."),
    "plan_too_many_people": N_("At most %(limit)s people can be planned at once."),
    "job_cancelled": N_("Stopped. Nothing was changed."),
    "job_too_long": N_("This took too long and was stopped. Nothing was changed; try again."),
    "job_failed": N_("This could not be finished. Nothing was changed; try again."),
}
