"""How many come, as the venue needs to know it: no names."""

from dataclasses import dataclass

from sqlalchemy import case, func, select

from server.domain import attendance as rules
from server.domain.vocabulary import MeetingId, Standing
from server.persistence.models import Attendance
from server.services.context import Context


@dataclass(frozen=True)
class HeadCount:
    """People who are expected or here; who excused themselves."""

    members: int
    visitors: int
    away: int

    @property
    def together(self) -> int:
        """Chairs that are needed."""
        return self.members + self.visitors


def of(ctx: Context, meeting_id: MeetingId) -> HeadCount:
    """The counts of a meeting. One statement."""
    away = Attendance.status.in_(rules.AWAY)
    member = Attendance.standing == Standing.MEMBER
    with ctx.reading() as db:
        row = db.execute(
            select(
                func.count(case((~away & member, 1))),
                func.count(case((~away & ~member, 1))),
                func.count(case((away, 1))),
            ).where(Attendance.meeting_id == meeting_id)
        ).one()
    return HeadCount(*map(int, row))
