"""A slow reader gets every frame whole, from gevent's server, over a real socket."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SERVER = """
from gevent import monkey; monkey.patch_all()
import sys, time, threading
from flask import Flask, request
from gevent.pywsgi import WSGIServer
from simple_websocket import Server, Client, ConnectionClosed
from server.sockets.transport import send_all
send_all.install(); send_all.install()

app = Flask("slow")

@app.route("/ws", websocket=True)
def ws():
    peer = Server(request.environ, ping_interval=None)
    for n in range(20):
        peer.send(str(n % 10) * 400_000)
    peer.close()
    return ""

server = WSGIServer(("127.0.0.1", 0), app, log=None)
server.start()
client = Client(f"ws://127.0.0.1:{server.server_port}/ws", receive_bytes=4096)
time.sleep(2)
got = []
try:
    while len(got) < 20:
        got.append(client.receive(timeout=60))
except ConnectionClosed:
    pass
whole = [frame == str(n % 10) * 400_000 for n, frame in enumerate(got)]
print(len(whole), all(whole))
"""


def test_a_reader_that_pauses_gets_all_twenty_large_frames_whole() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SERVER], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout.split() == ["20", "True"], done.stdout + done.stderr
