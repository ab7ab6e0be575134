"""Who sits with whom. `plan` is a pure function from a problem, a budget and a seed to a plan.

    from server.domain.planning import Person, Problem, Shape, plan

`outlook` says what is known before anybody plans, `Board` what every change by hand would cost, `why_not` why two
people do not meet, `empty_chairs` whom to invite.
"""

from .alternatives import (
    Option,
    Weighed,
    alternative,
    cost_of_exchange,
    cost_of_transfer,
    options,
)
from .answers import (
    chair_to_json,
    explanation_to_json,
    option_to_json,
    outlook_to_json,
    said_to_json,
    weighed_to_json,
    why_not_to_json,
)
from .board import Board, Exchange, Move, Transfer
from .cost import Cost
from .empty_chair import Chair, empty_chairs
from .explain import explain
from .outlook import Outlook, outlook
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
from .reading import plan_to_json, problem_from_json, seatings_from_json
from .reasons import ForcedPair, in_words, reason_for
from .replan import resume
from .result import Explanation, Plan, Progress, Said
from .whynot import WhyNot, bring_to_table, bring_together, keep_apart, why_not

__all__ = [
    "Affinity",
    "Board",
    "Budget",
    "Chair",
    "Cost",
    "Exchange",
    "Explanation",
    "ForcedPair",
    "Lock",
    "Mode",
    "Move",
    "Odd",
    "Option",
    "Outlook",
    "PastMeeting",
    "Person",
    "PersonId",
    "Plan",
    "Problem",
    "Progress",
    "Said",
    "Seating",
    "Shape",
    "SizeRule",
    "Transfer",
    "Weighed",
    "WhyNot",
    "alternative",
    "bring_to_table",
    "bring_together",
    "chair_to_json",
    "cost_of_exchange",
    "cost_of_transfer",
    "empty_chairs",
    "explain",
    "explanation_to_json",
    "in_words",
    "keep_apart",
    "option_to_json",
    "options",
    "outlook",
    "outlook_to_json",
    "plan",
    "plan_to_json",
    "problem_from_json",
    "reason_for",
    "resume",
    "said_to_json",
    "seatings_from_json",
    "weighed_to_json",
    "why_not",
    "why_not_to_json",
]
