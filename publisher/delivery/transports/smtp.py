"""Hand mail to a relay (RFC 5321) over one long-lived connection."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import cast

import aiosmtplib

from publisher.delivery.addresses import parse
from publisher.delivery.replies import CLOSING, judge, lost
from publisher.delivery.transports.transport import unsendable
from publisher.model.delivery import DeliveryState, Message, Outcome, Stage

_REPLY_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*?))?\r?\n")
_LONGEST_REPLY_LINE = 8192
_MOST_REPLY_LINES = 100
_GOODBYE = 2.0


class Tls(StrEnum):
    """How a connection is encrypted; the last two refuse a relay that does not offer it."""

    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """A relay and how to talk to it.

    `timeout` is how many seconds each answer may take, `final_timeout` how many the answer to a whole message
    may take (RFC 5321 section 4.5.3.2.6): who hangs up there does not know whether it was accepted.
    `ca_file` replaces the certificate authorities of the system, `verify` is only ever off in a laboratory.
    `helo_name` is the name we greet with (None: this machine's).
    """

    host: str
    port: int
    tls: Tls
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60.0
    final_timeout: float = 600.0
    helo_name: str | None = None
    verify: bool = True
    ca_file: Path | None = None
    messages_per_connection: int = 500


class SmtpTransport:
    """Sends message after message over one connection, which it opens, renews and closes by itself.

    It knows at any moment how far the conversation had come, because the same lost connection means "not
    accepted" before the final dot and "nobody knows" after it.
    """

    name = "smtp"
    idempotent = False

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._connection: _Connection | None = None
        self._stage = Stage.CONNECT

    async def send(self, message: Message) -> Outcome:
        """Send one message; if the relay had closed the idle connection, at once again over a new one."""
        refusal = unsendable(message)
        if refusal is not None:
            return refusal
        if (
            self._connection is not None
            and self._connection.messages >= self._settings.messages_per_connection
        ):
            await self.close()
        was_open = self._connection is not None
        outcome = await self._try(message)
        is_stale = was_open and self._connection is None and outcome.stage is not Stage.REPLY
        if is_stale and outcome.state is DeliveryState.DEFERRED:
            outcome = await self._try(message)
        return outcome

    async def close(self) -> None:
        """Take leave of the relay, for two seconds at the most."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            async with asyncio.timeout(_GOODBYE):
                await connection.ask(b"QUIT")
        except OSError:
            pass
        finally:
            connection.abort()

    async def _try(self, message: Message) -> Outcome:
        """Converse with the relay; what goes wrong is told by how far that had come."""
        try:
            if self._connection is None:
                self._connection = await self._connect()
            outcome = await self._converse(self._connection, message)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._abort()
            return self._broken(error)
        except BaseException:
            self._abort()
            raise
        if outcome.code == CLOSING:
            self._abort()
        return outcome

    async def _connect(self) -> _Connection:
        """Connect, greet, encrypt and sign in as the settings say.

        Raises:
            aiosmtplib.SMTPException: the relay refuses, or is silent.
            OSError: it cannot be reached, or not be trusted.
        """
        settings, self._stage = self._settings, Stage.CONNECT
        try:
            client = aiosmtplib.SMTP(
                hostname=settings.host,
                port=settings.port,
                local_hostname=settings.helo_name,
                timeout=settings.timeout,
                use_tls=settings.tls is Tls.IMPLICIT,
                start_tls=False,
                tls_context=await asyncio.to_thread(_tls_context, settings),
            )
            try:
                await self._greet(client)
                return _Connection(client)
            except BaseException:
                if client.transport is not None:
                    cast(
                        "asyncio.Transport", client.transport
                    ).abort()  # closing TLS would wait for the relay
                client.close()
                raise
        except OSError:
            raise  # an untrusted certificate is a ValueError too
        except ValueError as error:  # a host or a name of ours that cannot be put on the wire
            raise ConnectionError(str(error)) from error

    async def _greet(self, client: aiosmtplib.SMTP) -> None:
        settings = self._settings
        steps: list[tuple[Stage, Callable[[], Awaitable[object]]]] = [
            (Stage.CONNECT, client.connect),
            (Stage.HELO, client.ehlo),
        ]
        if settings.tls is Tls.STARTTLS:
            steps += [(Stage.TLS, client.starttls), (Stage.HELO, client.ehlo)]
        if settings.username:
            steps.append((Stage.AUTH, partial(client.login, settings.username, settings.password)))
        for stage, step in steps:
            self._stage = stage
            await step()

    async def _converse(self, connection: _Connection, message: Message) -> Outcome:
        """Go through the stages of one message (RFC 5321 section 3.3)."""
        obstacle = _obstacle(message, connection.offers)
        if obstacle is not None:
            return obstacle
        commands = _commands(message, connection)
        connection.messages += 1
        connection.needs_reset = True
        for stage, command, hoped in commands:
            self._stage = stage
            async with asyncio.timeout(self._settings.timeout):
                code, text = await connection.ask(command)
            if code // 100 != hoped:
                return self._judge(code, text)
        for stage, data in ((Stage.BODY, _stuffed(message.body)), (Stage.DOT, b".\r\n")):
            self._stage = stage
            async with asyncio.timeout(self._settings.timeout):
                await connection.write(data)
        self._stage = Stage.REPLY
        async with asyncio.timeout(self._settings.final_timeout):
            code, text = await connection.reply()
        connection.needs_reset = False
        return self._judge(code, text)

    def _judge(self, code: int, text: str) -> Outcome:
        """Return what the reply that ended a message means.

        Raises:
            ConnectionError: it cannot be a reply to what was said, so relay and we are out of step.
        """
        if code // 100 not in {4, 5} and not (self._stage is Stage.REPLY and code // 100 == 2):
            raise ConnectionError(f"it answered {code} {text}, which makes no sense there")
        return judge(self._stage, code, text)

    def _broken(self, error: Exception) -> Outcome:
        """Return the outcome of a conversation that did not come to its end."""
        if isinstance(error, aiosmtplib.SMTPResponseException) and error.code >= 400:
            return judge(self._stage, error.code, error.message)
        is_wrapped = isinstance(error, aiosmtplib.SMTPException) and isinstance(error.__cause__, OSError)
        cause = error.__cause__ if is_wrapped else error
        stage = self._stage
        if stage is Stage.CONNECT and isinstance(cause, ssl.SSLError):
            stage = Stage.TLS
        return lost(stage, f"relay {self._settings.host}:{self._settings.port}: {_why(cause)}")

    def _abort(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abort()


class _Connection:
    """The two streams of a connection on which the relay was greeted, and what it offered then (RFC 1869)."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        """Take the connection over from the client, which knows neither stages nor how much was written.

        Raises:
            OSError: the connection is lost already.
        """
        if client.transport is None or client.transport.is_closing():
            raise ConnectionResetError("it hung up after the greeting")
        transport = cast("asyncio.Transport", client.transport)
        self.offers = frozenset(client.esmtp_extensions)
        self.messages = 0
        self.needs_reset = False
        self._reader = asyncio.StreamReader(limit=_LONGEST_REPLY_LINE)
        protocol = asyncio.StreamReaderProtocol(self._reader)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        # Writing is done when nothing is left in our buffer. Not 0: asyncio's TLS then waits for ever.
        transport.set_write_buffer_limits(high=1)
        self._writer = asyncio.StreamWriter(transport, protocol, self._reader, asyncio.get_running_loop())

    async def ask(self, command: bytes) -> tuple[int, str]:
        """Say one line and return the answer."""
        await self.write(command + b"\r\n")
        return await self.reply()

    async def write(self, data: bytes) -> None:
        """Write until the operating system has taken every byte.

        Raises:
            OSError: the connection is lost.
        """
        self._writer.write(data)
        await self._writer.drain()

    async def reply(self) -> tuple[int, str]:
        """Read one reply, of one line or several.

        Raises:
            OSError: the connection is lost, or what came is no reply.
        """
        words = []
        for _ in range(_MOST_REPLY_LINES):
            try:
                line = await self._reader.readline()
            except ValueError:
                raise ConnectionError("its answer has a line without an end") from None
            if not line:
                raise ConnectionResetError("it hung up")
            match = _REPLY_LINE.fullmatch(line)
            if match is None:
                raise ConnectionError(f"its answer is not SMTP: {line[:80]!r}")
            words.append((match[3] or b"").decode("utf-8", "replace"))
            if match[2] != b"-":
                return int(match[1]), " ".join(words)
        raise ConnectionError("its answer has no end")

    def abort(self) -> None:
        """Close the connection without another word."""
        self._writer.transport.abort()


def _tls_context(settings: SmtpSettings) -> ssl.SSLContext | None:
    """Return what the relay's certificate is checked against; it reads files, so it belongs in a thread."""
    if settings.tls is Tls.NONE:
        return None
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise ConnectionError(f"the certificates in {settings.ca_file} cannot be read ({error})") from error
    if not settings.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _obstacle(message: Message, offers: frozenset[str]) -> Outcome | None:
    """Return the refusal of a message that needs what this relay does not offer, or None (RFC 6531, 6152)."""
    if _needs_utf8(message) and "smtputf8" not in offers:
        return Outcome(
            state=DeliveryState.REJECTED,
            enhanced="5.6.7",
            text="the relay takes no addresses with letters outside ASCII before the @ (no SMTPUTF8)",
            stage=Stage.RCPT,
        )
    if not message.body.isascii() and "8bitmime" not in offers:
        return Outcome(
            state=DeliveryState.REJECTED,
            enhanced="5.6.3",
            text="the relay takes no 8-bit messages (no 8BITMIME)",
            stage=Stage.MAIL,
            relay_fault=True,
        )
    return None


def _commands(message: Message, connection: _Connection) -> list[tuple[Stage, bytes, int]]:
    """Return the commands up to the body, each with the class of reply that lets the conversation go on."""
    parameters = [
        text
        for text, is_needed in (
            (f" SIZE={len(message.body)}", "size" in connection.offers),
            (" BODY=8BITMIME", not message.body.isascii()),
            (" SMTPUTF8", _needs_utf8(message)),
        )
        if is_needed
    ]
    sender = f"MAIL FROM:<{_path(message.envelope_from)}>{''.join(parameters)}"
    commands = [
        (Stage.MAIL, sender.encode(), 2),
        (Stage.RCPT, f"RCPT TO:<{_path(message.envelope_to)}>".encode(), 2),
        (Stage.DATA, b"DATA", 3),
    ]
    return [(Stage.MAIL, b"RSET", 2), *commands] if connection.needs_reset else commands


def _needs_utf8(message: Message) -> bool:
    header, _, _ = message.body.partition(b"\r\n\r\n")
    envelope = _path(message.envelope_from) + _path(message.envelope_to)
    return not (envelope.isascii() and header.isascii())


def _path(address: str) -> str:
    """Return an address as it stands between angle brackets; the empty one is the null sender."""
    return str(parse(address)) if address else ""


def _stuffed(body: bytes) -> bytes:
    """Double the dot at the start of a line (RFC 5321 section 4.5.2)."""
    stuffed = body.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _why(error: BaseException | None) -> str:
    """Return an error of the connection in words for the editor."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nobody listens there (connection refused)"
    return str(error) or type(error).__name__
