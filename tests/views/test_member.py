"""The member's pages over HTTP: the board, the slip, follow-ups, files; who may see them and over which line."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from server.domain.referrals import Served
from server.domain.vocabulary import ContactField, MeetingStatus, ReferralState, StayInTouch, Uid
from server.persistence.models import Group, Meeting, Person
from server.services import follow_ups, referrals, slips
from server.services.context import Json
from server.services.referrals import SlipFields
from tests.conftest import Browser, FakeClock, Statements
from tests.follow_ups import DAY, ROUNDS, answer, change, consent, exchange, promise
from tests.mornings import Morning
from tests.rooms import an_earlier_morning
from tests.screens import Screen

OpenBrowser = Callable[[str | None], Browser]
WHOLE = {
    "to": "Max",
    "prospect_name": "Chiara D'Amico",
    "reach": "+39 031 555 123",
    "need": "Twelve rooms to furnish",
    "level": "3",
    "vouch": "saw_the_work",
    "consent": "1",
    "comments": "Call after ten.",
    "do": "give",
}
SECRETS = ("Chiara", "555 123", "after ten", "no time before May")


def _text(reply: Any) -> str:
    return str(reply.get_data(as_text=True))


def _give(browser: Browser, op: str | None = None, **changes: str) -> Any:
    form = {name: value for name, value in (WHOLE | changes).items() if value}
    return browser.submit("/referrals", form | ({"op": op} if op else {}))


def _slip(morning: Morning, giver: str = "Mira", to: str = "Max") -> Json:
    fields = SlipFields(
        "Twelve rooms", 3, "used_it", True, "Chiara D'Amico", "+39 031 555 123", "Call after ten."
    )
    return referrals.write(
        morning.ctx,
        group_id=morning.group_id,
        giver=morning.people[giver],
        to=to,
        fields=fields,
        give=True,
    )


def _version(page: str, uid: str) -> str:
    found = re.search(rf'/referrals/{uid}/moves">.*?name="version" value="(\d+)"', page, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def earlier(morning: Morning) -> int:
    """Last week's meeting, closed, with proposals, a promise, a note and contacts exchanged."""
    meeting_id = an_earlier_morning(morning, ROUNDS)

    def close(tx: Any) -> None:
        tx.db.get_one(Meeting, meeting_id).status = MeetingStatus.CLOSED

    morning.ctx.transaction(close)
    answer(morning, "Mira", "Max", StayInTouch.YES, note="Opens a second kitchen in May")
    answer(morning, "Mira", "Olga", StayInTouch.YES)
    promise(morning, meeting_id, "Mira", "Max", "the number of the Grand Hotel", date(2026, 11, 24))
    exchange(morning, meeting_id, "Mira", "Max")
    consent(morning, "Max", ContactField.EMAIL)
    consent(morning, "Max", ContactField.PHONE)
    change(morning, "Max", phone="+39 031 555 123")
    follow_ups.after_meeting(morning.ctx, meeting_id=meeting_id)  # type: ignore[arg-type]
    return meeting_id


def _uid_of(morning: Morning, meeting_id: int) -> str:
    with morning.ctx.reading() as db:
        return db.get_one(Meeting, meeting_id).uid


def _won(morning: Morning, served: Served) -> str:
    """A slip from Mira to Max that became business, and how its prospect was served."""
    slip = _slip(morning)
    for to in (ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.WON):
        slip = referrals.move(
            morning.ctx,
            group_id=morning.group_id,
            actor=morning.people["Max"],
            uid=slip["uid"],
            version=slip["version"],
            to=to,
        )
    referrals.tell_served(
        morning.ctx,
        group_id=morning.group_id,
        actor=morning.people["Mira"],
        uid=slip["uid"],
        version=slip["version"],
        served=served,
    )
    return str(slip["uid"])


def _away(browser: Browser) -> Browser:
    """The same browser on another computer of an open network."""
    browser.client.environ_base["REMOTE_ADDR"] = "192.168.7.7"
    return browser


