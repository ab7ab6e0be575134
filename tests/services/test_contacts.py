"""People met, notes, promises and one's own card, as their owner notices it, on both databases."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from server.domain.errors import RuleViolation
from server.domain.vocabulary import (
    ContactField,
    FollowUpKind,
    GroupId,
    MeetingStatus,
    RoundPhase,
    StayInTouch,
    Uid,
)
from server.persistence.models import Contact, FollowUp, Meeting, Person, Round, Seat
from server.services import consents, contacts, exchanges
from server.services.contacts import Jotting, MetView
from server.services.context import Op, Tx
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds
from tests.screens import Screen


@pytest.fixture
def room(morning: Morning) -> Morning:
    """Two rounds that were held: Mira with Max, then with Max and Vik; a third is planned with Fiona."""
    everybody_in(morning)
    seat_rounds(
        morning,
        [[["Mira", "Max"], ["Vik", "Dora"]], [["Mira", "Max", "Vik"], ["Dora", "Fiona"]], [["Mira", "Fiona"]]],
    )

    def hold(tx: Tx) -> None:
        for row in tx.db.scalars(select(Round).where(Round.number < 3)):
            row.phase = RoundPhase.ENDED

    morning.ctx.transaction(hold)
    return morning


def uid_of(morning: Morning, who: str) -> Uid:
    with morning.ctx.reading() as db:
        return Uid(db.get_one(Person, morning.people[who]).uid)


def writes(morning: Morning, who: str, whom: str, op: Op | None = None, **jotting: object) -> None:
    contacts.write_down(
        morning.ctx,
        meeting_id=morning.meeting_id,
        owner=morning.people[who],
        about=uid_of(morning, whom),
        jotting=Jotting(**jotting),  # type: ignore[arg-type]  # the fields by name
        op=op,
    )


def met(morning: Morning, who: str) -> dict[str, MetView]:
    found = contacts.met(morning.ctx, morning.meeting_id, morning.people[who])
    return {view.name.split()[0]: view for view in found}


def refusal(act: Callable[[], object]) -> RuleViolation:
    with pytest.raises(RuleViolation) as refused:
        act()
    return refused.value


def test_everybody_met_is_listed_once_with_the_rounds(room: Morning) -> None:
    assert {name: view.rounds for name, view in met(room, "Mira").items()} == {"Max": (1, 2), "Vik": (2,)}
    assert met(room, "Olga") == {}


def test_somebody_met_by_exchange_alone_is_on_the_list_too(room: Morning) -> None:
    asked = uid_of(room, "Dora")
    exchanges.ask(room.ctx, meeting_id=room.meeting_id, asker=room.people["Mira"], asked=asked)
    assert "Dora" not in met(room, "Mira")
    exchanges.ask(room.ctx, meeting_id=room.meeting_id, asker=room.people["Dora"], asked=uid_of(room, "Mira"))
    assert met(room, "Mira")["Dora"].rounds == ()


def test_somebody_who_was_not_at_the_table_was_not_met(room: Morning) -> None:
    def miss(tx: Tx) -> None:
        for seat in tx.db.scalars(select(Seat).where(Seat.attendance.has(person_id=room.people["Vik"]))):
            seat.missed = True

    room.ctx.transaction(miss)
    assert list(met(room, "Mira")) == ["Max"]
    assert met(room, "Vik") == {}


def test_notes_answers_and_promises_come_back_to_their_owner_only(room: Morning) -> None:
    writes(room, "Mira", "Max", note="Knows the hotel\r\nby the lake", stay=StayInTouch.YES)
    writes(room, "Mira", "Max", promise="The printer's number", due_on=date(2026, 12, 1))
    mine = met(room, "Mira")["Max"]
    assert (mine.note, mine.stay) == ("Knows the hotel\nby the lake", StayInTouch.YES)
    assert (mine.promise, mine.due_on) == ("The printer's number", date(2026, 12, 1))
    theirs = met(room, "Max")["Mira"]
    assert (theirs.note, theirs.stay, theirs.promise) == ("", None, "")


def test_a_promise_is_a_follow_up_due_in_a_week_unless_a_day_is_said(room: Morning) -> None:
    assert met(room, "Mira")["Max"].due_on == date(2026, 12, 3)
    writes(room, "Mira", "Max", promise="Call")
    with room.ctx.reading() as db:
        row = db.scalars(select(FollowUp)).one()
    assert (row.kind, row.text, row.due_on) == (FollowUpKind.PROMISE, "Call", date(2026, 12, 3))
    assert (row.owner_id, row.about_id, row.meeting_id) == (
        room.people["Mira"],
        room.people["Max"],
        room.meeting_id,
    )


def test_a_promise_is_changed_in_place_and_taken_back_by_emptying_it(room: Morning) -> None:
    writes(room, "Mira", "Max", promise="Call")
    writes(room, "Mira", "Max", promise="Write")
    writes(room, "Mira", "Max", due_on=date(2026, 12, 9))
    assert (met(room, "Mira")["Max"].promise, met(room, "Mira")["Max"].due_on) == ("Write", date(2026, 12, 9))
    writes(room, "Mira", "Max", note="Something else")
    assert met(room, "Mira")["Max"].promise == "Write"
    writes(room, "Mira", "Max", promise="")
    with room.ctx.reading() as db:
        assert db.scalar(select(func.count()).select_from(FollowUp)) == 0


def test_a_write_sent_again_is_written_once(room: Morning) -> None:
    op = Op("a-note", "jotting", {"promise": "Call"})
    writes(room, "Mira", "Max", op, promise="Call")
    writes(room, "Mira", "Max", promise="Write")
    writes(room, "Mira", "Max", op, promise="Call")
    assert met(room, "Mira")["Max"].promise == "Write"
    with room.ctx.reading() as db:
        assert db.scalar(select(func.count()).select_from(Contact)) == 1


def test_only_people_of_the_same_meeting_can_be_written_about(room: Morning) -> None:
    assert refusal(lambda: writes(room, "Mira", "Sam", note="?")).code == "person_not_here"
    assert refusal(lambda: writes(room, "Mira", "Mira", note="?")).code == "person_not_here"
    assert refusal(lambda: writes(room, "Sam", "Mira", note="?")).code == "person_not_here"
    refused = refusal(lambda: writes(room, "Mira", "Max", note="x" * 2001))
    assert (refused.code, refused.params["field"]) == ("text_too_long", "note")


def test_one_person_is_shown_with_what_was_written_about_them(room: Morning) -> None:
    writes(room, "Mira", "Vik", note="Pipes")
    view = contacts.about(room.ctx, room.meeting_id, room.people["Mira"], uid_of(room, "Vik"))
    assert (view.name, view.note, view.rounds) == ("Vik", "Pipes", (2,))
    stranger = uid_of(room, "Sam")
    assert (
        refusal(lambda: contacts.about(room.ctx, room.meeting_id, room.people["Mira"], stranger)).code
        == "person_not_here"
    )


def test_the_other_screens_of_a_promiser_hear_of_it_and_nobody_elses(app: Flask, room: Morning) -> None:
    mine, theirs = Screen(app, room, "Mira"), Screen(app, room, "Max")
    writes(room, "Mira", "Max", promise="Call")
    assert mine.hear()
    assert mine.behind() == []
    assert theirs.hear() == []
    assert "Call" not in str(theirs.answer)


def test_an_answer_after_the_meeting_brings_the_proposals_up_to_date(room: Morning) -> None:
    def close(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, room.meeting_id)
        meeting.status, meeting.closed_at = MeetingStatus.CLOSED, tx.now

    def proposed() -> set[tuple[int, int]]:
        with room.ctx.reading() as db:
            rows = db.scalars(select(FollowUp).where(FollowUp.kind == FollowUpKind.ONE_TO_ONE))
            return {(row.owner_id, row.about_id) for row in rows}

    writes(room, "Mira", "Vik", stay=StayInTouch.YES)
    assert proposed() == set()
    room.ctx.transaction(close)
    writes(room, "Mira", "Max", stay=StayInTouch.YES)
    mira, max_ = room.people["Mira"], room.people["Max"]
    assert {(mira, max_), (max_, mira)} <= proposed()
    writes(room, "Max", "Mira", stay=StayInTouch.NO)
    assert not proposed() & {(mira, max_), (max_, mira)}


def own(morning: Morning, who: str, **change: str) -> None:
    contacts.change_own_card(
        morning.ctx, person_id=morning.people[who], group_id=GroupId(morning.group_id), change=change
    )


def test_everybody_keeps_their_own_card_and_what_is_not_said_stays(room: Morning) -> None:
    own(room, "Max", company="  D'Alò   Eventi ", phone="+39 02 555")
    card = contacts.own_card(room.ctx, room.people["Max"])
    assert (card.fields.company, card.fields.phone, card.fields.email) == (
        "D'Alò Eventi",
        "+39 02 555",
        "max@example.org",
    )
    assert card.opened == frozenset()
    with room.ctx.reading() as db:
        assert "eventi" in db.get_one(Person, room.people["Max"]).search_key


def test_a_card_that_cannot_be_is_refused_at_its_field(room: Morning) -> None:
    assert refusal(lambda: own(room, "Max", email="nowhere")).params["field"] == "email"
    assert refusal(lambda: own(room, "Max", given_name=" ", family_name="")).code == "name_missing"
    assert refusal(lambda: own(room, "Max", looks_for="x" * 301)).params["field"] == "looks_for"


def test_every_screen_shows_a_changed_card_at_once(app: Flask, room: Morning) -> None:
    consents.say(
        room.ctx,
        person_id=room.people["Max"],
        field=ContactField.EMAIL,
        given=True,
        language="en",
        channel="phone",
    )
    exchanges.ask(room.ctx, meeting_id=room.meeting_id, asker=room.people["Mira"], asked=uid_of(room, "Max"))
    screens = [Screen(app, room, who) for who in ("Mira", "Max", "Vik", "Dora", "Fiona", "Olga", "display")]
    own(room, "Max", given_name="Massimo", email="massimo@example.org")
    for screen in screens:
        screen.hear()
        assert screen.behind() == []
    assert "massimo@example.org" in str(screens[0].snapshot)
    assert "massimo@example.org" not in str([screen.snapshot for screen in screens[1:]])
