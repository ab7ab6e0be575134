"""How far two phones are apart when a round begins: the product's own clock over simulated links, in a real Chromium.

    python -m tests.benchmarks.clocks [--runs 4000] [--seed 1]

Prints the middle and the 99th percentile in milliseconds, one frame of the screen included, and ends with 1 when the
goal of a link is missed. The links: a good Wi-Fi, a telephone network, a Wi-Fi that delays by 50 to 300 ms, and one
where every fifth packet is late by up to 600 ms.
"""

import argparse
import base64
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from server import assets
from tests.conftest import launch

GOALS: dict[str, float | None] = {"wifi": 20.0, "4G": None, "jitter 50-300": 60.0, "bursty": None}
"""Milliseconds at the 99th percentile."""
HERE = Path(__file__).parent


def _module(path: Path) -> str:
    return "data:text/javascript;base64," + base64.b64encode(path.read_bytes()).decode()


def main(argv: list[str] | None = None) -> int:
    """Simulate, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    missed = 0
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        print(f"{'link':<16}{'p50':>8}{'p99':>8}{'goal':>8}   (ms between two phones, {options.runs} rooms)")
        for link, goal in GOALS.items():
            middle, worst = page.evaluate(
                """async ([clock, room, link, runs, seed]) => {
                    const { ServerClock } = await import(clock);
                    return (await import(room)).apart(ServerClock, link, runs, seed);
                }""",
                [
                    _module(assets.web("static", "js", "lib", "clock.js")),
                    _module(HERE / "clocks.js"),
                    link,
                    options.runs,
                    options.seed,
                ],
            )
            late = goal is not None and worst > goal
            missed += late
            told = "" if goal is None else f"{goal:>8.0f}" + ("   missed" if late else "")
            print(f"{link:<16}{middle:>8.1f}{worst:>8.1f}{told}")
        browser.close()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
