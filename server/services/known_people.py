"""People of a group by a label that nobody else has: who may be named as the one who invited, in forms and files."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from server.domain import names
from server.domain.vocabulary import GroupId, PersonId, Uid
from server.persistence.queries import people as queries
from server.services.context import Context

Folds = Counter[tuple[str, ...]]


@dataclass(frozen=True)
class Known:
    """Somebody who may be named as the one who invited: `label` is unique in the group."""

    id: PersonId
    uid: Uid
    label: str


def inviters(ctx: Context, group_id: GroupId) -> tuple[Known, ...]:
    """Everybody who may have invited somebody, by name."""
    with ctx.reading() as db:
        return everybody(db, group_id)


def everybody(db: Session, group_id: GroupId) -> tuple[Known, ...]:
    """A helper of the use-cases: everybody of today with a label; namesakes are told apart by company, then by uid."""
    rows = queries.names(db, group_id)
    plain = [names.full_name(given, family) for _, _, given, family, _ in rows]
    longer = [f"{name}, {row[4]}" if row[4] else name for name, row in zip(plain, rows, strict=True)]
    often = Counter(map(names.query_words, plain)) + Counter(map(names.query_words, set(longer) - set(plain)))
    often_longer = Counter(map(names.query_words, longer))
    return tuple(
        Known(key, uid, _label(name, long, uid, often, often_longer))
        for (key, uid, *_), name, long in zip(rows, plain, longer, strict=True)
    )


def _label(name: str, long: str, uid: Uid, often: Folds, often_longer: Folds) -> str:
    """The shortest label that nobody else in the group has."""
    if often[names.query_words(name)] == 1:
        return name
    return long if often_longer[names.query_words(long)] == 1 else f"{long} ({uid[:6]})"


def by_label(people: Iterable[Known]) -> dict[tuple[str, ...], PersonId]:
    """Folded labels to people."""
    return {names.query_words(known.label): known.id for known in people}
