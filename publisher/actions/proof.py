"""A proof of the mail: the message that would be sent, addressed to a reader whom nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from publisher.actions.printing import Print
from publisher.delivery import tokens
from publisher.delivery.message import MimeTemplate, Slots, compose, message_id
from publisher.settings import Settings

READER = "reader@example.org"

_SECRET = b"a key that no newsroom has"
_KID = "1"
_PUBLIC_ID = "0" * 16


def message_template(
    printed: Print, settings: Settings, *, name: str, values: Mapping[str, str], date: datetime
) -> MimeTemplate:
    """Return the mail of a print for the readers of list `name`; `values` are its issue fill-ins.

    Raises:
        MessageError: a fill-in is still open, or the masthead has what cannot stand in a mail.
    """
    edition, ink = printed.edition, printed.ink
    return compose(
        html=ink.fill(printed.part("email"), values).decode(),
        text=ink.fill(printed.part("text"), values).decode(),
        subject=edition.subject,
        masthead=edition.masthead,
        list_id=name,
        list_title=settings.list_title(name),
        issue_url=edition.url,
        ink=ink,
        date=date,
        lang=edition.lang,
    )


def sample_slots(settings: Settings, name: str) -> Slots:
    """Return what a made-up reader of list `name` would have in the mail.

    The way out looks like any other and is signed with a key that no newsroom has: it unsubscribes nobody.
    """
    token = tokens.make(_SECRET, kid=_KID, public_id=_PUBLIC_ID, list=name)
    masthead = settings.masthead()
    domain = masthead.sender_address.rpartition("@")[2]
    return Slots(
        to=READER,
        message_id=message_id(_SECRET, mailing=1, subscriber=1, domain=domain),
        unsubscribe=f"{masthead.home_url}/unsubscribe/{token}",
        unsubscribe_mail=f"mailto:{masthead.reply_to}?subject=unsubscribe%20{name}",
    )
