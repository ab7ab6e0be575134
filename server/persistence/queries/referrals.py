"""Who may see which slip, asked once: the giver always, the receiver from the moment it is given, nobody else."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from server.domain.vocabulary import GroupId, PersonId, ReferralKind, ReferralState, Standing
from server.persistence.models import Attendance, Meeting, Membership, Person, Referral, ReferralMove, ReferralRules

_OtherRules = aliased(ReferralRules)


def _seen_by(person_id: PersonId) -> ColumnElement[bool]:
    return or_(
        Referral.giver_id == person_id,
        and_(Referral.receiver_id == person_id, Referral.state != ReferralState.DRAFT),
    )


def _boarded() -> ColumnElement[bool]:
    """Whether the receiver is a member of the slip's group, and so has a board."""
    return exists(
        select(Membership.id)
        .where(
            Membership.group_id == Referral.group_id,
            Membership.person_id == Referral.receiver_id,
            Membership.standing == Standing.MEMBER,
        )
        # The membership that lets the viewer in is another one.
        .correlate(Referral)
    )


Seen = tuple[Referral, bool, ReferralRules | None]
"""A slip, whether its receiver has a board, and the rules of its group if it ever decided on any."""


def _newest_rules() -> ColumnElement[bool]:
    """Joins the rules of a slip's group as they stand."""
    newest = select(func.max(_OtherRules.version)).where(_OtherRules.group_id == Referral.group_id).correlate(Referral)
    return and_(ReferralRules.group_id == Referral.group_id, ReferralRules.version == newest.scalar_subquery())


def _shown(
    *sides: ColumnElement[bool], open_states: Collection[ReferralState], closed_since: datetime | None
) -> ColumnElement[bool]:
    """The slips of any of these sides that are open, or closed since a moment (None: all of them).

    A union of look-ups and not one condition: a database that sees an "or" reads everything there ever was.
    """
    closed = tuple(state for state in ReferralState if state not in open_states)
    parts = []
    for side in sides:
        parts.append(select(Referral.id).where(side, Referral.state.in_(tuple(open_states))))
        recent = select(Referral.id).where(side, Referral.state.in_(closed))
        parts.append(recent if closed_since is None else recent.where(Referral.changed_at >= closed_since))
    return Referral.id.in_(union_all(*parts))


def _slips(person_id: PersonId) -> Select[Referral, bool, ReferralRules | None]:
    """Slips of groups to which the person belongs, with giver and receiver."""
    return (
        select(Referral, _boarded(), ReferralRules)
        .outerjoin(ReferralRules, _newest_rules())
        .join(
            Membership,
            and_(
                Membership.group_id == Referral.group_id,
                Membership.person_id == person_id,
                Membership.standing == Standing.MEMBER,
            ),
        )
        .where(_seen_by(person_id))
        .options(joinedload(Referral.giver, innerjoin=True), joinedload(Referral.receiver, innerjoin=True))
    )


def seen_by(
    db: Session,
    person_id: PersonId,
    *,
    open_states: Collection[ReferralState],
    closed_since: datetime | None,
    group_id: GroupId | None = None,
) -> Sequence[Seen]:
    """Every slip one person sees, newest change first: open ones, and those closed since a moment (None: all)."""
    sides = (Referral.giver_id == person_id, Referral.receiver_id == person_id)
    question = (
        _slips(person_id)
        .where(_shown(*sides, open_states=open_states, closed_since=closed_since))
        .order_by(Referral.changed_at.desc(), Referral.id.desc())
    )
    if group_id is not None:
        question = question.where(Referral.group_id == group_id)
    return [(slip, boarded, agreed) for slip, boarded, agreed in db.execute(question)]


def seen_by_people(
    db: Session, people: Collection[PersonId], *, open_states: Collection[ReferralState], closed_since: datetime
) -> dict[PersonId, list[Seen]]:
    """The same of several people, in whatever group. At most two statements."""
    seen: dict[PersonId, list[Seen]] = {person: [] for person in people}
    found = db.execute(
        select(Referral, _boarded(), ReferralRules)
        .outerjoin(ReferralRules, _newest_rules())
        .where(
            _shown(
                Referral.giver_id.in_(seen),
                Referral.receiver_id.in_(seen),
                open_states=open_states,
                closed_since=closed_since,
            )
        )
        .order_by(Referral.changed_at.desc(), Referral.id.desc())
        .options(joinedload(Referral.giver, innerjoin=True), joinedload(Referral.receiver, innerjoin=True))
    ).all()
    if not found:
        return seen
    belongs = {
        (person, group)
        for person, group in db.execute(
            select(Membership.person_id, Membership.group_id).where(
                Membership.person_id.in_(seen), Membership.standing == Standing.MEMBER
            )
        )
    }
    for slip, boarded, agreed in found:
        both = (slip.giver_id,) if slip.state is ReferralState.DRAFT else (slip.giver_id, slip.receiver_id)
        for person in dict.fromkeys(both):
            if person in seen and (person, slip.group_id) in belongs:
                seen[PersonId(person)].append((slip, boarded, agreed))
    return seen


