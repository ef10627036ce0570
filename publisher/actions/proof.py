"""A proof of the mail: the message that would be sent, addressed to a reader whom nobody knows."""

from __future__ import annotations

from datetime import datetime

from publisher.actions.addressing import page_to_choose, page_to_leave
from publisher.actions.letter import NOBODY, letter_now
from publisher.actions.printing import Print
from publisher.actions.release import local_date
from publisher.delivery import tokens
from publisher.delivery.message import message_id
from publisher.delivery.mime import mailto
from publisher.delivery.template import MimeTemplate, Slots
from publisher.model import fillins
from publisher.settings import Settings

READER = "reader@example.org"

_SECRET = b"a key that no newsroom has"
_KID = 1
_NUMBER = 1
"""What an issue without a number of its own is shown with."""


def sample_values(printed: Print, *, now: datetime) -> dict[str, str]:
    """Return the issue fill-ins of a print as of `now`; without a number of its own it is number 1."""
    edition = printed.edition
    return fillins.values(
        moments=fillins.first_moments(now, len(edition.stories)),
        number=edition.number if edition.number is not None else _NUMBER,
        date_text=local_date(now, lang=edition.lang, zone=edition.masthead.timezone),
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
    letter = letter_now(printed, number=_NUMBER, now=now)
    return letter.template(list=name, title=settings.list_title(name), kid=_KID)


def sample_slots(settings: Settings, name: str) -> Slots:
    """Return what a made-up reader of list `name` would have in the mail.

    The links look like any others and are signed with a key that no newsroom has: they act on nobody.
    """
    leave, choose = (
        tokens.make(_SECRET, kid=str(_KID), public_id=NOBODY, list=name, purpose=purpose)
        for purpose in (tokens.UNSUBSCRIBE, tokens.PREFERENCES)
    )
    masthead = settings.masthead()
    domain = masthead.sender_address.rpartition("@")[2]
    return Slots(
        to=READER,
        message_id=message_id(_SECRET, mailing=1, subscriber=1, domain=domain),
        unsubscribe=page_to_leave(masthead.home_url, leave),
        preferences=page_to_choose(masthead.home_url, choose),
        unsubscribe_mail=mailto(masthead.reply_to, f"unsubscribe {name}"),
    )
