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
    "print_missing_font": N_("The program's fonts are missing. Install it again."),
    "print_unreadable_font": N_("The font %(font)s cannot be read. Install the program again."),
    "print_unknown_paper": N_("Paper is A4 or Letter, not %(size)s."),
    "print_no_rounds": N_("Nobody has a seat yet. Plan the rounds first."),
    "print_too_many_rounds": N_("%(rounds)s rounds are too many for paper: at most %(most)s."),
    "print_seats_missing": N_("%(name)s has seats for %(seats)s rounds; there are %(rounds)s."),
    "print_tents_per_page": N_("A page holds one tent or two, not %(tents)s."),
    "print_pages_outside": N_("Between 1 and %(most)s pages can be printed, not %(pages)s."),
    "print_no_room": N_("There is no room on the page for “%(text)s”. Shorten it."),
    "print_no_network": N_("The network has no name yet."),
    "print_bad_network": N_("A network's name has 1 to %(longest)s letters, not as “%(network)s”."),
    "print_bad_password": N_(
        "The password of %(network)s has %(shortest)s to %(longest)s letters; an open network has none."
    ),
    "print_no_sector": N_("Say whom the chair waits for."),
    "print_nothing_chosen": N_("Tick what is to be printed."),
    "print_bad_measure": N_("The measure %(measure)s cannot be %(value)s."),
    "print_unread_scale": N_("Scale %(letter)s goes from -%(most)s to %(most)s mm."),
    "print_no_back": N_("%(stock)s has no back. Choose a sheet, an insert or a card."),
    "print_back_too_long": N_(
        "The back says more than this label has room for. Shorten the agenda, or choose a larger label."
    ),
    "print_glabels_unreadable": N_("This file is no glabels template."),
    "print_glabels_unsafe": N_("This file holds more than a template of labels; it is not read."),
    "print_glabels_empty": N_("There are no labels in this file."),
    "print_glabels_too_large": N_("The file is too large: at most %(most)s MB."),
    "print_job_unknown": N_("This print is not known."),
    "print_measure_needed": N_("A length is a number of millimetres, such as 12.5."),
    "print_measure_outside": N_("This length must lie between %(least)s and %(most)s mm."),
    "stock_without_size": N_("Labels and page need a width and a height."),
    "stock_too_wide": N_("The labels take %(across)s mm across; the page is %(page)s mm wide."),
    "stock_too_high": N_("The labels take %(down)s mm down; the page is %(page)s mm high."),
    "stock_unknown": N_("These labels are not known."),
    "stock_name_missing": N_("Give the labels a name."),
    "stock_name_taken": N_("There are labels called %(name)s already."),
    "stocks_too_many": N_("A group has at most %(most)s kinds of labels of its own."),
    "printer_name_missing": N_("Give the printer a name."),
    "printer_unknown": N_("This computer knows no printer called %(printer)s."),
    "printer_silent": N_("The printer %(printer)s did not take the badge within %(seconds)s seconds."),
    "printer_refused": N_("The printer %(printer)s did not take the badge: %(why)s"),
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
    "small_code": N_("%(name)s: the squares of the code are only %(module)s mm; phones must come close."),
    "no_seats": N_("%(name)s: no seats yet; there is room to write them down."),
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
    "receiver": N_("receiver"),
    "giver": N_("giver"),
    "date": N_("date"),
    "prospect": N_("prospect"),
    "contact": N_("contact"),
    "need": N_("need"),
    "sector": N_("sector"),
}
"""What `%(field)s` names, as printables says it."""
