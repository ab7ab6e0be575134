"""A report as a PDF: one answer for all pages that have one. It opens in the browser and is kept under its name."""

from flask import Response

from server.services import report_sheets
from server.services.report_sheets import Sheet


def pdf(sheet: Sheet, paper: str, name: str) -> Response:
    """The sheet on `a4` or `letter` as `name`.pdf. Raises what `report_sheets.on_paper` raises."""
    response = Response(report_sheets.on_paper(sheet, paper), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
