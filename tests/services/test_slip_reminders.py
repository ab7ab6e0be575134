"""Receivers are reminded by mail once for each wait, whoever looks and however often, and of nothing that has moved."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.domain.errors import RuleViolation
from server.domain.messages import MessageState
from server.domain.slip_reminders import Awaited
from server.domain.vocabulary import GroupId, ReferralState, Standing
from server.persistence.models import Membership, Person, SlipReminder
from server.services import letters, mailing, mine, referral_rules, slip_reminders, slips, workbench
from server.services.context import Context, Op, Tx
from server.services.letters import Text
from server.services.slip_reminders import Due, Page
from tests.conftest import FakeClock, Statements
from tests.mornings import Morning
from tests.services.test_reminders import Office, _open, _port, _set
from tests.services.test_slips import _give, _move

State = ReferralState
GIVEN_AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
"""Ten o'clock on a Thursday, in Rome."""


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def sending(office: Office, morning: Morning, clock: FakeClock) -> Iterator[Morning]:
    """The morning with a mail server, after its group has switched reminders on; slips are given at ten."""
    clock.now = GIVEN_AT
    controller = _open(office)
    _set(morning.ctx, _port(controller))
    _switch(morning)
    yield morning
    mailing.wait()
    controller.stop()
    workbench.stop_all()


def _switch(morning: Morning, *, automatic: bool = True) -> None:
    slip_reminders.switch(
        morning.ctx, group_id=GroupId(morning.group_id), automatic=automatic, by=morning.people["Olga"]
    )


def _page(morning: Morning) -> Page:
    return slip_reminders.page(morning.ctx, GroupId(morning.group_id))


def _send(ctx: Context, *found: Due) -> int:
    sent = 0
    for due in found:
        texts = {
            each.id: Text("Waiting", f"{each.count(Awaited.ANSWER)} answers, {each.count(Awaited.WORD)} words")
            for each in due.readers
        }
        sent += slip_reminders.send(ctx, due, texts)
    return sent


def _look(morning: Morning) -> int:
    sent = _send(morning.ctx, *slip_reminders.due(morning.ctx))
    mailing.wait()
    return sent


def _boxes(office: Office) -> dict[str, str]:
    return {str(letter["To"]).split("@")[0]: letter.get_content().strip() for letter in office.taken}


def test_whoever_lets_slips_wait_gets_one_mail_about_all_of_them_once(
    sending: Morning, office: Office, clock: FakeClock
) -> None:
    for giver in ("Mira", "Olga"):
        _give(sending, giver)
    _give(sending, "Max", "Mira")
    clock.pass_by(hours=47, minutes=59)
    assert _look(sending) == 0
    clock.pass_by(minutes=1)
    assert _look(sending) == 2
    assert _boxes(office) == {"max": "2 answers, 0 words", "mira": "1 answers, 0 words"}
    for _ in range(3):
        assert _look(sending) == 0
        clock.pass_by(days=1)
    assert len(office.taken) == 2
    assert (_page(sending).reminded, _page(sending).problems) == (2, ())
    clock.pass_by(days=5)
    assert _page(sending).reminded == 0


def test_a_slip_that_moves_is_waited_for_anew(sending: Morning, office: Office, clock: FakeClock) -> None:
    slip = _give(sending)
    clock.pass_by(hours=48)
    assert _look(sending) == 1
    _move(sending, "Max", slip, State.ACCEPTED, State.CONTACTED)
    clock.pass_by(days=13, hours=23)
    assert _look(sending) == 0
    clock.pass_by(hours=1)
    assert _look(sending) == 1
    assert [letter.get_content().strip() for letter in office.taken] == ["1 answers, 0 words", "0 answers, 1 words"]


def test_two_processes_that_look_at_once_send_one_mail_each(sending: Morning, office: Office, clock: FakeClock) -> None:
    _give(sending)
    _give(sending, "Max", "Mira")
    clock.pass_by(hours=48)
    looked = threading.Barrier(2)
    sent: list[int] = []

    def look() -> None:
        found = slip_reminders.due(sending.ctx)
        looked.wait(timeout=20)
        sent.append(_send(sending.ctx, *found))

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mailing.wait()
    assert sorted(sent) == [0, 2]
    assert sorted(str(letter["To"]) for letter in office.taken) == ["max@example.org", "mira@example.org"]


def test_what_was_answered_between_the_look_and_the_mail_is_in_no_mail(
    sending: Morning, office: Office, clock: FakeClock
) -> None:
    first, _ = _give(sending), _give(sending, "Olga")
    _give(sending, "Max", "Mira")
    clock.pass_by(hours=48)
    found = slip_reminders.due(sending.ctx)
    _move(sending, "Max", first, State.ACCEPTED)
    assert _send(sending.ctx, *found) == 1
    mailing.wait()
    assert set(_boxes(office)) == {"mira"}
    assert _look(sending) == 1, "the other one still waits"
    assert _boxes(office)["max"] == "1 answers, 0 words"


