"""Refusals of the feature: referrals."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "slip_unknown": N_("There is no such slip among yours."),
    "slip_moved_on": N_("Somebody was faster: the slip has changed meanwhile. This is how it stands now."),
    "slip_already_given": N_("This slip is given; it can no longer be changed."),
    "slip_incomplete": N_("Something is missing before the slip can be given."),
    "slip_level_unknown": N_("Choose one of the five levels of introduction."),
    "slip_vouch_unknown": N_("Choose why you vouch."),
    "slip_line_open": N_("This network is open: how to reach somebody is written later, over a safe line."),
    "receiver_missing": N_("To whom does the slip go? Type the beginning of a name."),
    "receiver_unknown": N_("No member is called %(value)s."),
    "receiver_ambiguous": N_("Who is meant? %(names)s"),
    "referral_to_self": N_("A slip goes to somebody else."),
    "referral_wrong_phase": N_("The slip cannot make this step from where it stands."),
    "referral_not_yours": N_("This step belongs to the other side of the slip."),
    "referral_reason_missing": N_("Choose a reason; only the giver will read it."),
    "referral_reason_unknown": N_("Choose one of the reasons offered."),
    "follow_up_unknown": N_("There is no such follow-up on your list."),
    "follow_up_wrong_phase": N_("This was already ticked off or dropped."),
    "due_day_past": N_("Choose today or a later day."),
    "due_day_far": N_("Choose a day within a year."),
    "one_to_one_unknown": N_("There is no such one-to-one to confirm."),
    "one_to_one_with_self": N_("A one-to-one needs somebody else."),
    "held_day_future": N_("Choose today or an earlier day."),
    "held_day_far": N_("Choose a day within the last year."),
}
