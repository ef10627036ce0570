"""A small real IMAP server with a memory, for tests: TLS on 127.0.0.1, on a free port, one folder.

    with ImapServer() as server:
        server.holds(b"To: bounces@example.org\\r\\n\\r\\n")

It speaks as much of RFC 9051 as a program needs that reads and deletes, and only to whoever signs in.
"""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

CERTIFICATES = Path(__file__).parent / "certificates"
"""`ca.pem` signed `server.pem`, which is for the address 127.0.0.1 and for no name."""

USERNAME, PASSWORD = "reports", 'sésame "open"'


@dataclass(slots=True)
class Stored:
    """A mail in the folder."""

    raw: bytes
    flags: set[str] = field(default_factory=set)


class ImapServer:
    """The server; a context manager. `said` are all commands, without passwords.

    Without `uidplus` it cannot delete single mails, without `plain` it knows LOGIN alone. What is set under a
    command in `refuses` is said instead of doing it; `dies_at` a command it hangs up.
    """

    def __init__(self, *, folder: str = "INBOX", uidplus: bool = True, plain: bool = True) -> None:
        self.folder = folder
        self.username, self.password = USERNAME, PASSWORD
        self.validity = 17
        self.mails: dict[int, Stored] = {}
        self.said: list[str] = []
        self.refuses: dict[str, str] = {}
        self.dies_at = ""
        self._next_uid = 1
        self._capabilities = ["IMAP4rev1", *(["AUTH=PLAIN"] if plain else [])]
        self._once_known = [*self._capabilities, *(["UIDPLUS"] if uidplus else [])]

    def __enter__(self) -> Self:
        outer = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / "server.pem")

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    self.request.settimeout(20)
                    with context.wrap_socket(self.request, server_side=True) as connection:
                        _Conversation(outer, connection).go_on()

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

    def holds(self, *raw: bytes) -> list[int]:
        """Put mails into the folder and return their UIDs."""
        uids = list(range(self._next_uid, self._next_uid + len(raw)))
        self.mails.update({uid: Stored(each) for uid, each in zip(uids, raw, strict=True)})
        self._next_uid += len(raw)
        return uids

    def skips(self, count: int) -> None:
        """Let so many UIDs never have been given."""
        self._next_uid += count

    @property
    def next_uid(self) -> int:
        """The UID of the next mail."""
        return self._next_uid

    def capabilities(self, *, is_in: bool) -> str:
        """Return what it can do; who is not signed in learns less."""
        return " ".join(self._once_known if is_in else self._capabilities)


class _Conversation:
    def __init__(self, server: ImapServer, connection: socket.socket) -> None:
        self._server = server
        self._connection = connection
        self._lines = connection.makefile("rb")
        self._is_in = False

    def go_on(self) -> None:
        self._say("* OK ready")
        while line := self._lines.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            name, _, arguments = rest.partition(" ")
            if name == "UID":
                name, _, arguments = arguments.partition(" ")
            name = name.upper()
            self._server.said.append(
                name if name in ("LOGIN", "AUTHENTICATE") else f"{name} {arguments}".strip()
            )
            if name == self._server.dies_at:
                return
            answer = self._server.refuses.get(name) or self._answer(name, arguments)
            self._say(f"{tag} {answer}")
            if name == "LOGOUT":
                return

    def _say(self, text: str, literal: bytes | None = None, end: str = "") -> None:
        more = b"" if literal is None else literal + end.encode()
        self._connection.sendall(text.encode() + b"\r\n" + more + (b"\r\n" if more else b""))

    def _answer(self, name: str, arguments: str) -> str:
        acts: dict[str, Callable[[str], str]] = {
            "CAPABILITY": self._capability,
            "LOGOUT": lambda _: "OK bye",
            "AUTHENTICATE": self._authenticate,
            "LOGIN": self._login,
        }
        if self._is_in:
            acts |= {
                "SELECT": self._select,
                "SEARCH": self._search,
                "FETCH": self._fetch,
                "STORE": self._store,
                "EXPUNGE": self._expunge,
            }
        return acts[name](arguments) if name in acts else f"BAD {name} is not known here"

    def _capability(self, _: str) -> str:
        self._say(f"* CAPABILITY {self._server.capabilities(is_in=self._is_in)}")
        return "OK done"

    def _authenticate(self, _: str) -> str:
        self._say("+ ")
        _, username, password = base64.b64decode(self._lines.readline()).decode().split("\0")
        return self._enter(username, password)

    def _login(self, arguments: str) -> str:
        username, _, password = arguments.partition(" ")
        return self._enter(username, re.sub(r"\\(.)", r"\1", password.strip('"')))

    def _enter(self, username: str, password: str) -> str:
        self._is_in = (username, password) == (self._server.username, self._server.password)
        return "OK done" if self._is_in else f"NO [AUTHENTICATIONFAILED] {password} is wrong"

    def _select(self, folder: str) -> str:
        if folder != f'"{self._server.folder}"':
            return "NO there is no such folder"
        self._say(f"* {len(self._server.mails)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {self._server.validity}] valid")
        self._say(f"* OK [UIDNEXT {self._server.next_uid}] next")
        return "OK [READ-WRITE] open"

    def _search(self, arguments: str) -> str:
        _, numbers, flag = arguments.split(" ")
        first, last = (int(each) for each in numbers.split(":"))
        assert flag == "UNDELETED"
        found = [
            str(uid)
            for uid, mail in self._server.mails.items()
            if first <= uid <= last and r"\Deleted" not in mail.flags
        ]
        self._say(" ".join(["* SEARCH", *found]))
        return "OK done"

    def _fetch(self, arguments: str) -> str:
        match = re.fullmatch(r"(\d+) \(BODY(\.PEEK)?\[(HEADER)?\]<0\.(\d+)>\)", arguments)
        assert match, arguments
        mail = self._server.mails.get(int(match[1]))
        if mail is not None:
            if not match[2]:
                mail.flags.add(r"\Seen")
            whole = mail.raw.partition(b"\n\n")[0] + b"\n\n" if match[3] else mail.raw
            part = whole[: int(match[4])]
            self._say(f"* 1 FETCH (BODY[{match[3] or ''}]<0> {{{len(part)}}}", part, f" UID {match[1]})")
        return "OK done"

    def _store(self, arguments: str) -> str:
        numbers, how, flags = arguments.split(" ")
        assert (how, flags) == ("+FLAGS.SILENT", r"(\Deleted)")
        for uid in numbers.split(","):
            if int(uid) in self._server.mails:
                self._server.mails[int(uid)].flags.add(r"\Deleted")
        return "OK done"

    def _expunge(self, numbers: str) -> str:
        for uid in [int(each) for each in numbers.split(",")]:
            if r"\Deleted" in self._server.mails[uid].flags:
                del self._server.mails[uid]
        return "OK done"
