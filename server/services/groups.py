"""The group's own set-up: the first organiser, the settings, the declaration of one's own network."""

from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.domain import badge_code, names, thanks
from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import GroupId, Role, Standing, Uid
from server.persistence.models import Account, GrantRow, Group, Membership, OneTimeLink, Person
from server.services import people, sessions, visits
from server.services.context import Context, Tx

LANGUAGES = ("en", "it", "pl")


@dataclass(frozen=True)
class GroupSettings:
    """What an organiser sets: language code, IANA zone, ISO currency, address printed into badges."""

    name: str
    language: str
    time_zone: str
    currency: str
    base_url: str
    own_network: bool = False
    visits_allowed: int = visits.USUAL
    """How often somebody may visit before joining; 0: as often as they like."""


@dataclass(frozen=True)
class GroupView:
    """The group as pages show it."""

    id: GroupId
    uid: Uid
    settings: GroupSettings


@dataclass(frozen=True)
class FirstOrganiser:
    """Who sets the group up and signs in afterwards."""

    given_name: str
    family_name: str
    email: str
    password: str


def checked(settings: GroupSettings, *, allow_ip: bool) -> GroupSettings:
    """The settings, tidied. Raises RuleViolation naming the first field that cannot be."""
    name = names.tidy(settings.name)
    if not name:
        raise RuleViolation("name_missing", field="name")
    if settings.language not in LANGUAGES:
        raise RuleViolation("language_unknown", field="language")
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RuleViolation("time_zone_unknown", field="time_zone", zone=settings.time_zone) from None
    currency = thanks.currency_of(settings.currency)
    base_url = settings.base_url.strip()
    if base_url:
        base_url = badge_code.check_base_url(base_url, allow_ip=allow_ip)
    if not 0 <= settings.visits_allowed <= visits.MOST:
        raise RuleViolation("number_out_of_range", field="visits_allowed", least=0, most=visits.MOST)
    return replace(settings, name=name[:120], currency=currency, base_url=base_url)


def add_group(tx: Tx, settings: GroupSettings) -> Group:
    """A helper of the use-cases: the row of a new group."""
    group = Group(
        name=settings.name,
        language=settings.language,
        time_zone=settings.time_zone,
        currency=settings.currency,
        base_url=settings.base_url,
        own_network=settings.own_network,
        visits_allowed=settings.visits_allowed,
        created_at=tx.now,
    )
    tx.db.add(group)
    tx.db.flush()
    return group


def set_up(
    ctx: Context, *, token: str, settings: GroupSettings, organiser: FirstOrganiser, label: str
) -> sessions.Opened:
    """The one-time link from the console becomes a group with its first organiser, who is signed in."""
    wanted = checked(settings, allow_ip=ctx.settings.demo)
    email = organiser.email.strip().casefold()
    if not names.tidy(organiser.given_name):
        raise RuleViolation("name_missing", field="given_name")
    if "@" not in email:
        raise RuleViolation("email_malformed", field="email")
    password_hash = sessions.hash_password(organiser.password)

    def work(tx: Tx) -> sessions.Opened:
        link = tx.db.scalar(
            select(OneTimeLink).where(OneTimeLink.token_hash == sessions.token_hash(token)).with_for_update()
        )
        if link is None or link.purpose != "setup" or link.uses_left < 1 or tx.now >= link.expires_at:
            raise NotFound("link_used_up")
        link.uses_left -= 1
        group = add_group(tx, wanted)
        person = Person(
            given_name=names.tidy(organiser.given_name),
            family_name=names.tidy(organiser.family_name),
            email=email,
            created_at=tx.now,
        )
        person.search_key = names.search_key(person.given_name, person.family_name, email)
        person.sort_key = names.sort_key(person.family_name, person.given_name, wanted.language)
        tx.db.add(person)
        tx.db.flush()
        tx.db.add_all(
            [
                Membership(group_id=group.id, person_id=person.id, standing=Standing.MEMBER, since=tx.now.date()),
                Account(person_id=person.id, email=email, password_hash=password_hash, created_at=tx.now),
                GrantRow(person_id=person.id, role=Role.ORGANISER, group_id=group.id, created_at=tx.now),
            ]
        )
        return sessions.open_session(tx, person_id=person.id, label=label, life=timedelta(days=sessions.PERSON_DAYS))[0]

    return ctx.transaction(work)


def change_settings(ctx: Context, *, group_id: GroupId, settings: GroupSettings) -> None:
    """The organiser changes what the group is called, speaks and prints."""
    wanted = checked(settings, allow_ip=ctx.settings.demo)

    def work(tx: Tx) -> None:
        group = tx.db.get_one(Group, group_id, with_for_update=True)
        if group.language != wanted.language:
            people.sort_anew(tx, group_id, wanted.language)
        for field, value in vars(wanted).items():
            setattr(group, field, value)

    ctx.transaction(work)


def _view(group: Group) -> GroupView:
    return GroupView(
        id=GroupId(group.id),
        uid=Uid(group.uid),
        settings=GroupSettings(**{field: getattr(group, field) for field in GroupSettings.__dataclass_fields__}),
    )


def view(db: Session, group_id: GroupId) -> GroupView:
    """One group."""
    return _view(db.get_one(Group, group_id))


def the_group(ctx: Context) -> GroupView | None:
    """The group, while there is one; None before the set-up."""
    with ctx.reading() as db:
        group = db.scalar(select(Group).order_by(Group.id).limit(1))
        return _view(group) if group else None


def count(ctx: Context) -> int:
    """How many groups this installation holds."""
    with ctx.reading() as db:
        return db.scalar(select(func.count(Group.id))) or 0


def base_urls(ctx: Context) -> tuple[str, ...]:
    """Every address a group has set, for the Host allow-list."""
    with ctx.reading() as db:
        return tuple(url for url in db.scalars(select(Group.base_url)) if url)
