"""The table of transports: adding one is a module and a row."""

from __future__ import annotations

from publisher.delivery.transports.folder import FolderTransport
from publisher.delivery.transports.smtp import SmtpTransport
from publisher.delivery.transports.transport import TransportFactory

TRANSPORTS: dict[str, TransportFactory] = {
    FolderTransport.name: FolderTransport,
    SmtpTransport.name: SmtpTransport,
}
"""The ways out by their names in `publisher.toml`; each is made of its module's settings."""
