"""Who sat together at earlier meetings, person by person: how often in all, and when last."""

from .problem import PersonId, Problem

Earlier = dict[PersonId, dict[PersonId, tuple[int, int | None]]]
"""Person, other person: times in all, and days since the last dated time (None when none has a date)."""


def earlier_meetings(problem: Problem) -> Earlier:
    """The history of a problem, both ways round; everybody has an entry, people without history an empty one."""
    found: Earlier = {person.id: {} for person in problem.people}
    for past in problem.history:
        known = found[past.a].get(past.b)
        together = (past.times, past.days_ago)
        if known is not None:
            dated = [day for day in (known[1], past.days_ago) if day is not None]
            together = (known[0] + past.times, min(dated, default=None))
        found[past.a][past.b] = found[past.b][past.a] = together
    return found
