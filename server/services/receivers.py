"""To whom a slip or thanks can go, each with a label that can be typed, found by beginnings of words.

Somebody of another group is put on the list when a slip goes to them for the first time: a visitor who has not visited,
so no figure counts them, with their group's name where others have their company's.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.domain import names
from server.domain.attendance import NAME_MOST
from server.domain.errors import RuleViolation
from server.domain.vocabulary import GroupId, PersonId, Standing, Uid
from server.persistence.models import Group, Membership, Person
from server.persistence.queries import referrals as queries
from server.services.context import Context, Tx

TO_WHOM = (Standing.MEMBER, Standing.VISITOR)
NAMED_MOST = 4
"""How many people a refusal names when a text fits several."""


@dataclass(frozen=True)
class Receiver:
    """Somebody to whom a slip can go; `label` is unique in the group and can be typed."""

    uid: Uid
    label: str
    company: str


def listed(
    ctx: Context, group_id: GroupId, *, but: PersonId, standings: tuple[Standing, ...] = TO_WHOM
) -> tuple[Receiver, ...]:
    """The people of these standings but one, by name: for a slip members and visitors. One statement."""
    with ctx.reading() as db:
        people = queries.known(db, group_id, *standings)
    return tuple(one for one, person in zip(_labelled(people), people, strict=True) if person.id != but)


def meant(
    db: Session, group_id: GroupId, giver: PersonId, typed: str, standings: tuple[Standing, ...] = TO_WHOM
) -> Person:
    """A helper of the use-cases: the one person meant, by uid, label, or beginnings of words that fit nobody else.

    Raises RuleViolation for the field `to`: receiver_missing, receiver_unknown, receiver_ambiguous (naming up to
    four), referral_to_self.
    """
    words = names.query_words(typed)
    if not words:
        raise RuleViolation("receiver_missing", field="to")
    people = queries.known(db, group_id, *standings)
    labels = {person.id: one.label for one, person in zip(_labelled(people), people, strict=True)}
    fitting = [p for p in people if typed.strip() == p.uid or names.query_words(labels[p.id]) == words]
    fitting = fitting or [p for p in people if _begins(p, words)]
    others = [person for person in fitting if person.id != giver]
    if len(others) > 1:
        known = ", ".join(labels[person.id] for person in others[:NAMED_MOST])
        raise RuleViolation("receiver_ambiguous", field="to", names=known)
    if others:
        return others[0]
    if fitting:
        raise RuleViolation("referral_to_self", field="to")
    raise RuleViolation("receiver_unknown", field="to", value=names.tidy(typed)[:80])


def meant_or_met(tx: Tx, group_id: GroupId, giver: PersonId, typed: str, home_group: str) -> Person:
    """A helper of the use-cases: the same for a slip, or somebody of another group, put on the list under their whole
    name. `home_group` empty: nobody is put on it.

    Raises what `meant` raises, and RuleViolation for the field `to`: name_too_long.
    """
    try:
        return meant(tx.db, group_id, giver, typed)
    except RuleViolation as refused:
        if refused.code != "receiver_unknown" or not home_group:
            raise
    given, _, family = names.tidy(typed).partition(" ")
    if max(len(given), len(family)) > NAME_MOST:
        raise RuleViolation("name_too_long", field="to", most=NAME_MOST)
    person = Person(
        given_name=given,
        family_name=family,
        company=home_group,
        created_at=tx.now,
        search_key=names.search_key(given, family, home_group),
        sort_key=names.sort_key(family, given, tx.db.get_one(Group, group_id).language),
    )
    tx.db.add(person)
    tx.db.flush()
    tx.db.add(Membership(group_id=group_id, person_id=person.id, standing=Standing.VISITOR))
    tx.db.flush()
    return person


def _begins(person: Person, words: Iterable[str]) -> bool:
    """Whether every word begins a word of the person's names or company."""
    own = person.search_key.split()
    return all(any(each.startswith(word) for each in own) for word in words)


def _labelled(people: Iterable[Person]) -> tuple[Receiver, ...]:
    """Each with a label that nobody else has: the name; with the company for namesakes; with the uid for twins."""
    known = list(people)
    plain = [names.full_name(person.given_name, person.family_name) for person in known]
    longer = [f"{name}, {p.company}" if p.company else name for name, p in zip(plain, known, strict=True)]
    often = Counter(map(names.query_words, plain))
    often_longer = Counter(map(names.query_words, longer))

    def label(person: Person, name: str, long: str) -> str:
        if often[names.query_words(name)] == 1:
            return name
        return long if often_longer[names.query_words(long)] == 1 else f"{long} ({person.uid[:6]})"

    return tuple(
        Receiver(Uid(person.uid), label(person, name, long), person.company)
        for person, name, long in zip(known, plain, longer, strict=True)
    )
