"""What a group prints with: how its printers miss the labels, what the door prints on, its paper, the venue's Wi-Fi.

Lengths are in mm. A printer is known by the name that people give it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from sqlalchemy import delete, select

from server.domain import names
from server.domain.errors import RuleViolation
from server.domain.vocabulary import GroupId, Uid
from server.persistence.models import Group, PrinterCorrection, PrintSettings
from server.services import paper_sizes, stocks, workbench
from server.services.context import Context, Json, Tx

PAPERS = ("a4", "letter")
SECURITIES = ("WPA", "WEP", "nopass")


@dataclass(frozen=True)
class Correction:
    """How a print is moved (mm right, mm down) and scaled so that one printer hits the labels."""

    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0


@dataclass(frozen=True)
class Scale:
    """One scale of a calibration page; not `is_at_label`: it is read under a ruler laid at the paper's edge."""

    letter: str
    is_at_label: bool


@dataclass(frozen=True)
class Corrected:
    """A correction as it is listed: of which printer, on which stock ("" for any)."""

    uid: Uid
    printer: str
    stock: str
    correction: Correction


@dataclass(frozen=True)
class Network:
    """The venue's Wi-Fi, as the poster gives it away."""

    name: str = ""
    password: str = ""
    security: str = "WPA"
    hidden: bool = False


@dataclass(frozen=True)
class DoorSetup:
    """What badges are printed on at the door: the stock, the length of an endless roll in mm, the printer of this
    computer (empty: the browser's own dialog), black only, and the printer's dots an inch.
    """

    stock: str = ""
    length: float = 100.0
    printer: str = ""
    black_only: bool = True
    dots: int = 300


@dataclass(frozen=True)
class Setup:
    """What a group has chosen; `paper` is a4 or letter, by its country until it says otherwise."""

    paper: str
    paper_chosen: bool
    door: DoorSetup
    network: Network


def correction(ctx: Context, group_id: GroupId, *, printer: str, stock_id: str) -> Correction:
    """How this printer is put right on this stock: as measured there, else as on any stock, else not at all."""
    question = select(PrinterCorrection).where(
        PrinterCorrection.group_id == group_id,
        PrinterCorrection.printer == printer,
        PrinterCorrection.stock.in_((stock_id, "")),
    )
    with ctx.reading() as db:
        found = max(db.scalars(question), key=lambda row: row.stock, default=None)
        return _correction(found) if found else Correction()


def corrections(ctx: Context, group_id: GroupId) -> tuple[Corrected, ...]:
    """Every correction of a group, by printer. One statement."""
    question = (
        select(PrinterCorrection)
        .where(PrinterCorrection.group_id == group_id)
        .order_by(PrinterCorrection.printer, PrinterCorrection.stock)
    )
    with ctx.reading() as db:
        return tuple(Corrected(Uid(row.uid), row.printer, row.stock, _correction(row)) for row in db.scalars(question))


def scales(stock: str | Json) -> tuple[Scale, ...]:
    """What is to be read off the calibration page of a stock (`stocks.for_drawing`)."""
    found = workbench.desk.do("paper.scales", {"stock": stock})["scales"]
    return tuple(Scale(each["letter"], each["is_at_label"]) for each in found)


def correct(
    ctx: Context,
    *,
    group_id: GroupId,
    printer: str,
    stock_id: str,
    read: Mapping[str, float],
    for_all: bool = False,
) -> Correction:
    """A printer was measured: what was read at the scales of the page that was printed with today's correction.

    `for_all` keeps it for every stock on this printer. Raises RuleViolation: `printer_name_missing`, what the page
    says no to (`print_unread_scale`, `print_offset_outside`), `print_unknown_stock`.
    """
    name = names.tidy(printer)[:60]
    if not name:
        raise RuleViolation("printer_name_missing", field="printer")
    before = correction(ctx, group_id, printer=name, stock_id=stock_id)
    asked = asdict(before) | {
        "stock": stocks.for_drawing(ctx, group_id, stock_id),
        "read": {letter.lower(): value for letter, value in read.items()},
    }
    by = Correction(**workbench.desk.do("paper.correction", asked))
    kept_for = "" if for_all else stock_id

    def work(tx: Tx) -> None:
        tx.db.get_one(Group, group_id, with_for_update=True)
        row = tx.db.scalar(
            select(PrinterCorrection).where(
                PrinterCorrection.group_id == group_id,
                PrinterCorrection.printer == name,
                PrinterCorrection.stock == kept_for,
            )
        )
        if row is None:
            row = PrinterCorrection(group_id=group_id, printer=name, stock=kept_for)
            tx.db.add(row)
        row.dx, row.dy, row.scale, row.changed_at = by.dx, by.dy, by.scale, tx.now

    ctx.transaction(work)
    return by


def forget_correction(ctx: Context, *, group_id: GroupId, uid: Uid) -> None:
    """A printer prints as it comes again. A second time does nothing."""

    def work(tx: Tx) -> None:
        tx.db.execute(
            delete(PrinterCorrection).where(PrinterCorrection.group_id == group_id, PrinterCorrection.uid == uid)
        )

    ctx.transaction(work)


def setup(ctx: Context, group_id: GroupId) -> Setup:
    """What a group has chosen so far. Two statements."""
    with ctx.reading() as db:
        row = db.scalar(select(PrintSettings).where(PrintSettings.group_id == group_id))
        zone = db.get_one(Group, group_id).time_zone
    if row is None:
        return Setup(paper_sizes.of_zone(zone), False, DoorSetup(), Network())
    return Setup(
        paper=row.paper or paper_sizes.of_zone(zone),
        paper_chosen=bool(row.paper),
        door=DoorSetup(row.door_stock, row.door_length, row.door_printer, row.door_black_only, row.door_dots),
        network=Network(row.wifi_name, row.wifi_password, row.wifi_security, row.wifi_hidden),
    )


def choose_paper(ctx: Context, *, group_id: GroupId, paper: str) -> None:
    """A4 or Letter; empty: as usual in the group's country. Raises RuleViolation("print_unknown_paper")."""
    if paper and paper not in PAPERS:
        raise RuleViolation("print_unknown_paper", size=paper)
    _change(ctx, group_id, {"paper": paper})


def choose_door(ctx: Context, *, group_id: GroupId, door: DoorSetup) -> None:
    """What badges are printed on at the door."""
    stocks.for_drawing(ctx, group_id, door.stock)
    _change(ctx, group_id, {f"door_{each.name}": getattr(door, each.name) for each in fields(door)})


def choose_network(ctx: Context, *, group_id: GroupId, network: Network) -> None:
    """The venue's Wi-Fi. Raises RuleViolation("print_no_network")."""
    if not network.name.strip() or network.security not in SECURITIES:
        raise RuleViolation("print_no_network", field="wifi_name")
    _change(ctx, group_id, {f"wifi_{each.name}": getattr(network, each.name) for each in fields(network)})


def _change(ctx: Context, group_id: GroupId, values: Json) -> None:
    def work(tx: Tx) -> None:
        tx.db.get_one(Group, group_id, with_for_update=True)
        row = tx.db.scalar(select(PrintSettings).where(PrintSettings.group_id == group_id))
        if row is None:
            row = PrintSettings(group_id=group_id)
            tx.db.add(row)
        for name, value in values.items():
            setattr(row, name, value)

    ctx.transaction(work)


def _correction(row: PrinterCorrection) -> Correction:
    return Correction(row.dx, row.dy, row.scale)
