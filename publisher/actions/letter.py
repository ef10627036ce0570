"""What the mails of an issue say, before anybody's name stands on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from publisher.actions.addressing import page_to_choose, page_to_leave
from publisher.actions.printing import Print
from publisher.actions.release import Release, local_date
from publisher.delivery import tokens
from publisher.delivery.message import compose
from publisher.delivery.template import MimeTemplate
from publisher.model import fillins
from publisher.model.edition import Masthead
from publisher.model.fillins import Ink
from publisher.model.subscriber import PUBLIC_ID

NOBODY = "0" * PUBLIC_ID
"""The `public_id` of nobody: those of subscribers are drawn at random and have as many characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The mail of an issue with its issue fill-ins put in; `date` is that of the mail, aware."""

    html: str = field(repr=False)
    text: str = field(repr=False)
    subject: str
    url: str
    lang: str
    masthead: Masthead
    ink: Ink
    date: datetime

    def template(
        self,
        *,
        list: str,  # noqa: A002 (our word)
        title: str,
        kid: int,
        is_test: bool = False,
    ) -> MimeTemplate:
        """Return the mail for the readers of a list, whose links key `kid` signs; a test's are no good.

        Raises:
            MessageError: the masthead has what cannot stand in a mail.
        """
        purposes = (tokens.TEST, tokens.TEST) if is_test else (tokens.UNSUBSCRIBE, tokens.PREFERENCES)
        leave, choose = (
            tokens.make(b"", kid=str(kid), public_id=NOBODY, list=list, purpose=purpose)
            for purpose in purposes
        )
        return compose(
            html=self.html,
            text=self.text,
            subject=self.subject,
            masthead=self.masthead,
            list_id=list,
            list_title=title,
            issue_url=self.url,
            ink=self.ink,
            date=self.date,
            lang=self.lang,
            page=page_to_leave(self.masthead.home_url, leave),
            preferences=page_to_choose(self.masthead.home_url, choose),
        )


def letter_of(release: Release) -> Letter:
    """Return the mail of an edition that is about to become public."""
    edition = release.edition
    return Letter(
        html=release.filled("email").decode(),
        text=release.filled("text").decode(),
        subject=edition.subject,
        url=edition.url,
        lang=edition.lang,
        masthead=edition.masthead,
        ink=Ink(nonce=edition.nonce),
        date=release.published_at,
    )


def letter_now(printed: Print, *, number: int | None, now: datetime) -> Letter:
    """Return the mail of a print as if it were published at `now`, with `number` unless it has its own."""
    edition = printed.edition
    values = fillins.values(
        moments=fillins.first_moments(now, len(edition.stories)),
        number=edition.number if edition.number is not None else number,
        date_text=local_date(now, lang=edition.lang, zone=edition.masthead.timezone),
    )
    return Letter(
        html=printed.ink.fill(printed.part("email"), values).decode(),
        text=printed.ink.fill(printed.part("text"), values).decode(),
        subject=edition.subject,
        url=edition.url,
        lang=edition.lang,
        masthead=edition.masthead,
        ink=printed.ink,
        date=now,
    )
