"""The map tells everything there is: settings, commands, events."""

import dataclasses
import re
from pathlib import Path

from server.config import Settings
from server.domain import events

MAP = (Path(__file__).parents[2] / "server" / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_on_the_map() -> None:
    assert not [field.name for field in dataclasses.fields(Settings) if f"| `{field.name}` |" not in MAP]


def test_every_event_is_on_the_map_and_no_other() -> None:
    known = {
        name
        for name, kind in vars(events).items()
        if isinstance(kind, type) and issubclass(kind, events.Event) and kind is not events.Event
    }
    section = MAP.split("## What is heard")[1].split("##")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.M)) == known


def test_every_command_is_on_the_map() -> None:
    source = (Path(__file__).parents[2] / "server" / "cli.py").read_text(encoding="utf-8")
    verbs = set(re.findall(r'add_parser\(\s*"([\w-]+)"', source))
    section = MAP.split("## Commands")[1].split("##")[0]
    assert verbs
    assert not [verb for verb in verbs if f"`{verb}`" not in section and verb not in {"people", "badges"}]
