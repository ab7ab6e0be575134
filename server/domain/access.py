"""Who may do what. One table of roles and verbs, one question: `may(actor, verb, scope)`.

A grant gives a role inside a scope (the installation, one group, one meeting) until it expires. Whoever holds no
grant for a verb is refused; there are no exceptions elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from server.domain.vocabulary import Audience, GroupId, MeetingId, PersonId, Role, Uid


class Verb(StrEnum):
    """What a route or a socket event needs. Every one of them names exactly one."""

    MANAGE_GROUP = "manage_group"
    MANAGE_PEOPLE = "manage_people"
    PREPARE_MEETING = "prepare_meeting"
    PRINT = "print"
    SEE_NUMBERS = "see_numbers"
    CARE_FOR_MEMBERS = "care_for_members"
    APPROVE_WEEKS = "approve_weeks"
    ADMIT = "admit"
    CHECK_SELF_IN = "check_self_in"
    SEARCH_ROOM = "search_room"
    ADD_WALK_IN = "add_walk_in"
    UNDO_ADMISSION = "undo_admission"
    RUN_ROUNDS = "run_rounds"
    SEE_DISPLAY = "see_display"
    ATTEND = "attend"
    HEAR_NEWS = "hear_news"
    USE_BOARD = "use_board"
    OWN_PAGES = "own_pages"


_DOOR = frozenset({Verb.ADMIT, Verb.SEARCH_ROOM, Verb.ADD_WALK_IN, Verb.UNDO_ADMISSION, Verb.HEAR_NEWS})

ROLE_VERBS: dict[Role, frozenset[Verb]] = {
    Role.ORGANISER: _DOOR
    | {
        Verb.MANAGE_GROUP,
        Verb.MANAGE_PEOPLE,
        Verb.PREPARE_MEETING,
        Verb.PRINT,
        Verb.SEE_NUMBERS,
        Verb.APPROVE_WEEKS,
        Verb.RUN_ROUNDS,
        Verb.SEE_DISPLAY,
        Verb.CHECK_SELF_IN,
    },
    Role.LEADER: frozenset({Verb.SEE_NUMBERS, Verb.APPROVE_WEEKS, Verb.HEAR_NEWS}),
    Role.SECRETARY: frozenset(
        {
            Verb.MANAGE_PEOPLE,
            Verb.PREPARE_MEETING,
            Verb.PRINT,
            Verb.SEE_NUMBERS,
            Verb.APPROVE_WEEKS,
            Verb.HEAR_NEWS,
        }
    ),
    Role.CARE: frozenset({Verb.SEE_NUMBERS, Verb.CARE_FOR_MEMBERS}),
    Role.FACILITATOR: frozenset({Verb.RUN_ROUNDS, Verb.SEE_DISPLAY, Verb.SEARCH_ROOM, Verb.HEAR_NEWS}),
    Role.STEWARD: frozenset({Verb.ADMIT, Verb.HEAR_NEWS}),
    Role.GREETER: _DOOR,
    Role.KIOSK: frozenset({Verb.CHECK_SELF_IN}),
    Role.MEMBER: frozenset({Verb.USE_BOARD, Verb.OWN_PAGES}),
    Role.ATTENDEE: frozenset({Verb.ATTEND, Verb.OWN_PAGES, Verb.HEAR_NEWS}),
    Role.DISPLAY: frozenset({Verb.SEE_DISPLAY, Verb.HEAR_NEWS}),
}

GROUP_ROLES = (Role.ORGANISER, Role.SECRETARY, Role.FACILITATOR, Role.GREETER, Role.CARE, Role.LEADER)
"""What a group gives to members of its own, at every meeting of it."""

AT_THE_LAPTOP = frozenset(
    {
        Verb.MANAGE_GROUP,
        Verb.MANAGE_PEOPLE,
        Verb.PREPARE_MEETING,
        Verb.PRINT,
        Verb.SEE_NUMBERS,
        Verb.CARE_FOR_MEMBERS,
        Verb.APPROVE_WEEKS,
    }
)
"""Over plain http these are refused from other computers unless the group declared the network its own."""

_AUDIENCES: dict[Role, frozenset[Audience]] = {
    Role.ORGANISER: frozenset({Audience.EVERYONE, Audience.DESK, Audience.FACILITATORS}),
    Role.SECRETARY: frozenset({Audience.EVERYONE, Audience.DESK}),
    Role.LEADER: frozenset({Audience.EVERYONE}),
    Role.FACILITATOR: frozenset({Audience.EVERYONE, Audience.FACILITATORS}),
    Role.STEWARD: frozenset({Audience.EVERYONE, Audience.DESK}),
    Role.GREETER: frozenset({Audience.EVERYONE, Audience.DESK}),
    Role.ATTENDEE: frozenset({Audience.EVERYONE, Audience.PERSON}),
    Role.DISPLAY: frozenset({Audience.EVERYONE, Audience.DISPLAYS}),
}


@dataclass(frozen=True)
class Scope:
    """Where something is done. No group: the installation itself. A meeting always comes with its group."""

    group_id: GroupId | None = None
    meeting_id: MeetingId | None = None


@dataclass(frozen=True)
class Grant:
    """A role inside a scope. `group_id` None covers every group; `meeting_id` None every meeting of the group."""

    role: Role
    group_id: GroupId | None = None
    meeting_id: MeetingId | None = None
    expires_at: datetime | None = None

    def covers(self, scope: Scope, now: datetime) -> bool:
        """Whether the grant still holds and reaches the scope."""
        if self.expires_at is not None and now >= self.expires_at:
            return False
        if self.group_id is not None and self.group_id != scope.group_id:
            return False
        return self.meeting_id is None or self.meeting_id == scope.meeting_id


@dataclass(frozen=True)
class Actor:
    """Who stands behind a request: a signed-in person, a device with a role, or nobody."""

    session_uid: Uid | None = None
    person_id: PersonId | None = None
    person_uid: Uid | None = None
    name: str = ""
    language: str | None = None
    grants: tuple[Grant, ...] = field(default=())

    def roles(self, scope: Scope, now: datetime) -> frozenset[Role]:
        """The roles held in a scope at this moment."""
        return frozenset(grant.role for grant in self.grants if grant.covers(scope, now))


NOBODY = Actor()


def at_rest(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """The grants of a door that nobody has touched for a while: it goes on scanning and does nothing else."""
    return tuple(replace(each, role=Role.STEWARD) if each.role is Role.GREETER else each for each in grants)


def may(actor: Actor, verb: Verb, scope: Scope, *, now: datetime) -> bool:
    """Whether the actor may do the verb in the scope now."""
    return any(verb in ROLE_VERBS[role] for role in actor.roles(scope, now))


def audiences(roles: Iterable[Role]) -> frozenset[Audience]:
    """The audiences of a meeting that somebody with these roles hears."""
    heard: set[Audience] = set()
    for role in roles:
        heard |= _AUDIENCES.get(role, frozenset())
    return frozenset(heard)
