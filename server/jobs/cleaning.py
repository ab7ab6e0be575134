"""Cleaning the database's file as a job: writing it anew takes seconds in which the room must not wait."""

from server.jobs import Job, Json, Tell


def scrub(arguments: Json, tell: Tell) -> Json:
    """`{database, at_most}` → `{done}`: whether no deleted byte is left; see `Database.scrub`."""
    from server.persistence.database import Database

    database = Database(arguments["database"])
    try:
        return {"done": database.scrub(at_most=arguments["at_most"])}
    finally:
        database.close()


JOBS: dict[str, Job] = {"scrub": scrub}
