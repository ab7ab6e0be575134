"""Signing in, links that work once, sessions that can be taken away."""

import hashlib
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.domain.access import NOBODY
from server.domain.errors import NotAllowed, NotFound, RuleViolation
from server.domain.vocabulary import GroupId, MeetingStatus, Role, Uid
from server.persistence.models import GrantRow, Meeting, OneTimeLink, Person, SessionRow
from server.services import devices, sessions
from server.services.context import Context, Tx
from tests import builders
from tests.conftest import FakeClock
from tests.mornings import Morning


def _link(ctx: Context, **more: object) -> str:
    return sessions.make_link(ctx, **({"purpose": "device", "life": timedelta(hours=1)} | more))  # type: ignore[arg-type]  # a test's own options


def _use(ctx: Context, token: str, *, here: bool = True) -> sessions.Opened:
    return sessions.consume_link(ctx, token=token, label="Tablet", from_this_computer=here)


def test_the_right_password_opens_a_session_for_ninety_days(morning: Morning, ctx: Context, clock: FakeClock) -> None:
    opened = sessions.sign_in(ctx, email=" OLGA@example.org ", password=builders.PASSWORD, label="Chrome")
    assert sessions.actor_for(ctx, opened.token).name == "Olga Marchetti"
    clock.pass_by(days=90, seconds=-1)
    assert sessions.actor_for(ctx, opened.token) is not NOBODY
    clock.pass_by(seconds=1)
    assert sessions.actor_for(ctx, opened.token) is NOBODY


def test_an_unknown_address_and_a_wrong_password_are_refused_alike(morning: Morning, ctx: Context) -> None:
    said = []
    for email, password in (
        ("olga@example.org", "not her password"),
        ("nobody@example.org", builders.PASSWORD),
        ("mira@example.org", builders.PASSWORD),
        ("", ""),
    ):
        with pytest.raises(NotAllowed) as refused:
            sessions.sign_in(ctx, email=email, password=password, label="Chrome")
        said.append((refused.value.code, refused.value.params))
    assert said == [("sign_in_refused", {})] * 4


def test_the_database_knows_no_token_and_no_password(morning: Morning, ctx: Context) -> None:
    opened = sessions.sign_in(ctx, email="olga@example.org", password=builders.PASSWORD, label="Chrome")
    link = _link(ctx)
    with ctx.reading() as db:
        row = db.scalars(select(SessionRow).where(SessionRow.uid == opened.uid)).one()
        kept = db.scalars(select(OneTimeLink)).one()
    assert row.token_hash == hashlib.sha256(opened.token.encode()).digest()
    assert kept.token_hash == hashlib.sha256(link.encode()).digest()
    assert len(opened.token) >= 22, "128 bits at least"


@pytest.mark.parametrize("password", ["", "short", "nine char"])
def test_a_short_password_is_refused_by_its_field(password: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        sessions.hash_password(password)
    assert (refused.value.code, refused.value.params["field"]) == ("password_too_short", "password")


def test_a_session_that_signed_out_is_refused_at_once(morning: Morning, ctx: Context) -> None:
    opened = sessions.sign_in(ctx, email="olga@example.org", password=builders.PASSWORD, label="Chrome")
    sessions.sign_out(ctx, session_uid=opened.uid)
    sessions.sign_out(ctx, session_uid=opened.uid)
    assert sessions.actor_for(ctx, opened.token) is NOBODY
    assert sessions.gone(ctx, {opened.uid}) == {opened.uid}


@pytest.mark.parametrize("token", [None, "", "nonsense", "x" * 5000])
def test_no_token_or_a_made_up_one_is_nobody(morning: Morning, ctx: Context, token: str | None) -> None:
    assert sessions.actor_for(ctx, token) is NOBODY


def test_a_link_works_once_and_looking_does_not_use_it(morning: Morning, ctx: Context) -> None:
    token = _link(ctx, role=Role.GREETER, group_id=morning.group_id, meeting_id=morning.meeting_id)
    for _ in range(3):
        assert sessions.look_at_link(ctx, token=token).role is Role.GREETER
    opened = _use(ctx, token)
    (grant,) = sessions.actor_for(ctx, opened.token).grants
    assert (grant.role, grant.meeting_id) == (Role.GREETER, morning.meeting_id)
    for again in (lambda: _use(ctx, token), lambda: sessions.look_at_link(ctx, token=token)):
        with pytest.raises(NotFound, match="link_used_up"):
            again()


def test_ten_devices_that_race_for_one_link_make_one_session(morning: Morning, ctx: Context) -> None:
    token = _link(ctx, role=Role.DISPLAY, group_id=morning.group_id, meeting_id=morning.meeting_id)
    won: list[sessions.Opened] = []
    lost: list[str] = []
    start = threading.Barrier(10)

    def race() -> None:
        start.wait()
        try:
            won.append(_use(ctx, token))
        except NotFound as refused:
            lost.append(refused.code)

    threads = [threading.Thread(target=race) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), lost) == (1, ["link_used_up"] * 9)


