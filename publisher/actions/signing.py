"""Who signs our mails: the key that the settings name."""

from __future__ import annotations

from pathlib import Path

import structlog

from publisher.delivery.dkim import Signer, read_key, signer_for
from publisher.errors import Place, SettingsError
from publisher.settings import Settings

_OTHERS = 0o077

_log = structlog.get_logger()


def signer_of(settings: Settings) -> Signer | None:
    """Return who signs our mails, or None if nobody does, when a process begins to send.

    The log has a warning if other users of this machine may read the key, or write it.

    Raises:
        SettingsError: the key cannot be read, is no RSA key of 2048 bits or more, or has no proper name.
    """
    signer = read_signer(settings)
    key_file = settings.dkim.key_file
    if key_file is not None and (settings.root / key_file).stat().st_mode & _OTHERS:
        _log.warning(
            "other users of this machine may read the key that signs mails",
            file=str(key_file),
            fix=f"chmod 600 {key_file}",
        )
    return signer


def read_signer(settings: Settings) -> Signer | None:
    """Return who signs our mails, or None if nobody does.

    Raises:
        SettingsError: the key cannot be read, is no RSA key of 2048 bits or more, or has no proper name.
    """
    dkim = settings.dkim
    if dkim.key_file is None:
        return None
    if not dkim.selector:
        raise SettingsError(
            "[dkim] has a key_file and no selector",
            place=Place(path=Settings.FILE),
            fix='write the name of the key\'s record in DNS, such as selector = "news"',
        )
    return signer_for(
        domain=dkim.domain or settings.sender_address.rpartition("@")[2],
        selector=dkim.selector,
        key=read_key(_pem(settings.root, dkim.key_file), name=str(dkim.key_file)),
        unsigned=dkim.unsigned,
    )


def _pem(root: Path, key_file: Path) -> bytes:
    try:
        return (root / key_file).read_bytes()
    except OSError as error:
        raise SettingsError(
            f"dkim.key_file '{key_file}' cannot be read: {error.strerror or error}",
            fix="mend the path or its permissions",
        ) from None
