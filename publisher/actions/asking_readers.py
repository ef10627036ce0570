"""What readers can ask for and have to confirm by mail.

Another address, their data, to be erased, to have clicks counted, or the own feed removed.

The mail goes to the address that we know, so that whoever was passed a link gets nothing by it.
"""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy import Connection

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.budgets import Asker, spend
from publisher.actions.reader_budget import may_be_written_to
from publisher.app import Publisher
from publisher.delivery import addresses
from publisher.model.choices import Choices
from publisher.model.notices import first_payload
from publisher.model.reader_notices import ReaderNotice, reader_item
from publisher.model.reader_token import TokenPurpose
from publisher.model.subscriber import OWN_WORD_LIFTS
from publisher.store import keys, notices, reader_tokens, subscribers

OLD: Final = "old"
NEW: Final = "new"
"""The sides of a change of address, each of which has to be confirmed."""

_TOKEN: Final = 16
"""Random bytes of a token."""


def ask_for_data(publisher: Publisher, found: Choices) -> bool:
    """Mail a reader a link to all that is stored; return False if that was asked too often."""
    return _ask(publisher, found, ReaderNotice.OWN_DATA, TokenPurpose.OWN_DATA, "data")


def ask_to_erase(publisher: Publisher, found: Choices) -> bool:
    """Mail a reader a link with which everything is forgotten; return False if that was asked too often."""
    return _ask(publisher, found, ReaderNotice.ERASE, TokenPurpose.ERASE, "erase")


def ask_to_count_clicks(publisher: Publisher, found: Choices) -> bool:
    """Mail a reader a link with which clicks are counted; return False if that was asked too often."""
    return _ask(publisher, found, ReaderNotice.DECIDE, TokenPurpose.COUNT_CLICKS, "count")


def ask_to_remove_feed(publisher: Publisher, found: Choices) -> bool:
    """Mail a reader a link with which the own feed is removed; return False if that was asked too often."""
    return _ask(publisher, found, ReaderNotice.DECIDE, TokenPurpose.REMOVE_FEED, "remove-feed")


def ask_to_change_address(publisher: Publisher, found: Choices, typed: str) -> bool:
    """Mail the old and the new address a link each; return False if that was asked too often.

    The old one is told both, the new one only itself. Who has the new address already is told so, by mail.
    The budgets of joining hold for the new one, too. Nobody learns whether it is known here. One whose
    owner has complained, or that an editor has excluded, is not mailed.

    Raises:
        AddressError: nothing can be written to the new address.
    """
    new = addresses.admit(typed)
    with publisher.database.begin() as db:
        now = publisher.now(db)
        secret, key = suppression_secret(keys.every(db)), addresses.normalise(new)
        hashed = address_hash(secret, key)
        kind = ReaderNotice.CHANGE_ADDRESS
        if not may_be_written_to(db, found.subscriber, kind, now=now, to=hashed):
            return False
        asker = Asker(address_key=key, domain=new.domain)
        spent = spend(db, publisher.settings.joining, asker, secret=secret, now=now)
        if spent.retry_at is not None:
            return False
        if str(new) == found.address:
            tell(publisher, db, found, ReaderNotice.SAME_ADDRESS)
            return True
        old_token, new_token = (secrets.token_urlsafe(_TOKEN) for _ in range(2))
        for token, side, other in ((old_token, OLD, new_token), (new_token, NEW, old_token)):
            payload = {"side": side, "address": str(new), "other": reader_tokens.hash_of(other)}
            reader_tokens.keep(
                db,
                token,
                purpose=TokenPurpose.CHANGE_ADDRESS,
                subscriber=found.subscriber,
                payload=payload,
                now=now,
                address_key=key,
            )
        path, old = f"change/{old_token}", addresses.masked(found.address)
        tell(publisher, db, found, ReaderNotice.LEAVE_ADDRESS, path=path, old=old, new=str(new))
        if not spent.has_mail and subscribers.suppression(db, hashed) in (None, *OWN_WORD_LIFTS):
            path = f"change/{new_token}"
            tell(publisher, db, found, kind, path=path, to=new, new=str(new))
    return True


def tell(  # noqa: PLR0913 - who is told what, and where it leads
    publisher: Publisher,
    db: Connection,
    found: Choices,
    kind: ReaderNotice,
    *,
    path: str = "",
    to: addresses.Address | None = None,
    **values: str,
) -> None:
    """Put a notice to a reader in line, whose button leads to `path`; at the own address, or `to` another.

    `values` are what its words have fields for.
    """
    publication = publisher.settings.publication
    lang = found.lang or publication.language
    item = reader_item(lang=lang, url=f"{publication.home_url}/{path}", **values)
    notices.add(
        db,
        kind=kind.value,
        address=str(to) if to else found.address,
        payload=first_payload(item),
        now=publisher.now(db),
        subscriber=found.subscriber,
        address_key=addresses.normalise(to) if to else found.address_key,
    )


def _ask(publisher: Publisher, found: Choices, kind: ReaderNotice, purpose: TokenPurpose, path: str) -> bool:
    with publisher.database.begin() as db:
        now = publisher.now(db)
        if not may_be_written_to(db, found.subscriber, kind, now=now):
            return False
        token = secrets.token_urlsafe(_TOKEN)
        reader_tokens.keep(db, token, purpose=purpose, subscriber=found.subscriber, payload={}, now=now)
        tell(publisher, db, found, kind, path=f"{path}/{token}")
    return True
