"""Exchanging contacts, as the two who do it notice it, on both databases."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, func, select

from server.domain.errors import RuleViolation
from server.domain.events import ExchangeMoved
from server.domain.vocabulary import ContactField, ExchangeState, GroupId, MeetingStatus, PersonId, Uid
from server.persistence.models import Consent, Contact, Exchange, Group, Meeting, Person
from server.services import consents, contacts, exchanges
from server.services.bus import Told
from server.services.context import Context, Json, Op, Tx
from server.services.exchanges import ExchangeView
from server.wire import exchanges as wire
from tests import builders
from tests.conftest import FakeClock
from tests.mornings import Morning
from tests.rooms import everybody_in
from tests.screens import Screen, apply, without_nulls

EMAIL, PHONE = ContactField.EMAIL, ContactField.PHONE


@pytest.fixture
def room(morning: Morning) -> Morning:
    """The cast in the room, each with a phone number."""
    everybody_in(morning, but=("Olga",))

    def work(tx: Tx) -> None:
        for name, key in morning.people.items():
            tx.db.get_one(Person, key).phone = f"+39 02 {len(name)}00 {key}"

    morning.ctx.transaction(work)
    return morning


def uid_of(morning: Morning, who: str) -> Uid:
    with morning.ctx.reading() as db:
        return Uid(db.get_one(Person, morning.people[who]).uid)


def opens(morning: Morning, who: str, field: ContactField = EMAIL, given: bool = True) -> None:
    consents.say(
        morning.ctx, person_id=morning.people[who], field=field, given=given, language="it", channel="phone"
    )


def ask(morning: Morning, who: str, whom: str, op: Op | None = None) -> Json:
    return exchanges.ask(
        morning.ctx, meeting_id=morning.meeting_id, asker=morning.people[who], asked=uid_of(morning, whom), op=op
    )


def answer(morning: Morning, who: str, uid: str, accept: bool = True) -> Json:
    return exchanges.answer(
        morning.ctx,
        meeting_id=morning.meeting_id,
        person_id=morning.people[who],
        exchange=Uid(uid),
        accept=accept,
    )


def withdraw(morning: Morning, who: str, uid: str) -> Json:
    return exchanges.withdraw(
        morning.ctx, meeting_id=morning.meeting_id, person_id=morning.people[who], exchange=Uid(uid)
    )


def closes(morning: Morning) -> None:
    def work(tx: Tx) -> None:
        meeting = tx.db.get_one(Meeting, morning.meeting_id)
        meeting.status, meeting.closed_at = MeetingStatus.CLOSED, tx.now

    morning.ctx.transaction(work)


def seen(morning: Morning, who: str) -> dict[str, ExchangeView]:
    """What somebody's phone shows: their exchanges by the other's given name."""
    found = exchanges.of_person(morning.ctx, morning.meeting_id, morning.people[who]).exchanges
    return {view.name.split()[0]: view for view in found}


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(RuleViolation) as refused:
        act()
    return refused.value.code


def test_whoever_has_opened_a_field_is_exchanged_with_at_once(room: Morning) -> None:
    opens(room, "Max")
    opens(room, "Mira", PHONE)
    assert ask(room, "Mira", "Max")["state"] == "accepted"
    assert seen(room, "Mira")["Max"].card == {EMAIL: "max@example.org"}
    # The asker's own open fields go the other way.
    assert set(seen(room, "Max")["Mira"].card) == {PHONE}


def test_whoever_has_opened_nothing_is_asked_first(room: Morning) -> None:
    opens(room, "Mira")
    uid = ask(room, "Mira", "Max")["uid"]
    assert (seen(room, "Max")["Mira"].state, seen(room, "Max")["Mira"].mine) == (ExchangeState.WAITING, False)
    assert seen(room, "Max")["Mira"].card == {}
    answer(room, "Max", uid)
    assert seen(room, "Max")["Mira"].card == {EMAIL: "mira@example.org"}
    assert seen(room, "Mira")["Max"].card == {}


def test_asking_twice_is_asking_once(room: Morning) -> None:
    first, again = ask(room, "Mira", "Max"), ask(room, "Mira", "Max")
    assert first == again
    opens(room, "Max")
    assert ask(room, "Mira", "Max") == {"uid": first["uid"], "state": "accepted"}
    assert ask(room, "Mira", "Max")["state"] == "accepted"
    with room.ctx.reading() as db:
        assert db.scalar(select(func.count()).select_from(Exchange)) == 1


def test_asking_back_is_accepting(room: Morning) -> None:
    ask(room, "Mira", "Max")
    assert ask(room, "Max", "Mira")["state"] == "accepted"


def test_two_people_who_ask_each_other_in_one_moment_have_one_exchange(room: Morning) -> None:
    start = threading.Barrier(2)
    states: list[str] = []

    def press(who: str, whom: str) -> None:
        start.wait()
        states.append(ask(room, who, whom)["state"])

    threads = [threading.Thread(target=press, args=pair) for pair in (("Mira", "Max"), ("Max", "Mira"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(states) == ["accepted", "waiting"]
    assert seen(room, "Mira")["Max"].state is ExchangeState.ACCEPTED
    with room.ctx.reading() as db:
        assert db.scalar(select(func.count()).select_from(Exchange)) == 1
        assert db.scalar(select(func.count()).select_from(Contact)) == 2


def test_a_press_sent_again_gets_its_first_answer(room: Morning) -> None:
    op = Op("a-press", "exchange", {"person": "Max"})
    first = ask(room, "Mira", "Max", op)
    withdraw(room, "Mira", first["uid"])
    assert ask(room, "Mira", "Max", op) == first
    assert seen(room, "Mira")["Max"].state is ExchangeState.WITHDRAWN


def test_not_now_stands_until_the_other_one_asks(room: Morning) -> None:
    uid = ask(room, "Mira", "Max")["uid"]
    answer(room, "Max", uid, accept=False)
    assert ask(room, "Mira", "Max")["state"] == "declined"
    assert ask(room, "Max", "Mira")["state"] == "waiting"
    assert (seen(room, "Mira")["Max"].mine, seen(room, "Max")["Mira"].mine) == (False, True)
    assert answer(room, "Mira", uid)["state"] == "accepted"


def test_nobody_answers_for_somebody_else(room: Morning) -> None:
    uid = ask(room, "Mira", "Max")["uid"]
    assert refusal(lambda: answer(room, "Mira", uid)) == "exchange_not_yours"
    assert refusal(lambda: answer(room, "Vik", uid)) == "exchange_unknown"
    assert refusal(lambda: withdraw(room, "Sam", uid)) == "exchange_unknown"
    assert refusal(lambda: withdraw(room, "Max", uid)) == "exchange_not_yours"


def test_only_people_who_came_to_the_same_open_meeting_exchange_contacts(room: Morning) -> None:
    assert refusal(lambda: ask(room, "Mira", "Sam")) == "person_not_here"
    assert refusal(lambda: ask(room, "Sam", "Mira")) == "exchange_only_here"
    assert refusal(lambda: ask(room, "Mira", "Olga")) == "exchange_only_here"
    assert refusal(lambda: ask(room, "Mira", "Mira")) == "exchange_with_self"

    uid = ask(room, "Mira", "Max")["uid"]
    closes(room)
    assert refusal(lambda: ask(room, "Mira", "Vik")) == "meeting_not_open"
    # What was asked in the room may be answered at home.
    assert answer(room, "Max", uid)["state"] == "accepted"


def test_taking_back_removes_what_was_shown_on_both_sides(room: Morning) -> None:
    opens(room, "Mira")
    opens(room, "Max")
    uid = ask(room, "Mira", "Max")["uid"]
    contacts.write_down(
        room.ctx,
        meeting_id=room.meeting_id,
        owner=room.people["Mira"],
        about=uid_of(room, "Max"),
        jotting=contacts.Jotting(note="Likes eggs"),
    )
    assert withdraw(room, "Max", uid) == withdraw(room, "Max", uid)
    assert (seen(room, "Mira")["Max"].card, seen(room, "Max")["Mira"].card) == ({}, {})
    with room.ctx.reading() as db:
        group = GroupId(room.group_id)
        assert contacts.granted(db, group, room.people["Mira"]) == {}
        # Mira's own words stay hers; Max's empty card of her is gone.
        assert db.scalars(select(Contact.note)).all() == ["Likes eggs"]


def test_taking_back_counts_for_earlier_meetings_too(room: Morning) -> None:
    opens(room, "Max")
    here = ask(room, "Mira", "Max")["uid"]

    def yesterday(tx: Tx) -> int:
        row = Exchange(
            meeting_id=builders.a_meeting(tx, tx.db.get_one(Group, room.group_id), slug="yesterday").id,
            asker_id=room.people["Max"],
            asked_id=room.people["Mira"],
            state=ExchangeState.ACCEPTED,
            asked_at=tx.now,
        )
        tx.db.add(row)
        tx.db.flush()
        return row.id

    earlier = room.ctx.transaction(yesterday)
    withdraw(room, "Mira", here)
    with room.ctx.reading() as db:
        assert db.get_one(Exchange, earlier).state is ExchangeState.WITHDRAWN
        assert contacts.granted(db, GroupId(room.group_id), room.people["Mira"]) == {}


def test_closing_a_field_takes_it_from_everybody_at_once_and_opening_gives_it_back(room: Morning) -> None:
    opens(room, "Max")
    opens(room, "Max", PHONE)
    ask(room, "Mira", "Max")
    opens(room, "Max", given=False)
    assert set(seen(room, "Mira")["Max"].card) == {PHONE}
    opens(room, "Max")
    assert set(seen(room, "Mira")["Max"].card) == {EMAIL, PHONE}


def test_consent_is_kept_as_it_was_said_and_once(room: Morning) -> None:
    opens(room, "Max")
    opens(room, "Max")
    opens(room, "Max", given=False)
    assert consents.opened(room.ctx, room.people["Max"]) == frozenset()
    with room.ctx.reading() as db:
        lines = db.scalars(select(Consent).order_by(Consent.id)).all()
    assert [(line.given, line.language, line.channel, line.text_version) for line in lines] == [
        (True, "it", "phone", consents.TEXT_VERSION),
        (False, "it", "phone", consents.TEXT_VERSION),
    ]


def test_both_phones_hear_every_step_and_others_hear_nothing(app: Flask, room: Morning) -> None:
    screens = {name: Screen(app, room, name) for name in ("Mira", "Max", "Vik")}
    opens(room, "Mira")
    uid = ask(room, "Mira", "Max")["uid"]
    steps: list[Callable[[], object]] = [
        lambda: answer(room, "Max", uid),
        lambda: opens(room, "Max", PHONE),
        lambda: opens(room, "Max", PHONE, given=False),
        lambda: withdraw(room, "Mira", uid),
    ]
    for step in (lambda: None, *steps):
        step()
        assert screens["Mira"].hear()
        assert screens["Max"].hear()
        assert (screens["Mira"].behind(), screens["Max"].behind()) == ([], [])
    assert [news for news in screens["Vik"].hear() if "exchanges" in news["patch"]] == []
    assert screens["Vik"].snapshot["exchanges"] == {}


def test_a_changed_consent_is_not_shouted_into_meetings_of_long_ago(room: Morning, clock: FakeClock) -> None:
    opens(room, "Max")
    ask(room, "Mira", "Max")
    closes(room)
    heard: list[object] = []
    room.ctx.bus.subscribe(heard.append)
    opens(room, "Max", PHONE)
    assert len(heard) == 1
    clock.pass_by(days=2)
    opens(room, "Max", PHONE, given=False)
    assert len(heard) == 1


PEOPLE = ("Mira", "Max", "Vik")
Name = st.sampled_from(PEOPLE)
Field = st.sampled_from([*consents.OFFERED, ContactField.COMPANY])


class Sharing(RuleBasedStateMachine):
    """Three people open, close, ask, answer and take back in any order."""

    room: Morning

    def __init__(self) -> None:
        super().__init__()

        def fresh(tx: Tx) -> None:
            for table in (Exchange, Consent, Contact):
                tx.db.execute(delete(table))
            for key in self.room.people.values():
                person = tx.db.get_one(Person, key)
                person.looks_for, person.offers = "eggs", "toast"

        self.room.ctx.transaction(fresh)
        self.open: dict[str, set[ContactField]] = {name: set() for name in PEOPLE}
        self.heard: dict[str, Json] = {name: {} for name in PEOPLE}
        self.agreed: set[frozenset[str]] = set()
        self.room.ctx.bus._listeners[:] = [self.tell]  # only this run listens

    def tell(self, told: Told) -> None:
        event = told.event
        assert isinstance(event, ExchangeMoved)
        by_key = {self.room.people[name]: name for name in PEOPLE}
        for person, _, private in wire.news(self.room.ctx, event.meeting_id, event.people):
            name = by_key[person]
            self.heard[name] = apply(self.heard[name], private)

    @rule(who=Name, field=Field, given=st.booleans())
    def say(self, who: str, field: ContactField, given: bool) -> None:
        opens(self.room, who, field, given)
        (self.open[who].add if given else self.open[who].discard)(field)

    @rule(who=Name, whom=Name)
    def ask(self, who: str, whom: str) -> None:
        if who != whom and ask(self.room, who, whom)["state"] == "accepted":
            self.agreed.add(frozenset({who, whom}))

    @rule(who=Name, accept=st.booleans())
    def answer(self, who: str, accept: bool) -> None:
        for name, view in seen(self.room, who).items():
            if view.state is ExchangeState.WAITING and not view.mine:
                answer(self.room, who, view.uid, accept)
                if accept:
                    self.agreed.add(frozenset({who, name}))

    @rule(who=Name)
    def take_back(self, who: str) -> None:
        for name, view in seen(self.room, who).items():
            if view.state is ExchangeState.ACCEPTED or (view.state is ExchangeState.WAITING and view.mine):
                withdraw(self.room, who, view.uid)
                self.agreed.discard(frozenset({who, name}))

    @invariant()
    def nobody_sees_a_field_that_its_owner_did_not_open_to_them(self) -> None:
        for viewer in PEOPLE:
            held = wire.section(
                self.room.ctx, self.room.meeting_id, self.room.people[viewer], private=True
            )
            with self.room.ctx.reading() as db:
                exported = contacts.granted(db, GroupId(self.room.group_id), self.room.people[viewer])
            assert without_nulls(self.heard[viewer]) == without_nulls(held)
            for other in PEOPLE:
                open_to_viewer = self.open[other] if frozenset({viewer, other}) in self.agreed else set()
                shown = {field for view in held.values() if view["with"]["name"].startswith(other)
                         for field in view["card"]}  # fmt: skip
                assert shown == {field.value for field in open_to_viewer}
                assert {f.value for f in exported.get(self.room.people[other], {})} == shown


def test_what_is_seen_is_what_is_open_whatever_happens_in_whatever_order(room: Morning) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # hypothesis ships it so
        type("Room", (Sharing,), {"room": room}),
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_private_fields_never_stand_in_what_an_open_line_carries(room: Morning) -> None:
    opens(room, "Max")
    opens(room, "Max", ContactField.LOOKS_FOR)
    ask(room, "Mira", "Max")
    key: PersonId = room.people["Mira"]
    open_line = wire.section(room.ctx, room.meeting_id, key, private=False)
    assert "max@example.org" not in str(open_line)
    assert "max@example.org" in str(wire.section(room.ctx, room.meeting_id, key, private=True))
    _, open_news, private_news = next(iter(wire.news(room.ctx, room.meeting_id, (key,))))
    assert "max@example.org" not in str(open_news)
    assert "max@example.org" in str(private_news)


def test_a_group_knows_nothing_of_another(room: Morning, ctx: Context) -> None:
    opens(room, "Max")
    ask(room, "Mira", "Max")
    with ctx.reading() as db:
        assert contacts.granted(db, GroupId(room.other_group_id), room.people["Mira"]) == {}
    assert exchanges.of_person(ctx, room.meeting_id, room.people["Sam"]).exchanges == ()
