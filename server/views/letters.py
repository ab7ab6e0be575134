"""The monthly letter to a member: one paragraph in plain words, three figures, one suggestion that names its rule.

A page, a PDF and a text for a mail, all from the same sheet. Whoever it is about reads it, and nobody else.
"""

from dataclasses import dataclass

import babel.dates
from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from server.domain.access import Verb
from server.domain.balance import Band
from server.domain.leading import Month
from server.domain.vocabulary import ReferralState
from server.services import letters, mine, print_setup
from server.services.mine import Mine
from server.services.report_sheets import Column, Section, Sheet, Table
from server.views import forms, guards, languages, member_figures, sheet_files
from server.views.guards import Visit
from server.views.member import bp
from server.views.member_figures import of_month
from server.views.member_frame import rail, sent
from server.views.member_numbers_sheet import BANDS, advice

__all__ = ["bp"]


@dataclass(frozen=True)
class Letter:
    """What a letter says, in the reader's language."""

    title: str
    greeting: str
    paragraph: str
    figures: tuple[tuple[str, str, str], ...]
    """What it is, the number, and the address of what it counts, which the page has and paper has not."""
    suggestion: str
    rule: str


@bp.get("/referrals/letter", endpoint="letter")
@guards.needs(Verb.USE_BOARD)
def letter_page(visit: Visit) -> str:
    """The letter of the last whole month."""
    return render_template(
        "member/letter.html",
        letter=_letter(mine.of_person(visit.ctx, visit.group_id, visit.person_id)),
        wanted=letters.wants(visit.ctx, visit.group_id, visit.person_id),
        nav="referrals",
        rail=rail(visit),
    )


@bp.post("/referrals/letter")
@guards.needs(Verb.USE_BOARD)
@forms.or_show_again(letter_page)
def choose_letters(visit: Visit) -> ResponseReturnValue:
    """One wants letters and reminders by mail, or none."""
    wanted = forms.text("wanted", limit=3) == "yes"
    op = visit.op("letters", sent())
    letters.choose(visit.ctx, group_id=visit.group_id, person_id=visit.person_id, wanted=wanted, op=op)
    return redirect(url_for("member.letter"), code=303)


@bp.get("/referrals/letter.pdf", endpoint="letter_paper")
@guards.needs(Verb.USE_BOARD)
def letter_paper(visit: Visit) -> ResponseReturnValue:
    """The same on paper."""
    with visit.ctx.one_moment() as ctx:
        letter = _letter(mine.of_person(ctx, visit.group_id, visit.person_id))
        paper = print_setup.setup(ctx, visit.group_id).paper
    return sheet_files.pdf(_sheet(letter), paper, "letter")


@bp.get("/referrals/letter.txt", endpoint="letter_text")
@guards.needs(Verb.USE_BOARD)
def letter_text(visit: Visit) -> ResponseReturnValue:
    """The same as the text of a mail."""
    letter = _letter(mine.of_person(visit.ctx, visit.group_id, visit.person_id))
    return Response(f"{letter.title}\n\n{_text(letter)}\n", mimetype="text/plain")


def by_mail(found: Mine, *, group: str, link: str) -> tuple[str, str]:
    """The letter as a mail in the language of the moment: subject and text. `link`: its page, or empty."""
    letter = _letter(found)
    parts = [_text(letter)]
    if link:
        parts.append(
            gettext(
                "The same as a page, and where you say that you want no more letters and reminders: %(link)s", link=link
            )
        )
    parts.append(group)
    return letter.title, "\n\n".join(parts)


def _text(letter: Letter) -> str:
    figures = "\n".join(f"- {what}: {number}" for what, number, _ in letter.figures)
    return "\n\n".join((letter.greeting, letter.paragraph, figures, f"{letter.suggestion}\n{letter.rule}"))


def _letter(found: Mine) -> Letter:
    month, gave, got = found.months[-2]
    won = found.given.get(ReferralState.WON, 0) + found.received.get(ReferralState.WON, 0)
    step = found.steps[0] if found.steps else None
    what, why = (
        advice(step)
        if step
        else (
            gettext("Nothing waits. Someone you have not seen for long?"),
            gettext("Rule: nothing is due, and nobody sat with you without a one-to-one."),
        )
    )
    words = month_words(month)
    return Letter(
        title=gettext("Your month: %(month)s", month=month_words(month)),
        greeting=gettext("Dear %(name)s,", name=found.name),
        paragraph=" ".join((_gave(gave), _got(got), _won(won), *_balance(found))),
        figures=(
            (
                gettext("became business in 26 weeks, given and received"),
                str(won),
                member_figures.address("all", "won", since=found.since),
            ),
            (gettext("referrals given in %(month)s", month=words), str(gave), of_month("given", month)),
            (gettext("referrals received in %(month)s", month=words), str(got), of_month("received", month)),
        ),
        suggestion=what,
        rule=why,
    )


def _balance(found: Mine) -> tuple[str, ...]:
    """How giving stands to receiving, where there is something to say."""
    band = found.balance.band
    return () if band is Band.UNTOLD else (gettext(BANDS[band][1]),)


def _gave(number: int) -> str:
    if not number:
        return str(gettext("Last month you gave no referral."))
    return str(ngettext("Last month you gave %(num)s referral.", "Last month you gave %(num)s referrals.", number))


def _got(number: int) -> str:
    if not number:
        return str(gettext("You received none."))
    return str(ngettext("You received %(num)s.", "You received %(num)s.", number))


def _won(number: int) -> str:
    if not number:
        return str(gettext("Nothing has become business in these 26 weeks yet; it takes its time."))
    return str(
        ngettext(
            "In 26 weeks %(num)s of what went through your hands became business.",
            "In 26 weeks %(num)s of what went through your hands became business.",
            number,
        )
    )


def _sheet(letter: Letter) -> Sheet:
    rows = tuple((what, number) for what, number, _ in letter.figures)
    columns = (Column(gettext("What"), 0.66), Column(gettext("Number"), 0.34, is_number=True))
    return Sheet(
        title=letter.title,
        subtitle=letter.greeting,
        sections=(
            Section(gettext("In a few words"), (letter.paragraph,)),
            Section(gettext("Three figures"), tables=(Table(gettext("Three figures"), columns, rows),)),
            Section(gettext("One suggestion"), (letter.suggestion, letter.rule)),
        ),
        foot=letter.title,
        language=languages.current(),
    )


def month_words(month: Month) -> str:
    """A month in the language of the moment."""
    return babel.dates.format_date(month.first, "LLLL y", locale=languages.current())
