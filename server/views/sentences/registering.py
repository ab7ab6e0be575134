"""Refusals of the feature: registering, apologies, invitations, messages, calendars."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "registration_unknown": N_("This link opens nothing any more. Ask whoever gave it to you for a new one."),
    "registration_off": N_("Nobody can register for this meeting here. Ask the group."),
    "registration_over": N_("Registration for this meeting is closed. Ask the group."),
    "registration_full": N_("The meeting is full and the waiting list too. Ask the group."),
    "registration_too_often": N_("Too many registrations at once. Please try again in ten minutes."),
    "registration_closes_late": N_("Registration closes when the meeting starts, or before."),
    "email_needed": N_("Your e-mail address is needed, so that the group can answer."),
    "calendar_unknown": N_("There is no calendar behind this link any more."),
    "nobody_to_write_to": N_("Everybody who has an address has been written to."),
    "mail_not_set_up": N_("No mail server is set. Copy the message, or use your own mail program."),
    "mail_under_way": N_("Letters are on their way already. Wait until they are sent."),
    "mail_unreachable": N_("The mail server %(host)s does not answer."),
    "mail_not_private": N_("The mail server %(host)s offers no private line, so nothing was sent."),
    "mail_sign_in_refused": N_("The mail server %(host)s refuses the name or the password."),
    "fees_open_line": N_("Sums of money travel over a safe line only. Take the file on the laptop itself."),
    "substitute_is_here": N_("Whoever came for you is in the room already. Ask at the door."),
    "substitute_expected": N_("This person is coming anyway. Name somebody else."),
}
