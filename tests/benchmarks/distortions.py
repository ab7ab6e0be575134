"""How badges are read under a phone's camera that is held badly: a table for printables/README.md.

    python -m tests.benchmarks.distortions [shots] [--write]

Per cent of the shots that zxing-cpp (and, in brackets, zbar) read with the right text; the camera is simulated, see
tests/printables/camera.py. With --write the table replaces the one in printables/README.md.
"""

import sys
import tempfile
from importlib import resources
from pathlib import Path

from printables.text import FontSet
from tests.printables import scanners
from tests.printables.camera import DISTORTIONS, Target, share, targets

STOCKS = ("avery-l4785", "durable-1456")  # the commonest label, with modules of 0.8 mm, and one with room for 1.0 mm
DISTANCES = (20, 30, 40, 60)
README = Path(__file__).parents[2] / "printables" / "README.md"
BEGIN, END = "<!-- distortions -->\n", "<!-- end of distortions -->\n"


def table(shots: int) -> str:
    """The table, as Markdown."""
    vendor = resources.files("coltiva_vendor")
    fonts = FontSet(*(vendor.joinpath(f"NotoSans-{cut}.ttf").read_bytes() for cut in ("Regular", "Bold")))
    with tempfile.TemporaryDirectory() as folder:
        printed = [targets(stock, fonts, Path(folder)) for stock in STOCKS]
    heads = [f"{module:.1f} mm, {distance} cm" for _, module in printed for distance in DISTANCES]
    lines = [f"| modules and distance | {' | '.join(heads)} |", "| --- |" + " ---: |" * len(heads)]
    for distortion in DISTORTIONS:
        cells = [_cell(some, distortion, distance, shots) for some, _ in printed for distance in DISTANCES]
        lines.append(f"| {distortion} | {' | '.join(cells)} |")
        print(lines[-1], file=sys.stderr)
    return "\n".join(lines) + "\n"


def _cell(some: list[Target], distortion: str, distance: float, shots: int) -> str:
    first = share(some, distortion, distance, scanners.zxing, shots)
    if not scanners.has_zbar():
        return f"{first:.0%}".removesuffix("%")
    second = share(some, distortion, distance, scanners.zbar, shots)
    return f"{100 * first:.0f} ({100 * second:.0f})"


def main(arguments: list[str]) -> int:
    """Measure, print, and write where asked."""
    made = table(int(next((one for one in arguments if one.isdigit()), 40)))
    print(made)
    if "--write" in arguments:
        text = README.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        README.write_text(before + BEGIN + made + END + rest.split(END)[1], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
