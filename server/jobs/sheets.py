"""Workbooks as a job: headings and cells in, a file out. A year of cells would hold the room's loop for a while."""

import base64

from server.formats.xlsx_out import write_xlsx
from server.jobs import Job, Json, Tell


def workbook(arguments: Json, tell: Tell) -> Json:
    """`{headers, rows}`, texts only → `{xlsx}`. Refuses `cell_too_long`."""
    return {"xlsx": base64.b64encode(write_xlsx(arguments["headers"], arguments["rows"])).decode("ascii")}


JOBS: dict[str, Job] = {"workbook": workbook}
