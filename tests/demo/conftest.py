"""A demo made once for all its tests, as `coltiva demo` makes it; each test gets a copy of its folder."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server import demo
from server.app import create_context
from server.config import Settings
from server.services.context import Context

NOW = datetime(2026, 11, 26, 5, 40, tzinfo=UTC)
"""Thursday, twenty to seven in Rome."""
SAID: list[str] = []
"""What the console said while it was made."""


@dataclass
class Demo:
    """The folder of a demo and the time it is; `start()` is what happens before it serves."""

    settings: Settings
    now: datetime = NOW

    def start(self, *, fresh: bool = False, seed: int = 1) -> list[str]:
        """Start the demo up to the moment of listening; gives what was said."""
        said: list[str] = []
        demo.prepare(self.settings, fresh=fresh, seed=seed, say=said.append, now=lambda: self.now)
        return said

    @contextmanager
    def opened(self) -> Iterator[Context]:
        """The database of the demo at its time."""
        ctx = create_context(self.settings, lambda: self.now)
        try:
            yield ctx
        finally:
            ctx.database.close()


Opened = Callable[[], AbstractContextManager[Context]]


@pytest.fixture(scope="session")
def first_demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demo that is only looked at."""
    made = Demo(Settings(instance=tmp_path_factory.mktemp("demo"), demo=True))
    SAID.extend(made.start())
    return made


@pytest.fixture
def own_demo(first_demo: Demo, tmp_path: Path) -> Demo:
    """A copy that a test may change."""
    folder = tmp_path / "instance"
    shutil.copytree(first_demo.settings.instance, folder)
    return Demo(Settings(instance=folder, demo=True))


@pytest.fixture
def empty_demo(tmp_path: Path) -> Demo:
    """A folder without any demo."""
    return Demo(Settings(instance=tmp_path, demo=True))


@pytest.fixture(scope="session")
def past(first_demo: Demo) -> Iterator[Context]:
    """The database of the demo that is only looked at."""
    with first_demo.opened() as ctx:
        yield ctx
