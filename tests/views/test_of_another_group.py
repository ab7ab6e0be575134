"""A slip to somebody of another group: they come onto the list under their group's name, once, and count nowhere."""

import html
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from server.domain.vocabulary import GroupId, ReferralState, Standing
from server.persistence.models import Attendance, Membership, Person, Referral
from server.services import leading, quality
from tests.conftest import Browser
from tests.mornings import Morning

OpenBrowser = Callable[[str], Browser]
SLIP: dict[str, Any] = {
    "to": "Anna Nowak",
    "prospect_name": "Chiara",
    "reach": "031 555",
    "need": "A garden for a hotel",
    "level": "4",
    "vouch": "used_it",
    "consent": "1",
    "ways": ["in_person"],
    "do": "give",
}


def _text(reply: Any) -> str:
    return html.unescape(reply.get_data(as_text=True))


def _anna(morning: Morning) -> list[tuple[str, Standing]]:
    with morning.ctx.reading() as db:
        rows = db.execute(
            select(Person.company, Membership.standing)
            .join(Membership, Membership.person_id == Person.id)
            .where(Person.given_name == "Anna", Person.family_name == "Nowak")
        )
        return [(company, standing) for company, standing in rows]


def test_an_unknown_name_asks_for_the_group_and_loses_nothing(browser: OpenBrowser, morning: Morning) -> None:
    mira = browser("Mira")
    assert 'name="home_group"' not in _text(mira.get("/referrals/new"))
    wrong = mira.submit("/referrals", SLIP)
    page = _text(wrong)
    assert (wrong.status_code, "No member is called Anna Nowak." in page) == (422, True)
    assert "Of another group? What is it called?" in page
    for typed in ("Anna Nowak", "Chiara", "031 555", "A garden for a hotel"):
        assert f'value="{typed}"' in page
    assert _anna(morning) == []


def test_with_their_group_the_slip_goes_and_the_giver_moves_it(browser: OpenBrowser, morning: Morning) -> None:
    mira = browser("Mira")
    given = mira.submit("/referrals", SLIP | {"home_group": "Breakfast at the lake"})
    page = _text(mira.get(given.headers["Location"]))
    assert "Anna has no board here: note what you are told." in page
    again = mira.submit("/referrals", SLIP | {"need": "Another garden", "home_group": "Breakfast at the lake"})
    assert again.status_code == 303
    assert _anna(morning) == [("Breakfast at the lake", Standing.VISITOR)], "once, however many slips"
    with morning.ctx.reading() as db:
        states = db.scalars(select(Referral.state)).all()
    assert states == [ReferralState.GIVEN] * 2


def test_a_draft_goes_on_to_somebody_of_another_group(browser: OpenBrowser, morning: Morning) -> None:
    mira = browser("Mira")
    kept = mira.submit("/referrals", SLIP | {"to": "Max", "do": "keep"})
    uid = re.search(r"slip-(\w+)", kept.headers["Location"])
    assert uid
    page = _text(mira.get(f"/referrals/{uid[1]}"))
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    form = SLIP | {"version": version[1], "home_group": "Breakfast at the lake"}
    assert mira.submit(f"/referrals/{uid[1]}", form).status_code == 303
    assert len(_anna(morning)) == 1


def test_they_are_counted_nowhere_and_stand_on_no_list_of_a_meeting(browser: OpenBrowser, morning: Morning) -> None:
    group = GroupId(morning.group_id)
    before = leading.of_group(morning.ctx, group).funnel
    with morning.ctx.reading() as db:
        listed = db.scalar(select(func.count(Attendance.id)))
    browser("Mira").submit("/referrals", SLIP | {"home_group": "Breakfast at the lake"})
    assert leading.of_group(morning.ctx, group).funnel == before
    with morning.ctx.reading() as db:
        assert db.scalar(select(func.count(Attendance.id))) == listed
    assert quality.of_group(morning.ctx, group, money=False).given == 1, "the slip counts, as to any visitor"


def test_a_name_without_end_is_refused_at_its_field(browser: OpenBrowser, morning: Morning) -> None:
    wrong = browser("Mira").submit("/referrals", SLIP | {"to": "A " + "n" * 150, "home_group": "Lake"})
    assert (wrong.status_code, 'id="f-to-error"' in _text(wrong)) == (422, True)
