"""Seed packets: what is on whose, and what comes back at the next door, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import ContactField, FollowUpKind, StayInTouch, Uid
from server.persistence.models import Contact, FollowUp
from server.services import contacts, exchanges, meetings, packets, rounds
from server.services.context import Op, Tx
from server.services.packets import PacketText, PacketTexts, PacketView, PacketWords
from tests import builders
from tests.conftest import FakeClock, Statements
from tests.follow_ups import answer, change, consent, exchange, promise
from tests.mornings import Morning
from tests.rooms import everybody_in, seat_rounds

TABLES = [[["Mira", "Max"], ["Olga", "Vik"], ["Fiona"]], [["Mira", "Vik"], ["Olga", "Max"], ["Fiona"]]]
WORDS = PacketWords("Seed packet", "Breakfast", "", "Met", "", "Nobody", "Promised", "", "Notes", "Bring", "Fold", "en")


@pytest.fixture
def over(morning: Morning, clock: FakeClock) -> Morning:
    """Two rounds are over, the meeting is closed; Dora did not come."""
    everybody_in(morning, but=["Dora"])
    seat_rounds(morning, TABLES)
    for number in (1, 2):
        rounds.start(morning.ctx, meeting_id=morning.meeting_id, number=number, version=0)
        clock.pass_by(minutes=6)
        rounds.end(morning.ctx, meeting_id=morning.meeting_id, number=number, version=1)
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    return morning


def own(morning: Morning, who: str, *, private: bool = True) -> PacketView:
    _, packet = packets.for_one(morning.ctx, morning.meeting_id, morning.people[who], private=private)
    return packet


def code_of(packet: PacketView, name: str) -> str:
    return next(line.code for line in packet.met if line.name == name)


def bring(morning: Morning, who: str, *typed: str, op: Op | None = None) -> dict[str, int]:
    return packets.bring_back(
        morning.ctx,
        meeting_id=morning.meeting_id,
        attendance_uid=morning.attendances[who],
        typed="\n".join(typed),
        op=op,
    )


# --- what is on them


def test_everybody_who_came_gets_a_packet_with_whom_they_sat(over: Morning, statements: Statements) -> None:
    with statements() as sent:
        meeting, found = packets.for_everybody(over.ctx, over.meeting_id)
    assert len(sent) <= 4
    assert meeting.uid == over.meeting_uid
    met = {packet.owner: [(line.name, line.rounds) for line in packet.met] for packet in found}
    assert met == {
        "Max D'Alò": [("Mira Łukasik", (1,)), ("Olga Marchetti", (2,))],
        "Fiona Kelly": [],
        "Mira Łukasik": [("Max D'Alò", (1,)), ("Vik", (2,))],
        "Olga Marchetti": [("Vik", (1,)), ("Max D'Alò", (2,))],
        "Vik": [("Olga Marchetti", (1,)), ("Mira Łukasik", (2,))],
    }


def test_the_organisers_print_holds_nothing_private(over: Morning) -> None:
    exchange(over, over.meeting_id, "Mira", "Fiona")
    for field in (ContactField.EMAIL, ContactField.LOOKS_FOR):
        consent(over, "Max", field)
    change(over, "Max", looks_for="a baker", email="max@example.org")
    promise(over, over.meeting_id, "Mira", "Max", "a secret")
    answer(over, "Mira", "Max", StayInTouch.YES, note="a note")
    _, found = packets.for_everybody(over.ctx, over.meeting_id)
    said = repr(found)
    for private in ("max@example.org", "a baker", "a secret", "a note"):
        assert private not in said
    assert all(not packet.promised for packet in found)
    (miras,) = [packet for packet in found if packet.owner == "Mira Łukasik"]
    assert "Fiona Kelly" not in [line.name for line in miras.met], "who exchanged with whom is theirs"


def test_ones_own_packet_holds_what_others_opened_and_ones_own_promises(over: Morning, statements: Statements) -> None:
    change(over, "Max", looks_for="a baker", offers="dinners", email="max@example.org", phone="+39 1")
    change(over, "Vik", email="vik@example.org")
    for field in (ContactField.EMAIL, ContactField.LOOKS_FOR):
        consent(over, "Max", field)
    consent(over, "Vik", ContactField.EMAIL)
    exchange(over, over.meeting_id, "Mira", "Max")
    exchange(over, over.meeting_id, "Fiona", "Mira")
    promise(over, over.meeting_id, "Mira", "Max", "a list of florists", date(2026, 12, 3))
    promise(over, None, "Mira", "Max", "of another morning")
    promise(over, over.meeting_id, "Max", "Mira", "his own promise")
    with statements() as sent:
        found = own(over, "Mira")
    assert len(sent) <= 6
    assert {line.name: (line.rounds, dict(line.card)) for line in found.met} == {
        "Max D'Alò": ((1,), {ContactField.EMAIL: "max@example.org", ContactField.LOOKS_FOR: "a baker"}),
        "Vik": ((2,), {}),
        "Fiona Kelly": ((), {}),
    }
    assert [(line.text, line.about, line.due_on) for line in found.promised] == [
        ("a list of florists", "Max D'Alò", date(2026, 12, 3))
    ]


def test_over_an_open_line_private_things_stay_at_home(over: Morning) -> None:
    change(over, "Max", looks_for="a baker", email="max@example.org")
    for field in (ContactField.EMAIL, ContactField.LOOKS_FOR):
        consent(over, "Max", field)
    exchange(over, over.meeting_id, "Mira", "Max")
    promise(over, over.meeting_id, "Mira", "Max", "a list of florists")
    found = own(over, "Mira", private=False)
    assert {line.name: dict(line.card) for line in found.met}["Max D'Alò"] == {ContactField.LOOKS_FOR: "a baker"}
    assert found.promised == ()


def test_what_is_taken_back_is_on_no_later_print(over: Morning) -> None:
    change(over, "Max", email="max@example.org")
    consent(over, "Max", ContactField.EMAIL)
    exchange(over, over.meeting_id, "Mira", "Max")
    assert ContactField.EMAIL in next(line.card for line in own(over, "Mira").met if line.name == "Max D'Alò")
    consent(over, "Max", ContactField.EMAIL, given=False)
    assert not any(line.card for line in own(over, "Mira").met)


def test_the_same_line_has_the_same_code_on_every_print_and_no_other_line_has_it(over: Morning) -> None:
    _, everybody = packets.for_everybody(over.ctx, over.meeting_id)
    codes = [line.code for packet in everybody for line in packet.met]
    assert len(set(codes)) == len(codes) == 8
    (miras,) = [packet for packet in everybody if packet.owner == "Mira Łukasik"]
    assert {line.name: line.code for line in own(over, "Mira").met} == {line.name: line.code for line in miras.met}


def test_packets_are_printed_one_sheet_a_person() -> None:
    made = packets.print_packets(
        [PacketTexts("Mira", (PacketText("Max", ("Catering",), "K7M4XW"),), ()), PacketTexts("Max", (), ())],
        WORDS,
        paper="a4",
    )
    assert (made.sheets, made.warnings, made.pdf[:5]) == (2, (), b"%PDF-")


# --- what comes back


def _stay(morning: Morning, owner: str, about: str) -> StayInTouch | None:
    with morning.ctx.reading() as db:
        return db.scalar(
            select(Contact.stay_in_touch).where(
                Contact.owner_id == morning.people[owner], Contact.person_id == morning.people[about]
            )
        )


def _proposed(morning: Morning, owner: str) -> list[int]:
    with morning.ctx.reading() as db:
        return list(
            db.scalars(
                select(FollowUp.about_id).where(
                    FollowUp.owner_id == morning.people[owner], FollowUp.kind == FollowUpKind.ONE_TO_ONE
                )
            )
        )


def test_ticked_lines_become_kept_promises_and_warm_contacts(over: Morning) -> None:
    uid = promise(over, over.meeting_id, "Mira", "Vik", "a list of florists")
    packet = own(over, "Mira")
    (promised,) = packet.promised
    max_code = code_of(packet, "Max D'Alò")
    answered = bring(over, "Mira", promised.code, f"{max_code[:3].lower()} {max_code[3:].lower()}")
    assert answered == {"promises": 1, "in_touch": 1}
    assert _stay(over, "Mira", "Max") is StayInTouch.YES
    assert _stay(over, "Mira", "Vik") is None
    assert _proposed(over, "Mira") == [over.people["Max"]], "as after a yes on the phone"
    with over.ctx.reading() as db:
        row = db.scalars(select(FollowUp).where(FollowUp.uid == uid)).one()
        assert row.done_at is not None
    assert own(over, "Mira").promised == ()


def test_the_same_packet_twice_changes_nothing_more(over: Morning, clock: FakeClock) -> None:
    promise(over, over.meeting_id, "Mira", "Vik", "a list of florists")
    packet = own(over, "Mira")
    typed = (packet.promised[0].code, code_of(packet, "Max D'Alò"))
    bring(over, "Mira", *typed)

    def state() -> list[object]:
        with over.ctx.reading() as db:
            rows = db.execute(select(FollowUp.uid, FollowUp.done_at, FollowUp.due_on).order_by(FollowUp.id))
            cards = db.execute(select(Contact.uid, Contact.stay_in_touch, Contact.changed_at).order_by(Contact.id))
            return [*map(tuple, rows), *map(tuple, cards)]

    before = state()
    clock.pass_by(days=7)
    bring(over, "Mira", *typed)
    assert state() == before


def test_a_no_on_the_phone_becomes_a_yes_on_paper(over: Morning) -> None:
    answer(over, "Mira", "Max", StayInTouch.NO)
    bring(over, "Mira", code_of(own(over, "Mira"), "Max D'Alò"))
    assert _stay(over, "Mira", "Max") is StayInTouch.YES


def test_the_next_meetings_door_takes_the_packet_of_the_last(over: Morning, clock: FakeClock) -> None:
    packet = own(over, "Mira")

    def work(tx: Tx) -> tuple[int, str]:
        group = tx.db.get_one(builders.Group, over.group_id)
        meeting = builders.a_meeting(tx, group, builders.START + timedelta(days=7))
        person = tx.db.get_one(builders.Person, over.people["Mira"])
        return meeting.id, builders.an_attendance(tx, meeting, person).uid

    clock.pass_by(days=7)
    meeting_id, attendance_uid = over.ctx.transaction(work)
    answered = packets.bring_back(
        over.ctx,
        meeting_id=meeting_id,  # type: ignore[arg-type]  # a key
        attendance_uid=Uid(attendance_uid),
        typed=code_of(packet, "Vik"),
    )
    assert answered == {"promises": 0, "in_touch": 1}


def test_somebody_elses_code_or_a_slip_of_the_pen_writes_nothing_down(over: Morning) -> None:
    miras = own(over, "Mira")
    for typed in ((code_of(own(over, "Max"), "Mira Łukasik"),), (code_of(miras, "Max D'Alò"), "000000")):
        with pytest.raises(RuleViolation) as refused:
            bring(over, "Mira", *typed)
        assert (refused.value.code, refused.value.params["field"]) == ("packet_code_unknown", "codes")
    assert _stay(over, "Mira", "Max") is None
    with over.ctx.reading() as db:
        assert db.scalar(select(func.count()).select_from(Contact)) == 0


def test_somebody_who_is_not_on_this_list_brings_nothing(over: Morning) -> None:
    with pytest.raises(NotFound):
        packets.bring_back(over.ctx, meeting_id=over.meeting_id, attendance_uid=Uid("0" * 16), typed="000000")


def test_sent_again_it_is_one_and_the_same(over: Morning) -> None:
    promise(over, over.meeting_id, "Mira", "Vik", "a list of florists")
    code = own(over, "Mira").promised[0].code
    op = Op(id="1", kind="packet", body={"codes": code})
    assert bring(over, "Mira", code, op=op) == bring(over, "Mira", code, op=op) == {"promises": 1, "in_touch": 0}


def test_a_promise_that_was_let_go_is_not_kept_by_a_late_tick(over: Morning) -> None:
    uid = promise(over, over.meeting_id, "Mira", "Vik", "a list of florists")
    code = own(over, "Mira").promised[0].code

    def drop(tx: Tx) -> None:
        tx.db.scalars(select(FollowUp).where(FollowUp.uid == uid)).one().dropped_at = tx.now

    over.ctx.transaction(drop)
    bring(over, "Mira", code)
    with over.ctx.reading() as db:
        assert db.scalars(select(FollowUp).where(FollowUp.uid == uid)).one().done_at is None


def test_ending_an_exchange_ends_what_paper_shows_next_time(over: Morning) -> None:
    change(over, "Max", email="max@example.org")
    consent(over, "Max", ContactField.EMAIL)
    exchange(over, over.meeting_id, "Mira", "Max")
    (view,) = exchanges.of_person(over.ctx, over.meeting_id, over.people["Mira"]).exchanges
    exchanges.withdraw(over.ctx, meeting_id=over.meeting_id, person_id=over.people["Mira"], exchange=view.uid)
    assert not any(line.card for line in own(over, "Mira").met)


def test_meeting_many_again_and_again_asks_no_more_questions(over: Morning, statements: Statements) -> None:
    packet = own(over, "Mira")
    one, two = code_of(packet, "Max D'Alò"), code_of(packet, "Vik")
    with statements() as few:
        bring(over, "Mira", one)
    with statements() as more:
        bring(over, "Mira", one, two)
    assert len(more) <= len(few) + 6
    assert contacts.met(over.ctx, over.meeting_id, over.people["Mira"])[0].stay is StayInTouch.YES
