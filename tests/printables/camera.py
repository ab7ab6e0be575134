"""A phone's camera looking at a printed badge: a simulation, because a test has no hands.

A pinhole camera of 1920 x 1080 pixels with a view of 66 degrees, as phones record video: far less sharp than a photo.
What it sees is the badge as poppler rasterises it, in perspective, with blur, noise and JPEG as they come.
"""

import io
import math
import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from printables import badges
from printables.frame import frame
from printables.model import BadgeOptions, Person
from printables.stocks import find
from printables.text import FontSet
from tests.printables.conftest import random_code

FOCAL = 1920 / 2 / math.tan(math.radians(66 / 2))
"""Pixels per mm, times the distance in mm."""
_FINE = 3  # everything is drawn finer first, as light falls on a sensor
_DPI = 400
_VIEW = 460  # the part of the picture that is looked at, in pixels


@dataclass(frozen=True)
class Shot:
    """One look at a badge: distance in cm, angles in degrees, blur in pixels, noise in grey levels of 255."""

    distance: float = 40.0
    tilt: float = 0.0
    yaw: float = 0.0
    roll: float = 0.0
    blur: float = 0.5
    noise: float = 2.0
    contrast: float = 0.9
    covered: float = 0.0
    """The part of the code that lies under something: a thumb, a strap, a reflection."""


@dataclass(frozen=True)
class Target:
    """A printed badge in front of the camera: its picture, where in it the code is (in mm), and what that says."""

    image: Image.Image
    code: tuple[float, float, float]
    """Left and top edge and side of the code without its quiet zone."""
    payload: str


def targets(stock_id: str, fonts: FontSet, folder: Path) -> tuple[list[Target], float]:
    """The first sheet of badges on a stock, one by one, and the size of a module in mm."""
    stock = find(stock_id)
    source = random.Random(stock_id)
    people = [Person("Małgorzata", "Ferrari", "Kwiaty i Ogród", code=random_code(source)) for _ in range(stock.labels)]
    (folder / "sheet.pdf").write_bytes(
        badges.render(people, BadgeOptions(stock_id, "https://meet.example.org"), fonts).pdf
    )
    command = ["pdftoppm", "-gray", "-r", str(_DPI), "-singlefile", folder / "sheet.pdf", folder / "sheet"]
    subprocess.run(command, check=True)
    made = frame(stock.label_w, stock.label_h, 29)
    assert made.code
    inset = 4 * made.module
    code = (made.code.x + inset, made.code.y + inset, made.code.width - 2 * inset)
    found = []
    with Image.open(folder / "sheet.pgm") as sheet:
        for at, person in enumerate(people):
            cell = stock.cell(at)
            box = tuple(
                round(edge * _DPI / 25.4) for edge in (cell.x, cell.y, cell.x + cell.width, cell.y + cell.height)
            )
            found.append(Target(sheet.crop(box), code, f"https://MEET.EXAMPLE.ORG/B/{person.code}"))
    return found, made.module


def take(target: Target, shot: Shot, seed: int) -> Image.Image:
    """What the camera sees."""
    source = random.Random(seed)
    finest = _FINE * FOCAL / (shot.distance * 10)  # pixels per mm of what is drawn first
    scale = finest * 25.4 / _DPI
    badge = _covered(target, shot.covered, source) if shot.covered else target.image
    size = (round(badge.width * scale), round(badge.height * scale))
    badge = badge.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC)
    left, top, side = target.code
    middle = ((left + side / 2) * finest, (top + side / 2) * finest)
    seen = badge.transform(
        (_VIEW * _FINE, _VIEW * _FINE),
        Image.Transform.PERSPECTIVE,
        _backwards(shot, middle, finest, source),
        Image.Resampling.BICUBIC,
        fillcolor=120,
    ).reduce(_FINE)
    return _developed(seen.filter(ImageFilter.GaussianBlur(shot.blur)), shot, seed)


