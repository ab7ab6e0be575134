"""Where things stand on a badge of a given size.

The design is drawn for 80 x 50 mm and grows with the label. Four arrangements cover every stock:
*classic*, the given name over the whole width and the code below it on the right; *low*, everything
beside the code; *tall*, names over the whole width above a code in the lower right corner; and *bare*,
without a code, where modules of 0.8 mm do not fit. Narrow upright labels are turned and read lying. All
lengths are mm from the top left corner of the badge as it is read.
"""

from dataclasses import dataclass

from printables.qr import QUIET
from printables.stocks import Rect

SMALLEST_MODULE = 0.8
_STEP = 0.05
_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class Frame:
    """The areas of a badge: `names` is what the given name has no row for, `table` is beside the code."""

    width: float
    height: float
    kind: str
    unit: float  # 1 at 80 x 50; letters and rules grow with it
    band: Rect
    given: Rect | None
    names: Rect
    table: Rect | None
    code: Rect | None  # the code with its quiet zone
    module: float
    code_text: float  # base line of the code in letters
    given_size: float
    family_size: float


def is_turned(width: float, height: float) -> bool:
    """Whether a label of this size is printed lying: upright and too narrow for a name."""
    return height > width and width < 75


def frame(width: float, height: float, modules: int, *, dots: int | None = None) -> Frame:
    """The frame of a badge of this size with a code of `modules` modules (0: no code).

    Where the code does not fit at 0.8 mm a module, the frame has none.
    """
    unit = min(max(min(width / 80, height / 50), 0.8), 2.4)
    if height >= 1.15 * width:
        made = _tall(width, height, modules, dots)
    else:
        made = _classic(width, height, unit, modules, dots) or _low(width, height, unit, modules, dots)
    return made or _bare(width, height, unit)


def _module(room: float, modules: int, largest: float, dots: int | None) -> float:
    """The largest module for a code with its quiet zone in `room` mm; 0 where it would be too small."""
    step = 25.4 / dots if dots else _STEP
    module = int(min(room / (modules + 2 * QUIET), largest) / step + _SLACK) * step
    return module if module >= SMALLEST_MODULE - _SLACK else 0.0


def _classic(width: float, height: float, unit: float, modules: int, dots: int | None) -> Frame | None:
    line = 3.0 * min(unit, 1.4)
    least = 13.5 * max(1.0, 0.95 * unit)  # band and given name need this much above the code
    if not modules:
        if height < 46:
            return None
        side, module, spare = 0.0, 0.0, 17.4 * unit
    else:
        wanted = max(1.0, 0.95 * unit)
        comfortable = _module(min(height - line - 17.4 * unit, width / 2), modules, wanted, dots)
        module = comfortable or _module(min(height - line - least, width / 2), modules, wanted, dots)
        if not module:
            return None
        side = module * (modules + 2 * QUIET)
        spare = height - line - side
    band = min(7 * unit, max(5.5, 0.4 * spare))
    margin = 4 * unit
    top = min(spare, 17.4 * unit)
    code = Rect(width - max(side, side - QUIET * module + margin), height - line - side, side, side)
    below = height - 3.3 * unit - top
    return Frame(
        width,
        height,
        kind="classic",
        unit=unit,
        band=Rect(0, 0, width, band),
        given=Rect(margin, band + 0.6 * unit, width - 2 * margin, top - band - 0.6 * unit),
        names=Rect(margin, top + 0.9 * unit, (code.x if module else width - margin) - margin - 0.6, below),
        table=None,
        code=code if module else None,
        module=module,
        code_text=height - line * 0.32,
        given_size=27 * unit,
        family_size=17 * unit,
    )


def _low(width: float, height: float, unit: float, modules: int, dots: int | None) -> Frame | None:
    line = 2.8
    if not modules or width < 57:
        return None
    room = min(height - line, width * 0.53)
    module = _module(min(room, height - line - 4.5), modules, 1.0, dots)
    across = bool(module)
    if not module:
        module = _module(room, modules, SMALLEST_MODULE, dots)
    if not module:
        return None
    side = module * (modules + 2 * QUIET)
    margin = 3.2 * unit
    code = Rect(width - side, height - line - side, side, side)
    band = min(height - line - side, 7.0) if across else 5.0
    names = Rect(margin, band + 1.2, code.x - margin - 0.4, height - band - 1.2 - 2.0)
    return Frame(
        width,
        height,
        kind="low",
        unit=unit,
        band=Rect(0, 0, width if across else code.x, band),
        given=None,
        names=names,
        table=None,
        code=code,
        module=module,
        code_text=height - 1.1,
        given_size=max(21 * unit, min(26.0, 0.42 * names.width)),
        family_size=max(14 * unit, min(17.0, 0.28 * names.width)),
    )


def _tall(width: float, height: float, modules: int, dots: int | None) -> Frame | None:
    unit = min(max(width / 80, 0.9), 2.4)
    line, band, margin = 3.6 * min(unit, 1.4), 9 * unit, 5 * unit
    module = 0.0
    if modules:
        room = min(0.62 * width, height - band - line - 30 * unit)
        module = _module(room, modules, min(1.6, max(1.0, 0.0135 * width)), dots)
        if not module:
            return None
    side = module * (modules + 2 * QUIET)
    code = Rect(width - max(side, side - QUIET * module + margin), height - line - side - 1, side, side)
    above = code.y if module else height - 26 * unit
    top = band + 3 * unit
    return Frame(
        width,
        height,
        kind="tall",
        unit=unit,
        band=Rect(0, 0, width, band),
        given=None,
        names=Rect(margin, top, width - 2 * margin, above - top),
        table=Rect(margin, above, (code.x if module else width - margin) - margin, height - above - margin),
        code=code if module else None,
        module=module,
        code_text=height - 1 - line * 0.32,
        given_size=47 * unit,
        family_size=30 * unit,
    )


def _bare(width: float, height: float, unit: float) -> Frame:
    margin = 3.2 * unit
    band = min(7.0, 0.18 * height)
    return Frame(
        width,
        height,
        kind="bare",
        unit=unit,
        band=Rect(0, 0, width, band),
        given=None,
        names=Rect(margin, band + 0.8, width - 2 * margin, height - band - 0.8 - 4.6),
        table=Rect(margin, height - 4.4, width / 2 - margin, 3.8),
        code=None,
        module=0.0,
        code_text=height - 1.5,
        given_size=min(0.32 * width, (height - band - 5) * 1.5),
        family_size=min(0.21 * width, height - band - 5),
    )
