"""A real SMTP server with a memory, for tests: on 127.0.0.1, on a free port, in a thread of its own.

    with SmtpServer() as server:
        server.when(Stage.RCPT, "550 5.1.1 no such user", recipient="nobody@example.org")
        send_to(server.host, server.port)
        assert server.messages[0].envelope_to == ("reader@example.org",)

`tests.smtp_process` offers the same server as a process that remembers on the disk.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import ssl
import threading
from pathlib import Path
from typing import Self

from publisher.model.delivery import Stage
from tests.smtp_memory import PATIENCE, Memory, Received, Rule, Security

CERTIFICATES = Path(__file__).parent / "certificates"
"""`ca.pem` signed `server.pem`, which is for the address 127.0.0.1 and for no name."""


class SmtpServer(Memory):
    """The server in a thread of this process; a context manager. `Memory` tells the arguments."""

    host = "127.0.0.1"
    port = 0
    """A free one, unless another is given before it starts."""

    def __enter__(self) -> Self:
        self._conversations: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._started = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve()), name="smtp-server", daemon=True
        )
        self._thread.start()
        assert self._started.wait(PATIENCE), "the SMTP server did not start"
        return self

    def __exit__(self, *exception: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the SMTP server did not end"

    @property
    def open_connections(self) -> int:
        """How many senders are connected now."""
        return len(self._conversations)

    def hang_up(self) -> None:
        """Close every open connection now, as a relay does that restarts; return when it is done."""
        done = threading.Event()

        def close() -> None:
            for writer in self._conversations.values():
                writer.transport.abort()
            done.set()

        self._loop.call_soon_threadsafe(close)
        assert done.wait(PATIENCE)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(
            self._connected,
            self.host,
            self.port,
            ssl=server_context() if self.security is Security.IMPLICIT else None,
        )
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stop.wait()
        server.close()
        for task in list(self._conversations):
            task.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        conversation = _Conversation(self, reader, writer, self.connections)
        task = asyncio.create_task(self._converse(conversation, writer))
        self._conversations[task] = writer
        task.add_done_callback(self._conversations.pop)

    async def _converse(self, conversation: _Conversation, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, EOFError, _HangUpError):
                await conversation.run()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        except asyncio.CancelledError:
            writer.transport.abort()


def server_context() -> ssl.SSLContext:
    """Return the TLS side of a server whose certificate `CERTIFICATES / "ca.pem"` vouches for."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATES / "server.pem")
    return context


class _HangUpError(Exception):
    """A rule says that the server hangs up here."""


