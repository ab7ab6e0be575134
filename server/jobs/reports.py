"""Reports, their plots and the seed packets as jobs: values and words in, a PDF or SVG out."""

from typing import Any

from printables import packet as packets
from printables import plots as drawn
from printables import reports
from server.jobs import Job, Json, Tell
from server.jobs.paper import fonts, printed


def _plot(values: Json) -> Any:
    return drawn.Plot(
        **{
            **{name: values[name] for name in ("key", "title", "period", "finding")},
            "form": drawn.Form(values["form"]),
            "series": tuple(drawn.Series(each["word"], drawn.Fill(each["fill"])) for each in values["series"]),
            "rows": tuple(drawn.Row(each["name"], tuple(each["values"])) for each in values["rows"]),
        }
    )


def _table(values: Json) -> Any:
    columns = tuple(reports.Column(**each) for each in values["columns"])
    return reports.Table(values["caption"], columns, tuple(tuple(row) for row in values["rows"]))


def _section(values: Json) -> Any:
    return reports.Section(
        values["heading"],
        tuple(values["texts"]),
        tuple(map(_plot, values["plots"])),
        tuple(map(_table, values["tables"])),
    )


def report(arguments: Json, tell: Tell) -> Json:
    """`{sheet}`, as in `services.report_sheets`, with its `paper` → `{pdf, pages, warnings}`."""
    sheet = arguments["sheet"] | {"sections": tuple(map(_section, arguments["sheet"]["sections"]))}
    return printed(lambda: reports.render(reports.Report(**sheet), fonts()))


def plots(arguments: Json, tell: Tell) -> Json:
    """`{plots}` → `{svgs}`, an SVG element for each."""
    return {"svgs": [drawn.svg(_plot(values), fonts()) for values in arguments["plots"]]}


def packet(arguments: Json, tell: Tell) -> Json:
    """`{packets: [{owner, met, promised}], words, paper}`, as in `printables.packet` → `{pdf, pages, warnings}`."""

    def lines(values: list[Json]) -> Any:
        return tuple(packets.Line(each["name"], tuple(each["details"]), each["code"]) for each in values)

    made = [
        packets.Packet(each["owner"], lines(each["met"]), lines(each["promised"])) for each in arguments["packets"]
    ]
    words = packets.PacketWords(**arguments["words"])
    return printed(lambda: packets.render(made, words, fonts(), paper=arguments["paper"]))


JOBS: dict[str, Job] = {"report": report, "plots": plots, "packet": packet}
