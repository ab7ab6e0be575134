"""A server killed while somebody speaks and a break is on: item, break, order and clock are what they were."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.persistence.models import AgendaItem
from server.services.context import Context, Tx
from tests.callers import Caller
from tests.mornings import Morning, make_morning
from tests.rooms import everybody_in
from tests.serving import serve


def _prepare(ctx: Context) -> Morning:
    morning = make_morning(ctx)
    everybody_in(morning)

    def write(tx: Tx) -> None:
        for position, kind in enumerate(("welcome", "introductions", "announcements")):
            row = AgendaItem(position=position, kind=kind, title=kind, minutes=10)
            row.meeting_id = morning.meeting_id
            tx.db.add(row)

    ctx.transaction(write)
    return morning


def _nothing(ctx: Context) -> None:
    """What is there stays as it was left."""


def _kill_and_look(folder: Path, *options: str) -> None:
    with serve(folder, _prepare, *options) as served:
        morning = served.data
        fiona = Caller(served.port, morning.tokens["Fiona"])
        run, state = f"/run/{morning.meeting_uid}", f"/state/{morning.meeting_uid}"

        def press(path: str, **body: object) -> Any:
            status, answer = fiona.send(f"{run}/{path}", body, op=path)
            assert status == 200, answer
            return answer

        press("agenda/forward", version=0)
        press("talks/open")
        press("talks/start", version=0)
        press("talks/next", version=1)
        stage = fiona.get(state)["snapshot"]["stage"]
        press("pause/start", version=stage["version"], minutes=5, label="Fire drill")
        before = fiona.get(state)["snapshot"]
        served.process.kill()
        served.process.wait()
    with serve(folder, _nothing, *options) as again:
        fiona.port = again.port
        after = fiona.get(state)["snapshot"]
        assert (after["stage"], after["talk"]) == (before["stage"], before["talk"])
        assert after["talk"]["who"]["short"] == "Fiona K."
        assert after["stage"]["pause"]["label"] == "Fire drill"
        # The press whose answer was lost is sent again, and counts once.
        assert press("talks/next", version=1)["talk"]["version"] == 2
        press("talks/skip", version=2)
        press("pause/end", version=after["stage"]["version"])
        assert not [line for line in again.log if "Traceback" in line], "".join(again.log)


def test_a_killed_server_goes_on_with_whoever_spoke(tmp_path: Path) -> None:
    _kill_and_look(tmp_path)


@pytest.mark.postgres
def test_a_killed_process_on_postgresql_goes_on_with_whoever_spoke(
    tmp_path: Path, migrated_postgres: str, empty_postgres: Callable[[], None]
) -> None:
    empty_postgres()
    _kill_and_look(tmp_path, "--database", migrated_postgres)