def test_a_slip_is_given_from_the_form_and_stands_on_both_boards(browser: OpenBrowser) -> None:
    mira, max_ = browser("Mira"), browser("Max")
    reply = _give(mira)
    assert reply.status_code == 303
    assert "It is with Max now." in _text(mira.get(reply.headers["Location"]))
    assert "For Max D&#39;Alò" in _text(mira.get("/referrals"))
    theirs = _text(max_.get("/referrals"))
    assert "1 slip waits for your answer." in theirs
    assert "from Mira Łukasik, today" in theirs


def test_what_is_missing_stands_at_its_field_and_the_draft_is_kept(browser: OpenBrowser) -> None:
    mira, max_ = browser("Mira"), browser("Max")
    reply = _give(mira, reach="", vouch="", consent="")
    page = _text(mira.get(reply.headers["Location"]))
    assert "Kept as a draft." in page
    assert 'id="f-reach-error"' in page
    assert 'id="vouch-error"' in page
    assert 'id="consent-error"' in page
    assert 'value="Chiara D&#39;Amico"' in page
    assert "Chiara" not in _text(max_.get("/referrals"))
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    uid = reply.headers["Location"].partition("?")[0]
    given = mira.submit(uid, WHOLE | {"version": version[1]})
    assert given.headers["Location"].endswith("said=given")
    assert "from Mira Łukasik, today" in _text(max_.get("/referrals"))


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("to", "Zoroaster", "No member is called Zoroaster."),
        ("to", "m", "Who is meant?"),
        ("to", "", "To whom does the slip go?"),
        ("level", "9", "Choose one of the five levels"),
        ("need", "x" * 301, "is too long"),
        ("reach", "x" * 201, "is too long"),
    ],
)
def test_a_refusal_stands_at_its_field_with_everything_typed(
    browser: OpenBrowser, field: str, value: str, text: str
) -> None:
    reply = _give(browser("Mira"), **{field: value})
    page = _text(reply)
    assert reply.status_code == 422
    error = re.search(rf'id="(?:f-)?{field}-error">.*?</p>', page, re.DOTALL)
    assert error
    assert text in error[0]
    assert 'value="Chiara D&#39;Amico"' in page
    assert re.search(r'name="consent" value="1" checked', page)


def test_a_box_unticked_stays_unticked_when_the_form_comes_back(browser: OpenBrowser) -> None:
    page = _text(_give(browser("Mira"), to="Zoroaster", consent=""))
    assert re.search(r'name="consent" value="1"(?! checked)', page)


def test_a_form_sent_twice_is_one_slip(browser: OpenBrowser, morning: Morning) -> None:
    mira = browser("Mira")
    assert _give(mira, op="one").headers["Location"] == _give(mira, op="one").headers["Location"]
    assert len(slips.board(morning.ctx, morning.people["Max"])) == 1


def test_a_draft_kept_on_purpose_goes_back_to_the_board_and_can_be_thrown_away(browser: OpenBrowser) -> None:
    mira = browser("Mira")
    reply = _give(mira, do="keep", need="")
    uid = reply.headers["Location"].partition("#slip-")[2]
    page = _text(mira.get(f"/referrals/{uid}"))
    assert 'id="f-need-error"' not in page
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    assert mira.submit(f"/referrals/{uid}/thrown-away", {"version": version[1]}).status_code == 303
    assert mira.get(f"/referrals/{uid}").status_code == 404


def test_a_member_comes_to_a_slip_for_somebody_with_the_name_filled_in(
    browser: OpenBrowser, morning: Morning
) -> None:
    with morning.ctx.reading() as db:
        uid = db.get_one(Person, morning.people["Max"]).uid
    assert 'value="Max D&#39;Alò"' in _text(browser("Mira").get(f"/referrals/new?to={uid}"))


def test_the_receiver_moves_it_from_the_board_and_comes_back_to_it(
    browser: OpenBrowser, morning: Morning
) -> None:
    slip, max_ = _slip(morning), browser("Max")
    version = _version(_text(max_.get("/referrals")), slip["uid"])
    reply = max_.submit(
        f"/referrals/{slip['uid']}/moves", {"to": "accepted", "version": version, "back": "board"}
    )
    assert reply.headers["Location"] == f"/referrals#slip-{slip['uid']}"
    assert "taken on" in _text(browser("Mira").get("/referrals"))


