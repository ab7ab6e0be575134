"""How a sentence is marked for the catalogues where it cannot be translated yet."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "extract now, translate where it is shown"
    """The sentence itself; extraction finds it, the reader's language is applied when it is shown."""
    return text
