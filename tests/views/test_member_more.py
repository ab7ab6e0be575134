"""The board's further pages over HTTP: list, group, thanks, other activity, quality, rules, paper, what grew."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from server.domain.referrals import Served
from server.domain.scoring import DECIDED, TABLE, points_field
from server.domain.vocabulary import ReferralState, Role, Standing
from server.formats.tables import read_table
from server.persistence.models import Group, Meeting, Membership, Person
from server.services import slips, thanks
from server.services.context import Json
from tests import builders
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import an_earlier_morning, everybody_in
from tests.services.test_slips import _give, _move, _served
from tests.services.test_thanks import _answer, _thank

OpenBrowser = Callable[[str | None], Browser]
PAGES = ["/referrals", "/referrals/list", "/referrals/group", "/thanks", "/activity", "/referrals/quality"]
WON = (ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.WON)


def _text(reply: Any) -> str:
    return str(reply.get_data(as_text=True))


def _away(browser: Browser) -> Browser:
    """The same browser on another computer of an open network."""
    browser.client.environ_base["REMOTE_ADDR"] = "192.168.7.7"
    return browser


@pytest.mark.parametrize("path", PAGES)
def test_a_member_opens_every_page_in_few_statements_and_strangers_see_nothing(
    browser: OpenBrowser, morning: Morning, statements: Statements, path: str
) -> None:
    slip = _move(morning, "Max", _give(morning, need="Twelve rooms to furnish"), *WON)
    _thank(morning, slip=slip["uid"])
    mira, sam = browser("Mira"), browser("Sam")
    with statements() as sent:
        page = _text(mira.get(path))
    assert len(sent) <= 12, "\n".join(sent)
    assert "<h1" in page
    theirs = _text(sam.get(path))
    for secret in ("Twelve rooms", "Chiara", "Łukasik", "D&#39;Alò"):
        assert secret not in theirs


def test_the_group_page_shows_neither_need_nor_verdict_nor_prospect(browser: OpenBrowser, morning: Morning) -> None:
    _move(morning, "Max", _give(morning), ReferralState.DECLINED, reason="other")
    page = _text(browser("Olga").get("/referrals/group"))
    assert "Mira Łukasik" in page
    for hidden in ("Twelve rooms", "Chiara", "not taken on", "Another reason"):
        assert hidden not in page
    assert "Mira Łukasik" not in _text(browser("Olga").get("/referrals/group?q=dora"))


def test_filters_find_by_name_need_and_by_what_waits(browser: OpenBrowser, morning: Morning) -> None:
    _give(morning, need="Chairs")
    _give(morning, giver="Max", to="Mira", need="Lamps")
    mira = browser("Mira")

    def shown(query: str) -> set[str]:
        page = _text(mira.get(f"/referrals?{query}"))
        return {need for need in ("Chairs", "Lamps") if f"<p>{need}</p>" in page}

    assert shown("") == {"Chairs", "Lamps"}
    assert shown("q=lam") == {"Lamps"}
    assert shown("q=max+d") == {"Chairs", "Lamps"}
    assert shown("waits=1") == {"Lamps"}
    assert shown("show=given") == {"Chairs"}
    assert shown("q=zebra") == set()


def test_a_slip_dropped_into_another_column_moves_by_json(browser: OpenBrowser, morning: Morning) -> None:
    slip = _give(morning)
    max_, path = browser("Max"), f"/referrals/{slip['uid']}/moves"
    answer = max_.send(path, {"to": "accepted", "version": slip["version"]})
    assert answer.get_json()["state"] == "accepted"
    late = max_.send(path, {"to": "contacted", "version": slip["version"]})
    assert (late.status_code, late.get_json()["code"]) == (409, "slip_moved_on")
    assert browser("Olga").send(path, {"to": "contacted", "version": 2}).status_code == 404


def test_the_workbook_says_what_the_spreadsheet_says(browser: OpenBrowser, morning: Morning) -> None:
    _give(morning, need="=1+1", ways=("card_given",))
    mira = browser("Mira")
    sheet = read_table(mira.get("/referrals.csv").get_data(), name="slips.csv")
    book = read_table(mira.get("/referrals.xlsx").get_data(), name="slips.xlsx")
    assert book.headers == sheet.headers
    assert [row.cells[book.headers.index("Need")] for row in book.rows] == ["=1+1"]
    assert [row.cells[book.headers.index("How introduced")] for row in book.rows] == ["gave them your card"]


def test_the_fourth_slip_is_pointed_out_and_goes_when_its_author_is_sure(
    browser: OpenBrowser, morning: Morning
) -> None:
    for _ in range(3):
        _give(morning)
    mira = browser("Mira")
    form: Json = {
        "to": "Max",
        "prospect_name": "Chiara",
        "reach": "031 555",
        "need": "Rooms",
        "level": "3",
        "vouch": "used_it",
        "consent": "1",
        "ways": ["card_given", "written"],
        "do": "give",
    }
    reply = mira.submit("/referrals", form)
    page = _text(mira.get(reply.headers["Location"]))
    assert "You have given 3 slips here today already." in page
    assert page.count('name="ways" value="card_given" checked') == 1
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    uid = reply.headers["Location"].partition("?")[0]
    sure = mira.submit(uid, form | {"version": version[1], "sure": "1"})
    assert sure.headers["Location"].endswith("said=given")


def test_thanks_are_written_confirmed_and_show_the_sum_to_their_author_alone(
    browser: OpenBrowser, morning: Morning
) -> None:
    max_, mira = browser("Max"), browser("Mira")
    assert max_.submit("/thanks", {"to": "Mira", "amount": "1.250,50", "tier": "1"}).status_code == 303
    assert "€1,250.50" in _text(max_.get("/thanks"))
    asked = _text(mira.get("/thanks"))
    assert "Did it come from your referral?" in asked
    for path in PAGES:
        assert "1,250" not in _text(mira.get(path))
    [uid] = re.findall(r"/thanks/(\w{16})/confirmed", asked)
    assert mira.submit(f"/thanks/{uid}/confirmed", {}).status_code == 303
    assert "from your referral" in _text(mira.get("/thanks"))


def test_a_sum_that_is_none_is_refused_at_its_field(browser: OpenBrowser, morning: Morning) -> None:
    chf = {"to": "Mira", "amount": "70", "currency": "chf", "tier": "3", "is_repeat": "1", "comments": "The terrace"}
    assert browser("Max").submit("/thanks", chf).status_code == 303
    own = _text(browser("Max").get("/thanks"))
    for shown in ("CHF70.00", "repeat", "further on", "The terrace"):
        assert shown in own.replace("\xa0", "")
    reply = browser("Max").submit("/thanks", chf | {"currency": "1€"})
    assert "A currency has three letters, such as EUR." in _text(reply)
    assert 'value="The terrace"' in _text(reply), "nothing that was typed is lost"
    reply = browser("Max").submit("/thanks", {"to": "Mira", "amount": "much", "tier": "1"})
    assert reply.status_code == 422
    assert 'id="f-amount-error"' in _text(reply)


def test_sums_never_travel_over_plain_http_not_even_on_ones_own_network(browser: OpenBrowser, morning: Morning) -> None:
    def own_network(tx: Any) -> None:
        tx.db.get_one(Group, morning.group_id).own_network = True

    morning.ctx.transaction(own_network)
    _thank(morning, cents=125_050)
    max_ = _away(browser("Max"))
    assert "1,250" not in _text(max_.get("/thanks"))
    assert max_.submit("/thanks", {"to": "Mira", "amount": "9", "tier": "1"}).status_code == 422
    page = thanks.page(morning.ctx, morning.group_id, morning.people["Max"], money=True)  # type: ignore[arg-type]
    assert len(page.thanks) == 1


def test_totals_are_told_from_five_deals_by_three_people_on(browser: OpenBrowser, morning: Morning) -> None:
    for who, to in (("Max", "Mira"), ("Olga", "Mira"), ("Mira", "Olga"), ("Max", "Olga")):
        _answer(morning, to, _thank(morning, who, to, 10_000))
    for path in ("/thanks", "/referrals/quality"):
        page = _text(browser("Fiona").get(path))
        assert "not told yet" in page
        assert "€400" not in page
    _answer(morning, "Max", _thank(morning, "Mira", "Max", 1))
    for path in ("/thanks", "/referrals/quality"):
        assert "€400.01" in _text(browser("Fiona").get(path))


def test_quality_is_told_when_five_people_gave_and_nobody_is_named(browser: OpenBrowser, morning: Morning) -> None:
    for giver in ("Mira", "Olga", "Dora", "Fiona"):
        _give(morning, giver=giver)
    page = _text(browser("Max").get("/referrals/quality"))
    assert "How well is told when five people or more gave a referral." in page
    assert "quality, in the middle" not in page
    _give(morning, giver="Max", to="Mira")
    page = _text(browser("Max").get("/referrals/quality"))
    assert re.search(r">70(\.0)?</a> <small>of 100", page)
    assert "Łukasik" not in page.partition("<main")[2].partition("</main>")[0]


def test_only_the_organiser_decides_on_the_rules_and_members_read_the_version(
    browser: OpenBrowser, morning: Morning
) -> None:
    form: Json = {
        "seen": "0",
        "introduction": "5",
        "completeness": "1",
        "verdict": "2",
        "outcome": "2",
        "service": "2",
        "answer_hours": "24",
        "word_days": "7",
    } | {points_field(part, word): str(n) for part in DECIDED for word, n in TABLE[part].items()}
    assert browser("Mira").submit("/o/referral-rules", form).status_code == 404
    olga = browser("Olga")
    wrong = olga.submit("/o/referral-rules", form | {"introduction": "0", "completeness": "0"})
    assert wrong.status_code == 422
    assert 'id="f-introduction-error"' in _text(wrong)
    wrong = olga.submit("/o/referral-rules", form | {"service-mixed": "101"})
    assert 'id="f-service-mixed-error"' in _text(wrong)
    assert "Points are a whole number from 0 to 100." in _text(wrong)
    assert olga.submit("/o/referral-rules", form | {"service-mixed": "70"}).status_code == 303
    rules = _text(olga.get("/o/referral-rules"))
    assert "Olga Marchetti" in rules
    assert "70 points instead of 50" in rules
    assert '<b class="num">70</b>' in _text(browser("Mira").get("/referrals/quality"))
    assert "version 1" in _text(browser("Mira").get("/referrals/quality"))
    assert "after 24 hours" in _text(browser("Mira").get("/referrals/quality"))


def test_activity_is_written_down_and_confirmed(browser: OpenBrowser, morning: Morning) -> None:
    mira, max_ = browser("Mira"), browser("Max")
    assert mira.submit("/activity", {"kind": "advice", "to": "Max", "text": "Taxes"}).status_code == 303
    assert mira.submit("/activity", {"kind": "advice", "to": ""}).status_code == 422
    page = _text(max_.get("/activity"))
    assert "Mira Łukasik wrote down: advice" in page
    [uid] = re.findall(r"/activity/(\w{16})/confirmed", page)
    assert max_.submit(f"/activity/{uid}/confirmed", {}).status_code == 303
    assert "Taxes" not in _text(browser("Olga").get("/activity"))
    counted = _text(mira.get("/activity"))
    assert re.search(r"Advice given</th><td[^>]*>1<", counted)


def test_the_secretary_enters_paper_and_a_leader_does_not(browser: OpenBrowser, morning: Morning) -> None:
    path = f"/o/{morning.meeting_uid}/slips"
    line: Json = {
        "giver-0": "Mira",
        "to-0": "Max",
        "prospect_name-0": "Chiara",
        "reach-0": "031",
        "need-0": "A page",
        "level-0": "3",
        "vouch-0": "used_it",
        "consent-0": "1",
        "inside-0": "1",
        "ways-0": "written",
        "comments-0": "After ten",
    }
    olga = browser("Olga")
    shown = _text(olga.submit(path, line | {"giver-0": "Nobody"}))
    assert re.search(r'value="written"[^>]* checked', shown), "what was ticked stays"
    reply = olga.submit(path, line)
    assert "1 slip given." in _text(olga.get(reply.headers["Location"]))
    (slip,) = slips.board(morning.ctx, morning.people["Max"])
    assert (slip.inside, slip.ways, slip.comments) == (True, ("written",), "After ten")
    again = olga.submit(path, line)
    assert again.status_code == 422
    assert "Slip 1 may be there already." in _text(again)
    assert olga.submit(path, line | {"sure-0": "1"}).status_code == 303
    assert len(slips.board(morning.ctx, morning.people["Max"])) == 2
    leader = builders.signed_in(morning.ctx, morning.people["Mira"], role=Role.LEADER, group_id=morning.group_id)
    assert Browser(olga.client.application.test_client(), leader).get(path).status_code == 403
    assert browser("Sam").get(path).status_code == 404


def test_a_paper_slip_goes_to_somebody_of_another_group(browser: OpenBrowser, morning: Morning) -> None:
    path = f"/o/{morning.meeting_uid}/slips"
    line: Json = {"giver-0": "Mira", "prospect_name-0": "Chiara", "reach-0": "031", "need-0": "A page", "level-0": "3",
                  "vouch-0": "used_it", "consent-0": "1", "to-0": "Anna Nowak"}  # fmt: skip
    olga = browser("Olga")
    assert "home_group" not in _text(olga.get(path))
    asked = olga.submit(path, line)
    assert (asked.status_code, "Of another group? What is it called?" in _text(asked)) == (422, True)
    two = line | {key.replace("-0", "-1"): value for key, value in line.items()} | {"prospect_name-1": "Nino"}
    reply = olga.submit(path, two | {"home_group-0": "Breakfast at the lake", "home_group-1": "Breakfast at the lake"})
    assert "2 slips given." in _text(olga.get(reply.headers["Location"]))
    with morning.ctx.reading() as db:
        known = db.execute(
            select(Person.company, Membership.standing)
            .join(Membership, Membership.person_id == Person.id)
            .where(Person.family_name == "Nowak")
        ).all()
    assert [tuple(each) for each in known] == [("Breakfast at the lake", Standing.VISITOR)], "once for both slips"


def test_what_grew_has_a_page_and_a_poster_without_names(
    browser: OpenBrowser, morning: Morning, clock: FakeClock
) -> None:
    earlier = an_earlier_morning(morning, [[("Mira", "Max"), ("Olga", "Dora")]])
    _move(morning, "Max", _give(morning), *WON)
    with morning.ctx.reading() as db:
        uid = db.get_one(Meeting, earlier).uid
    olga = browser("Olga")
    main = _text(olga.get(f"/o/{uid}/growth")).partition("<main")[2].partition("</main>")[0]
    assert "Round 1, table 1" in main
    assert re.search(r"<svg.*one-to-ones.*other referrals.*became business.*0 · 0 · 1", main, re.DOTALL), "a plant"
    assert "became business" in main
    for name in ("Łukasik", "D&#39;Alò", "Chiara", "Twelve"):
        assert name not in main
    poster = olga.get(f"/o/{uid}/growth.pdf")
    assert poster.get_data().startswith(b"%PDF")
    for path in (f"/o/{uid}/growth", f"/o/{uid}/growth.pdf"):
        assert browser("Mira").get(path).status_code == 403
        assert browser("Sam").get(path).status_code == 404


def test_thanks_and_other_activity_go_into_a_spreadsheet_and_a_sum_only_into_its_authors(
    browser: OpenBrowser, morning: Morning
) -> None:
    _answer(morning, "Mira", _thank(morning, cents=123_450))
    max_, mira = browser("Max"), browser("Mira")
    max_.submit("/activity", {"kind": "advice", "to": "Mira", "text": "About roofs", "minutes": "30"})
    for path, shown in (("/thanks", ("1234.50", "EUR", "confirmed")), ("/activity", ("About roofs", "30"))):
        assert f'href="{path}.csv"' in _text(max_.get(path))
        sheet, book = (
            read_table(max_.get(f"{path}.{kind}").get_data(), name=f"own.{kind}") for kind in ("csv", "xlsx")
        )
        (row,) = sheet.rows
        assert set(shown) <= set(row.cells)
        assert [each.cells for each in book.rows] == [row.cells]
    assert "1234" not in _text(mira.get("/thanks.csv"))
    assert "You were thanked" in _text(mira.get("/thanks.csv"))


def test_a_display_hears_what_was_passed_by_first_name_and_initial(
    app: Any, browser: OpenBrowser, morning: Morning
) -> None:
    everybody_in(morning, only=["Mira", "Max"])
    wall = app.extensions["coltiva_sockets"].test_client(app, flask_test_client=browser("display").client)
    answer = wall.emit("join", {"meeting": morning.meeting_uid}, callback=True)
    assert answer["snapshot"]["passed"]["slips"] == 0
    _give(morning)
    _thank(morning, cents=77_777)
    heard = [each["args"][0]["patch"] for each in wall.get_received() if each["name"] == "news"]
    last = [patch["passed"] for patch in heard if "passed" in patch][-1]
    assert (last["slips"], last["thanks"], last["givers"]) == (1, 1, 1)
    assert {(each["kind"], each["from"], each["to"]) for each in last["recent"]} == {
        ("referral", "Mira Ł.", "Max D."),
        ("thanks", "Max D.", "Mira Ł."),
    }
    assert not re.search("Chiara|Twelve|7777|Łukasik", str(heard))


def test_a_display_hears_who_brought_a_visitor_and_of_a_member_at_the_door_a_number_alone(
    app: Any, browser: OpenBrowser, morning: Morning
) -> None:
    wall = app.extensions["coltiva_sockets"].test_client(app, flask_test_client=browser("display").client)
    wall.emit("join", {"meeting": morning.meeting_uid}, callback=True)

    def heard() -> list[Any]:
        return [each["args"][0]["patch"] for each in wall.get_received() if each["name"] == "news"]

    everybody_in(morning, only=["Vik"])
    (news,) = heard()
    assert news["counts"]["visitors"] == news["passed"]["visitors"] == 1
    assert [(each["kind"], each["from"], each["to"]) for each in news["passed"]["recent"]] == [
        ("visitor", "Mira Ł.", "Vik")
    ]
    everybody_in(morning, only=["Max"])
    (news,) = heard()
    assert set(news) == {"counts"}  # a member at the door is a number on the wall


def test_how_well_clients_were_served_is_told_of_five_givers_and_not_of_five_answers(
    browser: OpenBrowser, morning: Morning
) -> None:
    def answered(giver: str, to: str, need: str) -> None:
        _served(morning, giver, _move(morning, to, _give(morning, giver=giver, to=to, need=need, sure=True), *WON))

    ring = ("Mira", "Max", "Olga", "Fiona", "Dora")
    for number in range(5):
        answered("Mira", "Max", f"Room {number}")
    for giver, to in zip(ring[1:], (*ring[2:], "Mira"), strict=True):
        _give(morning, giver=giver, to=to)
    page = _text(browser("Olga").get("/referrals/quality"))
    assert "quality, in the middle" in page, "five gave"
    assert "well served, say the prospects" not in page, "all five answers came by one of them"
    for giver, to in zip(ring[1:], (*ring[2:], "Mira"), strict=True):
        answered(giver, to, "Another roof")
    page = _text(browser("Olga").get("/referrals/quality"))
    assert "well served, say the prospects" in page
    assert "9 of 9" in page


def test_those_who_care_see_how_prospects_were_served_and_leaders_do_not(
    browser: OpenBrowser, morning: Morning
) -> None:
    slip = _move(morning, "Max", _give(morning), *WON)
    _served(morning, "Mira", slip, Served.MIXED)
    client = browser("Olga").client.application.test_client

    def page(role: Role) -> Any:
        token = builders.signed_in(morning.ctx, None, label="Screen", role=role, group_id=morning.group_id)
        return Browser(client(), token).get("/o/care")

    told = _text(page(Role.CARE))
    assert "Served by Max D&#39;Alò" in told
    assert "half and half" in told
    assert "Chiara" not in told
    for role in (Role.LEADER, Role.SECRETARY, Role.ORGANISER, Role.MEMBER):
        assert page(role).status_code in {403, 404}
    elsewhere = builders.signed_in(morning.ctx, None, label="Screen", role=Role.CARE, group_id=morning.other_group_id)
    assert "D&#39;Alò" not in _text(Browser(client(), elsewhere).get("/o/care"))


def test_whoever_cares_for_members_finds_the_way_from_the_numbers_and_back(
    browser: OpenBrowser, morning: Morning
) -> None:
    client = browser("Olga").client.application.test_client

    def rail(role: Role, path: str) -> dict[str, str]:
        token = builders.signed_in(morning.ctx, morning.people["Olga"], role=role, group_id=morning.group_id)
        page = _text(Browser(client(), token).get(path))
        inside = page.partition('aria-label="Main"')[2].partition("</nav>")[0]
        return {
            words: address for address, words in re.findall(r'href="([^"]+)"[^>]*><svg.*?</svg>([^<]+)</a>', inside)
        }

    for path in ("/o/numbers", "/o/report", "/o/lights", "/o/weeks"):
        assert rail(Role.CARE, path).items() >= {"Care": "/o/care", "Numbers": "/o/numbers"}.items()
        assert "Care" not in rail(Role.LEADER, path)
    assert "Care" in rail(Role.CARE, "/o/care")
