"""Where temperatures begin and end. A level of the cost freezes in a narrow band, about 0.3 to 0.17 of its
weight; the search spends its steps there, from the weightiest level that can still be won to the lightest."""

from dataclasses import dataclass, replace

from .model import FRESH, Model


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
        # Where repeats cannot be avoided the search is for their fewest, and it freezes earlier.
        hot, cold = (40, 20) if crowded else (30, 17)
        strong = Band(100, w.repeat * hot // 100, w.repeat * cold // 100)
        again = Band(100, w.repeat * 25 // 100, w.repeat * 17 // 100)
        dated = Band(40, w.repeat * 9 // 100, w.repeat * 5 // 100)
        light = Band(30, w.wish // 2, max(3, w.wish // 8))
        has_dated = bool(((model.load > 0) & (model.load < FRESH)).any())
        has_light = bool(model.wanted.any() or model.guest.any() or model.affine.any())

        def through(band: Band) -> tuple[Band, ...]:
            if has_dated:
                return Band(30, band.hot, band.cold), dated, light
            if has_light:
                return Band(60, band.hot, band.cold), Band(10, band.cold, light.hot), light
            return (band,)

        self.fine = (light,)
        self.whole, self.again = through(strong), through(again)
        self.repair = (Band(100, w.moved // 2, w.moved // 6),)
        # One exchange of labels changes dozens of pairs: under the full weights every exchange would be
        # barred, so the weighty levels are softened to a few wishes while labels are searched for light ones.
        self.labels = Band(100, w.wish * 3 // 2, w.wish // 2) if has_light else strong
        self.label_weights = replace(w, repeat=4 * w.wish, sector=3 * w.wish) if has_light else w
        self.label_steps = max(1000, 75 * model.n)

