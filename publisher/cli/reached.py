"""Whom a mailing has reached that goes no further."""

from __future__ import annotations

from collections import Counter

from publisher.cli.output import counted
from publisher.model.delivery import DeliveryState
from publisher.model.records import MailingRecord

_OF_A_CANCELLED = {
    DeliveryState.PENDING: "not sent",
    DeliveryState.DEFERRED: "not sent",
    DeliveryState.SENDING: "on their way",
}
"""What states mean once nothing more is sent; the others mean what they say."""

_IN_ORDER = (DeliveryState.ACCEPTED, *DeliveryState)


def reached(mailed: int, audience: int, *, on_their_way: int) -> str:
    """Return how many have a mail: "776 of 4,005 readers have the mail", and what may still arrive."""
    have = "has" if audience == 1 else "have"
    said = f"{mailed:,} of {counted(audience, 'reader')} {have} the mail"
    return f"{said}, and up to {on_their_way:,} more are on their way" if on_their_way else said


def account(mailing: MailingRecord) -> str:
    """Return how a cancelled mailing ended: "776 accepted, 3,229 not sent"."""
    found: Counter[str] = Counter()
    for state in dict.fromkeys(_IN_ORDER):
        found[_OF_A_CANCELLED.get(state, state.value)] += mailing.counts[state]
    return ", ".join(f"{count:,} {words}" for words, count in found.items() if count)
