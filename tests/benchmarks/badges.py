"""How fast and how small badges are, beside reportlab's own QR widget and pylabels, in one run.

    python tests/benchmarks/badges.py [people]

CPU time of this process after start-up, best of three; 8 badges a sheet, two embedded fonts. "Plain" is band, name,
company, table and code, set without a look at their width; "everything on" is `badges.render`: shapes, names fitted,
the code's letters and warnings too. The others draw the plain badge with their ordinary means. Exit code 1 when a goal
is missed. pylabels is no part of the project: install it beside, `pip install pylabels`, to see its line.
"""

import cProfile
import io
import pstats
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module, resources
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from printables import badges, draw, qr
from printables.address import parse
from printables.draw import Document, Place
from printables.model import BadgeOptions, Person, Role
from printables.stocks import find
from printables.text import FontSet

# Whoever runs this may have it; the project does not.
labels: Any = import_module("labels") if find_spec("labels") else None

BASE_URL = "https://meet.example.org"
SHEET, ROLL = "a4-a7-8up", "dk-11202"
MM = 72 / 25.4
FIRST = ["Giulia", "Łukasz", "Emma", "Marco", "Małgorzata", "Piotr", "Zoë", "Giovanni-Battista", "Ewa", "Ján"]
LAST = ["Ferrari", "Żółkiewski", "Thompson", "Wiśniewska-Kowalczyk", "Rossi", "Nowak", "Brzęczyszczykiewicz"]
FIRM = ["Ceramiche", "Konserwacja Zabytków", "Translations", "Kwiaty i Ogród", "Studio Notarile", "Trasporti"]
MODULE = 1.15
SIDE = 29 * MODULE


def crowd(count: int) -> list[Person]:
    """People with names, companies, roles, tables and codes of their own."""
    source = random.Random(count)
    roles = tuple(Role)
    people = []
    for at in range(count):
        first, last = source.choice(FIRST), source.choice(LAST)
        code = "".join(source.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(13))
        people.append(Person(first, last, f"{last} {source.choice(FIRM)}", roles[at % 3], 1 + at % 40, code))
    return people


def cpu(work: Callable[[], bytes], times: int = 3) -> tuple[float, int]:
    """The best CPU seconds of some runs, and the size of the file."""
    best, size = float("inf"), 0
    for _ in range(times):
        start = time.process_time()
        size = len(work())
        best = min(best, time.process_time() - start)
    return best, size


def lines(person: Person) -> Iterator[tuple[float, float, str]]:
    """The texts of a plain badge: size in points, mm above its lower edge, words."""
    yield 27, 55, person.first_name
    yield 17, 47, person.last_name
    yield 10, 15, person.company
    yield 10, 8, f"Table {person.table}"


def plain(people: list[Person], fonts: FontSet) -> bytes:
    """Plain badges with our means."""
    stock, layout = find(SHEET), qr.layout(parse(BASE_URL), 13)
    document = Document(stock.page_w, stock.page_h, title="Badges", language="en", fonts=fonts)
    cell = stock.cell(0)
    document.define("f", layout.size, layout.size, layout.finders() + "\nf")
    ground = f"{draw.colour((67, 24, 74))} {draw.box(0, cell.height - 7, cell.width, 7)} 0 g"
    document.define("b", cell.width, cell.height, ground)
    for at, person in enumerate(people):
        slot = at % stock.labels
        if at and not slot:
            document.next_page()
        with document.placed(Place(stock.cell(slot))):
            document.use("b")
            text = [document.text(fonts.bold, size, 4, up, said) for size, up, said in lines(person)]
            code = draw.open_code(layout.operators(person.code), cell.width - 45, 2, MODULE)
            document.put("\n".join([*text, code]))
            document.use("f")
            document.put("Q")
    document.next_page()
    return document.finish()


def with_widget(people: list[Person], fonts: FontSet) -> bytes:
    """Plain badges with reportlab's QR widget, rectangles and strings."""
    stock, file = find(SHEET), io.BytesIO()
    canvas = Canvas(file, pagesize=(stock.page_w * MM, stock.page_h * MM), pageCompression=1, invariant=1)
    for at, person in enumerate(people):
        cell = stock.cell(at % stock.labels)
        x, y = cell.x * MM, (stock.page_h - cell.y - cell.height) * MM
        canvas.setFillColorRGB(0.26, 0.09, 0.29)
        canvas.rect(x, y + (cell.height - 7) * MM, cell.width * MM, 7 * MM, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0, 0)
        for size, up, said in lines(person):
            canvas.setFont(fonts.bold.name, size)
            canvas.drawString(x + 4 * MM, y + up * MM, said)
        drawing = Drawing(SIDE * MM, SIDE * MM)
        drawing.add(widget(person))
        renderPDF.draw(drawing, canvas, x + (cell.width - 40) * MM, y + 3 * MM)
        if at % stock.labels == stock.labels - 1:
            canvas.showPage()
    canvas.save()
    return file.getvalue()


