"""What readers choose for themselves, with the link of their mails and no password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from publisher.actions import join
from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.reader_budget import may_say
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.model.choices import Choices, changes, pause_end
from publisher.model.phrases import PHRASES
from publisher.model.shelves import Shelf, tag_shelf
from publisher.model.subscriber import SubscriptionState
from publisher.settings import Settings
from publisher.store import audit, choices, consents, keys, shelves, subscribers

ACTOR: Final = "subscriber"
"""Who acts, for the audit."""

CHOSEN: Final = "chosen under preferences"

PAGE: Final = "/preferences"
"""The page on which it was chosen, as the proof of a consent names it."""

_NOTED: Final = 10
"""The audit takes so many times as much of what readers change as of what they say."""

_ON: Final = (SubscriptionState.ACTIVE, SubscriptionState.PAUSED)

_MOST_TOPICS: Final = 60
"""So many topics are offered, those with the most stories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reader wants from now on: lists and topics by their names, a language of notices or none."""

    lists: frozenset[str]
    topics: frozenset[str]
    lang: str = ""


def choices_of(publisher: Publisher, token: str) -> Choices | None:
    """Return what the owner of `token` has chosen, None if it is nobody's, or good for something else."""
    with publisher.database.read() as db:
        known = {str(kid): secret for kid, secret in keys.every(db).items()}
        read = tokens.read(token, known, purpose=tokens.PREFERENCES)
        return choices.by_public_id(db, read.public_id) if read else None


def lists_for(settings: Settings, found: Choices) -> tuple[str, ...]:
    """Return the lists that a reader can choose: the public ones, and any other that the reader is on."""
    own = [name for name, standing in found.lists.items() if standing.is_on]
    public = [name for name, each in settings.lists.items() if each.public]
    return tuple(dict.fromkeys(name for name in (*settings.lists, *own) if name in public or name in own))


def topics_for(db: Connection, found: Choices) -> tuple[Shelf, ...]:
    """Return the topics that a reader can choose, by name: tags of stories that are public.

    What was chosen before is offered whether or not there is such a story.
    """
    tags = {each.shelf.name: each for each in shelves.tags(db)}
    fullest = sorted(tags, key=lambda name: (-tags[name].count, name))[:_MOST_TOPICS]
    offered = {
        name: tags[name].shelf if name in tags else tag_shelf(name) for name in (*fullest, *found.topics)
    }
    return tuple(offered[name] for name in sorted(offered))


def is_mailed(db: Connection, found: Choices) -> bool:
    """Return whether mail may go to a reader at all: not after a complaint, a bounce, or an editor's word."""
    hashed = address_hash(suppression_secret(keys.every(db)), found.address_key)
    return subscribers.suppression(db, hashed) is None


def save(publisher: Publisher, found: Choices, wish: Wish) -> tuple[str, ...]:
    """Do what a reader wants; what was not offered to choose from stays as it is.

    Return the lists that are not joined yet: whoever is on no list any more has to confirm that by mail (see
    `ask_to_join`), for an old mail may be anybody's by now.

    Raises:
        StoreError: the database cannot be written; nothing has changed.
    """
    with publisher.database.begin() as db:
        now, current = publisher.now(db), choices.of(db, found.subscriber, locked=True)
        if current is None:
            return ()
        offered = lists_for(publisher.settings, current)
        wanted_changes = list(changes(current, offered=offered, wanted=wish.lists))
        is_reader = any(each.is_on for each in current.lists.values())
        done = wanted_changes if is_reader else []
        for change in done:
            choices.change(db, current.subscriber, change, consent=CHOSEN, now=now)
        _agree(db, current.subscriber, [each.list for each in done if each.state in _ON], now=now)
        offered_topics = {shelf.name for shelf in topics_for(db, current)}
        wanted = wish.topics & offered_topics
        lang = wish.lang if wish.lang in PHRASES else None
        choices.set_topics(db, current.subscriber, wanted)
        choices.set_lang(db, current.subscriber, lang)
        if done or (wanted, lang) != (current.topics, current.lang):
            _note(db, publisher, current, "choose", [f"{each.list}: {each.state}" for each in done])
    return () if is_reader else tuple(each.list for each in wanted_changes)


def is_on_a_list(publisher: Publisher, subscriber: int) -> bool:
    """Return whether anything may come to a reader by now, or after a pause."""
    with publisher.database.read() as db:
        current = choices.of(db, subscriber)
    return current is not None and any(each.is_on for each in current.lists.values())


def ask_to_join(  # noqa: PLR0913 - who asks for what, from where
    publisher: Publisher, found: Choices, lists: Sequence[str], *, lang: str, origin: str, network: str
) -> bool:
    """Mail somebody who is on no list a link with which these are joined; False if that was asked too often.

    Raises:
        AddressError: nobody can be written to at the address.
        StoreError: the database cannot be written; nothing has changed.
    """
    wish = join.Wish(
        address=found.address,
        lists=tuple(lists),
        lang=lang if lang in PHRASES else publisher.settings.publication.language,
        consent=CHOSEN,
        source=PAGE,
        origin=origin,
        network=network,
    )
    return join.ask(publisher, wish) is None


def pause(publisher: Publisher, found: Choices, day: str) -> bool:
    """Let nothing come to a reader until `day` begins; return False if that is no day to come."""
    settings = publisher.settings
    with publisher.database.begin() as db:
        now = publisher.now(db)
        until = pause_end(day, now=now, zone=settings.publication.timezone)
        if until is None:
            return False
        if choices.pause(db, found.subscriber, until=until, now=now):
            _note(db, publisher, found, "pause", [until.date().isoformat()])
    return True


def resume(publisher: Publisher, found: Choices) -> None:
    """End a reader's pause."""
    with publisher.database.begin() as db:
        if choices.resume(db, found.subscriber, now=publisher.now(db)):
            _note(db, publisher, found, "end pause", [])


def _agree(db: Connection, subscriber: int, lists: Sequence[str], *, now: datetime) -> None:
    """Keep that a reader has joined lists on the page of preferences, which the mails of the reader name."""
    if lists:
        version = consents.keep_text(db, CHOSEN)
        consents.add(
            db, subscriber=subscriber, lists=lists, version=version, source=PAGE, network="", now=now
        )


def _note(db: Connection, publisher: Publisher, found: Choices, verb: str, what: Sequence[str]) -> None:
    """Put down what a reader has changed, as often as anybody changes their mind in a day."""
    now = publisher.now(db)
    if not may_say(db, found.subscriber, verb, now=now, times=_NOTED):
        return
    audit.write(
        db,
        at=now,
        actor=ACTOR,
        verb=verb,
        subject="preferences",
        detail={"subscriber": found.subscriber, "what": list(what)},
    )
