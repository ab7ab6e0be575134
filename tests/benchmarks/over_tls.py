"""`coltiva serve` with TLS directly around its sockets, which the product leaves to a proxy: for measurements only.

PEM=FILE python -m gevent.monkey --module tests.benchmarks.over_tls serve …
"""

import os
import runpy
import ssl
import sys
from functools import partial

from gevent.pywsgi import WSGIServer

from server import serving

if __name__ == "__main__":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ.pop("PEM"))
    serving.WSGIServer = partial(WSGIServer, ssl_context=context)  # type: ignore[assignment,misc]  # the same, over TLS
    sys.argv[0] = "coltiva"
    runpy.run_module("server", run_name="__main__", alter_sys=False)
