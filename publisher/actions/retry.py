"""Trying again what was rejected: a relay or a provider has refused for good, and an editor knows better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.mailing import its_mailing, note
from publisher.app import Publisher
from publisher.delivery.addresses import normalise, parse
from publisher.errors import TransitionError
from publisher.model.subscriber import SuppressionReason
from publisher.store import decisions, keys, subscribers
from publisher.store.decisions import Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which rejected messages to try again: those to `addresses`, those refused with `code`, or all.

    `code` is an RFC 3463 code ("5.7.1") or an SMTP reply code ("550").
    """

    addresses: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """How many messages are tried again, and how many are not, because their readers must not be mailed."""

    again: int
    left_out: int


def retry(publisher: Publisher, slug: str, choice: Choice) -> Retried:
    """Try rejected messages of the issue's mailing again, at once; whoever has left since is left out.

    So is who has complained. An address that is left alone because it bounced is tried once. A mailing that
    was sent is open again.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
        AddressError: one of the addresses cannot be one.
        TransitionError: no such message was rejected, or its reader must not be mailed any more, or the
            mailing is cancelled.
    """
    with publisher.database.begin() as db:
        before, now = its_mailing(db, slug), publisher.now(db)
        chosen = _chosen(decisions.rejections(db, before.id), slug, choice)
        willing = _willing(db, chosen, before.id, now)
        again = decisions.retry(db, before.id, frozenset(willing), now=now)
        if not again:
            raise TransitionError(
                f"nothing of '{slug}' is tried again: its readers have left or must not be mailed any more",
                fix="only they can change that",
            )
        note(publisher, db, before, "retry", again=again, code=choice.code, chosen=len(choice.addresses))
        return Retried(again=again, left_out=len(chosen) - again)


def rejected(publisher: Publisher, slug: str, choice: Choice) -> int:
    """Return how many messages such a choice is about.

    Raises:
        NotFoundError: there is no such issue, or it has no mailing.
        AddressError: one of the addresses cannot be one.
        TransitionError: there is none.
    """
    with publisher.database.read() as db:
        return len(_chosen(decisions.rejections(db, its_mailing(db, slug).id), slug, choice))


def _chosen(found: Sequence[Rejection], slug: str, choice: Choice) -> list[Rejection]:
    if not found:
        raise TransitionError(f"nothing is rejected in the mailing of '{slug}'")
    if choice.code:
        return _with_code(found, slug, choice.code)
    return _to(found, slug, choice.addresses) if choice.addresses else list(found)


def _with_code(found: Sequence[Rejection], slug: str, code: str) -> list[Rejection]:
    chosen = [each for each in found if code in (each.enhanced, str(each.code))]
    if not chosen:
        there = Counter(each.enhanced or str(each.code or "no code") for each in found)
        codes = ", ".join(f"{count:,} with {name}" for name, count in there.most_common())
        raise TransitionError(f"nothing of '{slug}' was rejected with {code}", fix=f"there are {codes}")
    return chosen


def _to(found: Sequence[Rejection], slug: str, addresses: Collection[str]) -> list[Rejection]:
    by_key = {each.address_key: each for each in found}
    chosen = {}
    for address in addresses:
        key = normalise(parse(address))
        if key not in by_key:
            raise TransitionError(
                f"the message of '{slug}' to {address} was not rejected",
                fix="choose by --code or --all if you do not know the address",
            )
        chosen[key] = by_key[key]
    return list(chosen.values())


def _willing(db: Connection, chosen: Sequence[Rejection], mailing: int, now: datetime) -> list[int]:
    """Return the subscribers who may still be mailed; an address that bounced is tried, by choice."""
    secret, willing = suppression_secret(keys.every(db)), []
    for each in chosen:
        hashed = address_hash(secret, each.address_key)
        reason = subscribers.suppression(db, hashed)
        if each.is_subscribed and reason in (None, SuppressionReason.HARD_BOUNCE):
            subscribers.probe(db, hashed, mailing=mailing, now=now)
            willing.append(each.subscriber)
    return willing
