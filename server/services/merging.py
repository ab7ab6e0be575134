"""Two records that turn out to be one person become one, with everything they own; and two again, within the term.

What becomes of each column that points to a person is said in `PEOPLE`; a test reads the tables and fails when one is
missing there. Whoever signs in or holds a role is the one who stays, so that a merge never gives anybody rights.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from server.domain import names
from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import GroupId, MeetingStatus, PersonId, Uid
from server.persistence.models import (
    Account,
    Attendance,
    GrantRow,
    Group,
    Meeting,
    Membership,
    Person,
    Referral,
    Seat,
)
from server.persistence.queries import people as queries
from server.services import joining, people, places, takebacks
from server.services.context import Context, Op, Tx
from server.services.joining import Rule
from server.services.people import FIELDS, PersonFields
from server.services.row_changes import Changes, references, table_called

KIND = "people_merge"
"""The journal's word for a merge."""
PEOPLE: dict[str, Rule] = {
    "accounts.person_id": joining.never,
    "actions.by_id": joining.move,
    "activities.other_id": joining.move_pair("person_id"),
    "activities.person_id": joining.move_pair("other_id"),
    "attendances.invited_by_id": joining.move_or_nobody("person_id"),
    "attendances.person_id": joining.attendances,
    "badges.person_id": joining.badges,
    "calendar_feeds.person_id": joining.drop,
    "consents.person_id": joining.move,
    "contacts.owner_id": joining.contacts,
    "contacts.person_id": joining.contacts,
    "duties.person_id": joining.move,
    "encounters.first_id": joining.move_ordered("other_id"),
    "encounters.other_id": joining.move_ordered("first_id"),
    "exchanges.asked_id": joining.exchanges,
    "exchanges.asker_id": joining.exchanges,
    "follow_ups.about_id": joining.move_pair("owner_id"),
    "follow_ups.owner_id": joining.move_pair("about_id"),
    "fruit_decisions.decided_by_id": joining.move,
    "grants.person_id": joining.never,
    "journal_people.person_id": joining.stay,
    "letter_settings.changed_by_id": joining.move,
    "letters_declined.person_id": joining.move,
    "light_tables.author_id": joining.move,
    "memberships.invited_by_id": joining.move_or_nobody("person_id"),
    "memberships.person_id": joining.memberships,
    "messages.person_id": joining.move,
    "monthly_letters.person_id": joining.move,
    "one_time_links.person_id": joining.drop,
    "one_to_ones.first_id": joining.one_to_ones,
    "one_to_ones.second_id": joining.one_to_ones,
    "person_words.person_id": joining.stay,
    "referral_moves.actor_id": joining.move,
    "referral_rules.author_id": joining.move,
    "referrals.giver_id": joining.move,
    "referrals.receiver_id": joining.move,
    "registrations.invited_by_id": joining.move_or_nobody("person_id"),
    "registrations.person_id": joining.move,
    "sessions.person_id": joining.sessions,
    "slip_reminder_settings.changed_by_id": joining.move,
    "slip_reminders.person_id": joining.move,
    "thanks.thanked_id": joining.move_pair("thanker_id"),
    "thanks.thanker_id": joining.move_pair("thanked_id"),
    "two_people.first_id": joining.move_ordered("other_id"),
    "two_people.other_id": joining.move_ordered("first_id"),
    "week_corrections.actor_id": joining.move,
    "week_corrections.person_id": joining.move,
    "week_figures.person_id": joining.week_figures,
    "week_rules.author_id": joining.move,
    "weeks.approved_by_id": joining.move,
}
"""What becomes of each column that points to somebody who is merged into another. `stay`: it goes on pointing to the
record that is left; `drop`: the row goes; `never`: such a record is not merged away."""


@dataclass(frozen=True)
class Side:
    """One of two records, with how much hangs on it: table to rows."""

    person: people.PersonView
    owns: Mapping[str, int]
    signs_in: bool


@dataclass(frozen=True)
class Pair:
    """Two records beside each other. `stays` is the one whose record is kept; `values` what it would say by default."""

    stays: Side
    goes: Side
    values: PersonFields


def pair(ctx: Context, group_id: GroupId, one: str, other: str) -> Pair:
    """Two people of the group beside each other. Raises NotFound("person_unknown")."""
    with ctx.reading() as db:
        sides = [_side(db, group_id, uid) for uid in (one, other)]
    if sides[0].person.id == sides[1].person.id:
        raise NotFound("person_unknown")
    # Who signs in stays; then who has more behind them; then who has been here longer.
    stays, goes = sorted(sides, key=lambda side: (not side.signs_in, -sum(side.owns.values()), side.person.id))
    return Pair(stays, goes, _together(stays.person.fields, goes.person.fields))


