"""Desks of a door in a process of their own, for `tests.benchmarks.doors`: what they measure is the server's time.

Reads one line of JSON (`{meeting, door, pause, desks: [{port, codes}]}`), lets everybody in, and prints
`{times: [ms], seconds}`. Each desk is a thread with one kept connection; bytes are put together by hand, because the
server shares the processor with whoever measures it.
"""

import json
import re
import socket
import sys
import threading
import time
from typing import Any


class Desk:
    """One door on a connection that it keeps."""

    def __init__(self, port: int, meeting: str, door: str) -> None:
        self._line = socket.create_connection(("127.0.0.1", port))
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._cookie = f"Host: 127.0.0.1:{port}\r\nCookie: coltiva={door}\r\n"
        page = self._asked(f"GET /about HTTP/1.1\r\n{self._cookie}\r\n")[0].decode()
        token = page.split('name="csrf" content="')[1].split('"')[0]
        self._head = (
            f"POST /desk/{meeting}/check-ins HTTP/1.1\r\n{self._cookie}"
            f"Content-Type: application/json\r\nX-CSRF-Token: {token}\r\n"
        )

    def scan(self, code: str) -> float:
        """Milliseconds until the badge was recorded and answered."""
        body = json.dumps({"code": code})
        answer, waited = self._asked(
            f"{self._head}X-Operation-Id: scan-{code}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        assert b'"answer":"welcome"' in answer, answer
        return waited * 1000

    def _asked(self, request: str) -> tuple[bytes, float]:
        """The answer's body, and the seconds from the request's last byte to the answer's last."""
        self._line.sendall(request.encode())
        began = time.perf_counter()
        found = b""
        while (end := found.find(b"\r\n\r\n")) < 0:
            found += self._received()
        length = re.search(rb"(?i)content-length: (\d+)", found[:end])
        assert length is not None, found[:end]
        while len(found) < end + 4 + int(length.group(1)):
            found += self._received()
        return found[end + 4 :], time.perf_counter() - began

    def _received(self) -> bytes:
        data = self._line.recv(65536)
        assert data, "the server hung up"
        return data


def let_in(plan: Any) -> dict[str, Any]:
    """Everybody comes in; how long each scan and the whole took."""
    desks = [(Desk(each["port"], plan["meeting"], plan["door"]), each["codes"]) for each in plan["desks"]]
    times: list[float] = []

    def queue(number: int, desk: Desk, codes: list[str]) -> None:
        time.sleep(number * plan["pause"] / len(desks))
        for code in codes:
            times.append(desk.scan(code))
            time.sleep(plan["pause"])

    threads = [threading.Thread(target=queue, args=(number, *each)) for number, each in enumerate(desks)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"times": times, "seconds": time.perf_counter() - began}


if __name__ == "__main__":
    print(json.dumps(let_in(json.loads(sys.stdin.readline()))), flush=True)
