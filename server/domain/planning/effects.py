"""What one move does, by name: the pairs it brings together and takes apart, the wishes, the rules it would break.

Broken rules come first, then who would meet again, people of one sector, wishes, and what only numbers say.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .changes import Longs
from .cost import LEVEL
from .result import Said
from .turns import bye_in_turn

if TYPE_CHECKING:
    from .board import Board

Effect = tuple[Said, bool]
"""A remark, and whether it is a gain."""
COUNTED = {
    "visitors_missed": ("visitors_lost", "visitors_gained"),
    "seats_changed": ("announced_seats_changed", "announced_seats_kept"),
    "extra_byes": ("byes_less_fair", "byes_fairer"),
    "extra_trios": ("trios_less_fair", "trios_fairer"),
    "walks": ("more_walking", "less_walking"),
}
"""Levels that are told as a number: the remark when it gets worse, and when it gets better."""


def effects(board: "Board", number: int, index: int, other: int, table: int, change: Longs) -> list[Effect]:
    """The effects of `index` going to `table` and `other` (-1: nobody) coming back for them."""
    home = int(board.tables[number, index])
    if home == table:
        return []
    move = _Move(board, number, index, other, home, table)
    return [*move.rules(), *move.meetings(), *move.partings(), *_counted(change)]


def _counted(change: Longs) -> Iterator[Effect]:
    for level, (worse, better) in COUNTED.items():
        by = int(change[LEVEL[level]])
        if by:
            yield Said(worse if by > 0 else better, {"count": abs(by)}), by < 0


class _Move:
    """Two people, two tables, and the company at both."""

    def __init__(self, board: "Board", number: int, index: int, other: int, home: int, table: int) -> None:
        self.board, self.number = board, number
        self.index, self.other, self.home, self.table = index, other, home, table
        row = board.tables[number].tolist()
        old = [mate for mate in range(len(row)) if row[mate] == home >= 0 and mate != index]
        new = [mate for mate in range(len(row)) if row[mate] == table >= 0 and mate != other]
        self.sizes = len(old) + (other >= 0), len(new) + 1
        self.leaves = [(index, mate, home) for mate in old]
        self.meets = [(index, mate, table) for mate in new]
        if other >= 0:
            self.leaves += [(other, mate, table) for mate in new]
            self.meets += [(other, mate, home) for mate in old]

    def rules(self) -> Iterator[Effect]:
        """Hard rules that would no longer hold, and who would sit out."""
        layout, ids = self.board.model.layout.rounds[self.number], self.board.model.ids
        for person, goes_to in ((self.index, self.table), (self.other, self.home)):
            kept = layout.fixed.get(person, goes_to)
            if person >= 0 and kept != goes_to:
                yield Said("leaves_kept_seat", {"person": ids[person], "table": kept, "round": self.number}), False
        for one, mate, table in self.meets:
            if self.board.model.forbidden[one, mate]:
                yield Said("meet_though_forbidden", self._couple(one, mate, table)), False
        if self.home < 0 or self.table < 0:
            yield from self._byes()
        elif self.other < 0 and not self._sizes_fit():
            sizes = {"size": self.sizes[0], "other_table": self.table, "other_size": self.sizes[1]}
            yield Said("tables_uneven", {"table": self.home, "round": self.number, **sizes}), False

    def _byes(self) -> Iterator[Effect]:
        ids = self.board.model.ids
        out, back = (self.index, self.other) if self.table < 0 else (self.other, self.index)
        if out < 0:
            yield Said("nobody_sits_out", {"round": self.number}), False
        else:
            in_turn = bye_in_turn(self.board, self.number, out)
            key = "would_sit_out" if in_turn else "would_sit_out_of_turn"
            yield Said(key, {"person": ids[out], "round": self.number}), False
        yield Said("would_sit_down", {"person": ids[back], "round": self.number}), True

    def _sizes_fit(self) -> bool:
        """Whether tables still differ by one at most after somebody has left without exchange."""
        sizes = [len(table) for table in self.board.rounds[self.number]]
        sizes[self.home], sizes[self.table] = self.sizes
        given = self.board.problem.shapes[self.number].sizes is not None
        return not given and min(sizes) >= 2 and max(sizes) - min(sizes) <= 1

    def meetings(self) -> Iterator[Effect]:
        """Pairs that would come together."""
        board, model, ids = self.board, self.board.model, self.board.model.ids
        for one, mate, table in self.meets:
            if board.counts[one, mate] or model.times[one, mate]:
                times, days = board.earlier[ids[one]].get(ids[mate], (0, None))
                past = {"rounds": board.together(one, mate), "times": times, "days_ago": days}
                yield Said("together_again", self._couple(one, mate, table, **past)), False
        for one, mate, table in self.meets:
            if model.same[one, mate]:
                sector = model.sector_names[model.sector[one]]
                yield Said("same_sector_together", self._couple(one, mate, table, sector=sector)), False
        for one, mate, table in self.meets:
            if not board.counts[one, mate]:
                yield from self._hopes(one, mate, table, "gained", gain=True)

    def partings(self) -> Iterator[Effect]:
        """Pairs that would no longer sit together in this round."""
        board, model = self.board, self.board.model
        for one, mate, table in self.leaves:
            if board.counts[one, mate] == 1:
                yield from self._hopes(one, mate, table, "lost", gain=False)
        for one, mate, table in self.leaves:
            if board.counts[one, mate] > 1 or model.times[one, mate]:
                yield Said("repeat_spared", self._couple(one, mate, table)), True
        for one, mate, table in self.leaves:
            if model.same[one, mate]:
                sector = model.sector_names[model.sector[one]]
                yield Said("same_sector_spared", self._couple(one, mate, table, sector=sector)), True

    def _hopes(self, one: int, mate: int, table: int, what: str, *, gain: bool) -> Iterator[Effect]:
        """What the only meeting of two people is good for: the organiser's word, wishes, affine sectors."""
        model = self.board.model
        if model.must[one, mate]:
            yield Said(f"must_meet_{what}", self._couple(one, mate, table)), gain
        for seeker, found in ((one, mate), (mate, one)):
            sector = int(model.sector[found])
            if sector >= 0 and model.looks_for[seeker, sector]:
                wish = {"person": model.ids[seeker], "other": model.ids[found], "round": self.number}
                yield Said(f"wish_{what}", {**wish, "sector": model.sector_names[sector]}), gain
        if model.affine[one, mate]:
            weight = int(model.affine[one, mate])
            yield Said(f"affinity_{what}", self._couple(one, mate, table, weight=weight)), gain

    def _couple(self, one: int, mate: int, table: int, **more: Any) -> dict[str, Any]:
        ids = self.board.model.ids
        return {"one": ids[one], "other": ids[mate], "table": table, "round": self.number, **more}
