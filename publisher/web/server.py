"""A web server in a thread of its own, on a socket that was bound before anything else began."""

from __future__ import annotations

import errno
import socket
import threading
from typing import Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from publisher.errors import PublisherError

_CONNECTIONS: Final = 1000
"""More connections than these at once are told to come back later."""

_STOPPING: Final = "publisher.stopping"
"""Under this name the scope of a request has an event that is set when the server stops."""

_MOMENT: Final = 0.01
_GRACE: Final = 5.0
"""Seconds: how often to see whether it has started, and how long it may take to close beyond its patience."""

_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what people call them, to be shown
"""Addresses that mean all of this machine's, and one at which a person on it can look."""


class Server:
    """Serves an ASGI application on `host` and `port` (0 takes a free one) from `start` to `stop`.

    Signals are left to whoever started it. `patience` is how many seconds a stop waits for answers that are
    on their way.

    Raises:
        PublisherError: the port is in use, or the address is not this machine's.
    """

    def __init__(self, app: ASGIApp, *, host: str, port: int, patience: int = 10) -> None:
        self._socket = _bound(host, port)
        self._address = (host, int(self._socket.getsockname()[1]))
        self._patience = patience
        self._app = app
        self._stopping = threading.Event()
        self._server = uvicorn.Server(
            uvicorn.Config(
                self._serve,
                interface="asgi3",
                ws="none",
                access_log=False,
                log_config=None,
                log_level="error",
                proxy_headers=False,
                server_header=False,
                limit_concurrency=_CONNECTIONS,
                timeout_graceful_shutdown=patience,
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="web", daemon=True
        )

    @property
    def url(self) -> str:
        """The address at which a person on this machine reaches it, without a slash at its end."""
        host, port = self._address
        host = _EVERYWHERE.get(host, host)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def is_alive(self) -> bool:
        """Whether it is serving."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to serve; on return it answers."""
        self._thread.start()
        while not self._server.started:
            self._thread.join(_MOMENT)
            if not self._thread.is_alive():
                raise RuntimeError("the web server ended before it had begun")

    def stop(self) -> None:
        """Let answers on their way finish, then close; also before it was started, and a second time."""
        self._stopping.set()
        self._server.should_exit = True
        if self._thread.ident is not None:
            self._thread.join(self._patience + _GRACE)
        self._socket.close()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[_STOPPING] = self._stopping
        await self._app(scope, receive, send)


def is_stopping(scope: Scope) -> bool:
    """Return whether the server of a request is about to stop: what never ends by itself ends then."""
    stopping: threading.Event | None = scope.get(_STOPPING)
    return stopping is not None and stopping.is_set()


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens, so that whoever comes second knows it before anything else begins."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        kind = -1 if isinstance(error, socket.gaierror) else error.errno or -1
        what, fix = _TROUBLE.get(kind, _TROUBLE[errno.EADDRNOTAVAIL])
        raise PublisherError(what.format(host=host, port=port), fix=fix) from error


_TROUBLE: Final = {
    errno.EADDRINUSE: (
        "port {port} of {host} is in use",
        "stop the program that listens there, or choose another port: --port, or `port` under [web]",
    ),
    errno.EACCES: (
        "this user may not listen on port {port}",
        "choose a port above 1023: --port, or `port` under [web]",
    ),
    errno.EADDRNOTAVAIL: (
        "'{host}' is not an address of this machine",
        "127.0.0.1 is for this machine alone, 0.0.0.0 for everybody who can reach it",
    ),
}
