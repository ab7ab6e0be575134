"""Messages to one person at a time: which there are, and how far each has come."""

from enum import StrEnum


class MessageKind(StrEnum):
    """Why somebody is written to before a meeting."""

    REMINDER = "reminder"
    """To whoever is expected."""
    MOVED_UP = "moved_up"
    """To whoever waited and got a place."""


class MessageState(StrEnum):
    """How far a message to one person has come."""

    OPEN = "open"
    WRITTEN = "written"
    """Somebody says that they wrote it by hand."""
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"

    @property
    def is_done(self) -> bool:
        """Whether nobody need write any more."""
        return self in (MessageState.WRITTEN, MessageState.SENT)
