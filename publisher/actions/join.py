"""Joining: somebody asks at a form, and the owner of the address confirms; see `store.joining`."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.budgets import Asker, refused_until, spend
from publisher.actions.own_ways import ways
from publisher.app import Publisher
from publisher.delivery import addresses
from publisher.delivery.special_addresses import is_disposable, is_role
from publisher.model.notices import first_payload
from publisher.model.reader_notices import ReaderNotice, reader_item
from publisher.model.reader_token import TokenPurpose
from publisher.model.subscriber import OWN_WORD_LIFTS, PUBLIC_ID, NewSubscriber, SubscriptionState
from publisher.settings import Settings
from publisher.store import audit, consents, editions, joining, keys, notices, reader_tokens, subscribers

_COMMAS: Final = {"ar": "، ", "ja": "、", "zh": "、"}

_LOOKED_AT: Final = 50
"""So many of the newest issues are looked at for one of a reader's lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for at a form: `address` as typed, `lists` by name, `consent` as it stood there.

    `source` is the page or the site with the form. `origin` is what budgets count by, `network` may be kept.
    """

    address: str
    lists: tuple[str, ...]
    lang: str
    consent: str
    source: str
    origin: str
    network: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What a link to confirm is about: titles of lists, and whether it has been confirmed.

    `choose` is the address of the page on which the new reader chooses what comes.
    """

    titles: tuple[str, ...]
    lang: str
    is_done: bool
    choose: str = ""


def public_lists(settings: Settings) -> tuple[str, ...]:
    """Return the lists that readers may join by themselves; none if there is no form."""
    return tuple(name for name, own in settings.lists.items() if own.public and settings.joining.form)


def ask(publisher: Publisher, wish: Wish) -> datetime | None:
    """Write to the address of a wish, so that its owner can confirm; return when to ask again if not now.

    Whoever asks learns nothing of the address: what is known of it changes neither the answer nor what is
    done, only what is written in there. An address that has had its mails gets no further one just now, nor
    does one that has complained or that an editor has excluded.

    Raises:
        AddressError: nobody can be written to at the address; the sentence says why.
    """
    address = addresses.admit(wish.address)
    token = secrets.token_urlsafe(16)
    settings = publisher.settings.joining
    asker = Asker(
        network=wish.origin or "unknown",
        block=wish.network or "unknown",
        address_key=addresses.normalise(address),
        domain=address.domain,
    )
    with publisher.database.read() as db:
        secret = suppression_secret(keys.every(db))
        retry_at = refused_until(db, settings, asker, secret=secret, now=publisher.now(db))
    if retry_at is not None:
        return retry_at
    with publisher.database.begin() as db:
        now = publisher.now(db)
        spent = spend(db, settings, asker, secret=secret, now=now)
        if spent.retry_at is not None:
            return spent.retry_at
        person = _person(secret, address, wish.lang)
        _answer(publisher, db, wish, person, token, has_mail=spent.has_mail, now=now)
    return None


def confirmation_of(publisher: Publisher, token: str) -> Confirmation | None:
    """Return what a link to confirm is about, None if it does not work (any more)."""
    with publisher.database.read() as db:
        found = _find(db, token, publisher.now(db))
        return _confirmation(publisher, db, found, is_done=found.is_used) if found else None


def confirm(publisher: Publisher, token: str) -> Confirmation | None:
    """Let the owner of an address join the lists of a link, once, and return what it is about.

    The consent is kept, an erasure, a move or a hard bounce is lifted, and a new reader is welcomed. None,
    and nothing is done, if the link does not work (any more), if the address has complained or was excluded
    by an editor since, or if its owner has left the lists since the link was made: it brings nobody back.
    """
    with publisher.database.begin() as db:
        now = publisher.now(db)
        found = _find(db, token, now)
        if found is None or found.is_used:
            return _confirmation(publisher, db, found, is_done=True) if found else None
        person = _person(
            suppression_secret(keys.every(db)),
            addresses.parse(found.payload["address"]),
            found.payload["lang"],
        )
        left = joining.left_since(db, person.address_key, found.created_at)
        wanted = _still_public(publisher.settings, found.payload["lists"])
        lists = [name for name in wanted if name not in left]
        if not lists or _is_forbidden(db, person):
            return None
        if not reader_tokens.use(db, found, now=now):  # somebody has pressed twice, or was erased
            again = _find(db, token, now)
            return _confirmation(publisher, db, again, is_done=True) if again else None
        number, begun = joining.admit(db, person, lists=lists, now=now)
        reader_tokens.give(db, found, number)
        _note(db, number, lists, found.payload, now=now)
        if begun and publisher.settings.joining.welcome:
            _welcome(publisher, db, person, number, begun, now=now)
        home = publisher.settings.publication.home_url
        choose = ways(db, home, subscriber=number, list=lists[0]).get("choose", "")
    titles = tuple(map(publisher.settings.list_title, lists))
    return Confirmation(titles=titles, lang=found.payload["lang"], is_done=True, choose=choose)


