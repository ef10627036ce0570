"""Mails with which readers leave (RFC 2369): the link of the mail itself, in the subject."""

from __future__ import annotations

import re
from typing import Final

from publisher.delivery.reports.mail import Mail, decoded

_SUBJECT: Final = re.compile(r"unsubscribe\s+(v1(?:\.[A-Za-z0-9_-]{1,64}){4}\.[a-z2-7]{32})", re.IGNORECASE)


def token_in(mail: Mail) -> str | None:
    """Return what the subject of a mail to leave says, None if it is no such mail.

    Whether it was made by us is for whoever has the keys. Words before or after it, such as "Re:", mean that
    somebody or something answers a mail to leave, and is none.
    """
    if mail.media_type == "multipart/report":
        return None
    found = _SUBJECT.fullmatch(decoded(mail.fields.first("subject")).strip())
    return found[1] if found else None
