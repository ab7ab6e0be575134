"""News after the commit: a list of callables. A failing listener is logged and disturbs nobody."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.domain.events import Event
from server.domain.vocabulary import Audience

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Told:
    """An event with the numbers its audiences counted for it, in the order of the transaction."""

    event: Event
    seqs: Mapping[Audience, int]


Listener = Callable[[Told], None]


class Bus:
    """Whoever subscribes is called once per event after its commit."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Add a listener for the life of the program."""
        self._listeners.append(listener)

    def publish(self, told: Told) -> None:
        """Call every listener; what one of them raises is logged with the kind of event, without its content."""
        for listener in self._listeners:
            try:
                listener(told)
            except Exception:
                log.exception("a listener failed on %s", type(told.event).__name__)
