"""The 24 meetings the planner is measured by, what an open planner of today reaches with them, and our targets.

Plain ones are written down here; those with sectors, wishes, hosts, earlier meetings or latecomers lie in
`rounds.json`. Two numbers joined by hyphens name tables and people at a table, or people and table size; the last is
the number of rounds.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PLAIN: dict[str, tuple[int, int, int]] = {  # people, table size, rounds
    "sgp-8-4-5": (32, 4, 5),
    "sgp-8-4-7": (32, 4, 7),
    "sgp-8-4-8": (32, 4, 8),
    "sgp-8-4-9": (32, 4, 9),
    "sgp-8-4-10": (32, 4, 10),
    "sgp-5-3-7": (15, 3, 7),
    "sgp-7-3-10": (21, 3, 10),
    "sgp-10-3-9": (30, 3, 9),
    "sgp-6-4-6": (24, 4, 6),
    "sgp-6-6-3": (36, 6, 3),
    "sgp-7-7-8": (49, 7, 8),
    "over-4-6-6": (24, 6, 6),
    "mix-37-5-5": (37, 5, 5),
    "big-25-4-12": (100, 4, 12),
    "big-20-5-10": (100, 5, 10),
    "huge-125-8-6": (1000, 8, 6),
    "pairs-500-8": (500, 2, 8),
}

# An open planner that goes round by round (genetic, equal tables only), measured once on one core with its own
# stopping rule: repeats/same sector/wishes met, seconds in brackets.
ANCHOR = {
    "sgp-8-4-5": "0 (0.3)",
    "sgp-8-4-7": "2 (0.7)",
    "sgp-8-4-8": "5 (2.5)",
    "sgp-8-4-9": "18 (2.3)",
    "sgp-8-4-10": "35 (2.9)",
    "sgp-5-3-7": "7 (1.4)",
    "sgp-7-3-10": "11 (0.6)",
    "sgp-10-3-9": "0 (0.4)",
    "sgp-6-4-6": "5 (0.2)",
    "sgp-6-6-3": "0 (1.4)",
    "sgp-7-7-8": "167 (7.9)",
    "over-4-6-6": "120 (9.8)",
    "mix-37-5-5": "0 (2.2)",
    "big-25-4-12": "7 of 12 rounds (26)",
    "big-20-5-10": "3 of 10 rounds (23)",
    "huge-125-8-6": "1 of 6 rounds (21)",
    "pairs-500-8": "0 (7.7)",
    "pairs-41-trio-sectors": "0/0 with byes (0.3)",
    "pairs-25-bye": "0/0 (0.2)",
    "full-40-5-6": "7/0/166 (4.8)",
    "hosts-48-6-6": "29/2 (2.8)",
    "hist-36-4-5": "5/1 (1.9)",
    "late-30-5-6": "cannot",
    "gala-200-8-6": "no round in 150",
}

# What every seed has to reach; where nothing is named, no repeats and nobody beside their own sector, within 1 s.
TARGET = {
    **dict.fromkeys(ANCHOR, "0"),
    "over-4-6-6": "88; 10 s: 84",
    "pairs-41-trio-sectors": "0/0",
    "pairs-25-bye": "0/0",
    "full-40-5-6": "0/0/198; 10 s: 206",
    "hosts-48-6-6": "0/1; 10 s: 0/0",
    "hist-36-4-5": "4/0; 10 s: 2/0",
    "late-30-5-6": "5; 10 s: 2",
    "gala-200-8-6": "0/0/1400; 10 s: 1530",
}


def of_our_own() -> Iterator[dict[str, Any]]:
    """All 24, as `coltiva plan` reads them."""
    for name, (people, size, rounds) in PLAIN.items():
        yield {"id": name, "people": [{"id": n} for n in range(people)], "table_size": size, "rounds": rounds}
    yield from from_folder(Path(__file__).parent)


def from_folder(folder: Path) -> Iterator[dict[str, Any]]:
    """Every problem in the JSON files of a folder, in the order of their names."""
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        yield from content if isinstance(content, list) else [content]
