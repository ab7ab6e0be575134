"""Looks at the server: one at a time, so that what a press is sent with is what the server said last."""

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]

pytestmark = pytest.mark.browser

SLOW_FIRST = """
  const { inTurn } = await import("/static/v1/js/facilitator/parts.js");
  let stands = 0, shown = null, looks = 0;
  // What is read when the question is asked comes after a while; the first answer takes longest.
  const read = () => {
    const seen = stands, pause = looks++ ? 10 : 150;
    const answer = new Promise((done, lost) => setTimeout(fails && looks === 1 ? lost : done, pause, seen));
    return answer.then((seen) => { shown = seen; });
  };
  const look = inTurn(read);
  const asked = [];
  for (stands = 1; stands <= 4; stands += 1) asked.push(look().catch(() => {}));
  stands = 5;
  await Promise.all(asked);
  return [shown, looks];
"""


@pytest.mark.parametrize("fails", [False, True])
def test_an_older_answer_never_covers_a_newer_one(run: Run, fails: bool) -> None:
    assert run(SLOW_FIRST, fails=fails) == [5, 2], "who asks meanwhile shares the next look, which sees all of it"
