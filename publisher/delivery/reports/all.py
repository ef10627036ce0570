"""Every form in which something comes back, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Final, Protocol

from publisher.delivery.reports import arf, auto_reply, dsn, leaving
from publisher.delivery.reports.mail import LARGEST, Mail, mail_of
from publisher.delivery.reports.reading import Reading


class Format(Protocol):
    """Understands one form of report."""

    def __call__(self, mail: Mail, /) -> Reading | None:
        """Return what a mail says in this form, None if it is not of it; raise nothing."""


FORMATS: Final[Mapping[str, Format]] = {"dsn": dsn.read, "arf": arf.read, "auto-reply": auto_reply.read}
"""A new form is a module beside this one, and a row."""


def may_say(head: bytes) -> bool:
    """Tell by its head whether a mail may be a report, so that no letter is fetched for nothing."""
    mail = mail_of(head)
    return (
        mail.media_type == "multipart/report"
        or leaving.token_in(mail) is not None
        or auto_reply.read(mail) is not None
    )


def read(raw: bytes) -> Reading | None:
    """Return what a mail says as a report, None if it is none; raises nothing, whatever the bytes are."""
    mail = mail_of(raw)
    found = next((reading for reads in FORMATS.values() if (reading := reads(mail))), None)
    return replace(found, identity=_identity(mail, raw)) if found else None


def _identity(mail: Mail, raw: bytes) -> str:
    """Return what stays the same when a mail comes on two ways, each of which adds headers of its own."""
    return mail.fields.first("message-id") or sha256(raw[:LARGEST]).hexdigest()
