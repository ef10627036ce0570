"""Complaints (RFC 5965): a reader has called a message spam, and the provider says so."""

from __future__ import annotations

from typing import Final

from publisher.delivery.replies import words
from publisher.delivery.reports.mail import Mail, fields_of, head_of
from publisher.delivery.reports.reading import Reading, addresses, delivered_to
from publisher.model.reports import ReportKind

_COMPLAINTS: Final = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "other"})
"""Types of feedback by which a reader means: no more of this. "not-spam" and failed signatures are none."""


def read(mail: Mail) -> Reading | None:
    """Return what a mail says as a feedback report, None if it is none or not a complaint.

    It goes to a mailbox for all complaints, so the delivery is named by the return path of the mail that it
    returns. Nobody can make one up who has not the key.
    """
    feedback = mail.part("message/feedback-report")
    if mail.media_type != "multipart/report" or feedback is None:
        return None
    fields = fields_of(feedback.strip(b"\r\n"))
    kind = fields.first("feedback-type").lower()
    if kind not in _COMPLAINTS:
        return None
    original = head_of(mail.part("message/rfc822", "message/rfc822-headers", "text/rfc822-headers") or b"")
    named = (*fields.every("original-mail-from"), *original.every("return-path"))
    return Reading(
        kind=ReportKind.COMPLAINT,
        named=(*(each for value in named for each in addresses(value)), *delivered_to(mail.fields)),
        text=words(f"{kind}, {fields.first('user-agent')}".strip(", ")),
    )
