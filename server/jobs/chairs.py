"""The empty chair as a job: the child reads the situation, asks the planner and adds the group's own names."""

from datetime import datetime
from pathlib import Path

from server.config import Settings
from server.domain.vocabulary import MeetingId
from server.jobs import Job, Json, Tell
from server.jobs.plans import empty_chairs


def find(arguments: Json, tell: Tell) -> Json:
    """`{database, instance, now, meeting}` → `{chairs, people}` as `services.chairs` unpacks them."""
    from server.persistence.database import Database
    from server.services import chairs
    from server.services.context import Context

    moment = datetime.fromisoformat(arguments["now"])
    settings = Settings(instance=Path(arguments["instance"]), database=arguments["database"])
    database = Database(arguments["database"])
    try:
        ctx = Context(database=database, now=lambda: moment, key=b"", settings=settings)
        meeting_id = MeetingId(arguments["meeting"])
        said = empty_chairs(chairs.question(ctx, meeting_id), tell)
        return chairs.answer(ctx, meeting_id, said["chairs"])
    finally:
        database.close()


JOBS: dict[str, Job] = {"find": find}
