"""Senders at work beside a test, and what has become of their mailing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from publisher.actions.deliver import Sender
from publisher.actions.send_now import sender_for
from publisher.actions.verify import verify
from publisher.app import Publisher
from tests.newsrooms import mailing_of
from tests.smtp_memory import Received

SLUG = "heat"


@contextmanager
def sending(publisher: Publisher) -> Iterator[Sender]:
    """Yield a sender that is at work, and stop it at the end; nothing must have ended it before."""
    sender = sender_for(publisher, until_idle=False)
    assert sender is not None
    try:
        yield sender
        assert sender.is_alive
    finally:
        sender.close()
    assert sender.failure is None


def counts_of(publisher: Publisher) -> dict[str, int]:
    """Return how the deliveries stand, without zeros; they always add up."""
    mailing = mailing_of(publisher, SLUG)
    assert sum(mailing.counts.values()) == mailing.audience
    return {state.value: count for state, count in mailing.counts.items() if count}


def copies_of(messages: Iterable[Received]) -> Counter[str]:
    """Return how many messages each reader got."""
    return Counter(message.envelope_to[0] for message in messages)


def assert_everybody_once(publisher: Publisher, messages: Iterable[Received]) -> None:
    """Assert that the mailing is done, nobody got it twice, and the invariants of the database hold."""
    mailing, copies = mailing_of(publisher, SLUG), copies_of(messages)
    assert counts_of(publisher) == {"accepted": mailing.audience}
    assert len(copies) == copies.total() == mailing.audience
    assert [verdict.faults for verdict in verify(publisher).verdicts if verdict.faults] == []
