"""Hand mail to a relay (RFC 5321) over one long-lived connection."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field

from publisher.delivery.addresses import AddressError, parse
from publisher.delivery.replies import CLOSING, judge, lost
from publisher.delivery.transports.smtp_greeting import Offers, greet
from publisher.delivery.transports.smtp_reply import RefusedError, Reply
from publisher.delivery.transports.smtp_settings import SmtpSettings, Tls
from publisher.delivery.transports.smtp_trouble import why
from publisher.delivery.transports.smtp_wire import Wire
from publisher.delivery.transports.transport import unsendable
from publisher.model.delivery import DeliveryState, Envelope, Message, Outcome, Stage

__all__ = ("SmtpSettings", "SmtpTransport", "Tls")

_SLOWEST = 8192
"""Octets per second: a body has so much more time than an answer."""

_TRUST = 3
"""So often in a row may a relay break off with what was announced before nothing more is."""

_OUT_OF_SEQUENCE = 503

_HOPED = {Stage.MAIL: 2, Stage.RCPT: 2, Stage.DATA: 3}


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
        self._is_wary = False
        self._trust = _TRUST
        self._idle: asyncio.TimerHandle | None = None

    async def send(self, message: Message, *, then: Envelope | None = None) -> Outcome:
        """Send one message; if an open connection proves to be of no use, at once again over a new one.

        With `then` the next one is announced while the relay still thinks about this one (RFC 2920), which
        saves it a round trip. If another message follows, the connection is left. A relay that does not
        answer an announcement, or breaks off with some in a row, gets no more from this transport.
        """
        refusal = unsendable(message)
        if refusal is not None:
            return refusal
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        was_open = await self._has_connection(message)
        outcome = await self._try(message, then)
        if was_open and _is_stale(outcome):
            outcome = await self._try(message, then)
        if self._connection is not None:
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(self._settings.keep_alive, self._connection.leave)
        return outcome

    async def close(self) -> None:
        """Take leave of the relay, for two seconds at the most."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.leave()
            await connection.wire.gone()

    async def _has_connection(self, message: Message) -> bool:
        """Tell whether there is a connection that can be used; another one is closed."""
        connection = self._connection
        if connection is None:
            return False
        is_worn = connection.messages >= self._settings.messages_per_connection
        if connection.is_ready_for(message) and not is_worn:
            return True
        if connection.announced is not None and not connection.wire.is_standing:
            self._trust -= 1
        await self.close()
        return False

    async def _try(self, message: Message, then: Envelope | None) -> Outcome:
        """Converse with the relay; what goes wrong is told by how far that had come."""
        try:
            if self._connection is None:
                self._connection = _Connection(wire=Wire())
                await self._greet(self._connection)
            return await self._converse(self._connection, message, then)
        except RefusedError as refused:
            outcome = judge(self._drop(), refused.reply.code, refused.reply.text)
        except OSError as error:
            outcome = self._broken(error)
        except BaseException:
            self._drop()
            raise
        return outcome

    async def _greet(self, connection: _Connection) -> None:
        connection.offers = await greet(connection.wire, self._settings)
        connection.is_pipelined = "pipelining" in connection.offers and not self._is_wary
        self._is_wary = False

    async def _converse(self, connection: _Connection, message: Message, then: Envelope | None) -> Outcome:
        """Go through the stages of one message (RFC 5321 section 3.3)."""
        envelope = _addressed(message)
        obstacle = _obstacle(message, envelope, connection.offers)
        if obstacle is not None:
            return obstacle
        announced = connection.announced
        commands = _announcement(announced) if announced else _commands(message, envelope, connection)
        refusal = await self._announce(connection, commands)
        if refusal is not None:
            return refusal
        wire, settings = connection.wire, self._settings
        if wire.is_ahead:
            raise ConnectionError("it said more than it was asked before the message came")
        wire.stage = Stage.BODY
        body = message.body if message.is_clean else _stuffed(message.body)
        await wire.hand_over(body, b".\r\n", patience=settings.timeout + len(body) / _SLOWEST)
        wire.stage = Stage.REPLY
        self._say_ahead(connection, then)
        reply = await wire.reply(patience=settings.final_timeout)
        outcome = _judge(Stage.REPLY, reply)
        connection.needs_reset = reply.kind != 2
        if reply.code == CLOSING:
            self._drop()
        return outcome

    async def _announce(self, connection: _Connection, commands: list[tuple[Stage, bytes]]) -> Outcome | None:
        """Say who writes to whom; return the refusal, or None when the relay waits for the body.

        With PIPELINING (RFC 2920) all is said at once, and every reply is read, also those that follow a
        refusal. A relay that then waits for a body all the same is left in the middle of it: only so it is
        certain that nothing is delivered. (Section 3.1 would send it a lone dot; what a relay makes of an
        empty message to nobody, it alone knows.)
        """
        wire = connection.wire
        connection.messages += 1
        connection.needs_reset = True
        if connection.is_pipelined and connection.announced is None:
            wire.stage = commands[0][0]
            wire.say(*(line for _, line in commands))
        for number, (stage, line) in enumerate(commands):
            wire.stage = stage
            if not connection.is_pipelined:
                wire.say(line)
            reply = await wire.reply(patience=self._settings.timeout)
            if line == b"RSET" and reply.kind != 2:
                raise ConnectionError(f"it answered {reply.code} {reply.text} to RSET")
            if reply.kind != _HOPED[stage]:
                refusal = _judge(stage, reply)
                rest = len(commands) - number - 1 if connection.is_pipelined else 0
                is_over = reply.code == CLOSING or not await self._is_all_refused(wire, rest)
                if connection.announced is not None and reply.code != CLOSING:
                    await self._prove_in_step(connection, reply, is_over=is_over)
                if is_over:
                    self._drop()
                return refusal
        if connection.announced is not None:
            if wire.is_ahead:
                raise ConnectionError("it said more than it was asked before the message came")
            connection.announced, self._trust = None, _TRUST
        return None

    async def _prove_in_step(self, connection: _Connection, refusal: Reply, *, is_over: bool) -> None:
        """Make sure that this refusal was an answer to what was announced, by the answer to RSET.

        Other messages begin when the relay has nothing left to say. This one was announced before, so an
        answer too many to the message before would be taken for its own.

        Raises:
            OSError: it may have been an answer to something else, or to MAIL before the relay was ready.
        """
        if is_over or refusal.code == _OUT_OF_SEQUENCE:
            raise ConnectionError(f"it answered {refusal.code} {refusal.text} to what was announced")
        connection.wire.say(b"RSET")
        reply = await connection.wire.reply(patience=self._settings.timeout)
        if reply.kind != 2 or connection.wire.is_ahead:
            raise ConnectionError(f"it answered {reply.code} {reply.text} to RSET")
        connection.announced, connection.needs_reset = None, False

    def _say_ahead(self, connection: _Connection, then: Envelope | None) -> None:
        """Announce the message that will follow, behind the one that the relay has just got.

        It is a write of its own: the last byte of a message must have left before anything else does. Whether
        it comes through shows when its replies are read.
        """
        if then is None or not connection.is_pipelined or self._trust <= 0:
            return
        if connection.messages >= self._settings.messages_per_connection or not then.is_ascii:
            return
        with contextlib.suppress(OSError, AddressError):
            connection.wire.say(*(line for _, line in _announcement(then)))
            connection.announced = then
            connection.wire.listen_closely()

    async def _is_all_refused(self, wire: Wire, count: int) -> bool:
        """Read the replies to what was said too early; tell whether the conversation can go on."""
        kinds = {5}
        try:
            for _ in range(count):
                reply = await wire.reply(patience=self._settings.timeout)
                kinds.add(reply.kind if reply.code != CLOSING else 0)
        except OSError:
            return False
        return kinds <= {4, 5}

    def _broken(self, error: OSError) -> Outcome:
        """Return the outcome of a conversation that did not come to its end."""
        settings, connection = self._settings, self._connection
        stage = self._drop()
        if connection is not None and connection.announced is not None and stage is not Stage.REPLY:
            # Perhaps it throws away what stands behind a message: nobody waits for that a second time.
            is_thrown_away = stage is Stage.MAIL and isinstance(error, TimeoutError)
            self._trust = 0 if is_thrown_away else self._trust - 1
        elif connection is not None and connection.is_pipelined and stage in {Stage.RCPT, Stage.DATA}:
            self._is_wary = True  # perhaps it cannot do what it offers: one thing at a time, next time
        return lost(stage, f"relay {settings.name} ({settings.host}:{settings.port}): {why(error, settings)}")

    def _drop(self) -> Stage:
        """Close the connection without a word; return how far the conversation had come."""
        connection, self._connection = self._connection, None
        if connection is None:
            return Stage.CONNECT
        connection.wire.abort()
        return connection.wire.stage


