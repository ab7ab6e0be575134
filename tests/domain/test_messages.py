"""Messages: which of their states mean that nobody need write any more."""

from server.domain.messages import MessageState


def test_what_was_written_or_sent_is_done_and_nothing_else() -> None:
    assert {state for state in MessageState if state.is_done} == {MessageState.WRITTEN, MessageState.SENT}
