"""Taking reports that are posted by a relay's or provider's own program."""

from __future__ import annotations

from typing import Final

from publisher.actions.report import Taken, take, take_reading
from publisher.actions.secret import secret_in
from publisher.app import Publisher
from publisher.delivery.reports.reading import Reading
from publisher.delivery.reports.webhook import Signed, is_genuine, key_of, payload_of
from publisher.errors import SettingsError
from publisher.settings import Settings

SOURCE: Final = "webhook"


def webhook_key(settings: Settings) -> bytes | None:
    """Return the key of posted reports, None if none are taken.

    Raises:
        SettingsError: its file cannot be read, or it cannot be a secret.
    """
    own = settings.reports
    name = "webhook_secret_file under [reports]"
    secret = secret_in(settings.root, own.webhook_secret, own.webhook_secret_file, name=name)
    if not secret:
        return None
    try:
        return key_of(secret)
    except ValueError as error:
        raise SettingsError(
            f"webhook_secret under [reports] is not fit to be one: {error}",
            fix='make one with: echo "whsec_$(openssl rand -base64 32)"',
        ) from None


def take_posted(publisher: Publisher, key: bytes, signed: Signed, body: bytes) -> Taken | None:
    """Take a report that was posted; None if it is not genuine or not fresh. A second time changes nothing.

    Raises:
        PayloadError: it is genuine, and cannot be understood.
        StoreError: the database cannot be written; it has to be posted again.
    """
    if not is_genuine(signed, body, key=key, now=publisher.now()):
        return None
    payload = payload_of(body, id=signed.id)
    if isinstance(payload, Reading):
        return take_reading(publisher, payload, source=SOURCE)
    return take(publisher, payload, source=SOURCE)
