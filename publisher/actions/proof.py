"""A proof of the mail: the message that would be sent, addressed to a reader whom nobody knows."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from publisher.actions.printing import Print
from publisher.delivery import tokens
from publisher.delivery.message import MimeTemplate, Slots, compose, message_id
from publisher.model import fillins
from publisher.model.phrases import phrases
from publisher.settings import Settings

READER = "reader@example.org"

_SECRET = b"a key that no newsroom has"
_KID = "1"
_PUBLIC_ID = "0" * 16


def sample_values(printed: Print, *, now: datetime) -> dict[str, str]:
    """Return the issue fill-ins of a print as of `now`; without a number of its own it is number 1."""
    edition = printed.edition
    day = now.astimezone(ZoneInfo(edition.masthead.timezone)).date()
    return fillins.values(
        published=now,
        number=edition.number or 1,
        date_text=phrases(edition.lang).date(day),
        stories=len(edition.stories),
    )


def sample_message(printed: Print, settings: Settings, *, name: str, now: datetime) -> bytes:
    """Return the mail of a print for list `name` as it would be sent at `now`, to a made-up reader.

    Raises:
        MessageError: the masthead has what cannot stand in a mail.
    """
    template = message_template(printed, settings, name=name, now=now)
    return template.fill(sample_slots(settings, name))


def message_template(printed: Print, settings: Settings, *, name: str, now: datetime) -> MimeTemplate:
    """Return the mail of a print for the readers of list `name`, as it would be composed at `now`.

    Raises:
        MessageError: the masthead has what cannot stand in a mail.
    """
    edition, ink, values = printed.edition, printed.ink, sample_values(printed, now=now)
    return compose(
        html=ink.fill(printed.part("email"), values).decode(),
        text=ink.fill(printed.part("text"), values).decode(),
        subject=edition.subject,
        masthead=edition.masthead,
        list_id=name,
        list_title=settings.list_title(name),
        issue_url=edition.url,
        ink=ink,
        date=now,
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
