"""Settings of sending: the ways out, signatures, what comes back, and who is told."""

from __future__ import annotations

import re
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from publisher.model.delivery import UncertainPolicy
from publisher.settings_types import (
    ADDRESS,
    DnsName,
    Duration,
    Host,
    OptionalFile,
    Patience,
    Rate,
    Section,
    wrong,
)

_DOMAIN = re.compile(r"[^\s@*/:.]+(?:[.\u3002\uff0e\uff61][^\s@*/:.]+)+")
"""A domain in any script, as far as its shape tells."""


class DeliverySettings(Section):
    """How mail leaves."""

    transport: Literal["folder", "smtp"] = "folder"
    """"folder" writes into a Maildir on this machine, "smtp" hands over to a relay."""
    connections: int = Field(default=2, ge=1, le=50)
    """How many messages are on their way at once, at each relay."""
    uncertain: UncertainPolicy = UncertainPolicy.RESEND
    """After a crash, messages of which nobody knows: "resend" after 10 minutes, or "hold" for an editor."""
    lease: Patience = timedelta(minutes=15)
    """How long a batch belongs to a sender that says nothing."""
    undo: Duration = timedelta(minutes=2)
    """How long a mailing that was sent off by hand can still be taken back."""
    domain_rates: dict[str, Rate] = Field(default_factory=dict)
    """How many messages may go to readers at a domain: "example.com" = "20/s"."""

    @field_validator("domain_rates")
    @classmethod
    def _domains(cls, value: dict[str, str]) -> dict[str, str]:
        for written in value:
            if not _DOMAIN.fullmatch(written):
                raise wrong(
                    'write what stands after the @ of readers: "example.com" = "20/s"',
                    "delivery",
                    "domain_rates",
                    written,
                )
        return value


class FolderSettings(Section):
    """The transport `folder`."""

    path: Path = Path("var/mail")
    """The Maildir, relative to the newsroom."""


class RelaySettings(Section):
    """A relay of the transport `smtp`."""

    host: Host = "localhost"
    """Name of the relay."""
    port: int = Field(default=587, ge=1, le=65535)
    """587 with STARTTLS, 465 with implicit TLS, 25 without."""
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    """"starttls" and "implicit" refuse a relay without a valid certificate."""
    ca_file: OptionalFile = None
    """Certificates to trust instead of the system's."""
    username: str = ""
    """Name at the relay; nobody signs in if empty."""
    password: SecretStr = SecretStr("")
    """Better given by `password_file`, for [smtp] also by PUBLISHER_SMTP_PASSWORD."""
    password_file: OptionalFile = None
    """A file that holds the password."""
    timeout: Patience = timedelta(seconds=60)
    """How long each answer of the relay may take."""
    messages_per_connection: int = Field(default=500, ge=1)
    """After so many messages the connection is made anew."""
    keep_alive: Patience = timedelta(seconds=20)
    """How long a connection stays open while there is nothing to send."""
    rate: Rate = ""
    """The most messages that the relay allows, all senders together: "14/s"; no limit if empty."""


class OtherRelaySettings(RelaySettings):
    """One more relay, with a name of your choice, that is used while `[smtp]` cannot be reached.

    Several are tried in the order of the file. Nothing is taken over from `[smtp]`: what is not written here
    has its default. Load is not shared, and each relay has its own `rate`.
    """


class DkimSettings(Section):
    """Signatures (RFC 6376) that we make ourselves; a relay may do it instead."""

    key_file: OptionalFile = None
    """A file with the RSA private key (PEM, 2048 bits or more); nothing is signed if empty."""
    selector: DnsName = ""
    """Name of the key's record: SELECTOR._domainkey.DOMAIN."""
    domain: str = ""
    """Domain that signs; the sender's if empty."""
    unsigned: tuple[str, ...] = ()
    """Headers to leave out of the signature, because the relay replaces them: ["Message-ID", "Date"]."""


class ReportsSettings(Section):
    """How bounces and complaints come back."""

    return_path: str = ""
    """Mailbox for bounces, such as "bounces@example.com"; what belongs to a message is added after a "+".
    The sender's address, and no reports, if empty."""
    imap_host: Host = ""
    """Server of that mailbox, read over TLS; not read if empty."""
    imap_port: int = Field(default=993, ge=1, le=65535)
    """Port of that server."""
    imap_ca_file: OptionalFile = None
    """Certificates to trust instead of the system's."""
    imap_username: str = ""
    """Name at that server."""
    imap_password: SecretStr = SecretStr("")
    """Better given by `imap_password_file` or PUBLISHER_REPORTS_IMAP_PASSWORD."""
    imap_password_file: OptionalFile = None
    """A file that holds the password."""
    imap_folder: str = "INBOX"
    """Folder to read; what was recorded is deleted there."""
    every: Patience = timedelta(minutes=1)
    """How often the mailbox is read."""
    webhook_secret: SecretStr = SecretStr("")
    """Key of the signatures of reports that are posted to `/reports`; none are taken if empty."""
    webhook_secret_file: OptionalFile = None
    """A file that holds that key."""

    @field_validator("return_path")
    @classmethod
    def _mailbox(cls, value: str) -> str:
        if value and not ADDRESS.fullmatch(value):
            raise ValueError('write a bare address, such as "bounces@example.com"')
        return value


class NotifySettings(Section):
    """Who is told what happens."""

    editors: tuple[str, ...] = ()
    """Addresses of those who hear of held and late issues, empty slots, and what came of each mailing."""

    @field_validator("editors")
    @classmethod
    def _mailboxes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            if not ADDRESS.fullmatch(parseaddr(each)[1]):
                raise ValueError('write addresses, such as ["desk@example.com"]')
        return value
