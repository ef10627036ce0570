"""Opening the transport that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from publisher.delivery import addresses
from publisher.delivery.transports.all import TRANSPORTS
from publisher.delivery.transports.folder import FolderSettings
from publisher.delivery.transports.smtp import SmtpSettings, Tls
from publisher.delivery.transports.transport import Transport
from publisher.errors import SettingsError
from publisher.settings import Settings


def open_transport(settings: Settings) -> Transport:
    """Return one connection to the way out that the settings name; it connects with its first message.

    Raises:
        SettingsError: a file that the settings name cannot be read.
    """
    name = settings.delivery.transport
    return TRANSPORTS[name](_SETTINGS[name](settings))


def mail_folder(settings: Settings) -> Path:
    """Return the Maildir of the transport `folder`."""
    return settings.root / settings.folder.path


def _folder(settings: Settings) -> FolderSettings:
    return FolderSettings(path=mail_folder(settings))


def _smtp(settings: Settings) -> SmtpSettings:
    smtp = settings.smtp
    return SmtpSettings(
        host=smtp.host,
        port=smtp.port,
        tls=Tls(smtp.tls),
        username=smtp.username,
        password=_password(settings),
        timeout=smtp.timeout.total_seconds(),
        helo_name=addresses.parse(settings.sender_address).domain,
        messages_per_connection=smtp.messages_per_connection,
        ca_file=settings.root / smtp.ca_file if smtp.ca_file else None,
    )


def _password(settings: Settings) -> str:
    smtp = settings.smtp
    if smtp.password_file is None:
        return smtp.password.get_secret_value()
    path = settings.root / smtp.password_file
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"smtp.password_file '{path}' cannot be read: {error}") from None


_SETTINGS: dict[str, Callable[[Settings], object]] = {"folder": _folder, "smtp": _smtp}
