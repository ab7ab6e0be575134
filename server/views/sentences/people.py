"""Refusals and questions of the feature: people."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "name_missing": N_("A name is missing."),
    "name_too_long": N_("This name is too long: at most %(most)s characters."),
    "person_unknown": N_("There is no such person in this group."),
    "phone_malformed": N_("A phone number needs digits."),
    "country_unknown": N_("There is no country called %(value)s."),
    "inviter_unknown": N_("Nobody in the group is called %(value)s. Choose one of the names offered."),
    "last_organiser": N_("Nobody else can run this group. Make somebody else an organiser first."),
    "upload_gone": N_("The file is no longer kept here. Choose it again."),
    "upload_missing": N_("Choose a file first."),
    "group_which": N_("Which group? There are: %(names)s"),
    "standing_missing": N_("Choose member, visitor or former."),
    "role_unknown": N_("Choose what the device should be."),
    "session_unknown": N_("There is no such device in this group."),
    # questions about a row, said in the preview
    "same_person_in_file": N_("The same person as in line %(line)s."),
    "same_name_known": N_("Another %(name)s is here already, with another mail or company. Are they two people?"),
    "stays_former": N_("%(name)s has left the group and stays so, because the file does not say otherwise."),
    "country_not_known": N_("There is no country called “%(value)s”; it was left out."),
}
