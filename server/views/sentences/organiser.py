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
}
