"""`coltiva plan`: who sits with whom, from a file into a file, without any database and without the web.

Beside the plan it answers three questions: why somebody sits where they sit, why two people do not meet, and whom
to invite.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from server.commands import Refused, read_file, say, sentence, tell, words, write_file
from server.domain import planning
from server.domain.errors import RuleViolation
from server.jobs.plans import CpuBudget
from server.views.sentences import remarks
from server.views.sentences.planning import IN_A_FILE

PERSONAL = frozenset({"plan_bad_field", "plan_unknown_field", "plan_negative"})
"""Refusals that may name a person, and are said otherwise then."""


@dataclass(frozen=True)
class Questions:
    """What is asked beside the plan; names or ids."""

    explain: str | None = None
    why_not: tuple[str, str] | None = None
    empty_chairs: bool = False


NOTHING = Questions()


def make_plan(
    path: Path,
    *,
    seconds: float,
    seed: int,
    steps: int | None,
    language: str,
    out: Path | None,
    questions: Questions = NOTHING,
) -> int:
    """Plan the problem of a file; without `out` the plan, or the answers, are said. Raises Refused and writes nothing
    then."""
    problem_json = _json(path)
    voice = _Voice(problem_json, language)
    try:
        problem = planning.problem_from_json(problem_json)
        if problem.sectors is None and not questions.empty_chairs:
            # Nobody else checks a file: a wish for what nobody has and nobody else looks for is a slip of the pen.
            problem = replace(problem, sectors=_sectors(problem))
        asked = _people_asked_for(problem, voice, questions)
        made = _searched(problem, CpuBudget(seconds, steps), seed, language)
        answers = list(_answers(problem, made, voice, questions, asked))
    except RuleViolation as refused:
        raise Refused(voice.refusal(path, refused)) from refused
    if out is not None:
        written = planning.plan_to_json(made, voice.explanation, problem_json.get("id"))
        write_file(out, (json.dumps(written, ensure_ascii=False, indent=1) + "\n").encode())
    for line in answers or (_table(problem, made, voice) if out is None else ()):
        say(line)
    done = {"people": len(problem.people), "rounds": problem.rounds}
    tell(f"{words(remarks.DONE, done, language)} {_proven(problem, made, voice)}")
    return 0


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_file(path))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Refused(f"{path} is not JSON{line}.") from error
    except RecursionError as error:
        raise Refused(f"{path} is not a problem to plan: it is nested too deeply.") from error
    if not isinstance(found, dict):
        raise Refused(f"{path} must hold one JSON object.")
    return found


def _sectors(problem: planning.Problem) -> tuple[str, ...]:
    """The sectors there are, going by the file: somebody's, an affinity's, or looked for by more than one."""
    found = {person.sector for person in problem.people if person.sector is not None}
    wanted = Counter(sector for person in problem.people for sector in set(person.looks_for))
    found |= {sector for sector, people in wanted.items() if people > 1}
    for affine in problem.affinity:
        found |= {affine.sector, affine.other}
    return tuple(sorted(found))


class _Voice:
    """Names for ids, and words in the language asked for."""

    def __init__(self, problem: dict[str, Any], language: str) -> None:
        self.language = language
        people = problem.get("people")
        entries = [entry for entry in people if isinstance(entry, dict)] if isinstance(people, list) else []
        self.names: dict[planning.PersonId, str] = {
            entry["id"]: str(entry.get("name") or entry["id"])
            for entry in entries
            if isinstance(entry.get("id"), int | str)
        }

    def name(self, person: planning.PersonId) -> str:
        """What somebody is called: their name, their id where they have none."""
        return self.names.get(person, str(person))

    def translate(self, text: str) -> str:
        """A text of the program in the language."""
        return words(text, {}, self.language)

    def remark(self, said: planning.Said) -> str:
        """A remark of the planner."""
        return remarks.worded(said.key, said.params, self.name, self.translate)

    def explanation(self, told: planning.Explanation) -> str:
        """Why somebody sits there."""
        return remarks.worded(told.key, told.params, self.name, self.translate)

    def refusal(self, path: Path, refused: RuleViolation) -> str:
        """A no of the planner: the file, the field, and a sentence with names for ids."""
        params = dict(refused.params)
        for key in ("person", "other"):
            value = params.get(key)
            if isinstance(value, int | str):
                params[key] = self.name(value)
        text = IN_A_FILE.get(f"{refused.code}_in_a_file")
        if text is None or (refused.code in PERSONAL and "person" not in params):
            said = sentence(refused.code, params, self.language)
        else:
            said = words(text, params, self.language)
        where = f"{path}, {params['field']}" if "field" in params else str(path)
        return f"{where}: {said}"

    def person(self, text: str) -> planning.PersonId:
        """The one person with this id, this name, or this in their name. Raises Refused."""
        wanted = text.casefold().strip()
        for fits in (
            lambda person, name: str(person) == text,
            lambda person, name: name.casefold() == wanted,
            lambda person, name: bool(wanted) and wanted in name.casefold(),
        ):
            found = [person for person, name in self.names.items() if fits(person, name)]
            if len(found) == 1:
                return found[0]
            if found:
                these = ", ".join(f"{self.names[person]} ({person})" for person in found[:5])
                raise Refused(f'Several people are called "{text}": {these}. Give an id instead.')
        raise Refused(f'Nobody in the file is called "{text}" or has this id.')


def _searched(problem: planning.Problem, budget: CpuBudget, seed: int, language: str) -> planning.Plan:
    progress = _Progress(language)
    try:
        return planning.plan(problem, budget, seed, progress.hear, None)
    finally:
        progress.end()


class _Progress:
    """What the console hears while the planner thinks: one line that changes, or nothing where it is a file."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._shown = -1

    def hear(self, progress: planning.Progress) -> None:
        """Say the share in whole percent, when it has moved."""
        share = round(progress.share * 100)
        if share == self._shown or not sys.stderr.isatty():
            return
        self._shown = share
        best = words(remarks.LEVELS["level_repeats"], {"by": progress.cost.repeats}, self._language)
        sys.stderr.write(f"\r{share:3} %  {best} ")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line; what is said next begins a new one."""
        if self._shown >= 0:
            sys.stderr.write("\n")


def _people_asked_for(problem: planning.Problem, voice: _Voice, questions: Questions) -> tuple[planning.PersonId, ...]:
    """Whoever the questions are about, found before anybody waits for a plan."""
    named = [*([questions.explain] if questions.explain is not None else []), *(questions.why_not or ())]
    return tuple(voice.person(text) for text in named)


def _answers(
    problem: planning.Problem,
    made: planning.Plan,
    voice: _Voice,
    questions: Questions,
    asked: tuple[planning.PersonId, ...],
) -> Iterator[str]:
    people = iter(asked)
    if asked:
        board = planning.Board(problem, made.rounds)
        if questions.explain is not None:
            yield from _explained(board, next(people), voice)
        if questions.why_not is not None:
            yield from _why_not(board, next(people), next(people), voice)
    if questions.empty_chairs:
        yield from _empty_chairs(problem, made, voice)


def _explained(board: planning.Board, person: planning.PersonId, voice: _Voice) -> Iterator[str]:
    """Round by round why somebody sits where they sit, and the cheapest other seat."""
    yield voice.name(person)
    told = board.explanations(person)
    coming = board.still_to_come(person)
    for number in range(board.problem.rounds):
        here = [each for each in told if each.number == number]
        if here:
            yield sentence("plan_round_title", {"number": number + 1}, voice.language)
        for each in here:
            yield f"  {voice.explanation(each)}"
        if number in coming:
            yield from (f"  {line}" for line in _alternative(board, number, person, voice))


def _alternative(board: planning.Board, number: int, person: planning.PersonId, voice: _Voice) -> Iterator[str]:
    found = planning.alternative(board, number, person)
    if found is None:
        yield voice.translate(remarks.ALTERNATIVES["none"])
        return
    weighed = planning.weighed_to_json(found)
    yield remarks.heading(weighed, voice.name, voice.translate)
    yield from (f"  {line}" for line in remarks.outcome(weighed, voice.name, voice.translate))


def _why_not(board: planning.Board, one: planning.PersonId, other: planning.PersonId, voice: _Voice) -> Iterator[str]:
    """What stands between two people, and the cheapest way to one table."""
    answer = planning.why_not(board, one, other)
    yield f"{voice.name(one)}, {voice.name(other)}"
    yield from (f"  {voice.remark(said)}" for said in answer.told)
    if answer.way is not None:
        weighed = planning.weighed_to_json(answer.way)
        yield from (f"  {line}" for line in remarks.way(weighed, voice.name, voice.translate))
        yield from (f"    {line}" for line in remarks.outcome(weighed, voice.name, voice.translate))


def _empty_chairs(problem: planning.Problem, made: planning.Plan, voice: _Voice) -> Iterator[str]:
    """Whom to invite, the best first."""
    for chair in planning.empty_chairs(problem, made.rounds, seed=made.seed):
        yield chair.sector if chair.region is None else f"{chair.sector} ({chair.region})"
        yield from (f"  {voice.remark(said)}" for said in chair.told)


def _proven(problem: planning.Problem, made: planning.Plan, voice: _Voice) -> str:
    """What is proven about the plan, and why."""
    said = [planning.in_words(made)]
    reason = planning.reason_for(problem, made)
    if reason is not None and not made.optimal:
        said.append(reason)
    return " ".join(map(voice.remark, said))


def _table(problem: planning.Problem, made: planning.Plan, voice: _Voice) -> Iterator[str]:
    """The plan as lines to read out: rounds, tables, who sits there, who sits out and why."""
    for number, seating in enumerate(made.rounds):
        yield sentence("plan_round_title", {"number": number + 1}, voice.language)
        for table, people in enumerate(seating, start=1):
            yield f"  {table:>3}  {', '.join(map(voice.name, people))}"
        for told in made.explanations:
            if (told.number, told.key) == (number, "bye"):
                yield f"       {voice.name(told.person)}: {voice.explanation(told)}"
