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
    "unreadable_font": "The %(font)s font cannot be read: it is no TrueType font.",
    "text_too_long": 'The text "%(text)s" does not fit on the page.',
}


class PrintRefused(Exception):
    """Nothing was printed; `code` and `params` say why, `str()` says it in one English sentence."""

    def __init__(self, code: str, **params: Param) -> None:
        self.code = code
        self.params = params
        super().__init__(REFUSALS[code] % params)