def test_a_verdict_wants_its_reason_and_keeps_the_note(browser: OpenBrowser, morning: Morning) -> None:
    slip, max_ = _slip(morning), browser("Max")
    form: dict[str, object] = {"to": "declined", "version": slip["version"], "note": "no time before May"}
    reply = max_.submit(f"/referrals/{slip['uid']}/moves", form)
    assert reply.status_code == 422
    assert "Choose a reason" in _text(reply)
    assert max_.submit(f"/referrals/{slip['uid']}/moves", form | {"reason": "no_capacity"}).status_code == 303
    page = _text(browser("Mira").get(f"/referrals/{slip['uid']}"))
    assert "No time for it now" in page
    assert "no time before May" in page


def test_who_is_second_is_told_and_sees_how_it_stands(browser: OpenBrowser, morning: Morning) -> None:
    slip, max_ = _slip(morning), browser("Max")
    form: dict[str, object] = {"to": "accepted", "version": slip["version"]}
    assert max_.submit(f"/referrals/{slip['uid']}/moves", form).status_code == 303
    reply = max_.submit(f"/referrals/{slip['uid']}/moves", form)
    assert reply.status_code == 422
    assert "Somebody was faster" in _text(reply)
    assert "I got in touch" in _text(reply)


def test_a_move_to_nowhere_is_no_page(browser: OpenBrowser, morning: Morning) -> None:
    slip = _slip(morning)
    reply = browser("Max").submit(
        f"/referrals/{slip['uid']}/moves", {"to": "heaven", "version": slip["version"]}
    )
    assert reply.status_code == 422
    with morning.ctx.reading():
        assert slips.board(morning.ctx, morning.people["Max"])[0].state is ReferralState.GIVEN


def test_filters_show_what_one_gave_or_received(browser: OpenBrowser, morning: Morning) -> None:
    _slip(morning, "Mira", "Max")
    _slip(morning, "Max", "Mira")
    mira = browser("Mira")
    assert _text(mira.get("/referrals")).count("data-said=") == 2
    given, received = _text(mira.get("/referrals?show=given")), _text(mira.get("/referrals?show=received"))
    assert ("For Max" in given, "For you" in given) == (True, False)
    assert ("For Max" in received, "For you" in received) == (False, True)


@pytest.mark.parametrize("who", ["Olga", "Fiona"])
def test_other_members_see_nothing_of_a_slip(browser: OpenBrowser, morning: Morning, who: str) -> None:
    slip, other = _slip(morning), browser(who)
    assert "Twelve rooms" not in _text(other.get("/referrals"))
    for path in (
        f"/referrals/{slip['uid']}",
        f"/referrals/{slip['uid']}/moves",
        f"/referrals/{slip['uid']}/thrown-away",
    ):
        form = {"to": "accepted", "version": slip["version"]}
        reply = other.get(path) if path.endswith(slip["uid"]) else other.submit(path, form)
        assert reply.status_code == 404
    assert "Twelve rooms" not in _text(other.get("/referrals.csv"))
    assert other.get("/referrals/state").get_json()["snapshot"] == {"slips": {}}


def test_sam_sees_nothing(browser: OpenBrowser, morning: Morning, earlier: int) -> None:
    slip, sam = _slip(morning), browser("Sam")
    meeting = _uid_of(morning, earlier)
    assert "Twelve rooms" not in _text(sam.get("/referrals"))
    assert sam.get(f"/referrals/{slip['uid']}").status_code == 404
    for ending in ("", "/follow-ups.csv", "/follow-ups.vcf", "/follow-ups.ics"):
        assert sam.get(f"/follow-ups/{meeting}{ending}").status_code == 404
    assert "Max" not in _text(sam.get("/follow-ups"))


def test_a_visitor_has_no_board_and_a_list_of_the_meeting(browser: OpenBrowser, morning: Morning) -> None:
    vik = browser("Vik")
    assert vik.get("/referrals").status_code == 404
    page = vik.get(f"/follow-ups/{morning.meeting_uid}")
    assert page.status_code == 200
    assert f'href="/me/{morning.meeting_uid}"' in _text(page)
    assert 'href="/referrals"' not in _text(page)


