"""Labels a group can print on: those of the program and its own, measured or imported. Lengths are in mm.

Measures are checked by the child that draws, so that labels which do not fit their page are refused when they are
written down and not when sixty people wait for a badge.
"""

import base64
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from sqlalchemy import Select, select

from server.domain import names
from server.domain.errors import NotFound, RuleViolation
from server.domain.vocabulary import GroupId
from server.persistence.base import new_uid
from server.persistence.models import Group, OwnStock
from server.services import workbench
from server.services.context import Context, Json, Tx

USUAL = {"a4": "avery-l4785", "letter": "avery-5395"}
"""What is offered first on each size of paper: 80 × 50 mm, ten on A4; 86 × 59 mm, eight on Letter."""
OWN = "own-"
"""How the ids of a group's own stocks begin."""
TOLERANCE_MM = 0.6
"""How far labels may reach over the page on paper: makers round their measures."""
MOST_OWN = 200
"""Own stocks of one group."""


@dataclass(frozen=True)
class Stock:
    """A kind of label: what it is called, its size and its page's in mm, how many people a sheet holds."""

    id: str
    name: str
    use: str
    region: str
    kind: str
    page: tuple[float, float]
    label: tuple[float, float]
    labels: int

    @property
    def is_roll(self) -> bool:
        """Whether labels come one by one."""
        return self.kind in ("roll", "endless")


@dataclass(frozen=True)
class Measures:
    """Labels of one's own: a page, columns and rows of labels on it, where the first one lies, the gaps between."""

    name: str
    page_w: float
    page_h: float
    cols: int
    rows: int
    label_w: float
    label_h: float
    left: float
    top: float
    gap_x: float = 0.0
    gap_y: float = 0.0
    radius: float = 0.0
    kind: str = "sheet"


_known: dict[str, Stock] = {}
_lock = threading.Lock()


def usual_stocks() -> Mapping[str, Stock]:
    """Every label stock of the program that can be printed on, by id; asked of the child once."""
    with _lock:
        if not _known:
            for row in workbench.desk.do("paper.stocks", {})["stocks"]:
                _known[row["id"]] = Stock(**{**row, "page": tuple(row["page"]), "label": tuple(row["label"])})
        return dict(_known)


def stocks(ctx: Context, group_id: GroupId) -> Mapping[str, Stock]:
    """Every stock a group can print on, its own first. One statement."""
    with ctx.reading() as db:
        own = {stock.id: stock for stock in map(_listed, db.scalars(_own(group_id)))}
    return {**own, **usual_stocks()}


def for_drawing(ctx: Context, group_id: GroupId, stock_id: str) -> str | Json:
    """A stock as the child is told it: its id, or the measures of one's own.

    Raises RuleViolation("print_unknown_stock").
    """
    if not stock_id.startswith(OWN):
        if stock_id not in usual_stocks():
            raise RuleViolation("print_unknown_stock", stock=stock_id, field="stock")
        return stock_id
    with ctx.reading() as db:
        row = db.scalar(_own(group_id).where(OwnStock.uid == stock_id.removeprefix(OWN)))
    if row is None:
        raise RuleViolation("print_unknown_stock", stock=stock_id, field="stock")
    return asdict(_measures(row)) | {"id": stock_id}


def add_stock(ctx: Context, *, group_id: GroupId, measures: Measures) -> str:
    """The group has labels of its own. Gives the stock's id.

    Raises RuleViolation: `stock_name_missing`, `stock_name_taken`, `stocks_too_many`, `stock_without_size`,
    `stock_too_wide`, `stock_too_high`, or what else cannot be (`print_…`).
    """
    name = names.tidy(measures.name)[:80]
    if not name:
        raise RuleViolation("stock_name_missing", field="name")
    _check_fit(measures)
    fitting = workbench.desk.do("paper.own_stock", asdict(measures) | {"name": name})["measures"]

    def work(tx: Tx) -> str:
        tx.db.get_one(Group, group_id, with_for_update=True)
        taken = tx.db.scalars(select(OwnStock.name).where(OwnStock.group_id == group_id)).all()
        if name in taken:
            raise RuleViolation("stock_name_taken", field="name", name=name)
        if len(taken) >= MOST_OWN:
            raise RuleViolation("stocks_too_many", most=MOST_OWN)
        row = OwnStock(uid=new_uid(), group_id=group_id, made_at=tx.now, **fitting)
        tx.db.add(row)
        return OWN + row.uid

    return ctx.transaction(work)


def _check_fit(measures: Measures) -> None:
    """What the eye would see on the sheet, said at the field that is most likely wrong."""
    if min(measures.label_w, measures.label_h, measures.page_w, measures.page_h) <= 0:
        raise RuleViolation("stock_without_size", field="label_w" if measures.label_w <= 0 else "label_h")
    across = measures.left + measures.cols * measures.label_w + (measures.cols - 1) * measures.gap_x
    down = measures.top + measures.rows * measures.label_h + (measures.rows - 1) * measures.gap_y
    if across > measures.page_w + TOLERANCE_MM:
        raise RuleViolation("stock_too_wide", field="label_w", across=f"{across:g}", page=f"{measures.page_w:g}")
    if down > measures.page_h + TOLERANCE_MM:
        raise RuleViolation("stock_too_high", field="label_h", down=f"{down:g}", page=f"{measures.page_h:g}")


def remove_stock(ctx: Context, *, group_id: GroupId, stock_id: str) -> None:
    """The group has no such labels any more. What was printed on them stays written down."""

    def work(tx: Tx) -> None:
        row = tx.db.scalar(_own(group_id).where(OwnStock.uid == stock_id.removeprefix(OWN)))
        if row is None:
            raise NotFound("stock_unknown")
        tx.db.delete(row)

    ctx.transaction(work)


def read_template(data: bytes) -> tuple[Measures, ...]:
    """The labels in a glabels template file that the organiser has. Raises RuleViolation (`print_glabels_…`)."""
    return tuple(
        Measures(**row)
        for row in workbench.desk.do("paper.template", {"file": base64.b64encode(data).decode("ascii")})["stocks"]
    )


def _own(group_id: GroupId) -> Select[OwnStock]:
    return select(OwnStock).where(OwnStock.group_id == group_id).order_by(OwnStock.name)


def _measures(row: OwnStock) -> Measures:
    return Measures(**{each.name: getattr(row, each.name) for each in fields(Measures)})


def _listed(row: OwnStock) -> Stock:
    page = row.page_w, row.page_h
    return Stock(OWN + row.uid, row.name, "", "", row.kind, page, (row.label_w, row.label_h), row.cols * row.rows)
