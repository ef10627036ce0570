"""The mail of a notice: what it is called, what its headers say, and what follows from the relay's answer.

Everything in a notice may be a stranger's words: titles of issues, replies of relays. Headers go through
`mime`, where no line break survives; its templates escape.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import digest
from typing import Final

from publisher.delivery import addresses
from publisher.delivery.bodies import BASE64, QUOTED_PRINTABLE
from publisher.delivery.mime import base64, header, mailbox, one_line, quoted_printable, unstructured
from publisher.delivery.retry import GIVE_UP, MOST_COPIES, WAITS, wait
from publisher.errors import NotFoundError
from publisher.model.delivery import DeliveryState, Message, NextStep, Outcome
from publisher.model.edition import Masthead
from publisher.model.fillins import rfc5322
from publisher.model.notices import NoticeKind, Payload
from publisher.model.records import Notice

_LONGEST_SUBJECT: Final = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A kind of notice: its template below `notices/`, and its subject for one event and for `count`.

    `{}` fields of `subject` are values of the event.
    """

    template: str
    subject: str
    several: str


FORMS: Final[dict[str, Form]] = {
    NoticeKind.HELD: Form(template="held", subject="Held: {title}", several="{count:,} issues are held"),
    NoticeKind.LATE: Form(template="late", subject="Late: {title}", several="{count:,} issues went out late"),
    NoticeKind.EMPTY_SLOT: Form(
        template="empty_slot", subject="Empty slot: {moment}", several="{count:,} empty slots to come"
    ),
    NoticeKind.PAUSED: Form(
        template="paused", subject="Paused: {title}", several="{count:,} mailings are paused"
    ),
    NoticeKind.PARKED: Form(
        template="parked",
        subject="Part of a mailing waits: {title}",
        several="{count:,} mailings wait in part",
    ),
    NoticeKind.ENDED: Form(
        template="ended", subject="{ending}: {title}", several="{count:,} mailings have ended"
    ),
}
"""What there is to tell."""


def form_of(kind: str) -> Form:
    """Return the form of that kind.

    Raises:
        NotFoundError: there is none, since a newer program has written it.
    """
    try:
        return FORMS[kind]
    except KeyError:
        raise NotFoundError(f"there is no notice of the kind '{kind}'") from None


def subject_of(form: Form, payload: Payload) -> str:
    """Return the subject as one line; a long one is cut."""
    count = payload["count"]
    values = payload["items"][0] if count == 1 else {}
    line = one_line((form.subject if count == 1 else form.several).format(**{**values, "count": count}))
    return line if len(line) <= _LONGEST_SUBJECT else f"{line[:_LONGEST_SUBJECT]}…"


def compose(  # noqa: PLR0913 (a mail has that many sides)
    notice: Notice,
    *,
    subject: str,
    html: str,
    text: str,
    masthead: Masthead,
    secret: bytes,
    lang: str = "en",
) -> Message:
    """Return the mail of a notice; equal arguments give equal bytes, so each try is the same mail.

    Letters outside ASCII before the @ stand in `To` as they are (RFC 6532), as in the mails of issues. A
    notice about a list that its reader is on has the same way out as those (RFC 8058).

    It says that a program wrote it ("auto-generated", RFC 3834 section 5), so that no other answers. Its
    envelope has the sender's address: the empty one is for answers and reports (RFC 3834 section 3.3, RFC
    5321 section 4.5.5), some relays refuse it from others, and a person should see that an editor's
    mailbox is gone. No loop can come of it, since no report causes a notice.

    Raises:
        AddressError: it cannot be written to that address.
        MessageError: the masthead has what cannot stand in a header.
    """
    to = str(addresses.parse(notice.address))
    identity = message_id(secret, notice, domain=masthead.sender_address.rpartition("@")[2])
    boundary = f"=_notice-{notice.id}"
    parts = [
        header("From", mailbox(masthead.sender_name, masthead.sender_address)),
        f"To: <{to}>\r\n".encode(),
        header("Subject", unstructured(subject)),
        header("Date", rfc5322(notice.created_at)),
        header("Message-ID", identity),
        header("Auto-Submitted", "auto-generated"),
        header("X-Auto-Response-Suppress", "OOF, AutoReply"),
        *_way_out(notice),
        header("Content-Language", lang),
        header("MIME-Version", "1.0"),
        header("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
        *_part(boundary, "plain", text),
        *_part(boundary, "html", html),
        f"\r\n--{boundary}--\r\n".encode("ascii"),
    ]
    return Message(
        key=f"n{notice.id}",
        message_id=identity,
        envelope_from=masthead.sender_address,
        envelope_to=to,
        body=b"".join(parts),
    )


def message_id(key: bytes, notice: Notice, *, domain: str) -> str:
    """Return the `Message-ID` of a notice, in angle brackets: the same on each try, a secret without `key`.

    The moment belongs to it because a restored backup gives the same number to another notice.
    """
    mac = digest(key, f"notice {notice.id} {notice.created_at.timestamp()}".encode(), sha256)
    return f"<{b32encode(mac[:20]).decode().lower()}@{domain}>"


def next_step(
    outcome: Outcome, *, attempts: int, created_at: datetime, now: datetime, jitter: float
) -> NextStep:
    """Return what to record after one try; `attempts` others came before it, `jitter` is from [0, 1).

    Whatever may still succeed is tried again, also what nobody knows of: a notice may rather come twice. It
    is given up 48 hours after it was written, if it had its share of tries.
    """
    if outcome.state is DeliveryState.ACCEPTED:
        return NextStep(state=DeliveryState.ACCEPTED)
    if outcome.state is DeliveryState.REJECTED and not outcome.relay_fault:
        return NextStep(state=DeliveryState.REJECTED)
    if outcome.state is DeliveryState.UNCERTAIN and attempts + 1 >= MOST_COPIES:
        return NextStep(
            state=DeliveryState.UNCERTAIN,
            reason=f"still uncertain after {attempts + 1} tries; not sent again",
        )
    if now - created_at >= GIVE_UP and attempts + 1 >= len(WAITS):
        return NextStep(state=DeliveryState.REJECTED, reason="gave up after 48 hours")
    return NextStep(state=DeliveryState.DEFERRED, retry_at=now + wait(attempts, jitter=jitter))


def _way_out(notice: Notice) -> Iterator[bytes]:
    """Yield how a mail program leaves the list that a notice is about, where it names a link for that."""
    payload: Payload = notice.payload
    if link := next((item.get("leave") for item in payload["items"]), None):
        yield header("List-Unsubscribe", f"<{link}>")
        yield header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


def _part(boundary: str, subtype: str, body: str) -> Iterator[bytes]:
    """Yield a body in the shorter of two encodings."""
    text = body.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    quoted = quoted_printable(text)
    packed = base64(text.replace("\n", "\r\n").encode("utf-8", "replace"))
    encoding, octets = (QUOTED_PRINTABLE, quoted) if len(quoted) <= len(packed) else (BASE64, packed)
    yield f"\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n".encode("ascii")
    yield f"Content-Transfer-Encoding: {encoding}\r\n\r\n".encode("ascii")
    yield octets