def one_seen_by(
    db: Session, person_id: PersonId, uid: str, *, group_id: GroupId | None = None, lock: bool = False
) -> Seen | None:
    """One slip, if the person may see it; locked for whoever decides on it."""
    question = _slips(person_id).where(Referral.uid == uid)
    if group_id is not None:
        question = question.where(Referral.group_id == group_id)
    if lock:
        # Read again under the lock: another mover may have been first.
        question = question.with_for_update(of=Referral).execution_options(populate_existing=True)
    row = db.execute(question).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


def given_in(
    db: Session, group_id: GroupId, *, open_states: Collection[ReferralState], closed_since: datetime
) -> Sequence[Row[str, ReferralState, int, date | None, int, int]]:
    """The referrals given in a group, newest first: open ones, and those closed since a moment.

    Uid, state, level, day, giver and receiver: a group's board has hundreds, and no more is shown of them.
    """
    # Kind and state stand in the statement itself. Told them afterwards, PostgreSQL takes them for rare once it plans
    # the statement for good, and goes through the inner slips once for each of all the database has.
    kind = bindparam(None, ReferralKind.REFERRAL, Referral.kind.type, literal_execute=True)
    draft = bindparam(None, ReferralState.DRAFT, Referral.state.type, literal_execute=True)
    return db.execute(
        select(Referral.uid, Referral.state, Referral.level, Referral.given_on, Referral.giver_id, Referral.receiver_id)
        .where(
            _shown(Referral.group_id == group_id, open_states=open_states, closed_since=closed_since),
            Referral.kind == kind,
            Referral.state != draft,
        )
        .order_by(Referral.given_on.desc(), Referral.id.desc())
    ).all()


def called(db: Session, people: Collection[int]) -> dict[int, tuple[int, str, str, str]]:
    """Key, uid and names of some people, by key. One statement."""
    rows = db.execute(select(Person.id, Person.uid, Person.given_name, Person.family_name).where(Person.id.in_(people)))
    return {key: (key, uid, given, family) for key, uid, given, family in rows}


def served_in(db: Session, group_id: GroupId, *, since: datetime) -> Sequence[Referral]:
    """The slips of a group of which the prospect said since a moment how they were served, newest answer first."""
    return db.scalars(
        select(Referral)
        .where(Referral.group_id == group_id, Referral.served.is_not(None), Referral.served_at >= since)
        .order_by(Referral.served_at.desc(), Referral.id.desc())
        .options(joinedload(Referral.giver, innerjoin=True), joinedload(Referral.receiver, innerjoin=True))
    ).all()


def same_morning(db: Session, slip: Referral, given_on: date, meeting_id: int | None) -> int:
    """How many other slips the same giver gave on that day at that place."""
    there = Referral.meeting_id.is_(None) if meeting_id is None else Referral.meeting_id == meeting_id
    return int(
        db.scalar(
            select(func.count()).where(
                Referral.giver_id == slip.giver_id,
                Referral.group_id == slip.group_id,
                Referral.state != ReferralState.DRAFT,
                Referral.given_on == given_on,
                there,
                Referral.id != slip.id,
            )
        )
        or 0
    )


def near_in_time(db: Session, slip: Referral, within: timedelta) -> Sequence[Referral]:
    """The slips between the same two, drafts too, that were given or begun within some days of this one."""
    assert slip.given_on is not None, "a slip from paper has its day"
    return db.scalars(
        select(Referral).where(
            Referral.group_id == slip.group_id,
            Referral.giver_id == slip.giver_id,
            Referral.receiver_id == slip.receiver_id,
            Referral.given_on.between(slip.given_on - within, slip.given_on + within),
        )
    ).all()


def moves_of(db: Session, referral_id: int) -> Sequence[tuple[ReferralMove, Person | None]]:
    """The history of a slip, oldest first, with who moved it."""
    rows = db.execute(
        select(ReferralMove, Person)
        .outerjoin(Person, Person.id == ReferralMove.actor_id)
        .where(ReferralMove.referral_id == referral_id)
        .order_by(ReferralMove.id)
    )
    return [(move, person) for move, person in rows]


def known(db: Session, group_id: GroupId, *standings: Standing) -> Sequence[Person]:
    """The group's people of these standings, by name."""
    return db.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.group_id == group_id, Membership.standing.in_(standings))
        .order_by(Person.sort_key, Person.id)
    ).all()


def meeting_attended_now(db: Session, group_id: GroupId, person_id: PersonId, statuses: Collection[str]) -> int | None:
    """The meeting of the group in which the person is right now, if any: where a slip was given is its root."""
    return db.scalar(
        select(Meeting.id)
        .join(Attendance, Attendance.meeting_id == Meeting.id)
        .where(
            Meeting.group_id == group_id,
            Meeting.status.in_(tuple(statuses)),
            Attendance.person_id == person_id,
            Attendance.entered_at.is_not(None),
            Attendance.left_at.is_(None),
        )
        .order_by(Meeting.starts_at.desc())
        .limit(1)
    )
