"""Refusals of the feature: paper; and what a finished paper warns of, by name."""

from server.views.sentences.marking import N_

SENTENCES: dict[str, str] = {
    "print_unknown_stock": N_("No label stock is called %(stock)s."),
    "print_stock_does_not_fit": N_("The labels of %(stock)s do not fit its page: %(reason)s."),
    "print_length_outside": N_("A label on this roll is %(shortest)s to %(longest)s mm long, not %(length)s mm."),
    "print_no_base_url": N_("Set the group's address before anything is printed."),
    "print_bad_base_url": N_("The group's address %(base_url)s must be https:// and a name, nothing else."),
    "print_bare_address": N_("The group's address %(base_url)s is a number. Give it a name: numbers change."),
    "print_host_too_long": N_(
        "The name %(host)s has %(length)s characters; on this label there is room for %(longest)s. "
        "Choose a larger label."
    ),
    "print_nobody": N_("There is nobody to print."),
    "print_too_many": N_("%(people)s at once are too many: at most %(most)s."),
    "print_nameless": N_("Number %(position)s on the list has no name."),
    "print_bad_code": N_("The code of %(name)s cannot be printed."),
    "print_start_at_outside": N_("The sheet has labels 1 to %(labels)s; there is no label %(start_at)s."),
    "print_offset_outside": N_("The print can be moved by at most %(most)s mm."),
    "print_bad_dots": N_("No printer has %(dots)s dots an inch."),
    "print_unreadable_font": N_("The font %(font)s cannot be read. Install the program again."),
    "print_text_too_long": N_("There is no room for “%(text)s” on the page. Shorten it."),
}

WARNINGS: dict[str, str] = {
    "shortened": N_("%(name)s: shortened to fit: %(field)s"),
    "left_out": N_("%(name)s: no room for: %(field)s"),
    "missing_glyphs": N_("%(name)s: letters the print lacks: %(characters)s"),
    "needs_shaping": N_("%(name)s: look at the name on the sheet; this script is printed letter by letter."),
    "no_code": N_("%(name)s: the badge has no code."),
    "same_code": N_("%(name)s: the code is the same as that of %(other)s."),
    "no_room_for_code": N_("These labels are too small for a code that phones can read. Badges: %(people)s"),
    "local_address": N_("The address %(base_url)s opens on this computer only, not on phones."),
}

PARTS: dict[str, str] = {
    "name": N_("name"),
    "first name": N_("given name"),
    "last name": N_("family name"),
    "company": N_("company"),
    "trade": N_("sector"),
    "role": N_("role"),
    "table": N_("table"),
}
"""What `%(field)s` names, as printables says it."""
