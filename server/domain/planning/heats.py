"""Where temperatures begin and end. A level of the cost freezes in a narrow band, about 0.3 to 0.17 of its
weight; the search spends its steps there, from the weightiest level that can still be won to the lightest."""

from dataclasses import dataclass, replace

from .model import Model


@dataclass(frozen=True)
class Band:
    """A share of the steps (in hundredths) during which the temperature falls from `hot` to `cold`."""

    share: int
    hot: int
    cold: int


class Heats:
    """The bands for a problem: by the weights of the levels it has."""

    def __init__(self, model: Model, crowded: bool) -> None:
        w = model.weights
        strong = Band(100, w.repeat * 30 // 100, w.repeat * 17 // 100)
        if crowded:
            # Repeats cannot be avoided and the search is for their fewest: it freezes earlier.
            strong = Band(100, w.repeat * 40 // 100, w.repeat * 20 // 100)
        again = Band(100, w.repeat * 25 // 100, w.repeat * 17 // 100)
        light = Band(100, w.wish // 2, max(3, w.wish // 8))
        has_light = bool(model.wanted.any() or model.guest.any() or model.affine.any())
        self.fine = (light,)
        self.whole = _mixed(strong, light) if has_light else (strong,)
        self.again = _mixed(again, light) if has_light else (again,)
        self.repair = (Band(100, w.moved // 2, w.moved // 6),)
        # One exchange of labels changes dozens of pairs: under the full weights every exchange would be
        # barred, so the weighty levels are softened to a few wishes while labels are searched for light ones.
        self.labels = Band(100, w.wish * 3 // 2, w.wish // 2) if has_light else strong
        self.label_weights = replace(w, repeat=4 * w.wish, sector=3 * w.wish) if has_light else w
        self.label_steps = max(1000, 75 * model.n)


def _mixed(strong: Band, light: Band) -> tuple[Band, ...]:
    return Band(60, strong.hot, strong.cold), Band(10, strong.cold, light.hot), Band(30, light.hot, light.cold)