@dataclass(slots=True, kw_only=True)
class _Connection:
    """A wire to a relay, what the relay offered when it was greeted, and what has become of it since.

    `announced` is the envelope of the message that was announced and has not begun yet.
    """

    wire: Wire
    offers: Offers = field(default_factory=dict)
    is_pipelined: bool = False
    messages: int = 0
    needs_reset: bool = False
    announced: Envelope | None = None

    def is_ready_for(self, message: Message) -> bool:
        """Return whether this message may begin: it was announced, or nothing was, or said by the relay."""
        if not self.wire.is_standing:
            return False
        if self.announced is None:
            return not self.wire.is_ahead
        is_this = self.announced == Envelope(sender=message.envelope_from, recipient=message.envelope_to)
        return is_this and not _is_eight_bit(message)

    def leave(self) -> None:
        """Take leave of the relay; one that waits for a message must not take our goodbye for it."""
        if self.announced is None:
            self.wire.leave()
        else:
            self.announced = None
            self.wire.abort()


@dataclass(frozen=True, slots=True)
class _Addressed:
    """An envelope as it stands between angle brackets; the empty sender is the null sender."""

    sender: str
    recipient: str
    needs_utf8: bool


def _addressed(message: Message) -> _Addressed:
    sender = str(parse(message.envelope_from)) if message.envelope_from else ""
    recipient = str(parse(message.envelope_to))
    is_ascii = sender.isascii() and recipient.isascii()
    if is_ascii and not message.is_clean:
        is_ascii = message.body.partition(b"\r\n\r\n")[0].isascii()
    return _Addressed(sender, recipient, needs_utf8=not is_ascii)


