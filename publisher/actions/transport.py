"""The ways out that the settings name, and connections to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from publisher.actions.secret import secret_in
from publisher.delivery import addresses
from publisher.delivery.transports.all import TRANSPORTS
from publisher.delivery.transports.folder import FolderSettings
from publisher.delivery.transports.smtp import SmtpSettings, Tls
from publisher.delivery.transports.transport import Transport
from publisher.errors import Place, SettingsError
from publisher.settings import Settings
from publisher.settings_sending import RelaySettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way out: `open` gives one connection, `rate` is what it allows ("14/s" or nothing)."""

    name: str
    connections: int
    rate: str
    is_idempotent: bool
    open: Callable[[], Transport]


def ways_out(settings: Settings) -> tuple[Way, ...]:
    """Return the ways out that the settings name, in order of preference; nothing is connected yet.

    Raises:
        SettingsError: a file that the settings name cannot be read.
    """
    return _WAYS[settings.delivery.transport](settings)


def open_transport(settings: Settings) -> Transport:
    """Return one connection to the first way out; it connects with its first message.

    Raises:
        SettingsError: a file that the settings name cannot be read.
    """
    return ways_out(settings)[0].open()


def mail_folder(settings: Settings) -> Path:
    """Return the Maildir of the transport `folder`."""
    return settings.root / settings.folder.path


def _folder(settings: Settings) -> tuple[Way, ...]:
    return (_way(settings, "folder", "folder", FolderSettings(path=mail_folder(settings))),)


def _relays(settings: Settings) -> tuple[Way, ...]:
    named = {"smtp": settings.smtp, **settings.relays}
    return tuple(
        _way(settings, name, "smtp", _relay(settings, name, relay), relay.rate)
        for name, relay in named.items()
    )


def _way(settings: Settings, name: str, transport: str, own: object, rate: str = "") -> Way:
    opening = partial(TRANSPORTS[transport], own)
    return Way(
        name=name,
        connections=settings.delivery.connections,
        rate=rate,
        is_idempotent=opening().idempotent,
        open=opening,
    )


def _relay(settings: Settings, name: str, relay: RelaySettings) -> SmtpSettings:
    section = name if name == "smtp" else f"relays.{name}"
    return SmtpSettings(
        name=name,
        host=relay.host,
        port=relay.port,
        tls=Tls(relay.tls),
        username=relay.username,
        password=_password(settings, section, relay) if relay.username else "",
        timeout=relay.timeout.total_seconds(),
        keep_alive=relay.keep_alive.total_seconds(),
        helo_name=addresses.parse(settings.sender_address).domain,
        messages_per_connection=relay.messages_per_connection,
        ca_file=settings.root / relay.ca_file if relay.ca_file else None,
    )


def _password(settings: Settings, section: str, relay: RelaySettings) -> str:
    """Return the password beside a username.

    It is asked for only when mail leaves: perhaps the environment of `publisher serve` alone gives it.
    """
    name = f"{section}.password_file"
    found = secret_in(settings.root, relay.password, relay.password_file, name=name)
    if found:
        return found
    if relay.password_file is None:
        what, fix = f"[{section}] has a username and no password", "write password_file, or take username out"
    else:
        what = f"{name} '{settings.root / relay.password_file}' is empty"
        fix = "write the password into it, on one line"
    raise SettingsError(what, place=Place(path=Settings.FILE), fix=fix)


_WAYS: dict[str, Callable[[Settings], tuple[Way, ...]]] = {"folder": _folder, "smtp": _relays}
