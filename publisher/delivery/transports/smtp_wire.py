"""The wire to a relay: what it said, and how much of what we said has left this process."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from typing import cast

from publisher.delivery.transports.smtp_reply import Reply, take_reply
from publisher.delivery.transports.smtp_tls import TlsLayer
from publisher.model.delivery import Stage

_ROOM = 16_384
_MOST_UNREAD = 65_536
_SEND_BUFFER = 1 << 20
_GOODBYE = 2.0
_QUICK_ACK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux has it


class Wire(asyncio.BufferedProtocol):
    """One connection, from before it is made until after it is lost; it belongs to the running loop.

    `stage` is how far the conversation has come, told by whoever leads it. All waiting has an end: a reply
    must be whole after the given seconds, however busily its bytes drip.
    """

    def __init__(self) -> None:
        self.stage = Stage.CONNECT
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._tls: TlsLayer | None = None
        self._room = memoryview(bytearray(_ROOM))
        self._heard = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._lost: OSError | None = None
        self._gone = self._loop.create_future()
        self._is_full = False
        self._is_handing_over = False
        self._is_leaving = False

    @property
    def is_standing(self) -> bool:
        """Whether the connection can be used."""
        return self._lost is None and not self._is_leaving

    @property
    def is_ahead(self) -> bool:
        """Whether the relay has said something that nobody has read yet."""
        return bool(self._heard)

    async def connect(self, host: str, port: int, *, patience: float) -> None:
        """Make the connection.

        Raises:
            OSError: there is no such relay, it refuses, or it does not answer in time.
        """
        try:
            async with asyncio.timeout(patience):
                await self._loop.create_connection(lambda: self, host, port)
        except OSError:
            raise
        except ValueError as error:  # a name that cannot be one
            raise ConnectionError(f"its name is not a name: {error}") from error

    async def encrypt(self, context: ssl.SSLContext, host: str, *, patience: float) -> None:
        """Go over to TLS with a relay whose certificate must be of `host`.

        Raises:
            OSError: it cannot be trusted, does not answer in time, or said something beforehand: that came in
                clear text, from anybody, and must not count as said under TLS (RFC 3207 section 4.2).
        """
        deadline = self._loop.time() + patience
        if self._heard:
            raise ConnectionError("it said more in clear text than the answer to STARTTLS")
        try:
            self._tls = TlsLayer(context, host)
        except ValueError as error:
            raise ConnectionError(f"its name is not a name: {error}") from error
        self._write(self._tls.outgoing())
        while not self._tls.is_open:
            await self._something(deadline)

    def say(self, *lines: bytes) -> None:
        """Say these lines, in one write.

        Raises:
            OSError: the connection is lost.
        """
        self._write(*self._ciphered(b"\r\n".join((*lines, b""))))

    def listen_closely(self) -> None:
        """Acknowledge the next answer at once: until then a relay may keep back the one behind it (Nagle)."""
        if self._transport is not None and _QUICK_ACK is not None:
            end = self._transport.get_extra_info("socket")
            with contextlib.suppress(OSError):
                end.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)

    async def reply(self, *, patience: float) -> Reply:
        """Return the next reply.

        Raises:
            OSError: it does not come in time or is none, or the connection is lost.
        """
        reply = take_reply(self._heard)
        if reply is None:
            deadline = self._loop.time() + patience
            while (reply := take_reply(self._heard)) is None:
                await self._something(deadline)
        return reply

    async def hand_over(self, *data: bytes, patience: float) -> None:
        """Write it in one go, and return when the operating system has taken the last byte of it.

        Raises:
            OSError: it has not; then the relay cannot get the last byte any more once this is aborted. Also
                if the relay answers before.
        """
        self._write(*self._ciphered(*data))
        deadline = self._loop.time() + patience
        self._is_handing_over = True
        try:
            while self._is_full:
                await self._something(deadline)
        finally:
            self._is_handing_over = False

    def leave(self) -> None:
        """Say QUIT, and close when the relay has answered, in two seconds at the latest."""
        if self._lost is None and not self._is_leaving:
            self._is_leaving = True
            self._loop.call_later(_GOODBYE, self.abort)
            with contextlib.suppress(OSError):
                self.say(b"QUIT")

    async def gone(self) -> None:
        """Wait until the connection is closed, if it was ever made."""
        if self._transport is not None:
            await asyncio.shield(self._gone)

    def abort(self) -> None:
        """Close the connection now; what the operating system has not taken is never sent."""
        self._lose(ConnectionAbortedError("it was left"))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what writes, and let it tell when a single byte is waiting."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are of no class of asyncio's
        self._transport.set_write_buffer_limits(high=0)
        end = transport.get_extra_info("socket")
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        """Return where the next bytes are to be put."""
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """Hear what came; it must not come while we are speaking."""
        before = len(self._heard)
        try:
            self._heard += self._room[:nbytes] if self._tls is None else self._deciphered(self._tls, nbytes)
        except ssl.SSLError as error:
            self._lose(error)
        if self._is_leaving:
            self.abort()
        elif self._is_full and self._is_handing_over and len(self._heard) > before:
            said = bytes(self._heard[:80]).decode("utf-8", "replace").strip()
            self._lose(ConnectionError(f"it answered before the message had ended: {said}"))
        elif len(self._heard) > _MOST_UNREAD:
            self._lose(ConnectionError("its answer has no end"))
        self._wake()

    def eof_received(self) -> None:
        """Whoever will say no more cannot answer, so there is no reason to go on speaking."""
        self._lose(ConnectionResetError("it hung up"))

    def connection_lost(self, error: Exception | None) -> None:
        """Wake whoever waits."""
        self._lose(error if isinstance(error, OSError) else ConnectionResetError("it hung up"))
        if not self._gone.done():
            self._gone.set_result(None)

    def pause_writing(self) -> None:
        """Note that the operating system has not taken everything."""
        self._is_full = True

    def resume_writing(self) -> None:
        """Note that the operating system has taken everything."""
        self._is_full = False
        self._wake()

    def _ciphered(self, *data: bytes) -> tuple[bytes, ...]:
        return data if self._tls is None else (self._tls.cipher(*data),)

    def _deciphered(self, tls: TlsLayer, nbytes: int) -> bytes:
        try:
            plain = tls.decipher(self._room[:nbytes])
        finally:
            if self._lost is None and (answer := tls.outgoing()):
                with contextlib.suppress(OSError):
                    self._write(answer)
        if tls.is_over:
            self._lose(ConnectionResetError("it hung up"))
        return plain

    def _write(self, *data: bytes) -> None:
        if self._lost is not None:
            raise self._lost
        if self._transport is not None:
            self._transport.writelines(data)
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("it hung up")

    async def _something(self, deadline: float) -> None:
        """Wait until something was heard, taken or lost, or until the deadline.

        Raises:
            OSError: it was lost, or the deadline has passed.
        """
        if self._lost is not None:
            raise self._lost
        if self._loop.time() >= deadline:
            raise TimeoutError
        self._waiter = self._loop.create_future()
        alarm = self._loop.call_at(deadline, self._wake)
        try:
            await self._waiter
        finally:
            alarm.cancel()
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _lose(self, error: OSError) -> None:
        """Keep the first reason and close; replies that came before can still be read."""
        if self._lost is None:
            self._lost = error
        if self._transport is not None:
            self._transport.abort()
        self._wake()
