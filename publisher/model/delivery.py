"""Delivering: a message, what a transport answered, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

LEFT = "left as it is by an editor"
"""The last words about an uncertain delivery that an editor does not want to be sent again."""


class DeliveryState(StrEnum):
    """The state of one delivery; the counts of all seven always add up to the audience."""

    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    SUPPRESSED = "suppressed"
    UNCERTAIN = "uncertain"


class MailingState(StrEnum):
    """The state of a mailing; it is `sent` only when every delivery is final."""

    SENDING = "sending"
    PAUSED = "paused"
    SENT = "sent"
    CANCELLED = "cancelled"


class UncertainPolicy(StrEnum):
    """What happens to a delivery of which nobody knows whether it was accepted."""

    RESEND = "resend"
    HOLD = "hold"


class Stage(StrEnum):
    """How far a conversation with a relay had come."""

    CONNECT = "connect"
    HELO = "helo"
    TLS = "tls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    BODY = "body"
    DOT = "dot"
    REPLY = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One RFC 5322 mail on its way to one recipient.

    `key` names the delivery ("m12-d3456") and is the same on every attempt; `body` has CRLF line ends.
    `is_clean` says that it was made in a way that proves it fit for the wire as it is: ASCII, CRLF line ends
    and no other CR or LF, lines of at most 998 octets, none that begins with a dot. Nobody scans it again.
    """

    key: str
    message_id: str
    envelope_from: str
    envelope_to: str
    body: bytes = field(repr=False)
    is_clean: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """From whom and to whom a message goes, as a relay is told (RFC 5321 section 2.3.1)."""

    sender: str
    recipient: str

    @property
    def is_ascii(self) -> bool:
        """Whether every relay can be told so."""
        return self.sender.isascii() and self.recipient.isascii()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a transport answered: accepted, deferred, rejected or uncertain.

    `code` is the SMTP reply code, `enhanced` the RFC 3463 code ("5.1.1"), `text` the peer's words, `stage`
    where it happened. `relay_fault` is True when the answer is about the relay or about us and not about
    this recipient: nobody may be counted as rejected for it, and the mailing pauses when it persists.
    """

    state: DeliveryState
    code: int | None = None
    enhanced: str = ""
    text: str = ""
    stage: Stage = Stage.REPLY
    relay_fault: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What the ledger records after an outcome; `retry_at` only where the state is open.

    `reason` says why where the outcome's own words do not tell.
    """

    state: DeliveryState
    retry_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A claimed range of a mailing's deliveries, ours until the lease ends or the fence moves on."""

    mailing: int
    number: int
    first_subscriber: int
    last_subscriber: int
    fence: int
    lease_until: datetime
    takeovers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A delivery at hand-over: the address as it is now, its list, and how many tries counted before.

    `counts_clicks` is what the reader agrees to now.
    """

    mailing: int
    subscriber: int
    public_id: str
    address: str
    list: str
    attempts: int
    counts_clicks: bool = False
