"""Refusals about who may enter and how a request came in."""

from server.views.sentences.marking import N_

SENTENCES = {
    "sign_in_needed": N_("Please sign in first."),
    "sign_in_refused": N_("The address and the password do not belong together."),
    "not_allowed": N_("You may not do this here. Ask the organiser for the role you need."),
    "page_unknown": N_("There is no such page."),
    "request_malformed": N_("This request could not be understood."),
    "person_needed": N_("This needs a person who is signed in, not a device."),
    "laptop_only": N_(
        "On this open network the organiser's pages work on the organiser's own computer only."
    ),
    "csrf_refused": N_("This page is too old to send. Load it again and repeat."),
    "link_used_up": N_("This link was already used or is too old. Ask for a new one."),
    "link_this_computer_only": N_("This link works only on the computer that runs Coltiva."),
    "password_too_short": N_("The password needs at least %(least)s characters."),
    "email_malformed": N_("This is not an e-mail address."),
    "operation_reused": N_("This was already sent with other contents. Load the page again."),
    "database_busy": N_("Another program holds the database. Nothing was changed; try again in a moment."),
    "database_lost": N_("The connection to the database broke. Look whether it was done before you do it again."),
    "json_needed": N_("This request could not be understood."),
    "text_needed": N_("The field %(field)s must be a text."),
    "text_too_long": N_("The text in %(field)s is too long: at most %(most)s characters."),
    "number_needed": N_("The field %(field)s must be a whole number."),
    "number_out_of_range": N_("The field %(field)s must lie between %(least)s and %(most)s."),
    "date_needed": N_("The field %(field)s must be a date."),
    "upload_too_large": N_("The file is too large: at most 8 MB."),
}