def test_a_device_has_no_board(browser: OpenBrowser) -> None:
    for path in ("/referrals", "/follow-ups"):
        assert browser("Dora").get(path).status_code in {403, 404}


def test_over_an_open_network_nothing_private_is_sent_or_taken(
    browser: OpenBrowser, morning: Morning, earlier: int
) -> None:
    slip = _slip(morning, "Max", "Mira")
    mine = _slip(morning)
    referrals.move(
        morning.ctx,
        group_id=morning.group_id,
        actor=morning.people["Max"],
        uid=mine["uid"],
        version=mine["version"],
        to=ReferralState.DECLINED,
        note="no time before May",
        reason="no_capacity",
    )
    won = _won(morning, Served.NO)
    draft = _give(browser("Mira"), do="keep")
    for uid, told in ((won, "not well served"), (mine["uid"], "refused for a reason of the receiver&#39;s own")):
        assert told in _text(browser("Mira").get(f"/referrals/{uid}")), "at home it is told"
    mira = _away(browser("Mira"))
    meeting = _uid_of(morning, earlier)
    paths = [
        "/referrals",
        f"/referrals/{slip['uid']}",
        f"/referrals/{mine['uid']}",
        f"/referrals/{won}",
        "/referrals/" + draft.headers["Location"].partition("#slip-")[2],
        "/referrals/state",
        "/referrals.csv",
        "/follow-ups",
        "/follow-ups.csv",
        "/follow-ups.vcf",
        "/follow-ups.ics",
        f"/follow-ups/{meeting}",
        f"/follow-ups/{meeting}/follow-ups.csv",
    ]
    for path in paths:
        reply = mira.get(path)
        assert reply.status_code == 200, path
        found = [
            secret
            for secret in (*SECRETS, "kitchen", "Grand Hotel", "max@example.org", "well served", "receiver's own")
            if secret in _text(reply).replace("&#39;", "'")
        ]
        assert not found, path
    for uid in (mine["uid"], won):
        page = _text(mira.get(f"/referrals/{uid}"))
        assert "No time for it now" not in page
        assert (" / 100" in page, "reasons and quality are shown at home" in page) == (False, True)
    refused = _give(mira, prospect_name="Anna")
    assert (refused.status_code, "is written later, over a safe line" in _text(refused)) == (422, True)
    kept = _give(mira, prospect_name="", reach="", comments="")
    assert kept.headers["Location"].endswith("?give=1")


def test_the_same_page_over_the_groups_own_network_shows_everything(
    browser: OpenBrowser, morning: Morning, earlier: int
) -> None:
    def declare(tx: Any) -> None:
        tx.db.get_one(Group, morning.group_id).own_network = True

    morning.ctx.transaction(declare)
    page = _text(_away(browser("Mira")).get("/follow-ups"))
    for shown in ("kitchen", "Grand Hotel", "max@example.org", "+39 031 555 123"):
        assert shown in page


def test_follow_ups_are_late_or_coming_and_can_be_done_moved_and_let_go(
    browser: OpenBrowser, morning: Morning, earlier: int
) -> None:
    mira = browser("Mira")
    page = _text(mira.get("/follow-ups"))
    assert "2 days late" in page
    assert "by 3 December" in page
    assert "You wanted to stay in touch." in page
    uids = re.findall(r'class="owed" id="f-(\w+)"', page)
    assert len(uids) == 3
    moved = mira.submit(f"/follow-ups/items/{uids[0]}/moved", {"due_on": "2026-11-30"})
    assert moved.headers["Location"] == f"/follow-ups#f-{uids[0]}"
    assert "by 30 November" in _text(mira.get("/follow-ups"))
    assert mira.submit(f"/follow-ups/items/{uids[0]}/do").status_code == 303
    assert mira.submit(f"/follow-ups/items/{uids[1]}/drop").status_code == 303
    page = _text(mira.get("/follow-ups"))
    assert "2 done or let go" in page
    mira.submit(f"/follow-ups/items/{uids[1]}/reopen")
    assert "1 done or let go" in _text(mira.get("/follow-ups"))


