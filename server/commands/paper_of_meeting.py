"""`coltiva print … --meeting`: papers of a meeting out of the group's own database, without the web.

The paper speaks the group's language unless told otherwise. Nothing is marked as printed by it.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import babel.dates

from printables import binding
from server.commands import Refused, paper, refusal, words
from server.config import Settings
from server.domain.errors import RuleViolation
from server.domain.vocabulary import GroupId, MeetingId
from server.jobs import Json
from server.opening import create_context
from server.services import badge_sheets, badges, papers, print_setup, printing, stocks
from server.services.badge_sheets import BackWords, BadgeOrder, BadgeWords, Setting
from server.services.context import Context
from server.services.papers import About, Kind, PaperOrder, PaperWords, Poster
from server.services.print_setup import Correction
from server.services.printing import Address, Draft
from server.views import paper_texts as texts

BADGES = "badges"
USUAL_KIT = ("badges", "sign-in", "routes", "tables", "seating", "door", "join", "wifi", "test-code")


@dataclass(frozen=True)
class Wanted:
    """What was asked at the console; empty: as the group has it."""

    meeting: str
    language: str = ""
    size: str = ""
    base_url: str = ""
    force_address: bool = False


class Desk:
    """A meeting opened for printing: its group, its words, its address."""

    def __init__(self, ctx: Context, wanted: Wanted) -> None:
        self.ctx = ctx
        self.about: About = papers.about(ctx, wanted.meeting)
        self.meeting_id: MeetingId = self.about.meeting_id
        self.group_id: GroupId = self.about.group_id
        self.language = wanted.language or self.about.language
        self.setup = print_setup.setup(ctx, self.group_id)
        self.size = wanted.size or self.setup.paper
        self.to = (
            Address(wanted.base_url, wanted.force_address)
            if wanted.base_url
            else printing.address(ctx, self.group_id, here="")
        )

    def say(self, text: str) -> str:
        """A text of the program in the language of the paper."""
        return words(text, {}, self.language)

    def words(self) -> PaperWords:
        """Everything that papers of this meeting say."""
        return PaperWords(
            title=self.about.name,
            subtitle=_when_and_where(self.about, self.language),
            language=self.language,
            words=texts.paper_words(self.say),
            prompts=tuple(texts.prompts(self.say)),
            posters={Kind(kind): Poster(*texts.poster(kind, self.say, self.about.name)) for kind in texts.POSTERS},
            signature=self.say(texts.SIGNATURE),
            wish=self.say(texts.WISH),
            invitation=self.say(texts.INVITATION),
            test_title=self.say(texts.TEST_TITLE),
            test_word=self.say(texts.TEST_WORD),
        )

    def setting(self, order: BadgeOrder, correction: Correction) -> Setting:
        """What badges of an order are made with. Raises RuleViolation."""
        back = BackWords(
            heading=self.say(texts.BACK_ROUNDS if order.back == "rounds" else texts.BACK_HEADING),
            agenda=papers.agenda(self.ctx, self.meeting_id) if order.back == "agenda" else (),
        )
        return Setting(
            to=self.to,
            words=BadgeWords(**texts.badge_words_of_meeting(self.say, self.language)),
            stock=stocks.for_drawing(self.ctx, self.group_id, order.stock),
            back=back,
            correction=correction,
        )

    def paper(self, order: PaperOrder) -> Draft:
        """One of the other papers. Raises RuleViolation."""
        return papers.draft(
            self.ctx,
            meeting_id=self.meeting_id,
            order=order,
            words=self.words(),
            to=self.to,
            network=self.setup.network,
        )


def print_badges(
    settings: Settings, wanted: Wanted, out: Path, order: BadgeOrder, correction: Correction, *, trial: bool
) -> int:
    """Badges of a meeting; `trial`: three names of it, with codes that open no door."""

    def work(desk: Desk) -> int:
        setting = desk.setting(order, correction)
        if trial:
            draft = badge_sheets.trial(desk.ctx, meeting_id=desk.meeting_id, order=order, setting=setting)
        else:
            draft = badge_sheets.prepare(desk.ctx, meeting_id=desk.meeting_id, order=order, setting=setting).draft
        made = paper.drawn(draft.job, draft.arguments)
        people = len(draft.arguments["people"])
        return paper.finish(made, out, f"badges {min(3, people) if trial else people}, pages {made.pages}")

    return at_desk(settings, wanted, work)


def print_paper(settings: Settings, wanted: Wanted, out: Path, kind: str, options: Json) -> int:
    """One paper of a meeting; `options` are fields of `PaperOrder`."""

    def work(desk: Desk) -> int:
        draft = desk.paper(replace(PaperOrder(Kind(kind), desk.size), **options))
        made = paper.drawn(draft.job, draft.arguments)
        return paper.finish(made, out, f"pages {made.pages}")

    return at_desk(settings, wanted, work)


def print_kit(settings: Settings, wanted: Wanted, out: Path, kinds: Sequence[str], stock: str) -> int:
    """Everything of a meeting as one file. What cannot be printed yet is left out, unless it was asked for by name."""

    def work(desk: Desk) -> int:
        made = []
        for kind in kinds or USUAL_KIT:
            try:
                made.append(_part(desk, kind, stock))
            except RuleViolation:
                if kinds:
                    raise
        if not made:
            raise Refused("There is nothing to print for this meeting yet.")
        bound = binding.bind(
            [binding.Part(title, result.pdf) for title, result in made],
            title=desk.about.name,
            language=desk.language,
        )
        warnings = tuple(warning for _, result in made for warning in result.warnings)
        result = paper.Result(bound.pdf, bound.pages, warnings)
        return paper.finish(result, out, f"documents {len(made)}, pages {bound.pages}")

    return at_desk(settings, wanted, work)


def _part(desk: Desk, kind: str, stock: str) -> tuple[str, paper.Result]:
    if kind == BADGES:
        held = badges.holders(desk.ctx, desk.meeting_id)
        waiting = any(holder.printed_at is None for holder in held)
        whom = badge_sheets.NOT_PRINTED if waiting else badge_sheets.EVERYBODY
        order = BadgeOrder(whom=whom, stock=stock or stocks.USUAL[desk.size])
        setting = desk.setting(order, Correction())
        draft = badge_sheets.prepare(desk.ctx, meeting_id=desk.meeting_id, order=order, setting=setting).draft
    else:
        draft = desk.paper(PaperOrder(Kind(kind), desk.size))
    return desk.say(texts.KINDS[kind][0]), paper.drawn(draft.job, draft.arguments)


def at_desk(settings: Settings, wanted: Wanted, work: Callable[[Desk], int]) -> int:
    """Open the database, print, close it. Raises Refused."""
    try:
        ctx = create_context(settings)
        with closing(ctx.database):
            return work(Desk(ctx, wanted))
    except RuleViolation as refused:
        raise refusal(refused) from refused


def _when_and_where(view: About, language: str) -> str:
    """Day, hour and place in one line."""
    local: datetime = view.starts_at.astimezone(ZoneInfo(view.time_zone))
    day = babel.dates.format_date(local.date(), "full", locale=language)
    when = f"{day}, {local:%H:%M}"
    return f"{when} · {view.place}" if view.place else when