def test_nothing_goes_once_it_is_switched_off(sending: Morning, office: Office, clock: FakeClock) -> None:
    _give(sending)
    clock.pass_by(hours=48)
    found = slip_reminders.due(sending.ctx)
    _switch(sending, automatic=False)
    assert _send(sending.ctx, *found) == 0
    assert _look(sending) == 0
    assert office.taken == []


def test_nobody_gets_two_mails_on_one_day_and_none_at_night(sending: Morning, office: Office, clock: FakeClock) -> None:
    _give(sending)
    clock.pass_by(hours=2)
    _give(sending, "Olga")
    clock.pass_by(hours=46)
    assert _look(sending) == 1
    clock.pass_by(hours=3)
    assert _look(sending) == 0, "the second one is late too, on the same day"
    clock.now = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
    assert _look(sending) == 0, "it is another day in Rome, and night"
    clock.now = datetime(2026, 11, 29, 7, 0, tzinfo=UTC)
    assert _look(sending) == 1
    assert [letter.get_content().strip() for letter in office.taken] == ["1 answers, 0 words"] * 2


def test_after_weeks_without_a_look_it_catches_up_with_one_mail_and_what_is_old_stays_quiet(
    sending: Morning, office: Office, clock: FakeClock
) -> None:
    _give(sending, "Olga", "Mira")
    clock.pass_by(days=5)
    for giver in ("Mira", "Olga", "Dora"):
        _give(sending, giver)
        clock.pass_by(days=1)
    clock.pass_by(days=25)
    assert _look(sending) == 1
    assert _boxes(office) == {"max": "3 answers, 0 words"}
    clock.pass_by(days=1)
    assert _look(sending) == 0


def test_who_declined_left_has_no_address_or_no_board_gets_none(
    sending: Morning, office: Office, clock: FakeClock
) -> None:
    group = GroupId(sending.group_id)
    for to in ("Max", "Olga", "Dora", "Fiona", "Vik"):
        _give(sending, "Mira", to, sure=True)
    letters.choose(sending.ctx, group_id=group, person_id=sending.people["Max"], wanted=False)

    def change(tx: Tx) -> None:
        left = update(Membership).where(Membership.person_id == sending.people["Dora"])
        tx.db.execute(left.values(standing=Standing.FORMER))
        tx.db.execute(update(Person).where(Person.id == sending.people["Olga"]).values(email=""))

    sending.ctx.transaction(change)
    clock.pass_by(hours=48)
    assert _look(sending) == 1
    assert set(_boxes(office)) == {"fiona"}
    letters.choose(sending.ctx, group_id=group, person_id=sending.people["Max"], wanted=True)
    assert _look(sending) == 1
    assert set(_boxes(office)) == {"fiona", "max"}


def test_who_declines_between_the_look_and_the_mail_gets_none(
    sending: Morning, office: Office, clock: FakeClock
) -> None:
    _give(sending)
    clock.pass_by(hours=48)
    found = slip_reminders.due(sending.ctx)
    letters.choose(sending.ctx, group_id=GroupId(sending.group_id), person_id=sending.people["Max"], wanted=False)
    assert _send(sending.ctx, *found) == 0


def test_a_refused_address_is_not_tried_again_and_an_unreachable_server_is(
    sending: Morning, office: Office, clock: FakeClock
) -> None:
    office.refused = "max@example.org"
    for to in ("Max", "Olga"):
        _give(sending, "Mira", to)
    port = sending.ctx.settings.smtp_port
    clock.pass_by(hours=48)
    _set(sending.ctx, 1)
    assert _look(sending) == 2
    assert (_page(sending).reminded, _page(sending).problems) == (0, ("mail_unreachable",))
    _set(sending.ctx, port)
    assert _look(sending) == 2
    assert set(_boxes(office)) == {"olga"}
    assert (_page(sending).reminded, _page(sending).problems) == (1, ("mail_address_refused",))
    clock.pass_by(days=1)
    assert _look(sending) == 0


