"""Who sits with whom. `plan` is a pure function from a problem, a budget and a seed to a plan.

    from server.domain.planning import Person, Problem, Shape, plan
"""

from .cost import Cost
from .pace import Budget
from .planner import plan
from .problem import (
    Affinity,
    Lock,
    Mode,
    Odd,
    PastMeeting,
    Person,
    PersonId,
    Problem,
    Seating,
    Shape,
    SizeRule,
)
from .reading import plan_to_json, problem_from_json
from .replan import resume
from .result import Explanation, Plan, Progress

__all__ = [
    "Affinity",
    "Budget",
    "Cost",
    "Explanation",
    "Lock",
    "Mode",
    "Odd",
    "PastMeeting",
    "Person",
    "PersonId",
    "Plan",
    "Problem",
    "Progress",
    "Seating",
    "Shape",
    "SizeRule",
    "plan",
    "plan_to_json",
    "problem_from_json",
    "resume",
]
