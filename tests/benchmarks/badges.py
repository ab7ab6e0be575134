"""How fast and how small badges are, beside reportlab's own QR widget, in one run.

    python tests/benchmarks/badges.py [people]

CPU time of this process after start-up, best of three; 8 badges a sheet, two embedded fonts. "Everything on"
is role band, names fitted, company, table, code and its letters, and warnings. The widget draws the same one
with reportlab's ordinary means. Exit code 1 when a goal is missed.
"""

import io
import random
import sys
import time
from collections.abc import Callable
from importlib import resources

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.pdfgen.canvas import Canvas

from printables import badges, qr
from printables.address import parse
from printables.model import BadgeOptions, Person, Role
from printables.stocks import find
from printables.text import FontSet

BASE_URL = "https://meet.example.org"
SHEET, ROLL = "a4-a7-8up", "dk-11202"
FIRST = ["Giulia", "Łukasz", "Emma", "Marco", "Małgorzata", "Piotr", "Zoë", "Giovanni-Battista", "Ewa", "Ján"]
LAST = ["Ferrari", "Żółkiewski", "Thompson", "Wiśniewska-Kowalczyk", "Rossi", "Nowak", "Brzęczyszczykiewicz"]
FIRM = ["Ceramiche", "Konserwacja Zabytków", "Translations", "Kwiaty i Ogród", "Studio Notarile", "Trasporti"]


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


def with_widget(people: list[Person], fonts: FontSet) -> bytes:
    """The same badges with reportlab's QR widget, rectangles and strings."""
    stock, file = find(SHEET), io.BytesIO()
    mm = 72 / 25.4
    canvas = Canvas(file, pagesize=(stock.page_w * mm, stock.page_h * mm), pageCompression=1, invariant=1)
    for at, person in enumerate(people):
        cell = stock.cell(at % stock.labels)
        x, y = cell.x * mm, (stock.page_h - cell.y - cell.height) * mm
        canvas.setFillColorRGB(0.26, 0.09, 0.29)
        canvas.rect(x, y + (cell.height - 7) * mm, cell.width * mm, 7 * mm, stroke=0, fill=1)
        canvas.setFillColorRGB(0, 0, 0)
        for size, up, text in (
            (27, 55, person.first_name), (17, 47, person.last_name), (10, 15, person.company),
            (10, 8, f"Table {person.table}"), (7, 2, person.code),
        ):  # fmt: skip
            canvas.setFont(fonts.bold.name, size)
            canvas.drawString(x + 4 * mm, y + up * mm, text)
        side = 37 * mm
        widget = QrCodeWidget(f"{BASE_URL}/B/{person.code}", barWidth=side, barHeight=side, barLevel="Q")
        drawing = Drawing(side, side)
        drawing.add(widget)
        renderPDF.draw(drawing, canvas, x + (cell.width - 40) * mm, y + 3 * mm)
        if at % stock.labels == stock.labels - 1:
            canvas.showPage()
    canvas.save()
    return file.getvalue()


def codes_only(people: list[Person]) -> bytes:
    """Only the QR codes' operators."""
    layout = qr.layout(parse(BASE_URL), 13)
    return "".join(layout.operators(person.code) for person in people).encode()


def main(count: int) -> int:
    """Measure, print, and compare with the goals."""
    vendor = resources.files("coltiva_vendor")
    start = time.process_time()
    fonts = FontSet(*(vendor.joinpath(f"NotoSans-{cut}.ttf").read_bytes() for cut in ("Regular", "Bold")))
    loading = time.process_time() - start
    people = crowd(count)
    options = BadgeOptions(SHEET, BASE_URL)
    start = time.process_time()
    badges.render(people[:1], options, fonts)
    warming = time.process_time() - start
    ours, size = cpu(lambda: badges.render(people, options, fonts).pdf)
    drawing, _ = cpu(lambda: codes_only(people))
    walk_in, walk_in_size = cpu(
        lambda: badges.render(people[:1], BadgeOptions(ROLL, BASE_URL), fonts).pdf, times=10
    )
    some = people[: min(count, 100)]
    theirs, their_size = cpu(lambda: with_widget(some, fonts), times=1)
    rate, their_rate = count / ours, len(some) / theirs
    each = size / count
    print(f"{count} badges, 8 a sheet, everything on")
    print(f"  ours             {rate:8.0f} a second   {each:6.0f} bytes each   (goal 2000, 500)")
    print(f"  reportlab widget {their_rate:8.0f} a second   {their_size / len(some):6.0f} bytes each")
    print(
        f"  ours is {rate / their_rate:.0f} times as fast; codes alone take {drawing / ours:.0%} of our time"
    )
    print(f"one walk-in badge  {walk_in * 1000:8.1f} ms         {walk_in_size:6} bytes   (goal 10, 30000)")
    print(f"once a process: fonts {loading * 1000:.0f} ms, first badge {warming * 1000:.0f} ms")
    missed = rate < 2000 or (count >= 1000 and each > 500) or walk_in > 0.010 or walk_in_size > 30_000
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