@pytest.mark.parametrize("due_on", ["2026-11-01", "2031-01-01", "soon"])
def test_a_day_that_cannot_be_is_refused_where_it_was_typed(
    browser: OpenBrowser, morning: Morning, earlier: int, due_on: str
) -> None:
    mira = browser("Mira")
    uid = re.findall(r'class="owed" id="f-(\w+)"', _text(mira.get("/follow-ups")))[0]
    reply = mira.submit(f"/follow-ups/items/{uid}/moved", {"due_on": due_on})
    assert reply.status_code == 422
    assert f'id="due-{uid}-error"' in _text(reply)


def test_what_is_no_command_or_not_ones_own_is_refused(
    browser: OpenBrowser, morning: Morning, earlier: int
) -> None:
    mira, max_ = browser("Mira"), browser("Max")
    uid = re.findall(r'class="owed" id="f-(\w+)"', _text(mira.get("/follow-ups")))[0]
    assert mira.submit(f"/follow-ups/items/{uid}/burn").status_code == 422
    reply = max_.submit(f"/follow-ups/items/{uid}/do")
    assert reply.status_code == 422
    assert "There is no such follow-up on your list." in _text(reply)
    assert mira.submit(f"/follow-ups/one-to-ones/{uid}/doubted").status_code == 422


def test_a_one_to_one_is_told_by_one_and_confirmed_by_the_other(
    browser: OpenBrowser, morning: Morning, earlier: int
) -> None:
    mira, max_ = browser("Mira"), browser("Max")
    with morning.ctx.reading() as db:
        other = db.get_one(Person, morning.people["Max"]).uid
    form = {"other": other, "held_on": (DAY + timedelta(days=2)).isoformat(), "place": "Caffè Roma"}
    assert mira.submit("/follow-ups/one-to-ones", form | {"held_on": "2027-01-01"}).status_code == 422
    assert mira.submit("/follow-ups/one-to-ones", form).status_code == 303
    page = _text(max_.get("/follow-ups"))
    assert "Mira Łukasik says you had a one-to-one." in page
    assert "On 21 November, Caffè Roma" in page
    found = re.search(r"/follow-ups/one-to-ones/(\w+)/confirmed", page)
    assert found
    assert max_.submit(f"/follow-ups/one-to-ones/{found[1]}/confirmed").status_code == 303
    assert "says you had" not in _text(max_.get("/follow-ups"))


def test_a_list_of_one_meeting_keeps_to_it_and_to_its_addresses(
    browser: OpenBrowser, morning: Morning, earlier: int
) -> None:
    mira, meeting = browser("Mira"), _uid_of(morning, earlier)
    promise(morning, None, "Mira", "Fiona", "something else")
    page = _text(mira.get(f"/follow-ups/{meeting}"))
    assert "Grand Hotel" in page
    assert "something else" not in page
    uid = re.findall(r'class="owed" id="f-(\w+)"', page)[0]
    assert f'action="/follow-ups/{meeting}/items/{uid}/moved"' in page
    reply = mira.submit(f"/follow-ups/{meeting}/items/{uid}/do")
    assert reply.headers["Location"] == f"/follow-ups/{meeting}#f-{uid}"


@pytest.mark.parametrize(
    ("path", "kind", "begins"),
    [
        ("/follow-ups.csv", "text/csv", "\ufeffGiven name,Family name"),
        ("/follow-ups.vcf", "text/vcard", "BEGIN:VCARD"),
        ("/follow-ups.ics", "text/calendar", "BEGIN:VCALENDAR"),
        ("/referrals.csv", "text/csv", "\ufeffWritten on,Given on,From,For"),
    ],
)
def test_files_come_with_their_kind_and_a_plain_name(
    browser: OpenBrowser, morning: Morning, earlier: int, path: str, kind: str, begins: str
) -> None:
    _slip(morning)
    reply = browser("Mira").get(path)
    assert reply.mimetype == kind
    assert reply.headers["Content-Disposition"].startswith("attachment; filename=")
    assert _text(reply).startswith(begins)


