"""A QR as a path that a page draws itself: no picture file, sharp at any size, black on white."""

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_M

QUIET = 2
"""Modules of white around the code; the box on the page gives the other two."""


@dataclass(frozen=True)
class QrPath:
    """The dark modules as one SVG path in a square of `size` units."""

    size: int
    path: str


def qr_path(text: str) -> QrPath:
    """The code of a text, dark runs of each line as one stroke of the path."""
    code = qrcode.QRCode(border=QUIET, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    rows = code.get_matrix()
    strokes = []
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            run = 0
            while x + run < len(row) and row[x + run]:
                run += 1
            if run:
                strokes.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run + 1
    return QrPath(len(rows), "".join(strokes))