def _together(first: PersonFields, second: PersonFields) -> PersonFields:
    """Each value of the first, of the second where the first says nothing."""
    return PersonFields(**{name: getattr(first, name) or getattr(second, name) for name in FIELDS})


def _side(db: Session, group_id: GroupId, uid: str) -> Side:
    row = queries.one(db, group_id, uid)
    if row is None:
        raise NotFound("person_unknown")
    person = people.as_view(*row)
    owns: dict[str, int] = {}
    for table, column in references("people"):
        if PEOPLE.get(f"{table.name}.{column.name}") is joining.stay:
            continue
        count = db.scalar(select(func.count()).select_from(table).where(column == person.id)) or 0
        owns[table.name] = owns.get(table.name, 0) + count
    return Side(person, {name: count for name, count in owns.items() if count}, _signs_in(db, person.id))


def _signs_in(db: Session, person_id: int) -> bool:
    account = select(Account.id).where(Account.person_id == person_id)
    role = select(GrantRow.id).where(GrantRow.person_id == person_id)
    return bool(db.scalar(select(or_(account.exists(), role.exists()))))


def merge(ctx: Context, *, group_id: GroupId, stays: str, goes: str, fields: PersonFields, op: Op | None = None) -> Uid:
    """Make one of two: everything of `goes` belongs to `stays`, who is called as `fields` say.

    Answers the uid of the journal's entry. Raises NotFound("person_unknown"), and RuleViolation when they cannot be
    one: "merge_signs_in", "merge_other_group", "merge_slip_between", "merge_both_here".
    """
    wanted = people.checked(fields)

    def work(tx: Tx) -> Uid:
        # Merges, imports and bulk changes of a group take turns.
        group = tx.db.get_one(Group, group_id, with_for_update=True)
        found = {uid: queries.one(tx.db, group_id, uid, lock=True) for uid in sorted({stays, goes})}
        kept, gone = found.get(stays), found.get(goes)
        if kept is None or gone is None or stays == goes:
            raise NotFound("person_unknown")
        keep, leave = PersonId(kept[0].id), PersonId(gone[0].id)
        tx.db.flush()
        _check(tx.db, group_id, keep, leave)
        changes = Changes(tx.db)
        _join(changes, keep, leave)
        people_table = table_called("people")
        changes.alter(people_table, keep, vars(wanted) | people.keys_of(wanted, group.language))
        changes.alter(people_table, leave, {"merged_at": tx.now})
        tx.db.expire_all()
        takebacks.tell_lists(tx, group_id)
        places.move_up_everywhere(ctx, tx, group_id)
        return takebacks.write(tx, KIND, changes.steps, group_id=group_id, about=(keep, leave), beside=changes.people())

    return Uid(ctx.transaction(work, op=op))


def _join(changes: Changes, keep: int, leave: int) -> None:
    """Every column that points to one points to the other."""
    for table, column in references("people"):
        rule = PEOPLE.get(f"{table.name}.{column.name}", joining.move)
        rule(changes, table, column.name, keep, leave)


def _check(db: Session, group_id: GroupId, keep: int, leave: int) -> None:
    """Whether the two can be one."""
    name = db.execute(select(Person.given_name, Person.family_name).where(Person.id == leave)).one()
    if _signs_in(db, leave):
        raise RuleViolation("merge_signs_in", name=names.full_name(*name))
    elsewhere = select(Membership.id).where(Membership.person_id == leave, Membership.group_id != group_id)
    if db.scalar(elsewhere.limit(1)) is not None:
        raise RuleViolation("merge_other_group")
    between = select(Referral.id).where(
        Referral.giver_id.in_((keep, leave)),
        Referral.receiver_id.in_((keep, leave)),
        Referral.giver_id != Referral.receiver_id,
    )
    if db.scalar(between.limit(1)) is not None:
        raise RuleViolation("merge_slip_between")
    mine = select(Attendance.meeting_id).where(Attendance.person_id == keep)
    in_the_way = (
        select(Attendance.id)
        .join(Meeting, Meeting.id == Attendance.meeting_id)
        .outerjoin(Seat, Seat.attendance_id == Attendance.id)
        .where(
            Attendance.person_id == leave,
            Attendance.meeting_id.in_(mine),
            Meeting.status == MeetingStatus.OPEN,
            or_(Attendance.entered_at.is_not(None), Seat.id.is_not(None)),
        )
    )
    if db.scalar(in_the_way.limit(1)) is not None:
        raise RuleViolation("merge_both_here")