def test_a_mail_left_on_its_way_by_a_process_that_died_is_told_and_not_sent_twice(
    sending: Morning, office: Office, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip = _give(sending)
    clock.pass_by(hours=48)
    with monkeypatch.context() as patched:
        patched.setattr(mailing, "dispatch", lambda *_: None)
        assert _look(sending) == 1
    assert _page(sending).problems == ()
    clock.pass_by(minutes=6)
    assert _page(sending).problems == ("mail_line_lost",)
    clock.pass_by(days=1)
    assert _look(sending) == 0
    _move(sending, "Max", slip, State.ACCEPTED)
    clock.pass_by(days=2)
    assert _look(sending) == 1, "the next wait is another one"


def test_the_board_the_numbers_and_the_mail_call_the_same_slips_late(sending: Morning, clock: FakeClock) -> None:
    _give(sending)
    _move(sending, "Max", _give(sending, "Olga"), State.ACCEPTED, State.CONTACTED)
    for hours in (47, 1, 12 * 24 - 1, 1):
        clock.pass_by(hours=hours)
        now = sending.ctx.now()
        board = slips.board(sending.ctx, sending.people["Max"], group_id=GroupId(sending.group_id))
        steps = mine.of_person(sending.ctx, GroupId(sending.group_id), sending.people["Max"]).steps
        found = slip_reminders.due(sending.ctx)
        by_mail = len(found[0].readers[0].slips) if found else 0
        waits = [step for step in steps if step.rule.value in {"answer_waits", "word_waits"}]
        assert by_mail == sum(slip.quiet_days(now) > 0 for slip in board) == len(waits)
    assert by_mail == 2


def test_the_groups_own_rule_says_how_long(sending: Morning, office: Office, clock: FakeClock) -> None:
    agreed = referral_rules.versions(sending.ctx, GroupId(sending.group_id))[0]
    _give(sending)
    clock.pass_by(hours=5)
    assert _look(sending) == 0
    referral_rules.decide(
        sending.ctx, group_id=GroupId(sending.group_id), author=sending.people["Olga"], seen=0,
        weights=agreed.weights, reminders=slips.Reminders(answer_hours=5, word_days=1),
    )  # fmt: skip
    assert _look(sending) == 1


def test_a_look_asks_three_questions_and_a_mail_four_however_many_slips_wait(
    sending: Morning, clock: FakeClock, statements: Statements
) -> None:
    def asked() -> tuple[int, int]:
        with statements() as looked:
            found = slip_reminders.due(sending.ctx)
        with statements() as sent:
            _send(sending.ctx, *found)
        mailing.wait()
        return len(looked), len([each for each in sent if each.lstrip().startswith("SELECT")])

    _give(sending)
    clock.pass_by(hours=48)
    first = asked()
    assert first == (3, 4)
    clock.pass_by(days=1)
    for giver, to in (("Mira", "Max"), ("Olga", "Max"), ("Max", "Mira"), ("Max", "Olga"), ("Mira", "Dora")):
        _give(sending, giver, to)
    clock.pass_by(hours=48)
    assert asked() == first
    with statements() as looked:
        clock.now = datetime(2026, 12, 1, 22, tzinfo=UTC)
        assert slip_reminders.due(sending.ctx) == ()
    assert len(looked) == 1


def _count(db: Session) -> int:
    return int(db.scalar(select(func.count()).select_from(SlipReminder)) or 0)


def test_the_database_itself_knows_one_reminder_for_each_wait(sending: Morning, clock: FakeClock) -> None:
    _give(sending)
    clock.pass_by(hours=48)
    _look(sending)

    def again(tx: Tx) -> None:
        row = tx.db.scalars(select(SlipReminder)).one()
        twin = SlipReminder(
            group_id=row.group_id, referral_id=row.referral_id, person_id=row.person_id, awaited=row.awaited,
            since=row.since, state=MessageState.SENDING, changed_at=tx.now,
        )  # fmt: skip
        with pytest.raises(IntegrityError), tx.db.begin_nested():
            tx.db.add(twin)

    sending.ctx.transaction(again)
    with sending.ctx.reading() as db:
        assert _count(db) == 1


def test_switching_twice_is_switching_once_and_needs_a_private_line(sending: Morning) -> None:
    op = Op("s" * 40, "slip_reminders", {})
    options = {"group_id": GroupId(sending.group_id), "by": sending.people["Olga"]}
    for _ in range(2):
        assert slip_reminders.switch(sending.ctx, automatic=False, op=op, **options) == {"automatic": False}
    _switch(sending)
    assert slip_reminders.switch(sending.ctx, automatic=False, op=op, **options) == {"automatic": False}
    assert _page(sending).automatic, "a press that is sent again does nothing more"
    _set(sending.ctx, 25, smtp_host="mail.example.org")
    with pytest.raises(RuleViolation, match="mail_not_private"):
        _switch(sending)
    obstacle = _page(sending).obstacle
    assert obstacle is not None
    assert obstacle.code == "mail_not_private"
    assert slip_reminders.due(sending.ctx) == ()
    _switch(sending, automatic=False)
    assert not _page(sending).automatic


def test_another_groups_slips_are_its_own(sending: Morning, clock: FakeClock) -> None:
    _give(sending)
    clock.pass_by(hours=48)
    _switch(sending, automatic=False)
    other = GroupId(sending.other_group_id)
    slip_reminders.switch(sending.ctx, group_id=other, automatic=True, by=sending.people["Sam"])
    assert slip_reminders.due(sending.ctx) == ()
    assert slip_reminders.page(sending.ctx, other).reminded == 0