def widget(person: Person) -> QrCodeWidget:
    """The person's code as reportlab draws it."""
    payload = f"{BASE_URL}/B/{person.code}"
    return QrCodeWidget(payload, barWidth=SIDE * MM, barHeight=SIDE * MM, barLevel="Q", barBorder=4)


def with_pylabels(people: list[Person], fonts: FontSet) -> bytes:
    """Plain badges with pylabels, which draws its labels with reportlab."""
    stock, file = find(SHEET), io.BytesIO()
    grid = labels.Specification(stock.page_w, stock.page_h, stock.cols, stock.rows, stock.label_w, stock.label_h)

    def badge(label: Any, width: float, height: float, person: Person) -> None:
        label.add(Rect(0, height - 7 * MM, width, 7 * MM, fillColor=Color(0.26, 0.09, 0.29), strokeColor=None))
        for size, up, said in lines(person):
            label.add(String(4 * MM, up * MM, said, fontName=fonts.bold.name, fontSize=size))
        code = widget(person)
        code.x, code.y = width - 40 * MM, 3 * MM
        label.add(code)

    sheet = labels.Sheet(grid, badge, border=False)
    sheet.add_labels(people)
    sheet.save(file)
    return file.getvalue()


PARTS = {
    "qr.py": "codes", "text.py": "widths, fitting", "shaping.py": "widths, fitting", "compose.py": "layout of a badge",
    "badges.py": "layout of a badge", "draw.py": "operators", "marks.py": "operators", "frame.py": "layout of a badge",
}  # fmt: skip


def breakdown(work: Callable[[], bytes]) -> list[tuple[str, float]]:
    """Where the time goes, as a profiler sees it: parts and their share, the largest first."""
    profiler = cProfile.Profile()
    profiler.runcall(work)
    spent: Counter[str] = Counter()
    for (file, _, name), (_, _, own, _, callers) in pstats.Stats(profiler).stats.items():
        if "zlib" in name:
            spent["compression"] += own
        elif file == "~":  # a builtin: whoever called it
            for (caller, _, _), (_, _, time_there, _) in callers.items():
                spent[_part(caller)] += time_there
        else:
            spent[_part(file)] += own
    total = spent.total()
    return [(part, seconds / total) for part, seconds in spent.most_common()]


def _part(file: str) -> str:
    path = Path(file)
    if path.parent.name == "printables":
        return PARTS.get(path.name, "checks and the rest")
    return "reportlab" if "reportlab" in path.parts else "checks and the rest"


def main(count: int) -> int:
    """Measure, print, and compare with the goals."""
    vendor = resources.files("coltiva_vendor")
    start = time.process_time()
    fonts = FontSet(*(vendor.joinpath(f"NotoSans-{cut}.ttf").read_bytes() for cut in ("Regular", "Bold")))
    loading = time.process_time() - start
    people, options = crowd(count), BadgeOptions(SHEET, BASE_URL)
    start = time.process_time()
    badges.render(people[:1], options, fonts)
    warming = time.process_time() - start
    some = people[: min(count, 96)]
    rows = [("ours, plain", people, plain, 3), ("ours, everything on", people, _everything(options), 3)]
    rows.append(("reportlab's QR widget, plain", some, with_widget, 1))
    if labels is not None:
        rows.append(("pylabels, plain", some, with_pylabels, 1))
    goals = {"ours, plain": (3500, 400), "ours, everything on": (2000, 500)}
    missed = False
    print(f"{count} badges, 8 a sheet (the others: {len(some)})")
    for name, them, make, times in rows:
        seconds, size = cpu(lambda them=them, make=make: make(them, fonts), times)
        rate, each = len(them) / seconds, size / len(them)
        least, most = goals.get(name, (0, sys.maxsize))
        missed |= rate < least or (count >= 1000 and each > most)
        told = f"   (goal {least}, {most})" if least else ""
        print(f"  {name:30}{rate:8.0f} a second {each:7.0f} bytes each{told}")
    if labels is None:
        print("  pylabels is not installed: pip install pylabels, and run this again to see its line")
    walk_in, size = cpu(lambda: badges.render(people[:1], BadgeOptions(ROLL, BASE_URL), fonts).pdf, times=10)
    print(f"one walk-in badge {walk_in * 1000:21.1f} ms {size:13} bytes        (goal 10, 30000)")
    print(f"once a process: fonts {loading * 1000:.0f} ms, first badge {warming * 1000:.0f} ms")
    shares = breakdown(lambda: badges.render(people, options, fonts).pdf)
    print("where the time goes: " + ", ".join(f"{part} {share:.0%}" for part, share in shares))
    return int(missed or walk_in > 0.010 or size > 30_000)


def _everything(options: BadgeOptions) -> Callable[[list[Person], FontSet], bytes]:
    return lambda people, fonts: badges.render(people, options, fonts).pdf


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
