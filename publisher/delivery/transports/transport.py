"""What every way out for mail promises, and what every message must be before it leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from publisher.delivery import addresses
from publisher.delivery.replies import words
from publisher.model.delivery import DeliveryState, Envelope, Message, Outcome, Stage

LONGEST_LINE = 998
"""Octets of a line without its end (RFC 5322 section 2.1.1)."""


class Transport(Protocol):
    """One connection to a way out. It takes one message at a time; for more at once open more of them."""

    @property
    def name(self) -> str:
        """The transport's name in `TRANSPORTS` and in `publisher.toml`."""
        ...

    @property
    def idempotent(self) -> bool:
        """Whether a message that is sent again with the same key makes no second copy."""
        ...

    async def send(self, message: Message, *, then: Envelope | None = None) -> Outcome:
        """Send one message and tell what became of it.

        `then` is whose message will probably be next here; whoever does not care sends that all the same.

        Refusals, lost connections, full disks and impossible addresses are outcomes, never exceptions. When
        the call is cancelled, nobody knows whether the message was accepted.
        """
        ...

    async def close(self) -> None:
        """Say goodbye and let go of the connection; closing twice is fine, and `send` opens it again."""
        ...


TransportFactory: TypeAlias = Callable[[Any], Transport]
"""Makes a transport of its own frozen settings; it opens nothing before the first message."""


def unsendable(message: Message) -> Outcome | None:
    """Return the refusal that a message earns before any transport is asked, or None.

    A wrong recipient concerns that recipient alone (RFC 3463 code 5.1.3). A wrong sender, or a body that is
    not fit for the wire, is our own fault and says so with `relay_fault`. A body that is known to be clean is
    not read again.
    """
    if not message.is_clean and (flaw := body_flaw(message.body)) is not None:
        return _refused(Stage.BODY, flaw, relay_fault=True)
    if message.envelope_from and (flaw := _address_flaw(message.envelope_from)) is not None:
        return _refused(Stage.MAIL, flaw, relay_fault=True)
    if (flaw := _address_flaw(message.envelope_to)) is not None:
        return _refused(Stage.RCPT, flaw, enhanced="5.1.3")
    return None


def body_flaw(body: bytes) -> str | None:
    """Return why these bytes may not travel as a message, or None.

    Lines end with CRLF and nothing else, so that no two servers can disagree where the message ends (RFC 5321
    section 2.3.8).
    """
    ends = body.count(b"\r\n")
    if not body.endswith(b"\r\n"):
        return "the message does not end with a line end"
    if ends != body.count(b"\r") or ends != body.count(b"\n"):
        return "the message has a bare carriage return or line feed"
    if b"\0" in body:
        return "the message has a NUL byte"
    if max(map(len, body.split(b"\r\n"))) > LONGEST_LINE:
        return f"the message has a line of more than {LONGEST_LINE} bytes"
    return None


def _address_flaw(text: str) -> str | None:
    try:
        addresses.parse(text)
    except addresses.AddressError as error:
        return str(error)
    return None


def _refused(stage: Stage, text: str, *, enhanced: str = "", relay_fault: bool = False) -> Outcome:
    return Outcome(
        state=DeliveryState.REJECTED,
        enhanced=enhanced,
        text=words(text),
        stage=stage,
        relay_fault=relay_fault,
    )
