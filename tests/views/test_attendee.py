"""The attendee's pages over HTTP: what a phone is shown, to whom, and what never travels over an open line."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from server.domain.vocabulary import AttendanceStatus, ContactField, MeetingStatus, Standing, Uid
from server.persistence.models import Attendance, Badge, FollowUp, Group, Meeting, Person
from server.services import badges, consents, contacts, exchanges, phones, rounds
from server.services.context import Tx
from server.views import guards
from tests.conftest import Browser, FakeClock, Statements
from tests.mornings import Morning
from tests.rooms import an_earlier_morning, everybody_in, seat_rounds

Open = Callable[[str | None], Browser]
TABLES = [[["Mira", "Max"], ["Vik", "Dora"]], [["Mira", "Vik"], ["Max", "Dora"]], [["Mira", "Dora"], ["Max", "Vik"]]]
CANARIES = {
    "email": "canary@mail.example",
    "phone": "+39 555 CANARY 1",
    "note": "Canary note",
    "promise": "Canary promise",
}


@pytest.fixture
def room(morning: Morning) -> Morning:
    """The cast in the room with three rounds planned; what people look for is on their cards."""
    everybody_in(morning)
    seat_rounds(morning, TABLES)

    def fill(tx: Tx) -> None:
        for name, key in morning.people.items():
            person = tx.db.get_one(Person, key)
            person.looks_for, person.phone = f"hotels for {name}", "+39 02 55501"

    morning.ctx.transaction(fill)
    return morning


def uid_of(morning: Morning, who: str) -> Uid:
    with morning.ctx.reading() as db:
        return Uid(db.get_one(Person, morning.people[who]).uid)


def opens(morning: Morning, who: str, *fields: ContactField) -> None:
    for field in fields:
        consents.say(
            morning.ctx, person_id=morning.people[who], field=field, given=True, language="en", channel="phone"
        )


def asks(morning: Morning, who: str, whom: str) -> str:
    answer = exchanges.ask(
        morning.ctx, meeting_id=morning.meeting_id, asker=morning.people[who], asked=uid_of(morning, whom)
    )
    return str(answer["uid"])


def press(morning: Morning, number: int, verb: Callable[..., object]) -> None:
    versions = {each.number: each.clock.version for each in rounds.listed(morning.ctx, morning.meeting_id)}
    verb(morning.ctx, meeting_id=morning.meeting_id, number=number, version=versions[number])


def held(morning: Morning, *numbers: int) -> None:
    for number in numbers:
        press(morning, number, rounds.start)
        press(morning, number, rounds.end)


def seen(reply: Any) -> str:
    """The page's words: markup, templates for scripts and hidden parts left out."""
    page = reply.get_data(as_text=True).split("<main", 1)[1].split("</main>")[0]
    page = re.sub(r"<(template|script|noscript)\b.*?</\1>", "", page, flags=re.S)
    page = re.sub(r"<(\w+)[^>]*\shidden(?:=\"\")?>.*?</\1>", "", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def me(morning: Morning, rest: str = "") -> str:
    return f"/me/{morning.meeting_uid}{rest}"


# --- a badge is opened


def test_every_badge_that_opens_nothing_looks_the_same(app: Flask, morning: Morning, browser: Open) -> None:
    def revoke(tx: Tx) -> str:
        badge = tx.db.scalars(select(Badge).where(Badge.person_id == morning.people["Max"])).one()
        badge.revoked_at = tx.now
        return badges.code_of(morning.ctx, badge)

    revoked = morning.ctx.transaction(revoke)
    # Mira's is a badge of this morning; she has not come yet.
    codes = ["0000000000000", morning.codes["Sam"], revoked, morning.codes["Mira"], "x" * 13, "!!!!!!!!!!!!!"]
    nobody = browser(None)
    replies = [nobody.get(f"/B/{code}") for code in codes]
    assert {reply.status_code for reply in replies} == {404}
    assert len({len(reply.data) for reply in replies}) == 1
    assert len({seen(reply) for reply in replies}) == 1
    for name in ("Mira", "Max", "Łukasik", "Breakfast", "Colazione"):
        assert name not in seen(replies[3])


def test_a_stranger_with_a_phone_of_another_group_sees_the_same(room: Morning, browser: Open) -> None:
    sam, door = browser("Sam"), browser("Dora")
    replies = [who.get(f"/B/{code}") for who in (sam, door) for code in ("0000000000000", room.codes["Mira"])]
    assert {reply.status_code for reply in replies} == {404}
    assert len({seen(reply) for reply in replies}) == 1


def test_a_phone_becomes_a_persons_in_one_tap_soon_after_the_door(room: Morning, browser: Open) -> None:
    phone = browser(None)
    code = room.codes["Vik"]
    looked = [phone.get(f"/{letter}/{typed}") for letter in "Bb" for typed in (code, code.lower())]
    assert {reply.status_code for reply in looked} == {200}
    assert "This is your badge?" in seen(looked[0])
    assert "Vik" not in seen(looked[0])
    # Looking is no claim: phones open links by themselves.
    assert phone.get(me(room)).status_code == 401
    joined = phone.submit(f"/B/{room.codes['Vik']}/phone")
    assert joined.status_code == 303
    assert "HttpOnly" in joined.headers["Set-Cookie"]
    assert phone.get(joined.location).location == me(room)
    assert "Your first table" in seen(phone.get(me(room)))


def test_the_second_phone_with_the_same_badge_needs_the_code_from_the_door(room: Morning, browser: Open) -> None:
    browser(None).submit(f"/B/{room.codes['Vik']}/phone")
    second = browser(None)
    assert "Six digits" in seen(second.get(f"/B/{room.codes['Vik']}"))
    refused = second.submit(f"/B/{room.codes['Vik']}/phone")
    assert (refused.status_code, "already has its phone" in seen(refused)) == (422, True)
    assert "Six digits" in seen(refused)


def test_late_phones_join_with_six_digits_and_a_wrong_one_may_try_again(
    room: Morning, browser: Open, clock: FakeClock
) -> None:
    clock.pass_by(minutes=11)
    code = phones.make_code(room.ctx, meeting_id=room.meeting_id, attendance_uid=room.attendances["Vik"])
    phone, page = browser(None), f"/B/{room.codes['Vik']}"
    assert "Vik" not in seen(phone.get(page))
    wrong = phone.submit(f"{page}/code", {"digits": f"{(int(code) + 1) % 1_000_000:06}"})
    assert (wrong.status_code, "This is not the code" in seen(wrong)) == (422, True)
    right = phone.submit(f"{page}/code", {"digits": f"{code[:3]} {code[3:]}"})
    assert right.status_code == 303
    assert phone.get(right.location).location == me(room)


def test_ones_own_badge_opens_ones_phone_and_anothers_asks_in_one_tap(room: Morning, browser: Open) -> None:
    mira = browser("Mira")
    assert mira.get(f"/B/{room.codes['Mira']}").location == me(room)
    scanned = mira.get(f"/b/{room.codes['Max'].lower()}").location
    page = mira.get(scanned)
    assert "Exchange contacts with Max D&#39;Alò?" in seen(page)
    assert "max@example.org" not in page.get_data(as_text=True)
    assert "You show your name and company, nothing else." in seen(page)
    back = mira.submit(me(room, "/exchanges"), {"person": uid_of(room, "Max"), "back": uid_of(room, "Max")})
    assert back.location == me(room, f"/people/{uid_of(room, 'Max')}")
    assert "Asked. Waiting for the answer." in seen(mira.get(back.location))


# --- the phone's page, without any script


def test_before_the_start_the_phone_says_when_where_and_how_many_are_here(room: Morning, browser: Open) -> None:
    words = seen(browser("Mira").get(me(room)))
    assert "Breakfast no. 214" in words
    assert "Thursday, November 26, 2026 07:00 · Hotel Corona" in words
    assert "6 in the room" in words
    assert "Your first table Table 1" in words
    assert "Max" not in words


def test_in_a_round_the_phone_shows_table_time_and_partner_and_where_to_go_next(
    room: Morning, browser: Open, clock: FakeClock
) -> None:
    an_earlier_morning(room, [[["Mira", "Vik"]], [["Mira", "Max"]]])
    press(room, 1, rounds.start)
    clock.pass_by(seconds=61)
    page = browser("Mira").get(me(room))
    words = seen(page)
    assert "Round 1 of 3 Your table Table 1" in words
    assert 'aria-label="Time left 4:00"' in page.get_data(as_text=True)
    assert "D&#39;Alò Catering, Catering" in words
    assert "You met on 19 November, round 2." in words
    assert "Looks for hotels for Max" in words
    assert "Then you go to table Table 1" in words
    assert "max@example.org" not in page.get_data(as_text=True)


def test_who_sits_out_or_came_too_late_is_told_what_to_do(room: Morning, browser: Open) -> None:
    press(room, 1, rounds.start)
    assert "You join from the next round." in seen(browser("Olga").get(me(room)))


def test_between_two_rounds_the_phone_says_where_to_go_and_whom_one_just_met(room: Morning, browser: Open) -> None:
    held(room, 1)
    words = seen(browser("Mira").get(me(room)))
    assert "Next: round 2 of 3 Go to table Table 1" in words
    assert "You just met Max" in words
    assert "Contacts of today" not in words


def test_afterwards_everybody_met_is_there_with_a_note_a_promise_and_the_question(room: Morning, browser: Open) -> None:
    held(room, 1, 2, 3)
    asks(room, "Fiona", "Mira")
    mira = browser("Mira")
    words = seen(mira.get(me(room)))
    assert "3 people met" in words
    for name in ("Max D&#39;Alò", "Vik", "Dora Wiśniewska"):
        assert name in words
    assert words.count("Stay in touch?") == 3
    assert "Fiona Kelly Kelly Training Asks to exchange contacts" in words
    saved = mira.submit(
        me(room, f"/people/{uid_of(room, 'Max')}"),
        {"stay": "yes", "note": "By the lake", "promise": "A number", "due_on": "2026-12-05", "op": "1"},
    )
    assert saved.location == me(room) + f"#p-{uid_of(room, 'Max')}"
    page = mira.get(me(room)).get_data(as_text=True)
    assert "By the lake" in page
    assert 'value="A number"' in page
    assert 'value="2026-12-05"' in page
    assert re.search(r'value="yes" checked', page)
    with room.ctx.reading() as db:
        assert db.scalars(select(FollowUp.text)).all() == ["A number"]


def test_a_note_that_is_too_long_comes_back_with_what_was_typed(room: Morning, browser: Open) -> None:
    person = uid_of(room, "Max")
    reply = browser("Mira").submit(me(room, f"/people/{person}"), {"promise": "x" * 301, "note": "kept"})
    assert reply.status_code == 422
    assert "too long" in seen(reply)
    assert "kept" in reply.get_data(as_text=True)


def test_a_request_is_answered_and_taken_back_with_forms_alone(room: Morning, browser: Open) -> None:
    opens(room, "Mira", ContactField.EMAIL)
    uid = asks(room, "Mira", "Max")
    max_, mira = browser("Max"), browser("Mira")
    assert "Asks to exchange contacts" in seen(max_.get(me(room)))
    assert max_.submit(me(room, f"/exchanges/{uid}/accept")).location == me(room)
    assert "mailto:mira@example.org" in max_.get(me(room)).get_data(as_text=True)
    assert mira.submit(me(room, f"/exchanges/{uid}/withdraw")).status_code == 303
    assert "mira@example.org" not in max_.get(me(room)).get_data(as_text=True)


def test_a_script_gets_the_exchange_as_it_is_now_and_refusals_in_words(room: Morning, browser: Open) -> None:
    opens(room, "Max", ContactField.EMAIL)
    mira = browser("Mira")
    answer = mira.send(me(room, "/exchanges"), {"person": uid_of(room, "Max")}, op="one").get_json()
    again = mira.send(me(room, "/exchanges"), {"person": uid_of(room, "Max")}, op="one").get_json()
    assert answer == again
    assert answer["exchanges"][answer["uid"]]["card"]["email"] == "max@example.org"
    refused = mira.send(me(room, "/exchanges"), {"person": uid_of(room, "Sam")})
    assert (refused.status_code, refused.get_json()["code"]) == (404, "person_not_here")
    wrong = mira.send(me(room, f"/people/{uid_of(room, 'Max')}"), {"stay": "perhaps"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "stay_unknown")
    assert mira.send(me(room, f"/people/{uid_of(room, 'Max')}"), {"due_on": "soon"}).get_json()["code"] == "date_needed"
    assert mira.send(me(room, f"/people/{uid_of(room, 'Max')}"), {"note": "by script"}).get_json()["ok"] is True


# --- one's own card


def test_a_visitor_keeps_their_own_card(room: Morning, browser: Open) -> None:
    vik = browser("Vik")
    assert 'value="Vik &amp; Sons"' in vik.get("/me/card").get_data(as_text=True)
    form = {"given_name": "Viktor", "family_name": "", "company": "Vik & Sons", "sector": "Plumber"}
    assert vik.submit("/me/card", form | {"email": "vik@new.example", "phone": ""}).location == "/me/card?saved=1"
    refused = vik.submit("/me/card", form | {"email": "vik at home"})
    assert refused.status_code == 422
    assert "vik at home" in refused.get_data(as_text=True)
    assert 'aria-invalid="true"' in refused.get_data(as_text=True)
    with room.ctx.reading() as db:
        assert db.get_one(Person, room.people["Vik"]).email == "vik@new.example"


def test_every_switch_is_off_until_its_owner_says_otherwise(room: Morning, browser: Open) -> None:
    max_ = browser("Max")
    page = max_.get("/me/card").get_data(as_text=True)
    assert (page.count('aria-checked="false"'), page.count('aria-checked="true"')) == (4, 0)
    assert max_.submit("/me/consents", {"field": "phone", "given": "1"}).location == "/me/card#others"
    answer = max_.send("/me/consents", {"field": "email", "given": "1"}).get_json()
    assert (answer["field"], answer["given"]) == ("email", True)
    assert max_.get("/me/card").get_data(as_text=True).count('aria-checked="true"') == 2
    for wrong in ("company", "password", ""):
        assert max_.send("/me/consents", {"field": wrong, "given": "1"}).get_json()["code"] == "consent_unknown"


# --- walls


def test_sam_sees_nothing(room: Morning, browser: Open) -> None:
    uid = asks(room, "Mira", "Max")
    sam, mira = browser("Sam"), uid_of(room, "Mira")
    for page in ("", "/joined", f"/people/{mira}"):
        reply = sam.get(me(room, page))
        assert reply.status_code == 404
        assert "Mira" not in reply.get_data(as_text=True)
    for write in ("/exchanges", f"/exchanges/{uid}/accept", f"/exchanges/{uid}/withdraw", f"/people/{mira}"):
        assert sam.send(me(room, write), {"person": mira, "note": "?"}).status_code == 404
    assert sam.get("/me/card").status_code == 200  # his own
    assert "Sam" in sam.get("/me/card").get_data(as_text=True)


def test_somebody_else_in_the_room_cannot_touch_an_exchange(room: Morning, browser: Open) -> None:
    uid = asks(room, "Mira", "Max")
    vik = browser("Vik")
    for verb in ("accept", "decline", "withdraw"):
        assert vik.send(me(room, f"/exchanges/{uid}/{verb}")).get_json()["code"] == "exchange_unknown"
    assert "Mira" not in json.dumps(vik.send(me(room, "/exchanges"), {"person": uid_of(room, "Dora")}).get_json())


def _canaries(room: Morning) -> None:
    def fill(tx: Tx) -> None:
        for name, key in room.people.items():
            person = tx.db.get_one(Person, key)
            person.email, person.phone = f"{name}.{CANARIES['email']}", CANARIES["phone"]

    room.ctx.transaction(fill)
    for who in ("Mira", "Max", "Vik"):
        opens(room, who, *consents.OFFERED)
    for who, whom in (("Mira", "Max"), ("Mira", "Vik"), ("Dora", "Mira")):
        asks(room, who, whom)
    for whom in ("Max", "Vik"):
        contacts.write_down(
            room.ctx,
            meeting_id=room.meeting_id,
            owner=room.people["Mira"],
            about=uid_of(room, whom),
            jotting=contacts.Jotting(note=CANARIES["note"], promise=CANARIES["promise"]),
        )


def _everything_a_phone_receives(app: Flask, room: Morning, address: str) -> str:
    """All pages, the state, the socket's snapshot and its news, for Mira's phone at an address."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    client.set_cookie(guards.COOKIE, room.tokens["Mira"])
    socket = app.extensions["coltiva_sockets"].test_client(app, flask_test_client=client)
    got = [socket.emit("join", {"meeting": room.meeting_uid}, callback=True)]
    phone = Browser(client, None)

    def look() -> None:
        for page in (me(room), me(room, f"/people/{uid_of(room, 'Max')}"), me(room, "/joined"), "/me/card"):
            reply = client.get(page)
            assert reply.status_code == 200, page
            got.append(reply.get_data(as_text=True))
        got.append(client.get(f"/state/{room.meeting_uid}").get_data(as_text=True))

    look()
    press(room, 1, rounds.start)
    look()
    got.append(phone.send(me(room, "/exchanges"), {"person": uid_of(room, "Max")}).get_data(as_text=True))
    opens(room, "Dora", ContactField.EMAIL)
    press(room, 1, rounds.end)
    look()
    held(room, 2, 3)
    look()
    return str(got) + str(socket.get_received())


def test_over_an_open_line_no_address_number_note_or_promise_ever_travels(app: Flask, room: Morning) -> None:
    _canaries(room)
    received = _everything_a_phone_receives(app, room, "192.168.7.7")
    assert [name for name, canary in CANARIES.items() if canary in received] == []
    assert "hotels for Max" in received


def test_over_a_safe_line_they_do(app: Flask, room: Morning) -> None:
    _canaries(room)

    def declare(tx: Tx) -> None:
        tx.db.get_one(Group, room.group_id).own_network = True

    room.ctx.transaction(declare)
    received = _everything_a_phone_receives(app, room, "192.168.7.7")
    assert [name for name, canary in CANARIES.items() if canary not in received] == []


def test_over_an_open_line_notes_are_refused_and_answers_are_taken(app: Flask, room: Morning) -> None:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "192.168.7.7"
    phone, page = Browser(client, room.tokens["Mira"]), me(room, f"/people/{uid_of(room, 'Max')}")
    assert phone.send(page, {"note": "Secret"}).get_json()["code"] == "private_line_needed"
    assert phone.send(page, {"stay": "yes"}).get_json()["ok"] is True
    phone.submit("/me/card", {"given_name": "Mira", "company": "Foto", "email": "new@example.org"})
    with room.ctx.reading() as db:
        mira = db.get_one(Person, room.people["Mira"])
        assert (mira.company, mira.email) == ("Foto", "mira@example.org")


# --- cost


def test_every_page_asks_at_most_twelve_questions(room: Morning, browser: Open, statements: Statements) -> None:
    an_earlier_morning(room, [[["Mira", "Max"]]])
    _canaries(room)
    mira = browser("Mira")

    def cost(page: str) -> int:
        with statements() as sent:
            assert mira.get(page).status_code in {200, 302}
        return len(sent)

    pages = [me(room), me(room, f"/people/{uid_of(room, 'Max')}"), "/me/card", f"/B/{room.codes['Max']}"]
    costs = {page: cost(page) for page in pages}
    press(room, 1, rounds.start)
    costs["round"] = cost(me(room))
    press(room, 1, rounds.end)
    costs["break"] = cost(me(room))
    held(room, 2, 3)
    costs["after"] = cost(me(room))
    assert {page: number for page, number in costs.items() if number > 12} == {}


def test_a_page_costs_the_same_however_many_people_were_met(
    room: Morning, browser: Open, statements: Statements
) -> None:
    def many(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, room.meeting_id)
        for number in range(40):
            person = Person(given_name=f"Guest {number}", created_at=tx.now)
            tx.db.add(person)
            tx.db.flush()
            tx.db.add(
                Attendance(
                    meeting_id=meeting.id,
                    person_id=person.id,
                    standing=Standing.VISITOR,
                    status=AttendanceStatus.PRESENT,
                    entered_at=tx.now,
                )
            )

    held(room, 1, 2, 3)
    with statements() as few:
        browser("Mira").get(me(room))
    room.ctx.transaction(many)
    with room.ctx.reading() as db:
        guests = [Uid(uid) for uid in db.scalars(select(Person.uid).where(Person.given_name.like("Guest%")))]
    for guest in guests:
        exchanges.ask(room.ctx, meeting_id=room.meeting_id, asker=room.people["Mira"], asked=guest)
    with statements() as more:
        assert browser("Mira").get(me(room)).get_data(as_text=True).count("Guest ") >= 40
    assert len(more) == len(few)


def test_a_closed_meeting_is_looked_back_at(room: Morning, browser: Open) -> None:
    def close(tx: Tx) -> None:
        tx.db.get_one(Meeting, room.meeting_id).status = MeetingStatus.CLOSED

    room.ctx.transaction(close)
    words = seen(browser("Mira").get(me(room)))
    assert "0 people met" in words
    assert "Nobody met yet" in words
