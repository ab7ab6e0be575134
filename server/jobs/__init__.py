"""What the workbench does: one module a feature, each with its `JOBS`: JSON in, JSON out, progress on the way."""

from collections.abc import Callable
from typing import Any, Protocol

Json = dict[str, Any]


class Tell(Protocol):
    """How a job speaks with whoever waits for it."""

    def __call__(self, news: Json) -> None:
        """Say how far it is."""

    def enough(self) -> bool:
        """Whether whoever waits wants what there is so far. A job that cannot stop half-way need not ask."""


Job = Callable[[Json, Tell], Json]
