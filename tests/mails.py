"""Mails for tests: templates of few words, and the standard library's view of what they become."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from publisher.delivery.message import compose
from publisher.delivery.template import MimeTemplate, Slots
from publisher.model.edition import Masthead
from publisher.model.fillins import LIST, PREFERENCES, UNSUBSCRIBE, Ink
from tests.editions import MASTHEAD

INK = Ink(nonce="0123456789abcdef")
LINK = INK.token(UNSUBSCRIBE)
CHOICES = INK.token(PREFERENCES)
PAGE = "https://news.example.org/unsubscribe/v1.k1.Ab3x.weekly.unsubscribe.ayzmh7ywftogkjerfffdtfaekpd56tap"
CHOOSE = PAGE.replace("unsubscribe", "preferences")
ADA = Slots(
    to="ada@example.net",
    message_id="<abc.def@example.org>",
    unsubscribe=PAGE,
    preferences=CHOOSE,
    unsubscribe_mail="mailto:leave@example.org?subject=unsubscribe%20weekly",
)
HTML = (
    f'<p>Good <b>morning</b>, {INK.token(LIST)}.</p>\n<a href="{LINK}">Leave</a>\n'
    f'<a href="{CHOICES}">Choose</a>\n'
)
TEXT = f"Good morning, {INK.token(LIST)}.\n\nLeave: {LINK}\nChoose: {CHOICES}\n"


def template(
    *,
    html: str = HTML,
    text: str = TEXT,
    subject: str = "Forty years of being wrong",
    masthead: Masthead = MASTHEAD,
    list_title: str = "Weekly",
    issue_url: str = "https://news.example.org/issues/notebooks/",
    date: datetime = datetime(2026, 10, 6, 4, 30, tzinfo=UTC),
    page: str = PAGE,
    preferences: str = CHOOSE,
) -> MimeTemplate:
    return compose(
        html=html,
        text=text,
        subject=subject,
        masthead=masthead,
        list_id="weekly",
        list_title=list_title,
        issue_url=issue_url,
        ink=INK,
        date=date,
        lang="en",
        page=page,
        preferences=preferences,
    )


def read(mail: bytes) -> EmailMessage:
    """Parse a mail that has no defect anywhere, and no field twice."""
    message = message_from_bytes(mail, policy=policy.default)
    plain = message_from_bytes(mail, policy=policy.compat32)
    assert not [each.defects for each in (*message.walk(), *plain.walk()) if each.defects]
    assert not [name for part in message.walk() for name, value in part.items() if value.defects]
    assert len(message.keys()) == len({name.lower() for name in message})
    assert plain.keys() == message.keys()
    return message


def bodies(mail: bytes) -> tuple[str, str]:
    """Return the text and the HTML of a mail, with the line ends they had."""
    parts = [cast("EmailMessage", part) for part in read(mail).iter_parts()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    text, html = (str(part.get_content()).replace("\r\n", "\n") for part in parts)
    return text, html


def encodings(mail: bytes) -> tuple[str, ...]:
    """Return the transfer encodings of the text and the HTML of a mail."""
    return tuple(str(part["Content-Transfer-Encoding"]) for part in read(mail).iter_parts())
