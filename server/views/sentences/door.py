"""Refusals of the feature: door."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "unknown_badge": N_("Not on today's list. Ask the name and add a walk-in."),
    "badge_malformed": N_("This is not one of our badges. Type the code printed below the square."),
    "other_group": N_("This badge belongs to another group."),
    "other_meeting": N_("This badge is for another meeting."),
    "revoked_badge": N_("This badge was replaced. Ask for the newer one."),
    "expired_visitor": N_("This visitor's badge was for one day and has expired. Add a walk-in."),
    "meeting_closed": N_("This meeting is closed."),
    "doors_closed": N_("The doors are not open yet."),
    "attendance_unknown": N_("This person is not on the list of this meeting."),
    "undo_too_late": N_("Too late to undo with one tap. Ask the organiser."),
    "nothing_to_undo": N_("There is nothing to undo."),
    "badge_stranger": N_("This badge opens nothing here. At a meeting, show it at the door first."),
    "phone_taken": N_("This badge already has its phone. Ask at the door for a code."),
    "phone_needs_code": N_("Ten minutes have passed since the door. Ask there for a code."),
    "phone_not_in_room": N_("This person is not in the room. Let them in first."),
    "no_phone": N_("No phone has joined for this person."),
    "join_code_expired": N_("This code is not valid any more. Ask at the door for a new one."),
    "join_code_used_up": N_("Five wrong tries. Ask at the door for a new code."),
    "join_code_malformed": N_("The code has six digits."),
    "join_code_wrong": N_("This is not the code. Look at the door's screen again."),
}