def _is_eight_bit(message: Message) -> bool:
    return not (message.is_clean or message.body.isascii())


def _obstacle(message: Message, envelope: _Addressed, offers: Offers) -> Outcome | None:
    """Return the refusal of a message that this relay cannot take, or None (RFC 6531, 6152, 1870)."""
    if envelope.needs_utf8 and "smtputf8" not in offers:
        return Outcome(
            state=DeliveryState.REJECTED,
            enhanced="5.6.7",
            text="the relay takes no addresses with letters outside ASCII before the @ (no SMTPUTF8)",
            stage=Stage.RCPT,
        )
    if _is_eight_bit(message) and "8bitmime" not in offers:
        return _fault_of_ours("5.6.3", "the relay takes no 8-bit messages (no 8BITMIME)")
    size = offers.get("size", "")
    if size.isdecimal() and 0 < int(size) < len(message.body):
        text = f"the message has {len(message.body)} bytes, and the relay takes no more than {int(size)}"
        return _fault_of_ours("5.3.4", text)
    return None


def _fault_of_ours(enhanced: str, text: str) -> Outcome:
    return Outcome(
        state=DeliveryState.REJECTED, enhanced=enhanced, text=text, stage=Stage.MAIL, relay_fault=True
    )


def _commands(message: Message, envelope: _Addressed, connection: _Connection) -> list[tuple[Stage, bytes]]:
    """Return the lines up to the body, each with its stage."""
    size = f" SIZE={len(message.body)}" if "size" in connection.offers else ""
    eight_bit = " BODY=8BITMIME" if _is_eight_bit(message) else ""
    utf8 = " SMTPUTF8" if envelope.needs_utf8 else ""
    commands = _lines(envelope.sender, envelope.recipient, f"{size}{eight_bit}{utf8}")
    return [(Stage.MAIL, b"RSET"), *commands] if connection.needs_reset else commands


def _announcement(envelope: Envelope) -> list[tuple[Stage, bytes]]:
    """Return the lines that announce a message in ASCII, whose size nobody knows yet."""
    sender = str(parse(envelope.sender)) if envelope.sender else ""
    return _lines(sender, str(parse(envelope.recipient)), "")


def _lines(sender: str, recipient: str, parameters: str) -> list[tuple[Stage, bytes]]:
    return [
        (Stage.MAIL, f"MAIL FROM:<{sender}>{parameters}".encode()),
        (Stage.RCPT, f"RCPT TO:<{recipient}>".encode()),
        (Stage.DATA, b"DATA"),
    ]


def _judge(stage: Stage, reply: Reply) -> Outcome:
    """Return what the reply that ended a message means.

    Raises:
        ConnectionError: it cannot be a reply to what was said, so relay and we are out of step.
    """
    if reply.kind not in {4, 5} and not (stage is Stage.REPLY and reply.kind == 2):
        raise ConnectionError(f"it answered {reply.code} {reply.text}, which makes no sense there")
    return judge(stage, reply.code, reply.text)


def _is_stale(outcome: Outcome) -> bool:
    """Tell whether it was the connection that failed, before any of the message can have been taken."""
    is_lost = outcome.code is None or outcome.code == CLOSING
    return is_lost and outcome.state is DeliveryState.DEFERRED and outcome.stage is not Stage.REPLY


def _stuffed(body: bytes) -> bytes:
    """Double the dot at the start of a line (RFC 5321 section 4.5.2)."""
    stuffed = body.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed
