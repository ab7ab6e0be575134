"""Badges from the door: a walk-in's at once, a copy only when asked, a lost one with a new code; and printers."""

import io
import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader

from server.domain.vocabulary import GroupId, Role
from server.services import badges, local_printers, print_jobs, print_setup, workbench
from server.services.context import Context
from server.services.print_setup import DoorSetup
from tests import builders
from tests.conftest import Browser, Statements
from tests.mornings import Morning

Open = Callable[[str | None], Browser]
Printer = Callable[[str], Path]
LP = """#!{python}
import sys
from pathlib import Path
here = Path({folder!r})
if sys.argv[0].endswith("lpstat"):
    print("Label_Writer")
    raise SystemExit
(here / "arguments").write_text("\\n".join(sys.argv[1:]))
(here / "paper.pdf").write_bytes(sys.stdin.buffer.read())
{more}
"""


@pytest.fixture(autouse=True)
def _no_child_left() -> Iterator[None]:
    local_printers.forget()
    yield
    workbench.stop_all()
    local_printers.forget()


@pytest.fixture
def dora(browser: Open) -> Browser:
    return browser("Dora")


@pytest.fixture
def desk(morning: Morning) -> str:
    return f"/desk/{morning.meeting_uid}"


@pytest.fixture
def printer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Printer:
    """A computer with CUPS, whose one printer does what it is told and keeps what it was sent."""
    if sys.platform == "win32":
        pytest.skip("there is no CUPS on Windows")

    def install(more: str = "") -> Path:
        folder = tmp_path / "cups"
        folder.mkdir()
        for name in ("lp", "lpstat"):
            program = folder / name
            program.write_text(LP.format(python=sys.executable, folder=str(folder), more=more))
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
        workbench.stop_all()
        local_printers.forget()
        return folder

    return install


def _choose(morning: Morning, **how: Any) -> None:
    door = DoorSetup(**{"stock": "dk-11202", "printer": "Label_Writer"} | how)
    print_setup.choose_door(morning.ctx, group_id=GroupId(morning.group_id), door=door)


def _press(who: Browser, desk: str, uid: str, **how: Any) -> Any:
    return who.send(f"{desk}/badge-prints", {"uid": uid, **how})


def _printed(morning: Morning) -> list[str]:
    return [holder.given_name for holder in badges.holders(morning.ctx, morning.meeting_id) if holder.printed_at]


def test_a_walk_ins_badge_is_printed_by_the_browser_where_there_is_no_printer(
    morning: Morning, dora: Browser, desk: str
) -> None:
    walk_in = dora.send(f"{desk}/walk-ins", {"given_name": "Zoë", "company": "Zoë & Co"}).get_json()
    made = _press(dora, desk, walk_in["uid"]).get_json()
    assert (made["ok"], made["name"], made["printer"]) == (True, "Zoë", "")
    reply = dora.get(made["file"])
    assert (reply.status_code, reply.mimetype) == (200, "application/pdf")
    file = PdfReader(io.BytesIO(reply.data))
    root: Any = file.trailer["/Root"]
    assert root["/OpenAction"]["/N"] == "/Print"
    assert root["/ViewerPreferences"]["/PrintScaling"] == "/None"
    page = file.pages[0]
    assert (round(float(page.mediabox.width) * 25.4 / 72), round(float(page.mediabox.height) * 25.4 / 72)) == (62, 100)
    assert "Zoë & Co" in page.extract_text()
    assert _printed(morning) == ["Zoë"]
    (job,) = print_jobs.listed(morning.ctx, morning.meeting_id)
    assert (job.at_door, job.badges, job.stock) == (True, 1, "dk-11202")


def test_what_did_not_come_out_is_taken_back_with_one_press(morning: Morning, dora: Browser, desk: str) -> None:
    made = _press(dora, desk, morning.attendances["Mira"]).get_json()
    assert _printed(morning) == ["Mira"]
    assert dora.send(f"{desk}/badge-print-undos", {"job": made["job"]}).get_json()["ok"] is True
    assert _printed(morning) == []
    assert dora.send(f"{desk}/badge-print-undos", {"job": "0" * 16}).status_code == 404


def test_somebody_who_has_a_badge_gets_a_copy_only_when_asked(morning: Morning, dora: Browser, desk: str) -> None:
    mira = morning.attendances["Mira"]
    _press(dora, desk, mira)
    asked = _press(dora, desk, mira).get_json()
    assert asked["asks"]
    assert "job" not in asked
    assert len(print_jobs.listed(morning.ctx, morning.meeting_id)) == 1
    assert _press(dora, desk, mira, again=True).get_json()["job"]
    scanned = dora.send(f"{desk}/check-ins", {"code": morning.codes["Mira"]}).get_json()
    assert scanned["answer"] == "welcome", "a copy carries the same code"


def test_a_lost_badge_is_printed_with_a_new_code_and_the_old_one_is_refused_with_its_reason(
    morning: Morning, dora: Browser, desk: str
) -> None:
    max_ = morning.attendances["Max"]
    _press(dora, desk, max_)
    _press(dora, desk, max_, lost=True)
    refused = dora.send(f"{desk}/check-ins", {"code": morning.codes["Max"]}).get_json()
    assert (refused["answer"], refused["reason"]) == ("refused", "revoked_badge")
    assert refused["text"] == "This badge was replaced. Ask for the newer one."
    (held,) = badges.holders(morning.ctx, morning.meeting_id, only=max_)
    assert held.printed_at is not None
    assert dora.send(f"{desk}/check-ins", {"code": held.code}).get_json()["answer"] == "welcome"


def test_the_doors_own_printer_gets_the_badge_at_its_size_and_nothing_else(
    morning: Morning, dora: Browser, desk: str, printer: Printer
) -> None:
    folder = printer()
    _choose(morning)
    made = _press(dora, desk, morning.attendances["Mira"]).get_json()
    assert (made["printer"], made["file"]) == ("Label_Writer", None)
    arguments = (folder / "arguments").read_text().splitlines()
    assert arguments == [
        *("-d", "Label_Writer", "-t", "Mira Łukasik", "-o", "media=Custom.62x100mm"),
        *("-o", "print-scaling=none", "-o", "fit-to-page=false", "-"),
    ]
    assert "Łukasik" in PdfReader(folder / "paper.pdf").pages[0].extract_text()


def test_a_press_that_is_sent_again_prints_once(morning: Morning, dora: Browser, desk: str, printer: Printer) -> None:
    folder = printer()
    _choose(morning)
    body = {"uid": morning.attendances["Mira"], "again": True}
    first = dora.send(f"{desk}/badge-prints", body, op="once").get_json()
    (folder / "paper.pdf").unlink()
    assert dora.send(f"{desk}/badge-prints", body, op="once").get_json() == first
    assert not (folder / "paper.pdf").exists()
    assert len(print_jobs.listed(morning.ctx, morning.meeting_id)) == 1


def test_an_endless_roll_is_cut_to_the_length_that_was_chosen(
    morning: Morning, dora: Browser, desk: str, printer: Printer
) -> None:
    folder = printer()
    _choose(morning, stock="dk-22205", length=80.0)
    _press(dora, desk, morning.attendances["Mira"])
    assert "media=Custom.62x80mm" in (folder / "arguments").read_text()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("sys.stderr.write('lp: out of\\nlabels')\nraise SystemExit(1)", "did not take the badge: lp: out of labels"),
        ("import time\ntime.sleep(60)", "did not take the badge within 1 seconds"),
    ],
)
def test_a_printer_that_does_not_take_the_badge_is_said_in_one_sentence_and_nothing_is_marked(
    morning: Morning,
    dora: Browser,
    desk: str,
    printer: Printer,
    monkeypatch: pytest.MonkeyPatch,
    more: str,
    said: str,
) -> None:
    monkeypatch.setattr(local_printers, "PATIENCE_SECONDS", 1)
    printer(more)
    _choose(morning)
    refused = _press(dora, desk, morning.attendances["Mira"])
    assert refused.status_code == 422
    assert said in refused.get_json()["text"]
    assert _printed(morning) == []


def test_a_printer_that_is_gone_is_named(morning: Morning, dora: Browser, desk: str, printer: Printer) -> None:
    printer()
    _choose(morning, printer="Old_One")
    refused = _press(dora, desk, morning.attendances["Mira"]).get_json()
    assert refused["text"] == "This computer knows no printer called Old_One."


def test_a_computer_without_cups_has_no_printers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    workbench.stop_all()
    assert local_printers.names() == ()


def test_the_organiser_chooses_among_the_printers_of_this_computer(
    morning: Morning, browser: Open, printer: Printer
) -> None:
    printer()
    page = browser("Olga").get(f"/o/{morning.meeting_uid}/printing").get_data(as_text=True)
    assert '<option value="Label_Writer">Label_Writer</option>' in page


def test_a_steward_prints_nothing_and_is_not_offered_it(app: Flask, ctx: Context, morning: Morning, desk: str) -> None:
    here = {"group_id": morning.group_id, "meeting_id": morning.meeting_id}
    steward = Browser(app.test_client(), builders.signed_in(ctx, None, label="Door 2", role=Role.STEWARD, **here))
    assert _press(steward, desk, morning.attendances["Mira"]).status_code == 403
    assert "data-may-print" not in steward.get(desk).get_data(as_text=True)


def test_sam_prints_no_badge_of_another_group(morning: Morning, browser: Open, desk: str) -> None:
    sam, mira = browser("Sam"), morning.attendances["Mira"]
    assert _press(sam, desk, mira).status_code == 404
    assert sam.get(f"{desk}/badge-prints/{mira}.pdf").status_code == 404
    assert sam.send(f"{desk}/badge-print-undos", {"job": "0" * 16}).status_code == 404
    assert _printed(morning) == []


def test_nobodys_badge_does_not_exist(dora: Browser, desk: str) -> None:
    assert _press(dora, desk, "0" * 16).status_code == 404
    assert dora.get(f"{desk}/badge-prints/{'0' * 16}.pdf").status_code == 404


def test_a_badge_at_the_door_asks_the_database_few_times(
    morning: Morning, dora: Browser, desk: str, statements: Statements
) -> None:
    headers = {"X-CSRF-Token": dora.csrf(), "X-Operation-Id": "few"}
    body = {"uid": morning.attendances["Mira"]}
    with statements() as sent:
        assert dora.client.post(f"{desk}/badge-prints", json=body, headers=headers).status_code == 200
    reads = [statement for statement in sent if statement.startswith("SELECT")]
    assert len(reads) <= 12, [r[:60] for r in reads]
