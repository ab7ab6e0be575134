"""A group is set up once, by one link, with one organiser; its settings are checked one by one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from server.domain.access import Scope, Verb, may
from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import GroupId, Standing
from server.persistence.models import Account, Group, Person
from server.services import groups, people, sessions
from server.services.context import Context, Tx
from server.services.groups import FirstOrganiser, GroupSettings
from tests import builders
from tests.cast import MIRA
from tests.conftest import FakeClock
from tests.mornings import Morning

SETTINGS = GroupSettings("  Colazione  del giovedì ", "it", "Europe/Rome", "eur", "https://Meet.Example.org/")
OLGA = FirstOrganiser("Olga", "Marchetti", " Olga@Example.org ", builders.PASSWORD)


def _token(ctx: Context) -> str:
    return sessions.make_link(ctx, purpose="setup", life=timedelta(hours=24))


def _set_up(
    ctx: Context, token: str, settings: GroupSettings = SETTINGS, organiser: FirstOrganiser = OLGA
) -> sessions.Opened:
    return groups.set_up(ctx, token=token, settings=settings, organiser=organiser, label="Chrome")


def _count(ctx: Context) -> tuple[int, int, int]:
    with ctx.reading() as db:
        return tuple(db.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Group, Person, Account))  # type: ignore[return-value]  # three kinds, three numbers


def test_a_link_from_the_console_becomes_a_group_with_its_organiser(ctx: Context) -> None:
    opened = _set_up(ctx, _token(ctx))
    group = groups.the_group(ctx)
    assert group is not None
    assert group.settings == GroupSettings("Colazione del giovedì", "it", "Europe/Rome", "EUR", "https://meet.example.org")
    actor = sessions.actor_for(ctx, opened.token)
    assert actor.name == "Olga Marchetti"
    assert may(actor, Verb.MANAGE_GROUP, Scope(group.id), now=ctx.now())
    (olga,) = people.listed(ctx, group.id, people.wanted("olga")).people
    assert (olga.standing, olga.fields.email) == (Standing.MEMBER, "olga@example.org")
    assert sessions.sign_in(ctx, email="olga@example.org", password=builders.PASSWORD, label="Firefox")


def test_a_set_up_link_works_once(ctx: Context) -> None:
    token = _token(ctx)
    _set_up(ctx, token)
    with pytest.raises(NotFound, match="link_used_up"):
        _set_up(ctx, token, replace(SETTINGS, name="A second one"))
    assert _count(ctx) == (1, 1, 1)


@pytest.mark.parametrize("purpose", ["device", "person"])
def test_another_link_sets_nothing_up(ctx: Context, purpose: str) -> None:
    token = sessions.make_link(ctx, purpose=purpose, life=timedelta(hours=1))
    for wrong in (token, "made up"):
        with pytest.raises(NotFound, match="link_used_up"):
            _set_up(ctx, wrong)
    assert _count(ctx) == (0, 0, 0)


def test_a_set_up_link_is_worthless_after_a_day(ctx: Context, clock: FakeClock) -> None:
    token = _token(ctx)
    clock.pass_by(hours=24)
    with pytest.raises(NotFound, match="link_used_up"):
        _set_up(ctx, token)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": " "}, "name_missing", "name"),
        ({"language": "tlh"}, "language_unknown", "language"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone_unknown", "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone_unknown", "time_zone"),
        ({"time_zone": ""}, "time_zone_unknown", "time_zone"),
        ({"currency": "€"}, "currency_unknown", "currency"),
        ({"base_url": "meet.example.org"}, "base_url_malformed", None),
        ({"base_url": "http://192.168.1.5:8090"}, "base_url_bare_ip", None),
    ],
)
def test_a_setting_that_cannot_be_is_refused_and_the_link_stays_good(
    ctx: Context, change: dict[str, str], code: str, field: str | None
) -> None:
    token = _token(ctx)
    with pytest.raises(RuleViolation) as refused:
        _set_up(ctx, token, replace(SETTINGS, **change))
    assert (refused.value.code, refused.value.params.get("field")) == (code, field)
    assert _count(ctx) == (0, 0, 0)
    _set_up(ctx, token)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"given_name": " "}, "name_missing", "given_name"),
        ({"email": "olga"}, "email_malformed", "email"),
        ({"password": "short"}, "password_too_short", "password"),
    ],
)
def test_an_organiser_who_cannot_be_is_refused_by_the_field(
    ctx: Context, change: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        _set_up(ctx, _token(ctx), organiser=replace(OLGA, **change))
    assert (refused.value.code, refused.value.params["field"]) == (code, field)


def test_settings_change_the_own_group_only(morning: Morning, ctx: Context) -> None:
    wanted = GroupSettings("Czwartek", "pl", "Europe/Warsaw", "PLN", "", own_network=True)
    groups.change_settings(ctx, group_id=GroupId(morning.group_id), settings=wanted)
    with ctx.reading() as db:
        assert groups.view(db, GroupId(morning.group_id)).settings == wanted
        assert groups.view(db, GroupId(morning.other_group_id)).settings.name == "Elsewhere"
    assert groups.base_urls(ctx) == ("https://meet.example.org",), "the other group's"


def test_another_language_of_the_group_puts_names_in_its_order(morning: Morning, ctx: Context) -> None:
    def add(tx: Tx) -> None:
        person = builders.a_member(tx, tx.db.get_one(Group, morning.group_id), MIRA)
        person.family_name = "Lyon"

    ctx.transaction(add)
    group = GroupId(morning.group_id)

    def order() -> list[str]:
        listed = people.listed(ctx, group, people.wanted("mira")).people
        return [person.fields.family_name for person in listed]

    wanted = GroupSettings("A", "pl", "Europe/Warsaw", "PLN", "")
    groups.change_settings(ctx, group_id=group, settings=wanted)
    assert order() == ["Lyon", "Łukasik"]
    groups.change_settings(ctx, group_id=group, settings=replace(wanted, language="it"))
    assert order() == ["Łukasik", "Lyon"]
