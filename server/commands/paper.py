"""`coltiva print`: papers from files and flags, without any database and without the web.

Each function makes one PDF or none: what cannot be printed is refused in one sentence before a file is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from printables.errors import PrintRefused
from printables.model import Result as Result
from printables.stocks import all_stocks
from server.commands import Refused, people_lists, refusal, say, seat_plans, tell, words, write_file
from server.domain import badge_code
from server.domain.errors import RuleViolation
from server.jobs import Json
from server.jobs.drawings import DRAWN
from server.jobs.fonts import for_paper
from server.views import paper_texts as texts

Say = Callable[[str], str]


@dataclass(frozen=True)
class Heading:
    """What stands above a paper that no meeting gives its name: title, a line below, language, a4 or letter."""

    title: str = ""
    place: str = ""
    language: str = "en"
    size: str = "a4"

    def say(self, text: str) -> str:
        """A text of the program in the language of the paper."""
        return words(text, {}, self.language)

    def of(self, kind: str) -> Json:
        """The values that every paper of a page takes; without a title it is called what it is."""
        return {
            "paper": {
                "title": self.title or self.say(texts.KINDS[kind][0]),
                "subtitle": self.place,
                "size": self.size,
                "language": self.language,
                "words": texts.paper_words(self.say),
            }
        }


def print_badges(people: Path, out: Path, *, language: str, trial: bool = False, **how: Any) -> int:
    """Badges for everybody in the file, in its order; `how` are options of the drawing. `trial`: three of them."""
    listed = people_lists.people(people)
    said = {"people": listed, "words": texts.badge_words(lambda text: words(text, {}, language), language)}
    made = drawn("badge_trial" if trial else "badges", said | how)
    return finish(made, out, f"badges {min(3, len(listed)) if trial else len(listed)}, pages {made.pages}")


def print_sign_in(people: Path, out: Path, heading: Heading) -> int:
    """A list to tick and sign, by last name."""
    listed = people_lists.people(people)
    above = heading.of("sign-in")
    sheet = {
        "title": above["paper"]["title"],
        "subtitle": heading.place,
        "signature_word": heading.say(texts.SIGNATURE),
        "paper": heading.size,
    }
    made = drawn("sign_in", {"people": listed, "sheet": sheet} | above)
    return finish(made, out, f"people {len(listed)}, pages {made.pages}")


def print_tents(people: Path, out: Path, heading: Heading, *, per_page: int) -> int:
    """A tent with each name."""
    listed = people_lists.people(people)
    made = drawn("tents", {"people": listed, "options": {"per_page": per_page}} | heading.of("tents"))
    return finish(made, out, f"people {len(listed)}, pages {made.pages}")


def print_empty_chair(sectors: list[str], out: Path, heading: Heading, *, per_page: int) -> int:
    """A tent for each guest who is missing."""
    chairs = [{"sector": sector, "lines": [], "invitation": heading.say(texts.INVITATION)} for sector in sectors]
    made = drawn("empty_chair", {"chairs": chairs, "options": {"per_page": per_page}} | heading.of("empty-chair"))
    return finish(made, out, f"tents {len(sectors)}, pages {made.pages}")


def print_slips(out: Path, heading: Heading, *, pages: int) -> int:
    """Referral slips to write by hand."""
    made = drawn("slips", {"pages": pages} | heading.of("slips"))
    return finish(made, out, f"pages {made.pages}")


def print_seats(kind: str, plan: Path, problem: Path | None, out: Path, heading: Heading, **options: Any) -> int:
    """Route cards, table cards or the seating plan out of a plan that was made from a file."""
    people, rounds = seat_plans.seats(plan, problem)
    prompts = texts.prompts(heading.say)
    asked = [each | {"prompt": prompts[place % len(prompts)]} for place, each in enumerate(rounds)]
    made = drawn(kind, {"people": people, "rounds": asked, "options": options} | heading.of(kind))
    return finish(made, out, f"people {len(people)}, rounds {len(rounds)}, pages {made.pages}")


def print_poster(kind: str, base_url: str, out: Path, heading: Heading, *, force_address: bool) -> int:
    """The poster for the door or for phones."""
    try:
        url = badge_code.check_base_url(base_url, allow_ip=force_address)
    except RuleViolation as refused:
        raise refusal(refused) from refused
    made = drawn("poster", {"kind": kind, "poster": _poster(kind, heading, f"{url}/", url.partition("://")[2])})
    return finish(made, out, f"pages {made.pages}")


def print_wifi(out: Path, heading: Heading, **network: Any) -> int:
    """The poster by which phones join a network."""
    said = {"poster": _poster("wifi", heading, "", ""), "words": texts.paper_words(heading.say)}
    made = drawn("wifi", said | {"network": network})
    return finish(made, out, f"pages {made.pages}")


def print_test_code(base_url: str, out: Path, heading: Heading, *, force_address: bool) -> int:
    """A code to try a scanner with; it lets nobody in."""
    sheet = {
        "title": heading.title or heading.say(texts.TEST_TITLE),
        "codes": [{"name": heading.say(texts.TEST_WORD), "code": badge_code.TEST_CODE}],
        "base_url": base_url,
        "force_address": force_address,
        "language": heading.language,
        "paper": heading.size,
    }
    made = drawn("test_code", {"sheet": sheet})
    return finish(made, out, f"pages {made.pages}")


def print_calibration(stock: str, out: Path, *, language: str, **correction: float) -> int:
    """The page by which a printer is measured."""
    said = texts.calibration_words(lambda text: words(text, {}, language), language)
    made = drawn("calibration", {"stock": stock, "words": said} | correction)
    return finish(made, out, f"pages {made.pages}")


def list_stocks(wanted: str) -> int:
    """The label sheets and rolls that can be printed on, one a line: id, size, how many on a page, name."""
    known = (stock.cut_to(100.0) for stock in all_stocks())
    found = [
        f"{stock.id:20} {stock.label_w:6g} x {stock.label_h:<6g} mm  {stock.per_sheet:3}  {stock.brand} {stock.part}"
        for stock in known
        if not stock.problem() and wanted.casefold() in f"{stock.id} {stock.brand} {stock.part}".casefold()
    ]
    if not found:
        raise Refused(f"No label stock has “{wanted}” in its name.")
    for line in found:
        say(line)
    return 0


def drawn(kind: str, arguments: Json) -> Result:
    """One document. Raises Refused."""
    try:
        return DRAWN[kind](arguments, for_paper())
    except PrintRefused as no:
        raise Refused(str(no)) from no


def finish(made: Result, out: Path, said: str) -> int:
    """Write the document down whole, and say what is in it and what deserves a look."""
    write_file(out, made.pdf)
    for warning in made.warnings:
        tell(str(warning))
    say(f"{out}: {said}")
    return 0


def _poster(kind: str, heading: Heading, code: str, link: str) -> Json:
    title, steps, note = texts.poster(kind, heading.say, heading.title)
    return {
        "heading": title,
        "code": code,
        "link": link,
        "steps": list(steps),
        "note": note,
        "language": heading.language,
        "paper": heading.size,
    }
