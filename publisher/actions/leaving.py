"""After leaving: taking it back, saying why, and leaving by mail."""

from __future__ import annotations

from sqlalchemy import Connection

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.own_ways import ways
from publisher.actions.reader_budget import may_say
from publisher.actions.subscribe import subscription_of
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.model.leaving import LeavingReason
from publisher.model.subscriber import Subscription, SubscriptionState, SuppressionReason
from publisher.store import audit, choices, keys, leaving, subscribers

ACTOR = "subscriber"
"""Who acts, for the audit."""


def is_genuine(publisher: Publisher, token: str) -> bool:
    """Return whether we have made `token` for leaving, be its reader known or not."""
    with publisher.database.read() as db:
        known = {str(kid): secret for kid, secret in keys.every(db).items()}
    return tokens.read(token, known) is not None


def can_be_undone(publisher: Publisher, found: Subscription) -> bool:
    """Return whether the reader can still take back that a subscription has ended."""
    if found.is_former or found.state is not SubscriptionState.UNSUBSCRIBED:
        return False
    with publisher.database.read() as db:
        now = publisher.now(db)
        return leaving.can_be_taken_back(db, public_id=found.public_id, list=found.list, now=now)


def undo(publisher: Publisher, token: str) -> Subscription | None:
    """Let the subscription go on that `token` has just ended; doing it again changes nothing.

    Returns the subscription, ended as before if it is too late, too often, after a complaint, or by a link
    to an earlier address; None if the
    token is nobody's.
    """
    found = subscription_of(publisher, token)
    if found is None or found.is_former or found.state is not SubscriptionState.UNSUBSCRIBED:
        return found
    with publisher.database.begin() as db:
        now = publisher.now(db)
        if (
            not _has_complained(db, found)
            and may_say(db, found.subscriber, f"undo {found.list}", now=now)
            and leaving.take_back(db, public_id=found.public_id, list=found.list, now=now)
        ):
            detail = {"subscriber": found.subscriber}
            audit.write(db, at=now, actor=ACTOR, verb="undo unsubscribe", subject=found.list, detail=detail)
    return subscription_of(publisher, token)


def language_of(publisher: Publisher, found: Subscription) -> str:
    """Return the language in which the reader of a subscription is written to; empty if none was chosen."""
    with publisher.database.read() as db:
        reader = choices.by_public_id(db, found.public_id)
    return (reader.lang if reader else None) or ""


def page_of_others(publisher: Publisher, found: Subscription) -> str:
    """Return the page on which to choose among the other lists of a reader; empty if there are none."""
    with publisher.database.read() as db:
        reader = choices.by_public_id(db, found.public_id)
        if reader is None or not any(each.is_on for name, each in reader.lists.items() if name != found.list):
            return ""
        home = publisher.settings.publication.home_url
        return ways(db, home, subscriber=reader.subscriber, list=found.list).get("choose", "")


def _has_complained(db: Connection, found: Subscription) -> bool:
    reader = choices.by_public_id(db, found.public_id)
    hashed = address_hash(suppression_secret(keys.every(db)), reader.address_key if reader else "")
    return subscribers.suppression(db, hashed) is SuppressionReason.COMPLAINT


def say_why(publisher: Publisher, token: str, reason: LeavingReason) -> Subscription | None:
    """Keep why somebody has left a list, and not who; return the subscription that has ended.

    None if the token is not of one who has left. More than a few words a day are not kept.
    """
    found = subscription_of(publisher, token)
    if found is None or found.state is not SubscriptionState.UNSUBSCRIBED:
        return None
    with publisher.database.begin() as db:
        now = publisher.now(db)
        if may_say(db, found.subscriber, f"reason {found.list}", now=now):
            detail = {"reason": reason.value}
            audit.write(db, at=now, actor=ACTOR, verb="leaving reason", subject=found.list, detail=detail)
    return found