def _backwards(shot: Shot, middle: tuple[float, float], scale: float, source: random.Random) -> tuple[float, ...]:
    """For a pixel of the picture, the pixel of the badge that is seen there: eight numbers, as Pillow wants them."""
    tilt, yaw, roll = (math.radians(angle) for angle in (shot.tilt, shot.yaw, shot.roll))
    about_x = np.array([[1, 0, 0], [0, math.cos(tilt), -math.sin(tilt)], [0, math.sin(tilt), math.cos(tilt)]])
    about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    about_z = np.array([[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]])
    turned = about_z @ about_x @ about_y
    pose = np.column_stack([turned[:, 0], turned[:, 1], [0.0, 0.0, shot.distance * 10]])
    centre = _VIEW / 2 + source.uniform(-0.5, 0.5)  # where the modules meet the pixels is chance
    lens = np.array([[FOCAL, 0, centre], [0, FOCAL, centre], [0, 0, 1]])
    finer = np.array([[1 / _FINE, 0, 0], [0, 1 / _FINE, 0], [0, 0, 1]])
    badge = np.array([[scale, 0, middle[0]], [0, scale, middle[1]], [0, 0, 1]])
    matrix = badge @ np.linalg.inv(lens @ pose) @ finer
    return tuple(float(number) for number in (matrix / matrix[2, 2]).flatten()[:8])


def _covered(target: Target, part: float, source: random.Random) -> Image.Image:
    """The badge with something round on its code."""
    left, top, side = (edge * _DPI / 25.4 for edge in target.code)
    radius = side * math.sqrt(part / math.pi)
    x, y = (start + source.uniform(radius, side - radius) for start in (left, top))
    image = target.image.copy()
    ImageDraw.Draw(image).ellipse((x - radius, y - radius, x + radius, y + radius), fill=source.choice((20, 150, 250)))
    return image


def _developed(image: Image.Image, shot: Shot, seed: int) -> Image.Image:
    """Contrast, noise and compression."""
    levels = 128 + (np.asarray(image, dtype=np.float64) - 128) * shot.contrast
    levels += np.random.default_rng(seed).normal(0, shot.noise, levels.shape)
    file = io.BytesIO()
    Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
    return Image.open(file)


def _around(angle: float) -> Callable[[random.Random], float]:
    return lambda source: source.uniform(-angle, angle)


def _either(angle: float) -> Callable[[random.Random], float]:
    return lambda source: source.choice((-angle, angle))


DISTORTIONS: dict[str, dict[str, float | Callable[[random.Random], float]]] = {
    "as hands hold it": {},
    "any way round": {"roll": _around(180)},
    "tilted by 40°": {"tilt": _either(40)},
    "turned by 40°": {"yaw": _either(40)},
    "blur of 1.2 px": {"blur": 1.2},
    "blur of 1.6 px": {"blur": 1.6},
    "noise of 25 levels": {"noise": 25},
    "a quarter of the contrast": {"contrast": 0.25},
    "5 % covered": {"covered": 0.05},
    "10 % covered": {"covered": 0.10},
    "a little of everything": {
        "tilt": _around(20), "yaw": _around(15), "roll": _around(180), "blur": 0.9, "noise": 8, "contrast": 0.5,
        "covered": 0.03,
    },
}  # fmt: skip
_BY_HAND: dict[str, float | Callable[[random.Random], float]] = {
    "tilt": _around(8), "yaw": _around(8), "roll": _around(10),
}  # fmt: skip


def share(
    targets: list[Target], distortion: str, distance: float, reader: Callable[[Image.Image], list[str]], shots: int
) -> float:
    """How many of so many shots, each a little different and always the same ones, are read with the right text."""
    source = random.Random(f"{distortion} {distance}")
    read = 0
    for at in range(shots):
        target = targets[at % len(targets)]
        chosen = {**_BY_HAND, **DISTORTIONS[distortion]}
        values = {name: value(source) if callable(value) else value for name, value in chosen.items()}
        read += target.payload in reader(take(target, Shot(distance, **values), at))
    return read / shots
