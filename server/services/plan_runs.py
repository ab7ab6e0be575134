"""Planning as everybody sees it: begun by one facilitator, watched by all, ended by whoever has enough.

A run first plans all rounds for the time that a full room waits, and announces them. Then, while people walk to
their tables, it looks for better later rounds. Its row says how far it is, so that a page opened in the middle, or
served by another process, shows the same. The work itself is done by a thread of the process that began it.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.domain import meetings as meeting_rules
from server.domain import plan_runs as rules
from server.domain.errors import Conflict, RuleViolation, WrongPhase
from server.domain.events import PlanRunMoved
from server.domain.plan_runs import RunState
from server.domain.vocabulary import MeetingId, PersonId, Uid
from server.persistence.base import new_uid
from server.persistence.models import Meeting, PlanRun
from server.services import action_log, boards, plan_undo, planning
from server.services.context import Context, Json, Op, Tx

NEXT_SECONDS = 0.6
"""CPU seconds until the next round is announced: with reading and storing it is less than a second."""
LATER_SECONDS = 10.0
"""CPU seconds in which later rounds may become better."""
TELL_EVERY = 0.5
"""Seconds between two pieces of news about one run."""


@dataclass(frozen=True)
class RunView:
    """A run as screens show it. `share` is whole percent of the present stage, `cost` the best so far by level."""

    uid: Uid
    state: RunState
    share: int
    cost: dict[str, int]
    enough: bool
    """Somebody has enough of it."""
    refusal: RuleViolation | None

    @property
    def live(self) -> bool:
        """Whether it goes on."""
        return self.state in rules.LIVE


@dataclass(frozen=True)
class Pace:
    """How long the stages take; `steps` make them the same on every machine, as tests want."""

    next_seconds: float = NEXT_SECONDS
    later_seconds: float = LATER_SECONDS
    steps: int | None = None


USUAL = Pace()


@dataclass(frozen=True)
class _Worker:
    """The thread of one run, and the word that somebody has enough of it."""

    thread: threading.Thread
    enough: threading.Event


_workers: dict[Uid, _Worker] = {}
"""The runs of this process that go on."""


def begin(
    ctx: Context,
    *,
    meeting_id: MeetingId,
    only_later: bool = False,
    pace: Pace = USUAL,
    by: PersonId | None = None,
    op: Op | None = None,
) -> Json:
    """Plan, and go on looking for better later rounds; with `only_later` just the latter. Answers `{run}` at once.

    A run that only improves gives way to this one. Raises Conflict("plan_under_way") while another seats the next
    round, and WrongPhase("meeting_is_closed").
    """
    fresh: list[Uid] = []
    before: list[Uid] = []

    def work(tx: Tx) -> Json:
        meeting = tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        meeting_rules.check_changeable(meeting.status)
        last = _last(tx.db, meeting_id)
        if last is not None:
            rules.check_may_begin(last.state, last.told_at, tx.now)
            last.state = rules.replaced(last.state, last.told_at, tx.now)
            before[:] = [Uid(last.uid)]
        state = RunState.IMPROVING if only_later else RunState.SEATING
        row = PlanRun(uid=new_uid(), meeting_id=meeting_id, state=state, began_at=tx.now, told_at=tx.now)
        tx.db.add(row)
        if not only_later:
            action_log.note(tx, meeting_id=meeting_id, key="planned", params={}, by=by, uid=Uid(row.uid))
        tx.record(PlanRunMoved(meeting_id))
        fresh[:] = [Uid(row.uid)]
        return {"run": row.uid}

    answer = ctx.transaction(work, op=op)
    for uid in before:
        _have_enough(uid)
    for uid in fresh:
        enough = threading.Event()
        run = _Run(ctx, meeting_id, uid, pace, enough, noted=not only_later)
        thread = threading.Thread(target=run.work, kwargs={"only_later": only_later}, daemon=True)
        _workers[uid] = _Worker(thread, enough)
        thread.start()
    return answer


def stop(ctx: Context, *, meeting_id: MeetingId, op: Op | None = None) -> Json:
    """Somebody has enough: the best so far is kept. A run that has died is put away. Answers `{}`."""
    found: list[Uid] = []

    def work(tx: Tx) -> Json:
        tx.db.get_one(Meeting, meeting_id, with_for_update=True)
        last = _last(tx.db, meeting_id)
        if last is None or last.state not in rules.LIVE:
            return {}
        if rules.is_live(last.state, last.told_at, tx.now):
            last.enough = True
        else:
            last.state = RunState.LOST
        tx.record(PlanRunMoved(meeting_id))
        found[:] = [Uid(last.uid)]
        return {}

    answer = ctx.transaction(work, op=op)
    for uid in found:
        _have_enough(uid)
    return answer


def latest(ctx: Context, meeting_id: MeetingId) -> RunView | None:
    """The run that goes on, or the last one. One statement, and one more for the names in a refusal."""
    with ctx.reading() as db:
        row = _last(db, meeting_id)
    if row is None:
        return None
    died = row.state in rules.LIVE and not rules.is_live(row.state, row.told_at, ctx.now())
    refusal = None
    if row.refusal:
        told = json.loads(row.refusal)
        refusal = boards.named(ctx, RuleViolation(told["code"], **told["params"]))
    return RunView(
        uid=Uid(row.uid),
        state=RunState.LOST if died else row.state,
        share=row.share,
        cost=json.loads(row.cost) if row.cost else {},
        enough=row.enough,
        refusal=refusal,
    )


def wait(uids: Iterable[Uid] | None = None) -> None:
    """Until the runs of this process (or some of them) are over."""
    for uid in list(_workers) if uids is None else uids:
        if (worker := _workers.get(uid)) is not None:
            worker.thread.join()


def _have_enough(uid: Uid) -> None:
    """Tell the thread, if it is one of ours; that of another process reads it from the row."""
    if (worker := _workers.get(uid)) is not None:
        worker.enough.set()


def _last(db: Session, meeting_id: MeetingId) -> PlanRun | None:
    question = select(PlanRun).where(PlanRun.meeting_id == meeting_id).order_by(PlanRun.id.desc()).limit(1)
    return db.scalar(question)


class _Run:
    """The work of one run, in its thread."""

    def __init__(
        self,
        ctx: Context,
        meeting_id: MeetingId,
        uid: Uid,
        pace: Pace,
        enough: threading.Event,
        *,
        noted: bool,
    ) -> None:
        self.ctx = ctx
        self.meeting_id = meeting_id
        self.uid = uid
        self.pace = pace
        self.enough = enough
        self.told = 0.0
        self.noted = noted

    def work(self, *, only_later: bool) -> None:
        """Plan, announce, improve; and say how it ended, whatever happens."""
        end = RunState.LOST
        refusal: RuleViolation | None = None
        try:
            end = self._improve(None) if only_later else self._seat()
            if self.enough.is_set() and end is RunState.DONE:
                end = RunState.STOPPED
        except (Conflict, WrongPhase) as overtaken:
            end, refusal = RunState.OVERTAKEN, overtaken
        except RuleViolation as refused:
            end, refusal = RunState.REFUSED, refused
        finally:
            self._tell(end, refusal=refusal)
            _workers.pop(self.uid, None)

    def _seat(self) -> RunState:
        """Both stages; the second only where there is something left to improve."""
        answer = self._stage(RunState.SEATING, planning.plan, self.pace.next_seconds)
        if answer["finished"] or self.enough.is_set():
            return RunState.DONE
        return self._improve(answer["announced"])

    def _improve(self, announced: list[int] | None) -> RunState:
        """The second stage. When the meeting goes on without it, what is announced stands and nothing is wrong."""
        self._tell(RunState.IMPROVING)
        try:
            self._stage(RunState.IMPROVING, planning.improve, self.pace.later_seconds, announced=announced)
        except (Conflict, WrongPhase):
            return RunState.OVERTAKEN
        return RunState.DONE

    def _stage(self, state: RunState, verb: Callable[..., Json], seconds: float, **more: object) -> Json:
        def hear(news: Json) -> None:
            if time.monotonic() >= self.told + TELL_EVERY:
                self._tell(state, news=news)

        def check(tx: Tx) -> None:
            if tx.db.scalar(select(PlanRun.state).where(PlanRun.uid == self.uid)) not in rules.LIVE:
                raise Conflict("plan_overtaken")

        return verb(
            self.ctx,
            meeting_id=self.meeting_id,
            seconds=seconds,
            steps=self.pace.steps,
            on_progress=hear,
            enough=self.enough,
            check=check,
            noted=plan_undo.stored(self.uid) if self.noted else None,
            **more,
        )

    def _tell(self, state: RunState, *, news: Json | None = None, refusal: RuleViolation | None = None) -> None:
        """Write down how far the run is, and read there whether anybody has enough of it."""

        def work(tx: Tx) -> None:
            tx.db.get_one(Meeting, self.meeting_id, with_for_update=True)
            row = tx.db.scalars(select(PlanRun).where(PlanRun.uid == self.uid)).one()
            if row.enough or row.state not in rules.LIVE:
                self.enough.set()
            if row.state not in rules.LIVE:
                return
            row.state, row.told_at = state, tx.now
            row.share = round(news["share"] * 100) if news else 0 if state in rules.LIVE else 100
            if news:
                row.cost = json.dumps(news["cost"])
            if refusal is not None:
                params = {key: str(value) for key, value in refusal.params.items()}
                row.refusal = json.dumps({"code": refusal.code, "params": params})
            tx.record(PlanRunMoved(self.meeting_id))

        self.ctx.transaction(work)
        self.told = time.monotonic()