def test_a_link_that_nobody_used_in_time_is_worthless(ctx: Context, morning: Morning, clock: FakeClock) -> None:
    token = _link(ctx)
    clock.pass_by(hours=1)
    with pytest.raises(NotFound, match="link_used_up"):
        _use(ctx, token)


def test_a_link_for_this_computer_is_refused_elsewhere_and_stays_good(morning: Morning, ctx: Context) -> None:
    token = _link(ctx, purpose="person", person_id=morning.people["Olga"], loopback_only=True)
    with pytest.raises(NotAllowed, match="link_this_computer_only"):
        _use(ctx, token, here=False)
    assert sessions.actor_for(ctx, _use(ctx, token).token).name == "Olga Marchetti"


def test_a_set_up_link_makes_no_session(ctx: Context, morning: Morning) -> None:
    token = _link(ctx, purpose="setup")
    with pytest.raises(NotFound, match="link_used_up"):
        _use(ctx, token)
    assert sessions.look_at_link(ctx, token=token).purpose == "setup", "and is not used up by trying"


def test_a_device_is_a_door_for_a_day(morning: Morning, ctx: Context, clock: FakeClock) -> None:
    link = devices.link_for_device(
        ctx, group_id=GroupId(morning.group_id), meeting_uid=morning.meeting_uid, role="steward"
    )
    opened = _use(ctx, link.token, here=False)
    clock.pass_by(hours=sessions.DEVICE_HOURS, seconds=-1)
    assert [grant.role for grant in sessions.actor_for(ctx, opened.token).grants] == [Role.STEWARD]
    clock.pass_by(seconds=1)
    assert sessions.actor_for(ctx, opened.token) is NOBODY


def test_a_closed_or_foreign_meeting_gets_no_device(morning: Morning, ctx: Context) -> None:
    def close(tx: Tx) -> None:
        tx.db.get_one(Meeting, morning.meeting_id).status = MeetingStatus.CLOSED

    ctx.transaction(close)
    for uid in (morning.meeting_uid, morning.other_meeting_uid, "0" * 16):
        with pytest.raises(NotFound, match="meeting_unknown"):
            devices.link_for_device(ctx, group_id=GroupId(morning.group_id), meeting_uid=uid, role="greeter")


def test_a_personal_link_is_for_people_of_the_group_who_have_not_left(morning: Morning, ctx: Context) -> None:
    with ctx.reading() as db:
        mira, sam = (db.get_one(Person, morning.people[name]).uid for name in ("Mira", "Sam"))
    ours = GroupId(morning.group_id)
    link = devices.link_for_person(ctx, group_id=ours, person_uid=mira)
    assert (link.name, link.life) == ("Mira Łukasik", timedelta(days=7))
    with pytest.raises(NotFound, match="person_unknown"):
        devices.link_for_person(ctx, group_id=ours, person_uid=sam)


def test_the_devices_of_a_group_are_listed_without_those_of_others(morning: Morning, ctx: Context) -> None:
    listed = devices.listed(ctx, GroupId(morning.group_id))
    assert {device.person or device.label for device in listed} == {
        "Olga Marchetti", "Mira Łukasik", "Max D'Alò", "Vik", "Fiona Kelly", "Door 1", "Display",
    }  # fmt: skip
    assert [device.person for device in devices.listed(ctx, GroupId(morning.other_group_id))] == ["Sam Stranger"]


def test_a_revoked_device_is_nobody_and_is_listed_no_more(morning: Morning, ctx: Context) -> None:
    door = next(device for device in devices.listed(ctx, GroupId(morning.group_id)) if device.label == "Door 1")
    with pytest.raises(NotFound, match="session_unknown"):
        devices.revoke(ctx, group_id=GroupId(morning.other_group_id), session_uid=door.uid)
    assert sessions.actor_for(ctx, morning.tokens["Dora"]) is not NOBODY
    devices.revoke(ctx, group_id=GroupId(morning.group_id), session_uid=door.uid)
    assert sessions.actor_for(ctx, morning.tokens["Dora"]) is NOBODY
    assert sessions.gone(ctx, {door.uid}) == {Uid(door.uid)}
    assert door not in devices.listed(ctx, GroupId(morning.group_id))


def test_a_member_holds_a_members_role_by_membership_alone(morning: Morning, ctx: Context) -> None:
    roles = {grant.role for grant in sessions.actor_for(ctx, morning.tokens["Mira"]).grants}
    assert roles == {Role.MEMBER, Role.ATTENDEE}
    roles = {grant.role for grant in sessions.actor_for(ctx, morning.tokens["Vik"]).grants}
    assert roles == {Role.ATTENDEE}
    with ctx.reading() as db:
        assert db.scalars(select(GrantRow.role).where(GrantRow.person_id == morning.people["Mira"])).all() == []


def test_who_attended_loses_the_meetings_pages_after_sixty_days(
    morning: Morning, ctx: Context, clock: FakeClock
) -> None:
    clock.pass_by(days=sessions.ATTENDEE_DAYS + 1)
    token = builders.signed_in(ctx, morning.people["Vik"])
    assert sessions.actor_for(ctx, token).grants == ()
