"""Fifty devices show the same badges at the same time: each badge is welcomed once, whatever the database."""

import threading
from collections import Counter, defaultdict

import pytest

from server.domain.vocabulary import Standing
from server.persistence.models import Group, Meeting
from server.services import attendance, badges, check_ins
from server.services.check_ins import Desk
from server.services.context import Op, Tx
from tests import builders
from tests.cast import Character
from tests.mornings import Morning

DEVICES = 50


def _more(morning: Morning, people: int) -> list[str]:
    """The codes of so many more people on the list."""

    def work(tx: Tx) -> list[str]:
        group, meeting = tx.db.get_one(Group, morning.group_id), tx.db.get_one(Meeting, morning.meeting_id)
        known = []
        for number in range(people):
            person = builders.a_member(tx, group, Character(f"Late{number}", "Comer", "", "", ""))
            builders.an_attendance(tx, meeting, person)
            known.append((person.id, Standing.MEMBER))
        made = badges.issue(morning.ctx, tx, known, group_id=group.id, meeting_id=meeting.id)
        return [badges.code_of(morning.ctx, made[person]) for person, _ in known]

    return morning.ctx.transaction(work)


@pytest.mark.parametrize("people", [6, pytest.param(1000, marks=pytest.mark.slow)], ids=lambda n: f"{n} badges")
def test_each_badge_is_welcomed_once(morning: Morning, people: int) -> None:
    codes = _more(morning, people)
    said: dict[str, list[str]] = defaultdict(list)
    together = threading.Barrier(DEVICES)

    def device(number: int) -> None:
        desk = Desk(None, f"Door {number}")
        for code in codes:
            together.wait(timeout=120)
            answer = check_ins.check_in(
                morning.ctx,
                meeting_id=morning.meeting_id,
                scanned=code,
                desk=desk,
                op=Op(f"{number}-{code}", "check_in", {"code": code}),
            )
            said[code].append(answer["answer"])

    threads = [threading.Thread(target=device, args=(number,)) for number in range(DEVICES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {code: Counter(answers) for code, answers in said.items()} == {
        code: Counter(welcome=1, already_in=DEVICES - 1) for code in codes
    }
    assert attendance.counts(morning.ctx, morning.meeting_id).in_room == people
