"""The server of `publisher serve` in a process of its own, which counts how often the store is asked.

    python -m benchmarks.feed_server NEWSROOM     the newsroom's public site
    python -m benchmarks.feed_server              nothing but an empty 304: what the server itself costs

Prints its address, and at the end, on SIGTERM, what it counted.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.newsroom import open_newsroom
from publisher.store.database import Database
from publisher.web.routes import site
from publisher.web.server import Server

_EMPTY = {"type": "http.response.start", "status": 304, "headers": [(b"etag", b'"nothing"')]}


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer every request with 304 at once."""
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.shutdown":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send(_EMPTY)
    await send({"type": "http.response.body"})


def serve(app: ASGIApp) -> None:
    """Serve `app` on a free port until somebody says that it is enough."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    server = Server(app, host="127.0.0.1", port=0)
    server.start()
    print(server.url, flush=True)
    stopped.wait()
    server.stop()


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count how often the store is read while the block runs."""
    count: Counter[str] = Counter()
    read: Callable[[Database], AbstractContextManager[Any]] = Database.read

    def counting(database: Database) -> AbstractContextManager[Any]:
        count["reads"] += 1
        return read(database)

    with patch.object(Database, "read", counting):
        yield count


if __name__ == "__main__":
    if len(sys.argv) == 1:
        serve(nothing)
    else:
        publisher = open_newsroom(Path(sys.argv[1]))
        with counted() as count:
            serve(site(publisher, ticking=False))
        publisher.close()
        print(count["reads"], flush=True)