class _Conversation:
    """One connection: reads commands and answers them by the usual rules and the server's."""

    def __init__(
        self, server: SmtpServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        self._server, self._reader, self._writer, self._number = server, reader, writer, number
        self._pending = bytearray()
        self._helo = self._username = ""
        self._sender: str | None = None
        self._recipients: tuple[str, ...] = ()
        self._verbs = {
            "EHLO": self._ehlo,
            "HELO": self._ehlo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": self._noop,
            "QUIT": self._quit,
        }

    async def run(self) -> None:
        """Talk until one side hangs up."""
        if not await self._answer(Stage.CONNECT, "220 test.example ESMTP"):
            return
        while True:
            line = await self._line()
            self._server.commands.append(line)
            verb, _, argument = line.partition(" ")
            await self._verbs.get(verb.upper(), self._unknown)(argument)

    async def _line(self) -> str:
        return (await self._until(b"\r\n"))[:-2].decode("utf-8", "replace")

    async def _until(self, mark: bytes) -> bytes:
        """Take what has come up to the first `mark`, that included; later bytes wait for the next call."""
        start = 0
        while (found := self._pending.find(mark, start)) < 0:
            start = max(0, len(self._pending) - len(mark))
            chunk = await self._reader.read(65536)
            if not chunk:
                raise EOFError
            self._pending += chunk
        taken = bytes(self._pending[: found + len(mark)])
        del self._pending[: found + len(mark)]
        return taken

    async def _say(self, reply: str) -> None:
        self._writer.write(reply.encode() + b"\r\n")
        await self._writer.drain()

    async def _answer(self, stage: Stage, usual: str, *recipients: str) -> bool:
        """Reply as a rule or else the custom says; return whether it was a yes."""
        reply = await self._follow(self._server.rule_for(stage, recipients), usual)
        return reply[:1] in {"2", "3"}

    async def _follow(self, rule: Rule | None, usual: str) -> str:
        """Do what the rule says, or say the usual; return what was said, perhaps nothing."""
        reply = usual
        if rule is not None:
            await asyncio.sleep(rule.delay)
            reply = rule.reply or ("" if rule.drop else usual)
        if reply:
            await self._say(reply)
        if rule is not None and rule.drop:
            raise _HangUpError
        return reply

    async def _unknown(self, _argument: str) -> None:
        await self._say("500 5.5.2 unknown command")

    async def _noop(self, _argument: str) -> None:
        await self._say("250 2.0.0 OK")

    async def _rset(self, _argument: str) -> None:
        self._sender, self._recipients = None, ()
        await self._say("250 2.0.0 OK")

    async def _quit(self, _argument: str) -> None:
        await self._say("221 2.0.0 bye")
        raise _HangUpError

    async def _ehlo(self, name: str) -> None:
        self._helo = name
        offers = ["test.example", *self._server.extensions]
        if self._server.security is Security.STARTTLS and not self._is_tls:
            offers.append("STARTTLS")
        if self._server.accounts:
            offers.append("AUTH PLAIN LOGIN")
        lines = [f"250-{offer}" for offer in offers[:-1]] + [f"250 {offers[-1]}"]
        await self._answer(Stage.HELO, "\r\n".join(lines))

    @property
    def _is_tls(self) -> bool:
        return self._writer.get_extra_info("sslcontext") is not None

    async def _starttls(self, _argument: str) -> None:
        if await self._answer(Stage.TLS, "220 2.0.0 go ahead"):
            self._pending.clear()
            await self._writer.start_tls(server_context())

    async def _auth(self, argument: str) -> None:
        method, _, first = argument.partition(" ")
        if method.upper() == "PLAIN":
            _, _, secret = _decode(first or await self._ask("")).partition("\0")
            name, _, password = secret.partition("\0")
        else:
            name = _decode(first or await self._ask("VXNlcm5hbWU6"))
            password = _decode(await self._ask("UGFzc3dvcmQ6"))
        is_right = name in self._server.accounts and self._server.accounts[name] == password
        usual = "235 2.7.0 welcome" if is_right else "535 5.7.8 wrong name or password"
        if await self._answer(Stage.AUTH, usual):
            self._username = name

    async def _ask(self, prompt: str) -> str:
        await self._say(f"334 {prompt}")
        return await self._line()

    async def _mail(self, argument: str) -> None:
        if self._server.accounts and not self._username:
            await self._say("530 5.7.0 authentication required")
        elif await self._answer(Stage.MAIL, "250 2.1.0 OK"):
            self._sender, self._recipients = _path(argument), ()

    async def _rcpt(self, argument: str) -> None:
        recipient = _path(argument)
        if self._sender is None:
            await self._say("503 5.5.1 MAIL first")
        elif await self._answer(Stage.RCPT, "250 2.1.5 OK", recipient):
            self._recipients += (recipient,)

    async def _data(self, _argument: str) -> None:
        recipients = self._recipients
        if not recipients:
            await self._say("503 5.5.1 RCPT first")
        elif await self._answer(Stage.DATA, "354 end with a dot", *recipients):
            await self._message(recipients)

    async def _message(self, recipients: tuple[str, ...]) -> None:
        rule = self._server.rule_for(Stage.BODY, recipients)
        if rule is not None:
            self._pending += await self._reader.read(1)
            await self._follow(rule, "")
        self._pending[:0] = b"\r\n"
        stuffed = await self._until(b"\r\n.\r\n")
        message = Received(
            envelope_from=self._sender or "",
            envelope_to=recipients,
            body=stuffed[:-3].replace(b"\r\n.", b"\r\n")[2:],
            helo=self._helo,
            username=self._username,
            tls=self._is_tls,
            connection=self._number,
        )
        self._sender, self._recipients = None, ()
        rule = self._server.rule_for(Stage.DOT, recipients)
        if rule is None or rule.takes_message:
            self._server.remember(message)
        await self._follow(rule, "250 2.0.0 taken")


def _path(argument: str) -> str:
    return argument[argument.find("<") + 1 : argument.rfind(">")]


def _decode(text: str) -> str:
    with contextlib.suppress(binascii.Error, UnicodeDecodeError):
        return base64.b64decode(text).decode()
    return ""
