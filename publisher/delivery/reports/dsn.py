"""Delivery status notifications (RFC 3464): what became of a message, in fields that programs understand.

Nothing is read out of the prose around them, nor out of the mail that is returned with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from publisher.delivery.replies import words
from publisher.delivery.reports.mail import Fields, Mail, fields_of
from publisher.delivery.reports.reading import Reading, delivered_to
from publisher.model.reports import ReportKind

_MOST_GROUPS: Final = 50
_GROUP: Final = re.compile(rb"(?:\r?\n[ \t]*){2,}")
_STATUS: Final = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?=\D|$)")
_SAID: Final = re.compile(r"(?:^|[\s#-])([245])\d\d[ -]#?(\1\.\d{1,3}\.\d{1,3})(?=\D|$)")
_UNSPECIFIC: Final = ("", "4.0.0", "5.0.0")

_NO_SUCH_READER: Final = re.compile(r"5\.1\.(?:1|2|3|6|10)|5\.2\.1|5\.4\.4")
"""Mailbox or domain that is not there, was moved or was closed; the rest of class 5 may pass."""

_ACTIONS: Final = {
    "delivered": ReportKind.DELIVERED,
    "relayed": ReportKind.DELIVERED,
    "expanded": ReportKind.DELIVERED,
    "delayed": ReportKind.DELAYED,
}

_MILDEST_FIRST: Final = (
    ReportKind.DELIVERED,
    ReportKind.DELAYED,
    ReportKind.SOFT_BOUNCE,
    ReportKind.HARD_BOUNCE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Status:
    kind: ReportKind
    code: str
    text: str


def read(mail: Mail) -> Reading | None:
    """Return what a mail says as a delivery status notification, None if it is none.

    When an address stands for several mailboxes, the mildest word counts: who got it has not bounced.
    """
    status = mail.part("message/delivery-status", "message/global-delivery-status")
    if mail.media_type != "multipart/report" or status is None:
        return None
    said = min(_statuses(status), key=lambda each: _MILDEST_FIRST.index(each.kind), default=None)
    if said is None:
        return None
    return Reading(kind=said.kind, named=delivered_to(mail.fields), code=said.code, text=said.text)


def bounce(code: str) -> ReportKind:
    """Return which bounce an RFC 3463 code means: hard only where there is nobody to be reached."""
    is_hard = _NO_SUCH_READER.fullmatch(code) is not None
    return ReportKind.HARD_BOUNCE if is_hard else ReportKind.SOFT_BOUNCE


def _statuses(content: bytes) -> Iterator[_Status]:
    """Yield what the groups of fields say of each recipient."""
    for group in _GROUP.split(content, maxsplit=_MOST_GROUPS):
        fields = fields_of(group.strip(b"\r\n"))
        action = fields.first("action").partition(" ")[0].partition(";")[0].lower()
        if action == "failed":
            code = _code(fields)
            yield _Status(kind=bounce(code), code=code, text=_said(fields))
        elif action in _ACTIONS:
            yield _Status(kind=_ACTIONS[action], code=_code(fields), text=_said(fields))


def _code(fields: Fields) -> str:
    """Return the status code, or where it says nothing the one in the reply of the server that refused."""
    status = _STATUS.match(fields.first("status"))
    code = status[1] if status else ""
    reply = _SAID.search(fields.first("diagnostic-code"))
    return reply[2] if reply and code in _UNSPECIFIC and code[:1] in ("", reply[1]) else code


def _said(fields: Fields) -> str:
    kind, semicolon, text = fields.first("diagnostic-code").partition(";")
    return words(text if semicolon else kind)
