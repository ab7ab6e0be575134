"""What boards, outlooks and empty chairs answer, as JSON values: ids as they are given, numbers from 0."""

from dataclasses import asdict
from typing import Any

from .alternatives import Option, Weighed
from .board import Exchange, Move
from .cost import Cost
from .empty_chair import Chair
from .outlook import Outlook, Range
from .result import Explanation, Said
from .whynot import WhyNot

Json = dict[str, Any]


def said_to_json(said: Said) -> Json:
    """One remark."""
    return {"key": said.key, "params": said.params}


def explanation_to_json(explanation: Explanation, text: str | None = None) -> Json:
    """An explanation, with its words where there are some."""
    written = {
        "person": explanation.person,
        "round": explanation.number,
        "key": explanation.key,
        "params": explanation.params,
    }
    return written if text is None else written | {"text": text}


def move_to_json(move: Move, to: int) -> Json:
    """An exchange (with an `other`) or a way to another table; `to` is the table of `one` then, null: sits out."""
    written: Json = {"round": move.number, "one": move.one, "to": None if to < 0 else to}
    return written | {"other": move.other} if isinstance(move, Exchange) else written


def change_to_json(change: Cost) -> Json:
    """The levels that move, and by how much."""
    return {level: by for level, by in zip(Cost._fields, change, strict=True) if by}


def weighed_to_json(weighed: Weighed) -> Json:
    """What a change by hand would do."""
    return {
        "moves": [move_to_json(move, to) for move, to in zip(weighed.moves, weighed.to, strict=True)],
        "allowed": weighed.allowed,
        "verdict": weighed.verdict,
        "cost": weighed.cost._asdict(),
        "change": change_to_json(weighed.change),
        "breaks": [said_to_json(said) for said in weighed.breaks],
        "gains": [said_to_json(said) for said in weighed.gains],
    }


def option_to_json(option: Option) -> Json:
    """One seat somebody could have."""
    return {
        **move_to_json(option.move, option.to),
        "allowed": option.allowed,
        "verdict": option.verdict,
        "change": change_to_json(option.change),
    }


def why_not_to_json(answer: WhyNot) -> Json:
    """Why two people do not meet, and the way to it."""
    return {
        "one": answer.one,
        "other": answer.other,
        "told": [said_to_json(said) for said in answer.told],
        "way": None if answer.way is None else weighed_to_json(answer.way),
    }


def outlook_to_json(outlook: Outlook) -> Json:
    """What is known before the start."""
    return {
        "people": outlook.people,
        "rounds": outlook.rounds,
        "repeat_free": _range(outlook.repeat_free),
        "all_new": None if outlook.all_new is None else _range(outlook.all_new),
        "repeats_at_least": outlook.least_repeats,
        "reason": None if outlook.reason is None else said_to_json(outlook.reason),
        "forced": [asdict(pair) for pair in outlook.forced],
        "byes": None if outlook.byes is None else asdict(outlook.byes),
        "trios": None if outlook.trios is None else asdict(outlook.trios),
        "bound": outlook.bound._asdict(),
        "told": [said_to_json(said) for said in outlook.told],
    }


def _range(known: Range) -> Json:
    return {"at_least": known[0], "at_most": known[1]}


def chair_to_json(chair: Chair) -> Json:
    """One guest to invite."""
    return asdict(chair) | {"told": [said_to_json(said) for said in chair.told]}
