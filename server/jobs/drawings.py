"""Values into papers, one function a kind: the JSON of a `Draft` in, a finished document of `printables` out.

The fields of the JSON are those of the values in `printables`, under the same names. `DRAWN` is all of them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from printables import badges, calibration, lists, posters, routes, seating, slips, tables, tents, wifi
from printables.model import Back, BadgeOptions, Duplex, Person, Result, Role, RoundTime, Words
from printables.paper import Paper, PaperWords
from printables.seatplan import SeatPlan
from printables.stocks import Stock, own
from printables.text import FontSet
from server.jobs import Json

Drawing = Callable[[Json, FontSet], Result]


def people_of(arguments: Json) -> list[Person]:
    """The people of a paper."""
    return [
        Person(**{**fields, "role": Role(fields["role"]), "seats": tuple(fields.get("seats", ()))})
        for fields in arguments["people"]
    ]


def stock_of(stock: str | Json) -> str | Stock:
    """A stock of the table by its id, or one of somebody's own by its measures."""
    return stock if isinstance(stock, str) else own(**{key: value for key, value in stock.items() if key != "id"})


def badge_options(arguments: Json) -> BadgeOptions:
    """How badges are printed."""
    return BadgeOptions(
        stock=stock_of(arguments["stock"]),
        base_url=arguments["base_url"],
        words=Words(**arguments["words"]),
        start_at=arguments.get("start_at", 1),
        dx=arguments.get("dx", 0.0),
        dy=arguments.get("dy", 0.0),
        scale=arguments.get("scale", 1.0),
        black_only=arguments.get("black_only", False),
        force_address=arguments.get("force_address", False),
        length_mm=arguments.get("length", 100.0),
        dots=arguments.get("dots"),
        back=_back(arguments["back"]) if "back" in arguments else None,
        duplex=Duplex(arguments.get("duplex", Duplex.LONG)),
    )


def draw_badges(arguments: Json, fonts: FontSet) -> Result:
    """`{people, stock, base_url, words}` and, as needed, the other fields of `badge_options`."""
    return badges.render(people_of(arguments), badge_options(arguments), fonts)


def draw_badge_trial(arguments: Json, fonts: FontSet) -> Result:
    """As `draw_badges`: three of these people, with the edges of the labels. All of them carry one code on purpose."""
    made = badges.trial(people_of(arguments), badge_options(arguments), fonts)
    return replace(made, warnings=tuple(warning for warning in made.warnings if warning.key != "same_code"))


def calibration_options(arguments: Json) -> BadgeOptions:
    """What a calibration page is printed with: `{stock, dx, dy, scale}`."""
    shift = {name: arguments[name] for name in ("dx", "dy", "scale")}
    return BadgeOptions(stock=stock_of(arguments["stock"]), base_url="", **shift)


def draw_calibration(arguments: Json, fonts: FontSet) -> Result:
    """`{stock, dx, dy, scale, words}`: outlines, rulers and scales to read off."""
    words = calibration.CalibrationWords(**{**arguments["words"], "steps": tuple(arguments["words"]["steps"])})
    return calibration.render(calibration_options(arguments), fonts, words)


def draw_sign_in(arguments: Json, fonts: FontSet) -> Result:
    """`{people, sheet, paper}`, where `sheet` holds the texts of `lists.SignIn` and `paper` the words."""
    words = _paper(arguments).words
    known = Words(member=words.member, visitor=words.visitor, host=words.host, table=words.table,
                  language=arguments["paper"]["language"])  # fmt: skip
    columns = {"name_word": words.name, "company_word": words.company}
    return lists.sign_in(people_of(arguments), lists.SignIn(**columns | arguments["sheet"], words=known), fonts)


def draw_poster(arguments: Json, fonts: FontSet) -> Result:
    """`{kind: join | door, poster}`, where `poster` holds the texts of `posters.Poster`."""
    draw = {"join": posters.join_poster, "door": posters.door_poster}[arguments["kind"]]
    return draw(_poster(arguments["poster"]), fonts)


