"""A real web server that says exactly what a test wants, byte by byte, and the names that lead to it.

    with WebServer() as server:
        server.when("/gone", head("404 Not Found"))
        fetcher = fetcher_of(server)

On 127.0.0.1, on a free port, one thread for each connection. Every path it has no words for is a small page.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self

from publisher.fetch import Endpoint, Fetcher, Limits

CERTIFICATES = Path(__file__).parent / "certificates"
"""`name_ca.pem` signed `name.pem`, which is for the name news.example and for no address."""

_TLS_GREETING = b"\x16\x03"
HOME = ip_address("127.0.0.1")

Words = Callable[[], Iterable[bytes]]


def head(status: str, *headers: str, body: bytes = b"", length: bool = True) -> bytes:
    """Return an answer, with its true length unless that is not wanted."""
    lines = [f"HTTP/1.1 {status}", *headers, *([f"Content-Length: {len(body)}"] if length else [])]
    return "\r\n".join([*lines, "", ""]).encode() + body


def dripping(first: bytes, drop: bytes, *, pause: float = 0.02, seconds: float = 20.0) -> Words:
    """Return words that begin and then go on, a drop at a time, for much longer than anybody waits."""

    def words() -> Iterator[bytes]:
        end = time.monotonic() + seconds
        yield first
        while time.monotonic() < end:
            time.sleep(pause)
            yield drop

    return words


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came: names of headers in small letters; `name` is what TLS was asked for."""

    method: str
    path: str
    headers: dict[str, str]
    moment: float
    name: str | None = None
    body: bytes = b""

    @property
    def length(self) -> int:
        """How many bytes its body has."""
        return int(self.headers.get("content-length", "0"))


class WebServer:
    """The server, with a memory; a context manager. With `tls` it has the certificate of that file.

    A `patient` one never hangs up first; `left` counts those who did.
    """

    def __init__(self, *, tls: str | None = None, patient: bool = False) -> None:
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self.left = 0
        self._patient = patient
        self._words: dict[tuple[str | None, str], list[Words]] = {}
        self._at_once = 0
        self._lock = threading.Lock()
        self._names: dict[int, str | None] = {}
        self._tls = self._context(tls) if tls else None

    def __enter__(self) -> Self:
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    outer._converse(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def when(self, path: str, *answers: bytes | Words, method: str | None = None) -> None:
        """Say these answers at a path, one for each request; the last one for ever after."""
        self._words[method, path] = [_words(answer) for answer in answers]

    def paths(self) -> list[str]:
        """Return what was asked for, in order."""
        return [f"{asked.method} {asked.path}" for asked in self.asked]

    def _context(self, file: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / file)
        context.sni_callback = self._note_name
        return context

    def _note_name(self, connection: Any, name: str | None, _context: ssl.SSLContext) -> None:  # noqa: ANN401 - the standard library's type for it differs between versions
        self._names[id(connection)] = name

    def _converse(self, plain: socket.socket) -> None:
        plain.settimeout(20)
        connection = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
        with connection:
            request = b""
            while b"\r\n\r\n" not in request:
                more = connection.recv(65536)
                if not more:
                    return
                if more.startswith(_TLS_GREETING) and not request:
                    connection.sendall(head("400 Bad Request"))
                    return
                request += more
            asked = _asked(request, self._names.get(id(connection)))
            body = request.partition(b"\r\n\r\n")[2]
            while len(body) < asked.length and (more := connection.recv(65536)):
                body += more
            asked = replace(asked, body=body)
            with self._lock:
                self.asked.append(asked)
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
            try:
                for piece in self._answer(asked)():
                    connection.sendall(piece)
                while self._patient and connection.recv(65536):
                    pass
            finally:
                with self._lock:
                    self._at_once -= 1
                    self.left += 1

    def _answer(self, asked: Asked) -> Words:
        page = [_words(head("200 OK", body=b"a page" if asked.method != "HEAD" else b""))]
        with self._lock:
            answers = self._words.get((asked.method, asked.path)) or self._words.get((None, asked.path), page)
            return answers.pop(0) if len(answers) > 1 else answers[0]


@dataclass(slots=True)
class Names:
    """What names stand for, and who asked; a name that is not here does not exist.

    A name stands for several sets of addresses when it changes its mind: each look-up takes the next.
    """

    known: dict[str, list[Sequence[Endpoint]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[Endpoint]:
        await asyncio.sleep(0)
        self.asked.append(f"{host}:{port}")
        answers = self.known.get(host)
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return answers.pop(0) if len(answers) > 1 else answers[0]


def here(server: WebServer) -> Endpoint:
    """Return where a server of this test listens."""
    return Endpoint(address=HOME, port=server.port)


def names_of(server: WebServer, *names: str) -> Names:
    """Return names that all lead to the server."""
    return Names({name: [[here(server)]] for name in ("news.example", *names)})


def fetcher_of(server: WebServer, *names: str, resolve: Names | None = None, **limits: float) -> Fetcher:
    """Return a client for which `news.example` and further names are that server."""
    return Fetcher(
        home_url="https://heat.example",
        resolve=resolve or names_of(server, *names),
        inside={HOME},
        limits=Limits(**limits),  # type: ignore[arg-type]  # floats and integers alike
        tls=ssl.create_default_context(cafile=CERTIFICATES / "name_ca.pem"),
    )


def _words(answer: bytes | Words) -> Words:
    return (lambda: (answer,)) if isinstance(answer, bytes) else answer


def _asked(request: bytes, name: str | None) -> Asked:
    first, *lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    return Asked(method=method, path=path, headers=headers, moment=time.monotonic(), name=name)
