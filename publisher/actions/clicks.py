"""Clicks: counted where a list asks for it, for readers who agreed, and never by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from publisher.actions.letter import letter_of
from publisher.actions.mailing import its_mailing
from publisher.actions.own_reader import note_choice, own_reader
from publisher.actions.release import Release
from publisher.app import Publisher
from publisher.delivery.counted_links import click_token, counting, links_of, read_click_token
from publisher.model.click_words import clicks_counted
from publisher.model.fillins import UNSUBSCRIBE
from publisher.model.records import MailingRecord
from publisher.settings import Settings
from publisher.store import clicks, keys, own_choices
from publisher.store.clicks import LinkClicks
from publisher.store.own_choices import OwnReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that counts clicks, and where it leads."""

    mailing: int
    number: int
    url: str


def count_in(publisher: Publisher, db: Connection, release: Release, mailing: MailingRecord) -> None:
    """Give a mailing that has just begun a second message for each of its lists that counts clicks.

    Where nothing can be counted there is none.
    """
    counts = [name for name in release.edition.lists if _counts(publisher.settings, name)]
    if not counts:
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


def agree(publisher: Publisher, token: str) -> OwnReader | None:
    """Count the clicks of the owner of a link from the next mail on."""
    return _answer(publisher, token, agrees=True)


def refuse(publisher: Publisher, token: str) -> OwnReader | None:
    """Count the clicks of the owner of a link no more; links of mails that were sent lead on as before."""
    return _answer(publisher, token, agrees=False)


def _answer(publisher: Publisher, token: str, *, agrees: bool) -> OwnReader | None:
    with publisher.database.begin() as db:
        reader = _asked(publisher.settings, own_reader(db, token))
        if reader is None:
            return None
        if own_choices.count_clicks(db, reader.subscriber, agrees=agrees):
            note_choice(publisher, db, reader, "agree to clicks" if agrees else "refuse clicks")
        return replace(reader, counts_clicks=agrees)


def _asked(settings: Settings, reader: OwnReader | None) -> OwnReader | None:
    if reader is None or not (reader.counts_clicks or any(_counts(settings, name) for name in reader.lists)):
        return None
    return reader


def _counts(settings: Settings, name: str) -> bool:
    return name in settings.lists and settings.lists[name].clicks