def draw_test_code(arguments: Json, fonts: FontSet) -> Result:
    """`{sheet}`, where `sheet` holds the fields of `posters.TrialSheet`."""
    codes = tuple(posters.TrialCode(**code) for code in arguments["sheet"]["codes"])
    return posters.trial_sheet(posters.TrialSheet(**{**arguments["sheet"], "codes": codes}), fonts)


def draw_routes(arguments: Json, fonts: FontSet) -> Result:
    """`{people, rounds, paper, options}`: a card for each attendee."""
    return routes.render(_plan(arguments), _paper(arguments), fonts, routes.RouteOptions(**_options(arguments)))


def draw_tables(arguments: Json, fonts: FontSet) -> Result:
    """`{people, rounds, paper, options}`: a card for each table."""
    return tables.render(_plan(arguments), _paper(arguments), fonts, tables.TableOptions(**_options(arguments)))


def draw_seating(arguments: Json, fonts: FontSet) -> Result:
    """`{people, rounds, paper, options}`: who sits where in each round, for the wall."""
    return seating.render(_plan(arguments), _paper(arguments), fonts, seating.SeatingOptions(**_options(arguments)))


def draw_tents(arguments: Json, fonts: FontSet) -> Result:
    """`{people, paper, options}`: a tent with each name."""
    return tents.render(people_of(arguments), _paper(arguments), fonts, tents.TentOptions(**_options(arguments)))


def draw_empty_chair(arguments: Json, fonts: FontSet) -> Result:
    """`{chairs: [{sector, lines, invitation}], paper, options}`: a tent for each guest who is missing."""
    chairs = [tents.EmptyChair(**{**chair, "lines": tuple(chair["lines"])}) for chair in arguments["chairs"]]
    return tents.empty_chair(chairs, _paper(arguments), fonts, tents.TentOptions(**_options(arguments)))


def draw_slips(arguments: Json, fonts: FontSet) -> Result:
    """`{pages, paper}`: referral slips to write by hand."""
    return slips.render(_paper(arguments), fonts, pages=arguments["pages"])


def draw_wifi(arguments: Json, fonts: FontSet) -> Result:
    """`{poster, network, words}`: how phones join the venue's network."""
    network = wifi.Network(**arguments["network"])
    return posters.wifi_poster(_poster(arguments["poster"]), network, fonts, _words(arguments["words"]))


def _back(fields: Json) -> Back:
    return Back(
        heading=fields["heading"],
        agenda=tuple((time, text) for time, text in fields["agenda"]),
        rounds=tuple(RoundTime(**each) for each in fields["rounds"]),
        out_word=fields["out_word"],
    )


def _options(arguments: Json) -> dict[str, Any]:
    return {
        key: tuple(value) if isinstance(value, list) else value for key, value in arguments.get("options", {}).items()
    }


def _paper(arguments: Json) -> Paper:
    fields = dict(arguments["paper"])
    return Paper(**{**fields, "words": _words(fields["words"])})


def _words(words: Json) -> PaperWords:
    said: Json = {key: tuple(value) if isinstance(value, list) else value for key, value in words.items()}
    return PaperWords(**said)


def _plan(arguments: Json) -> SeatPlan:
    rounds = tuple(RoundTime(**each) for each in arguments["rounds"])
    return SeatPlan(people=tuple(people_of(arguments)), rounds=rounds)


def _poster(fields: Json) -> posters.Poster:
    return posters.Poster(**{**fields, "steps": tuple(fields["steps"])})


DRAWN: dict[str, Drawing] = {
    "badges": draw_badges,
    "badge_trial": draw_badge_trial,
    "calibration": draw_calibration,
    "sign_in": draw_sign_in,
    "poster": draw_poster,
    "test_code": draw_test_code,
    "routes": draw_routes,
    "tables": draw_tables,
    "seating": draw_seating,
    "tents": draw_tents,
    "empty_chair": draw_empty_chair,
    "slips": draw_slips,
    "wifi": draw_wifi,
}
