"""Greenlets that wait for PostgreSQL: others go on meanwhile, long questions arrive whole, and an end is noticed."""

import socket
from collections.abc import Generator, Iterator
from typing import Any

import gevent
import gevent.socket
import pytest

from server.sockets import patience

WANTS_ANSWER, WANTS_ROOM = 1, 2


@pytest.fixture
def line() -> Iterator[tuple[Any, Any]]:
    """Two ends that never block."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    yield ours, theirs
    ours.close()
    theirs.close()


def _reading(ours: Any) -> Generator[int, int, bytes]:
    ready = yield WANTS_ANSWER
    assert ready == WANTS_ANSWER
    return bytes(ours.recv(100))


def test_others_go_on_while_one_waits_for_its_answer(line: tuple[Any, Any]) -> None:
    ours, theirs = line
    heard: list[str] = []

    def other() -> None:
        heard.append("the other went on")
        theirs.send(b"answer")

    gevent.spawn(other)
    assert patience.patient(_reading(ours), ours.fileno()) == b"answer"
    assert heard == ["the other went on"]


def test_a_server_that_ends_wakes_whoever_waits(line: tuple[Any, Any]) -> None:
    ours, theirs = line
    gevent.spawn(theirs.close)
    assert patience.patient(_reading(ours), ours.fileno()) == b"", "reading it says that it is over"


def test_what_fails_while_reading_is_raised_where_it_was_asked(line: tuple[Any, Any]) -> None:
    def failing() -> Generator[int, int, None]:
        yield WANTS_ANSWER
        raise OSError("the server ended the connection")

    line[1].send(b"x")
    with pytest.raises(OSError, match="ended"):
        patience.patient(failing(), line[0].fileno())


def test_a_question_longer_than_the_line_takes_arrives_whole_while_answers_come_in(line: tuple[Any, Any]) -> None:
    """As psycopg does it with questions that travel together: it sends and reads whatever can be sent and read."""
    ours, theirs = line
    question = b"q" * 3_000_000
    taken, answers = bytearray(), bytearray()

    def server() -> None:
        while len(taken) < len(question):
            gevent.sleep(0)
            try:
                taken.extend(theirs.recv(65536))
            except BlockingIOError:
                continue
        theirs.send(b"done")

    def sending() -> Generator[int, int, bytes]:
        sent = 0
        while sent < len(question):
            ready = yield WANTS_ANSWER | WANTS_ROOM
            assert ready, "woken for something"
            if ready & WANTS_ROOM:
                try:
                    sent += ours.send(question[sent:])
                except BlockingIOError:
                    continue
        yield WANTS_ANSWER
        answers.extend(ours.recv(100))
        return bytes(answers)

    serving = gevent.spawn(server)
    assert patience.patient(sending(), ours.fileno()) == b"done"
    serving.join()
    assert taken == question


def test_a_broken_line_says_so_to_whoever_wants_to_write(line: tuple[Any, Any]) -> None:
    ours, theirs = line
    theirs.close()

    def sending() -> Generator[int, int, None]:
        yield WANTS_ANSWER | WANTS_ROOM
        ours.send(b"x")

    with pytest.raises(OSError, match="Broken pipe"):
        patience.patient(sending(), ours.fileno())


def test_who_is_ended_while_waiting_leaves_no_watcher_behind(line: tuple[Any, Any]) -> None:
    ours, theirs = line
    waiting = gevent.spawn(lambda: patience.patient(_reading(ours), ours.fileno()))
    gevent.sleep(0)
    waiting.kill()
    theirs.send(b"late")
    assert patience.patient(_reading(ours), ours.fileno()) == b"late", "the next one on this line is woken"
