"""Clicks: counted where a list asks for it, for readers who agreed, and never by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from publisher.actions.asking_readers import ask_to_count_clicks
from publisher.actions.letter import letter_of
from publisher.actions.mailing import its_mailing
from publisher.actions.own_reader import note_choice, own_reader
from publisher.actions.preferences import choices_of
from publisher.actions.release import Release
from publisher.app import Publisher
from publisher.delivery.counted_links import click_token, counting, links_of, read_click_token
from publisher.model.click_words import clicks_counted
from publisher.model.fillins import UNSUBSCRIBE
from publisher.model.reader_token import TokenPurpose
from publisher.model.records import MailingRecord
from publisher.settings import Settings
from publisher.store import clicks, keys, own_choices, reader_tokens
from publisher.store.clicks import LinkClicks
from publisher.store.own_choices import OwnReader

FEWEST: Final = 10
"""So many readers of a mailing must have agreed before anything is counted: the sum of a single one would say
what that reader read, and of a few, whoever knows the others learns the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that counts clicks, and where it leads."""

    mailing: int
    number: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A reader who is asked whether clicks are counted, and what was done: a mail was sent, or is refused."""

    reader: OwnReader
    is_mailed: bool = False
    is_refused: bool = False


def count_in(publisher: Publisher, db: Connection, release: Release, mailing: MailingRecord) -> None:
    """Give a mailing that has just begun a second message for each of its lists that counts clicks.

    Where nothing can be counted there is none, nor where fewer than `FEWEST` of its readers agreed.
    """
    counts = [name for name in release.edition.lists if _counts(publisher.settings, name)]
    if not counts or clicks.agreeing(db, mailing.id, counts, most=FEWEST) < FEWEST:
        return
    letter, secret = letter_of(release), keys.every(db)[mailing.kid]
    home_url = letter.masthead.home_url
    stories = {str(story["url"]) for story in release.edition.stories}
    urls = links_of(letter.html, home_url=home_url, stories=stories)
    if not urls:
        return
    clicks.add(db, mailing.id, urls)
    html, text = counting(
        letter.html,
        letter.text,
        counted={
            url: f"{home_url}/to/{click_token(secret, mailing=mailing.id, number=number)}"
            for number, url in enumerate(urls, 1)
        },
        told=clicks_counted(letter.lang),
        way_out=letter.ink.token(UNSUBSCRIBE),
    )
    for name in counts:
        title = publisher.settings.list_title(name)
        template = replace(letter, html=html, text=text).template(list=name, title=title, kid=mailing.kid)
        clicks.set_template(db, mailing.id, name, template.to_bytes())


def link_of(publisher: Publisher, token: str) -> Link | None:
    """Return where the link with `token` leads: to an address that stood in a mail of ours, or nowhere."""
    with publisher.database.read() as db:
        found = read_click_token(token, keys.every(db).values())
        url = clicks.url_of(db, *found) if found else None
    return Link(mailing=found[0], number=found[1], url=url) if found and url is not None else None


def keep(publisher: Publisher, counted: Mapping[tuple[int, int], int]) -> None:
    """Add what was counted to the sums of the links.

    Raises:
        StoreError: the database cannot be written; nothing was added.
    """
    with publisher.database.begin() as db:
        clicks.count(db, counted)


def clicks_of(publisher: Publisher, slug: str) -> list[LinkClicks]:
    """Return the links of an issue's mail with their clicks; none if its lists do not count any.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
    """
    with publisher.database.read() as db:
        return clicks.of_mailing(db, its_mailing(db, slug).id)


def asked_of(publisher: Publisher, token: str) -> OwnReader | None:
    """Return the owner of a link to the preferences, if a list of theirs counts clicks or they had agreed."""
    with publisher.database.read() as db:
        return _asked(publisher.settings, own_reader(db, token))


def ask_to_agree(publisher: Publisher, token: str) -> Asked | None:
    """Write to the owner of a link, who alone can agree: whoever was passed a mail cannot."""
    reader, found = asked_of(publisher, token), choices_of(publisher, token)
    if reader is None or found is None:
        return None
    if reader.counts_clicks:
        return Asked(reader=reader)
    is_mailed = ask_to_count_clicks(publisher, found)
    return Asked(reader=reader, is_mailed=is_mailed, is_refused=not is_mailed)


def agree_by_link(publisher: Publisher, token: str) -> bool:
    """Count the clicks of who has got `token` by mail, from the next mail on; False if it is no good."""
    with publisher.database.begin() as db:
        now = publisher.now(db)
        found = reader_tokens.find(db, token, purpose=TokenPurpose.COUNT_CLICKS, now=now)
        if found is None or found.subscriber is None or not reader_tokens.use(db, found, now=now):
            return False
        if own_choices.count_clicks(db, found.subscriber, agrees=True):
            note_choice(publisher, db, found.subscriber, "agree to clicks")
    return True


def refuse(publisher: Publisher, token: str) -> Asked | None:
    """Count the clicks of the owner of a link no more; links of mails that were sent lead on as before."""
    with publisher.database.begin() as db:
        reader = _asked(publisher.settings, own_reader(db, token))
        if reader is None:
            return None
        reader_tokens.revoke(db, reader.subscriber, TokenPurpose.COUNT_CLICKS)
        if own_choices.count_clicks(db, reader.subscriber, agrees=False):
            note_choice(publisher, db, reader.subscriber, "refuse clicks")
        return Asked(reader=replace(reader, counts_clicks=False))


def _asked(settings: Settings, reader: OwnReader | None) -> OwnReader | None:
    if reader is None or not (reader.counts_clicks or any(_counts(settings, name) for name in reader.lists)):
        return None
    return reader


def _counts(settings: Settings, name: str) -> bool:
    return name in settings.lists and settings.lists[name].clicks
