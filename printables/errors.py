"""Why nothing was printed: a key, its parameters, and one English sentence for each key."""

Param = str | int | float

REFUSALS: dict[str, str] = {
    "unknown_stock": 'No label stock is called "%(stock)s".',
    "stock_does_not_fit": "Label stock %(stock)s does not fit its page: %(reason)s.",
    "length_outside": "A label on an endless roll is %(shortest)s to %(longest)s mm long, not %(length)s mm.",
    "no_base_url": "There is no base address: set it (https:// and a name) before anything is printed.",
    "bad_base_url": 'The base address "%(base_url)s" must be http:// or https:// and a name, nothing else.',
    "bare_address": "The base address %(base_url)s is a number, not a name; give a name, or force it.",
    "host_too_long": "The name %(host)s has %(length)s characters, at most %(longest)s fit on this label.",
    "nobody": "The list is empty: there is nothing to print.",
    "too_many": "%(people)s people are too many for one document, at most %(most)s can be printed at once.",
    "nameless": "Entry %(position)s has no name.",
    "bad_code": 'The code "%(typed)s" of %(name)s is not 8 to 16 letters and digits.',
    "start_at_outside": "Label %(start_at)s is not on the sheet: it has labels 1 to %(labels)s.",
    "offset_outside": "Offsets may be up to %(most)s mm each way and the scale 0.95 to 1.05.",
    "bad_dots": "%(dots)s dots an inch is no printer's resolution: give 150 to 2400.",
    "missing_font": "The program's fonts are missing: install it again.",
    "unreadable_font": "The %(font)s font cannot be read: it is no TrueType font.",
    "text_too_long": 'The text "%(text)s" does not fit on the page.',
    "unknown_paper": 'No paper is called "%(size)s": give a4 or letter.',
    "no_rounds": "There are no rounds yet: plan them before seats are printed.",
    "too_many_rounds": "%(rounds)s rounds are too many for paper, at most %(most)s can be printed.",
    "seats_missing": "%(name)s has seats for %(seats)s rounds, the plan has %(rounds)s.",
    "tents_per_page": "%(tents)s tents a page is no way to fold it: one or two.",
    "pages_outside": "%(pages)s pages cannot be printed at once: 1 to %(most)s.",
    "bad_network": 'The network "%(network)s" needs a name of 1 to %(longest)s bytes and a known security.',
    "bad_password": "No network like %(network)s has such a password: %(shortest)s to %(longest)s plain letters.",
    "no_back": "%(stock)s has no back: choose a sheet, an insert or a card.",
    "back_too_long": "The back says more than this label has room for: shorten the agenda, or choose a larger label.",
    "bad_measure": "%(value)s is no measure of a label sheet (%(measure)s).",
    "glabels_unreadable": "This file cannot be read: it is no label template.",
    "glabels_unsafe": "This file is not read: it contains definitions that a label template never needs.",
    "glabels_too_large": "This file is not read: it is larger than %(most)s MB.",
    "glabels_empty": "This file has no label sheet that can be printed on.",
    "unread_scale": "Scale %(letter)s goes from -%(most)s to %(most)s mm.",
    "no_room": "There is no room on the page for %(text)s.",
}


class PrintRefused(Exception):
    """Nothing was printed; `code` and `params` say why, `str()` says it in one English sentence."""

    def __init__(self, code: str, **params: Param) -> None:
        self.code = code
        self.params = params
        super().__init__(REFUSALS[code] % params)
