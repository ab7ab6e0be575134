"""Who may do what, where and until when."""

from datetime import UTC, datetime, timedelta

import pytest

from server.domain.access import NOBODY, ROLE_VERBS, Actor, Grant, Scope, Verb, at_rest, audiences, may
from server.domain.errors import RuleViolation
from server.domain.vocabulary import Audience, GroupId, MeetingId, Role

NOW = datetime(2026, 11, 26, 6, 0, tzinfo=UTC)
HERE = Scope(GroupId(1), MeetingId(7))


def _holding(*grants: Grant) -> Actor:
    return Actor(grants=grants)


def test_nobody_may_do_anything() -> None:
    assert not any(may(NOBODY, verb, HERE, now=NOW) for verb in Verb)


@pytest.mark.parametrize(
    ("grant", "reaches"),
    [
        (Grant(Role.GREETER), True),
        (Grant(Role.GREETER, GroupId(1)), True),
        (Grant(Role.GREETER, GroupId(2)), False),
        (Grant(Role.GREETER, GroupId(1), MeetingId(7)), True),
        (Grant(Role.GREETER, GroupId(1), MeetingId(8)), False),
        (Grant(Role.GREETER, GroupId(1), expires_at=NOW + timedelta(seconds=1)), True),
        (Grant(Role.GREETER, GroupId(1), expires_at=NOW), False),
    ],
)
def test_a_grant_reaches_its_scope_until_it_expires(grant: Grant, reaches: bool) -> None:
    assert may(_holding(grant), Verb.ADMIT, HERE, now=NOW) is reaches


def test_a_steward_scans_and_nothing_else() -> None:
    steward = _holding(Grant(Role.STEWARD, GroupId(1)))
    assert [verb for verb in Verb if may(steward, verb, HERE, now=NOW)] == [Verb.ADMIT, Verb.HEAR_NEWS]


def test_every_role_has_its_line_in_the_table() -> None:
    assert set(ROLE_VERBS) == set(Role)


def test_a_phone_never_hears_the_desk_and_a_care_role_hears_nothing() -> None:
    assert audiences({Role.ATTENDEE}) == {Audience.EVERYONE, Audience.PERSON}
    assert audiences({Role.CARE}) == frozenset()


def test_several_roles_hear_what_each_hears() -> None:
    heard = audiences({Role.GREETER, Role.FACILITATOR})
    assert heard == {Audience.EVERYONE, Audience.DESK, Audience.FACILITATORS}


def test_a_refusal_says_its_code_and_what_it_is_about() -> None:
    assert str(RuleViolation("name_missing")) == "name_missing"
    assert str(RuleViolation("name_too_long", most=120)) == "name_too_long (most=120)"


def test_a_door_at_rest_goes_on_scanning_and_does_nothing_else() -> None:
    resting = at_rest([Grant(Role.GREETER, GroupId(1), MeetingId(7)), Grant(Role.KIOSK, GroupId(1))])
    assert resting == (Grant(Role.STEWARD, GroupId(1), MeetingId(7)), Grant(Role.KIOSK, GroupId(1)))


def test_a_kiosk_lets_people_check_themselves_in_and_hears_nothing() -> None:
    kiosk = _holding(Grant(Role.KIOSK, GroupId(1)))
    assert [verb for verb in Verb if may(kiosk, verb, HERE, now=NOW)] == [Verb.CHECK_SELF_IN]
