"""Whoever checks themselves in: at a kiosk or from the poster, with narrow rights and no phone for free."""

import pytest
from sqlalchemy import select

from server.domain.access import NOBODY
from server.domain.errors import NotAllowed, NotFound, WrongPhase
from server.domain.vocabulary import Uid
from server.persistence.models import CheckInEvent
from server.services import check_ins, meetings, phones, self_check_in
from server.services.check_ins import Desk
from tests.conftest import FakeClock
from tests.mornings import Morning

KIOSK = Desk(None, "Kiosk", by_self=True)


def test_the_own_badge_at_a_kiosk_says_the_own_name_and_nothing_else(morning: Morning) -> None:
    here = {"meeting_id": morning.meeting_id, "desk": KIOSK}
    first = self_check_in.by_badge(morning.ctx, scanned=morning.codes["Mira"], **here)
    second = self_check_in.by_badge(morning.ctx, scanned=morning.codes["Mira"], **here)
    assert first == {"answer": "welcome", "name": "Mira Łukasik", "table": None}
    assert second == {"answer": "already_in", "name": "Mira Łukasik", "table": None}
    reasons = [
        self_check_in.by_badge(morning.ctx, scanned=text, **here)["reason"]
        for text in (morning.codes["Sam"], "0000000000000", "good morning")
    ]
    assert reasons == ["unknown_badge", "unknown_badge", "badge_malformed"]


def test_whoever_checked_themselves_in_was_seen_by_nobody_and_gets_no_phone_by_the_badge(morning: Morning) -> None:
    self_check_in.by_badge(morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes["Mira"], desk=KIOSK)
    with morning.ctx.reading() as db:
        assert [line.by_self for line in db.scalars(select(CheckInEvent))] == [True]
    assert phones.look(morning.ctx, badge_text=morning.codes["Mira"], actor=NOBODY).kind == "code"
    with pytest.raises(WrongPhase, match="phone_needs_code"):
        phones.claim(morning.ctx, badge_text=morning.codes["Mira"], label="Safari")
    check_ins.check_in(
        morning.ctx, meeting_id=morning.meeting_id, scanned=morning.codes["Max"], desk=Desk(None, "Door 1")
    )
    assert phones.look(morning.ctx, badge_text=morning.codes["Max"], actor=NOBODY).kind == "claimable"


def test_a_poster_works_while_it_is_switched_on_and_the_doors_are_open(morning: Morning) -> None:
    poster = self_check_in.token(morning.ctx, morning.meeting_uid)
    assert self_check_in.meeting_of(morning.ctx, poster) is None
    self_check_in.switch(morning.ctx, meeting_id=morning.meeting_id, on=True)
    assert self_check_in.meeting_of(morning.ctx, poster) == (morning.meeting_id, "Breakfast no. 214")
    for wrong in ("", "x", f"{morning.meeting_uid}-0000", poster[:-1], f"{morning.other_meeting_uid}-{poster[-16:]}"):
        assert self_check_in.meeting_of(morning.ctx, wrong) is None
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    assert self_check_in.meeting_of(morning.ctx, poster) is None


def test_a_whole_name_is_found_once_and_five_wrong_ones_are_enough(morning: Morning, clock: FakeClock) -> None:
    here = {"meeting_id": morning.meeting_id, "desk": KIOSK, "device": "a phone"}
    assert self_check_in.by_name(morning.ctx, name="lukasik MIRA", **here)["name"] == "Mira Łukasik"
    for wrong in ("Mira", "Łukasik", "Mira Luk", "", "Sam Stranger"):
        with pytest.raises(NotFound, match="self_not_found"):
            self_check_in.by_name(morning.ctx, name=wrong, **here)
    with pytest.raises(NotAllowed, match="self_too_often"):
        self_check_in.by_name(morning.ctx, name="Max D'Alò", **here)
    assert self_check_in.by_name(morning.ctx, name="Max D'Alò", **here | {"device": "another"})["answer"] == "welcome"
    clock.pass_by(minutes=11)
    assert self_check_in.by_name(morning.ctx, name="Max D'Alò", **here)["answer"] == "already_in"


def test_a_member_who_is_signed_in_at_home_needs_no_badge(morning: Morning) -> None:
    here = {"meeting_id": morning.meeting_id, "desk": KIOSK}
    max_, sam = morning.people["Max"], morning.people["Sam"]
    assert self_check_in.by_person(morning.ctx, person_id=max_, **here)["answer"] == "welcome"
    assert self_check_in.by_person(morning.ctx, person_id=sam, **here)["reason"] == "unknown_badge"
    meetings.close(morning.ctx, meeting_id=morning.meeting_id)
    olga = morning.people["Olga"]
    assert self_check_in.by_person(morning.ctx, person_id=olga, **here)["reason"] == "meeting_closed"


def test_the_door_undoes_what_somebody_did_alone(morning: Morning) -> None:
    self_check_in.by_person(morning.ctx, meeting_id=morning.meeting_id, person_id=morning.people["Max"], desk=KIOSK)
    undone = check_ins.undo(
        morning.ctx,
        meeting_id=morning.meeting_id,
        attendance_uid=Uid(morning.attendances["Max"]),
        desk=Desk(None, "Door 1"),
    )
    assert undone["counts"]["in_room"] == 0
