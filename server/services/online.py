"""How many screens are online, of each kind: every process writes down what it holds, the sum is everybody's.

Counted, never named. A process that has not written for a while is gone, and its screens with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select

from server.domain.vocabulary import MeetingId
from server.persistence.base import new_uid
from server.persistence.models import OnlineCount
from server.services.context import Context, Tx

GONE_AFTER = timedelta(seconds=30)
"""A process writes at least every ten seconds while it holds a screen."""


@dataclass(frozen=True)
class Online:
    """Screens of one meeting. `phones` are people, however many pages each has open."""

    phones: int = 0
    displays: int = 0
    desks: int = 0
    consoles: int = 0


def new_worker() -> str:
    """A name for this process, nobody else's."""
    return new_uid()


def write_down(ctx: Context, worker: str, held: Mapping[MeetingId, Online]) -> None:
    """What this process holds now, in place of what it held before."""

    def work(tx: Tx) -> None:
        old = OnlineCount.told_at < tx.now - GONE_AFTER
        tx.db.execute(delete(OnlineCount).where((OnlineCount.worker == worker) | old))
        for meeting_id, counts in held.items():
            tx.db.add(OnlineCount(worker=worker, meeting_id=meeting_id, told_at=tx.now, **vars(counts)))

    ctx.transaction(work)


def online(ctx: Context, meeting_id: MeetingId) -> Online:
    """The sum over all processes. One statement."""
    kinds = (OnlineCount.phones, OnlineCount.displays, OnlineCount.desks, OnlineCount.consoles)
    question = select(*(func.coalesce(func.sum(kind), 0) for kind in kinds)).where(
        OnlineCount.meeting_id == meeting_id, OnlineCount.told_at >= ctx.now() - GONE_AFTER
    )
    with ctx.reading() as db:
        return Online(*map(int, db.execute(question).one()))
