"""`coltiva rehearse`: a whole meeting played by bots, and what a facilitator should know before the real one."""

from server.commands import Refused, say, words
from server.config import Settings
from server.rehearsal import NotStaged, Wanted, lines, run

LEAST = 4
MOST = 1000


def rehearse(settings: Settings, wanted: Wanted, *, language: str, seed: int, keep_open: bool) -> int:
    """Hold the rehearsal and print what came of it: 0 when all was well, 1 when something was wrong."""

    def tell(text: str, **params: object) -> None:
        say(words(text, params, language))

    try:
        found = run(settings, wanted, tell, seed=seed, keep_open=keep_open)
    except NotStaged as why:
        raise Refused(str(why)) from why
    say("")
    for text, params in lines(found):
        say(words(text, params, language))
    return 0 if found.is_good else 1
