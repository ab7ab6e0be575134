"""Badges under a camera that is held badly, in bad light, with something in the way: how many are read, at least.

The whole table stands in printables/README.md; `python -m tests.benchmarks.distortions` makes it.
"""


import pytest

from printables.text import FontSet
from tests.printables import scanners
from tests.printables.camera import DISTORTIONS, Target, share, targets

SHOTS = 20
# The distance in cm up to which so many must be read; one in five has its corner covered and cannot be.
LEAST = {
    "as hands hold it": (60, 0.9),
    "any way round": (60, 0.9),
    "tilted by 40°": (60, 0.9),
    "turned by 40°": (60, 0.9),
    "blur of 1.2 px": (40, 0.9),
    "blur of 1.6 px": (30, 0.9),
    "noise of 25 levels": (40, 0.9),
    "a quarter of the contrast": (60, 0.9),
    "5 % covered": (60, 0.7),
    "10 % covered": (60, 0.6),
    "a little of everything": (40, 0.6),
}


@pytest.fixture(scope="module")
def printed(fonts: FontSet, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Target]]:
    """Sheets of the commonest label and of one with room for a larger code."""
    folder = tmp_path_factory.mktemp("sheets")
    return {stock: targets(stock, fonts, folder)[0] for stock in ("avery-l4785", "durable-1456")}


def test_every_distortion_has_its_limit() -> None:
    assert LEAST.keys() == DISTORTIONS.keys()


@pytest.mark.slow
@pytest.mark.parametrize("stock", ["avery-l4785", "durable-1456"])
@pytest.mark.parametrize("distortion", LEAST)
def test_a_badge_is_read_nevertheless(printed: dict[str, list[Target]], stock: str, distortion: str) -> None:
    furthest, least = LEAST[distortion]
    for distance in (20, 30, 40, 60):
        if distance <= furthest:
            assert share(printed[stock], distortion, distance, scanners.zxing, SHOTS) >= least, distance


def test_a_badge_in_a_hand_is_read(printed: dict[str, list[Target]]) -> None:
    assert share(printed["avery-l4785"], "as hands hold it", 40, scanners.zxing, 10) == 1.0
