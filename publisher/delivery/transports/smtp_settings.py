"""What the transport `smtp` must be told of a relay."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Tls(StrEnum):
    """How a connection is encrypted; the last two refuse a relay that does not offer it."""

    NONE = "none"
    STARTTLS = "starttls"
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """A relay and how to talk to it; times are seconds.

    `name` is what editors call the relay. `timeout` is how long each answer may take, `final_timeout` how
    long the one to a whole message (RFC 5321 section 4.5.3.2.6): who hangs up there does not know whether
    that was accepted. After `keep_alive` without a message, and after `messages_per_connection`, the
    connection is closed. `ca_file` replaces the certificate authorities of the system, `verify` is only ever
    off in a laboratory. `helo_name` is the name we greet with (None: this machine's).
    """

    host: str
    port: int
    tls: Tls
    name: str = "smtp"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60.0
    final_timeout: float = 600.0
    keep_alive: float = 20.0
    helo_name: str | None = None
    verify: bool = True
    ca_file: Path | None = None
    messages_per_connection: int = 500