def _answer(  # noqa: PLR0913 - who asks for what, and how it is answered
    publisher: Publisher,
    db: Connection,
    wish: Wish,
    person: NewSubscriber,
    token: str,
    *,
    has_mail: bool,
    now: datetime,
) -> None:
    """Keep a wish, and write to its address or only do as if: by the same statements for everybody."""
    is_forbidden = _is_forbidden(db, person)
    is_silent = has_mail or is_forbidden
    known = joining.expect(db, person, lists=wish.lists, now=now)
    payload = {
        "address": person.address,
        "lists": list(wish.lists),
        "lang": wish.lang,
        "version": consents.keep_text(db, wish.consent),
        "source": wish.source,
        "network": wish.network,
    }
    reader_tokens.keep(
        db,
        token,
        purpose=TokenPurpose.CONFIRM,
        subscriber=known.subscriber,
        payload={} if is_silent else payload,
        now=now,
        address_key=None if is_silent else person.address_key,
    )
    is_on_all = all(known.states.get(name) is SubscriptionState.ACTIVE for name in wish.lists)
    home = publisher.settings.publication.home_url
    own = ways(db, home, subscriber=known.subscriber, list=wish.lists[0])
    kind = ReaderNotice.SUBSCRIBED if is_on_all else ReaderNotice.CONFIRM
    if is_silent:
        notices.add_silent(db, kind=kind, now=now)
        return
    titles = _titles(publisher.settings, wish.lists, wish.lang)
    fields = {"lists": titles, **(own if is_on_all else {})}
    told = first_payload(reader_item(lang=wish.lang, url=f"{home}/confirm/{token}", **fields))
    notices.add(
        db,
        kind=kind,
        address=person.address,
        payload=told,
        now=now,
        subscriber=known.subscriber,
        address_key=person.address_key,
    )


def _is_forbidden(db: Connection, person: NewSubscriber) -> bool:
    """Tell whether an address must not be mailed, whatever its owner says."""
    return subscribers.suppression(db, person.address_hash) not in (None, *OWN_WORD_LIFTS)


def _find(db: Connection, token: str, now: datetime) -> reader_tokens.ReaderToken | None:
    return reader_tokens.find(db, token, purpose=TokenPurpose.CONFIRM, now=now, or_used=True)


def _confirmation(
    publisher: Publisher, db: Connection, token: reader_tokens.ReaderToken, *, is_done: bool
) -> Confirmation | None:
    """Return what a token is about; None if none of its lists can be joined any more."""
    lists = _still_public(publisher.settings, token.payload["lists"])
    if not lists:
        return None
    titles = tuple(map(publisher.settings.list_title, lists))
    home = publisher.settings.publication.home_url
    own = ways(db, home, subscriber=token.subscriber, list=lists[0]) if is_done else {}
    return Confirmation(
        titles=titles, lang=token.payload["lang"], is_done=is_done, choose=own.get("choose", "")
    )


def _person(secret: bytes, address: addresses.Address, lang: str) -> NewSubscriber:
    key = addresses.normalise(address)
    return NewSubscriber(
        address=str(address),
        address_key=key,
        address_hash=address_hash(secret, key),
        public_id=secrets.token_hex(PUBLIC_ID // 2),
        lang=lang,
        is_role=is_role(address),
        is_disposable=is_disposable(address),
    )


def _still_public(settings: Settings, lists: Iterable[str]) -> list[str]:
    return [name for name in lists if name in settings.lists and settings.lists[name].public]


def _titles(settings: Settings, lists: Iterable[str], lang: str) -> str:
    return _COMMAS.get(lang.partition("-")[0].lower(), ", ").join(map(settings.list_title, lists))


def _note(
    db: Connection, number: int, lists: Sequence[str], payload: Mapping[str, Any], *, now: datetime
) -> None:
    """Keep the consent, and put down who has joined what."""
    consents.add(
        db,
        subscriber=number,
        lists=lists,
        version=payload["version"],
        source=payload["source"],
        network=payload["network"],
        now=now,
    )
    for name in lists:
        detail = {"subscriber": number}
        audit.write(db, at=now, actor="subscriber", verb="subscribe", subject=name, detail=detail)


def _welcome(  # noqa: PLR0913 - who is welcomed where
    publisher: Publisher,
    db: Connection,
    person: NewSubscriber,
    number: int,
    lists: Sequence[str],
    *,
    now: datetime,
) -> None:
    """Write to a new reader, with the latest issue of one of these lists, or else of any public list."""
    newest = editions.recent(db, issues=_LOOKED_AT)
    public = [name for name, own in publisher.settings.lists.items() if own.public]
    fitting = (card for names in (lists, public) for card in newest if not set(names).isdisjoint(card.lists))
    issue = next(fitting, None)
    lang = person.lang or publisher.settings.publication.language
    own = ways(db, publisher.settings.publication.home_url, subscriber=number, list=lists[0])
    fields = {"lists": _titles(publisher.settings, lists, lang), **own}
    if issue is None:
        home = f"{publisher.settings.publication.home_url}/"
        kind, item = ReaderNotice.FIRST_WELCOME, reader_item(lang=lang, url=home, **fields)
    else:
        title = {"title": issue.title}
        kind, item = ReaderNotice.WELCOME, reader_item(lang=lang, url=issue.url, **fields, **title)
    payload, key = first_payload(item), person.address_key
    notices.add(
        db, kind=kind, address=person.address, payload=payload, now=now, subscriber=number, address_key=key
    )
