"""The drawings on paper as PDF paths: the wordmark, and the shape of each role.

Paths are written as in SVG (y down) and turned into PDF operators (y up). Each drawing is a unit: scale
it with the transformation matrix.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from printables.model import Role

Point = tuple[float, float]
_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d*\.\d+|\d+)")
_TAKES = {"M": 2, "L": 2, "C": 6, "Q": 4, "H": 1, "V": 1, "Z": 0}


@dataclass(frozen=True)
class Drawing:
    """A filled drawing of `width` x `height` units."""

    width: float
    height: float
    path: str

    @cached_property
    def operators(self) -> str:
        """The path in PDF operators, origin at the bottom left; still to be filled."""
        return _operators(self.path, self.height)


def _operators(path: str, height: float) -> str:
    out: list[str] = []
    tokens = _TOKEN.findall(path)
    here: Point = (0.0, 0.0)
    start = here
    command = ""
    at = 0
    while at < len(tokens):
        if tokens[at].isalpha():
            command = tokens[at]
            at += 1
        takes = _TAKES[command.upper()]
        numbers = [float(token) for token in tokens[at : at + takes]]
        at += takes
        if takes == 0:
            out.append("h")
            here = start
            continue
        points = _points(command, numbers, here)
        out.append(_segment(command.upper(), here, points, height))
        here = points[-1]
        if command in "Mm":
            start = here
            command = "L" if command == "M" else "l"
    return "\n".join(out)


def _points(command: str, numbers: list[float], here: Point) -> list[Point]:
    dx, dy = here if command.islower() else (0.0, 0.0)
    if command in "Hh":
        return [(numbers[0] + dx, here[1])]
    if command in "Vv":
        return [(here[0], numbers[0] + dy)]
    return [(x + dx, y + dy) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]


def _segment(command: str, here: Point, points: list[Point], height: float) -> str:
    if command == "Q":  # PDF knows cubic curves only
        (x0, y0), (x1, y1), (x2, y2) = here, *points
        points = [
            (x0 + 2 / 3 * (x1 - x0), y0 + 2 / 3 * (y1 - y0)),
            (x2 + 2 / 3 * (x1 - x2), y2 + 2 / 3 * (y1 - y2)),
            (x2, y2),
        ]
    letter = {"M": "m", "C": "c", "Q": "c"}.get(command, "l")
    return " ".join(f"{x:.2f} {height - y:.2f}" for x, y in points) + f" {letter}"


SHAPES = {
    Role.MEMBER: Drawing(
        24, 24, "M11.5 20C11.5 11 8 6 1 6c0 8 4 12 10 12zM12.5 20c0-10 4-15 10.5-16 0 9-4 14-10 14z"
    ),
    Role.VISITOR: Drawing(
        24, 24, "M22 12C22 17.5 17.5 22 12 22C6.5 22 2 17.5 2 12C2 6.5 6.5 2 12 2C17.5 2 22 6.5 22 12Z"
    ),
    Role.HOST: Drawing(24, 24, "M12 1l11 11-11 11L1 12z"),
}

RING = Drawing(2, 2, "M2 1C2 1.552 1.552 2 1 2C0.448 2 0 1.552 0 1C0 0.448 0.448 0 1 0C1.552 0 2 0.448 2 1Z")

WORDMARK = Drawing(
    103,
    33,
    "M11.3 30.2Q8.8 30.2 6.8 29.4Q4.9 28.6 3.5 27.1Q2.1 25.6 1.4 23.5Q0.7 21.5 0.7 19.2Q0.7 16.7 1.5 "
    "14.7Q2.3 12.7 3.8 11.2Q5.3 9.7 7.3 8.9Q9.4 8.1 11.7 8.1Q13.1 8.1 14.3 8.3Q15.5 8.5 16.6 8.9Q17.7 "
    "9.3 18.6 9.7V12.3L16.6 12.3Q15.7 11.9 14.4 11.6Q13.2 11.4 12 11.4Q9.7 11.4 8.1 12.3Q6.4 13.3 5.5 "
    "15.1Q4.7 16.8 4.7 19.2Q4.7 21.4 5.5 23.2Q6.3 25 7.8 26Q9.4 27 11.7 27Q13 27 14.1 26.6Q15.2 26.2 "
    "16.3 25.3Q16.4 25.2 16.6 25.1Q16.8 25 16.9 25Q17.2 25 17.5 25.2L19 26.9Q17.7 28.4 15.8 29.3Q13.9 "
    "30.2 11.3 30.2ZM15.8 11.6 18.6 12.3V15H17.1Q16.8 15 16.6 14.8Q16.3 14.6 16.3 14.2Z M28.3 "
    "14.4Q30.6 14.4 32.3 15.4Q34 16.3 34.9 18.1Q35.8 19.9 35.8 22.3Q35.8 24.7 34.9 26.5Q34 28.2 32.3 "
    "29.2Q30.6 30.2 28.3 30.2Q26 30.2 24.3 29.2Q22.6 28.2 21.6 26.5Q20.7 24.7 20.7 22.3Q20.7 19.9 "
    "21.6 18.1Q22.6 16.3 24.3 15.4Q26 14.4 28.3 14.4ZM28.3 27.5Q30.3 27.5 31.2 26.2Q32.2 24.8 32.2 "
    "22.3Q32.2 20.6 31.7 19.5Q31.3 18.3 30.5 17.7Q29.6 17.1 28.3 17.1Q27 17.1 26.1 17.7Q25.2 18.3 "
    "24.8 19.5Q24.4 20.6 24.4 22.3Q24.4 24.8 25.3 26.2Q26.3 27.5 28.3 27.5Z M39.5 "
    "30V7.7H43.1V30ZM37.3 30V28.4Q37.3 28 37.5 27.8Q37.7 27.6 38.1 27.5L39.9 27.1L40.3 30ZM42.3 30 "
    "42.7 27.1 44.5 27.5Q44.9 27.6 45.1 27.8Q45.3 28 45.3 28.4V30ZM40.3 7.7 39.9 10.6 38.1 10.2Q37.7 "
    "10.1 37.5 9.9Q37.3 9.7 37.3 9.4V7.7Z M52.4 30.2Q50.5 30.2 49.4 29.1Q48.3 28 48.3 "
    "26V17.3H46.7Q46.4 17.3 46.2 17.1Q46 16.9 46 16.6V15.2L48.5 14.8L49.3 10.5Q49.4 9.9 50.1 "
    "9.9H51.9V14.8H56V17.3H51.9V25.8Q51.9 26.6 52.3 27Q52.6 27.4 53.3 27.4Q53.6 27.4 53.9 27.3Q54.2 "
    "27.1 54.5 27Q54.7 26.9 54.9 26.9Q55.1 26.9 55.4 27.2L56.4 28.9Q55.6 29.5 54.6 29.9Q53.5 30.2 "
    "52.4 30.2Z M62.1 30V14.6H65.7V30ZM59.9 30V28.4Q59.9 28 60.1 27.8Q60.3 27.6 60.7 27.5L62.5 "
    "27.1L62.9 30ZM64.9 30 65.3 27.1 67.1 27.5Q67.5 27.6 67.7 27.8Q67.9 28 67.9 28.4V30ZM62.9 14.6 "
    "62.5 17.5 60.7 17.1Q60.3 17 60.1 16.8Q59.9 16.6 59.9 16.3V14.6Z M76.2 30 70.1 14.6H73Q73.4 14.6 "
    "73.7 14.8Q74 15 74.1 15.3L77.2 23.8Q77.4 24.4 77.5 25.1Q77.7 25.7 77.9 26.5Q78 25.8 78.2 "
    "25.2Q78.4 24.5 78.6 23.8L81.8 15.3Q81.9 15 82.1 14.8Q82.4 14.6 82.8 14.6H85.6L79.4 30ZM72.6 "
    "15.6V14.6H74.8V15.6ZM81.2 15.6V14.6H83.4V15.6ZM72.2 14.6 71.9 17.5 70 17.1Q69.7 17 69.5 "
    "16.8Q69.3 16.6 69.3 16.3V14.6ZM76.5 14.6V16.3Q76.5 16.6 76.3 16.8Q76.1 17 75.7 17.1L73.9 "
    "17.5L73.5 14.6ZM82.2 14.6 81.8 17.5 80 17.1Q79.6 17 79.4 16.8Q79.2 16.6 79.2 16.3V14.6ZM86.4 "
    "14.6V16.3Q86.4 16.6 86.2 16.8Q86 17 85.6 17.1L83.8 17.5L83.4 14.6Z M92 30.2Q90.7 30.2 89.7 "
    "29.8Q88.7 29.3 88.1 28.4Q87.5 27.4 87.5 26.1Q87.5 25.2 88 24.4Q88.5 23.5 89.6 22.8Q90.6 22.2 "
    "92.4 21.7Q94.2 21.3 96.8 21.2V20.3Q96.8 18.7 96.1 17.9Q95.4 17.1 94.2 17.1Q93.3 17.1 92.5 "
    "17.5Q91.8 17.9 91.2 18.2Q90.5 18.6 90 18.6Q89.6 18.6 89.3 18.4Q89.1 18.2 88.9 17.9L88.3 "
    "16.8Q89.6 15.6 91.2 15Q92.8 14.3 94.6 14.3Q96.4 14.3 97.6 15.1Q98.9 15.8 99.6 17.2Q100.3 18.5 "
    "100.3 20.3V30H98.7Q98.1 30 97.9 29.9Q97.6 29.7 97.4 29.2L97.1 28.1Q96 29.1 94.8 29.7Q93.6 30.2 "
    "92 30.2ZM93.1 27.8Q94.2 27.8 95.1 27.4Q96 26.9 96.8 26.1V23.4Q95.4 23.4 94.3 23.6Q93.2 23.8 92.5 "
    "24.1Q91.7 24.4 91.3 24.8Q91 25.3 91 25.9Q91 26.9 91.5 27.4Q92.1 27.8 93.1 27.8ZM99.5 30 99.9 "
    "27.1 101.7 27.5Q102.1 27.6 102.3 27.8Q102.5 28 102.5 28.4V30Z M63.5 13.3C63.5 8.3 60.6 5.2 55.6 "
    "5.2c0 4.9 3 8.1 7.9 8.1z M64.2 13.3c0-5.8 3.8-10.2 10.3-10.9.5 6.5-3.7 10.9-10.3 10.9z",
)