def test_the_table_says_states_and_answers_in_words(
    browser: OpenBrowser, morning: Morning, earlier: int
) -> None:
    mira = browser("Mira")
    table = _text(mira.get("/follow-ups.csv"))
    assert "stay in touch" in table
    assert "Promise,the number of the Grand Hotel,2026-11-24,open" in table
    _slip(morning)
    slips = _text(mira.get("/referrals.csv"))
    assert "referral,outside,waits for an answer" in slips
    assert "3 A good word,,I was a customer,yes" in slips


@pytest.mark.parametrize(
    "path", ["/referrals", "/referrals/new", "/follow-ups", "/follow-ups/MEETING", "SLIP"]
)
def test_no_page_asks_the_database_more_than_twelve_times(
    browser: OpenBrowser, morning: Morning, earlier: int, statements: Statements, path: str
) -> None:
    slips = [_slip(morning), _slip(morning, "Max", "Mira"), _slip(morning, "Olga", "Mira")]
    mira = browser("Mira")
    path = path.replace("MEETING", _uid_of(morning, earlier)).replace("SLIP", f"/referrals/{slips[1]['uid']}")
    with statements() as sent:
        assert mira.get(path).status_code == 200
    assert len(sent) <= 12, "\n".join(sent)


def test_giver_and_receiver_hear_of_a_slip_on_their_phones_and_nobody_else(
    app: Flask, morning: Morning
) -> None:
    screens = {who: Screen(app, morning, who) for who in ("Mira", "Max", "Vik", "Olga", "Dora", "display")}
    slip = _slip(morning)
    heard = {who: [news["kind"] for news in screen.hear()] for who, screen in screens.items()}
    assert {who for who, kinds in heard.items() if kinds} == {"Mira", "Max"}
    assert screens["Max"].snapshot["slips"][slip["uid"]]["moves"] == ["accepted", "declined"]
    assert screens["Mira"].snapshot["slips"][slip["uid"]]["moves"] == []
    for to in (ReferralState.ACCEPTED, ReferralState.CONTACTED, ReferralState.WON):
        slip = referrals.move(
            morning.ctx,
            group_id=morning.group_id,
            actor=morning.people["Max"],
            uid=slip["uid"],
            version=slip["version"],
            to=to,
        )
        for who in ("Mira", "Max"):
            screens[who].hear()
            assert screens[who].behind() == []
    for screen in screens.values():
        assert not [secret for secret in SECRETS if secret in str(screen.snapshot)]


def test_drafts_come_and_go_on_the_givers_screens_only(app: Flask, morning: Morning) -> None:
    screens = {who: Screen(app, morning, who) for who in ("Mira", "Max")}
    fields = SlipFields("Twelve rooms", 3, "", False)
    draft = referrals.write(
        morning.ctx,
        group_id=morning.group_id,
        giver=morning.people["Mira"],
        to="Max",
        fields=fields,
        give=False,
    )
    assert [len(screen.hear()) for screen in screens.values()] == [1, 0]
    assert screens["Mira"].behind() == []
    referrals.throw_away(
        morning.ctx,
        group_id=morning.group_id,
        giver=morning.people["Mira"],
        uid=draft["uid"],
        version=draft["version"],
    )
    screens["Mira"].hear()
    assert screens["Mira"].snapshot["slips"] == {}
    assert screens["Mira"].behind() == []


def test_a_page_without_a_meeting_joins_its_own_news_and_gets_the_same_as_over_http(
    app: Flask, morning: Morning, browser: OpenBrowser, clock: FakeClock
) -> None:
    slip, mira = _slip(morning), browser("Mira")
    socket = app.extensions["coltiva_sockets"].test_client(app, flask_test_client=mira.client)
    joined = socket.emit("join", {}, callback=True)
    assert list(joined["snapshot"]["slips"]) == [Uid(slip["uid"])]
    assert joined == mira.get("/referrals/state").get_json()
    referrals.move(
        morning.ctx,
        group_id=morning.group_id,
        actor=morning.people["Max"],
        uid=slip["uid"],
        version=slip["version"],
        to=ReferralState.ACCEPTED,
    )
    (message,) = [each["args"][0] for each in socket.get_received() if each["name"] == "news"]
    assert message["patch"]["slips"][slip["uid"]]["state"] == "accepted"
