"""A group of the ledger: what is written once stays true when it is written again, or comes too late."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import pytest

from publisher.actions.group import Group, Worker, Written, write
from publisher.actions.mails import Mails
from publisher.actions.relays import Relays
from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.model.delivery import DeliveryState, MailingState
from tests.newsrooms import HandClock, Newsroom, mailing_of, published_to, relay_at
from tests.relays import TAKEN
from tests.steered import PLACES, Commit, Place, Sender, commits_that

LEASE = timedelta(minutes=2)


@pytest.fixture
def publisher(newsroom: Newsroom) -> Iterator[Publisher]:
    """Open a newsroom of which one issue is on its way to four readers."""
    newsroom.sets(relay_at(9, more=f'lease = "{LEASE.total_seconds():.0f}s"'))
    newsroom.writes("heat")
    with newsroom.opened() as opened:
        published_to(opened, "heat", readers=4)
        yield opened


def sender_of(publisher: Publisher, name: str) -> Sender:
    return Sender(
        name=name,
        relays=Relays({"smtp": None, "backup": None}, {}),
        worker=Worker(name=name, idempotent=False, mails=Mails(publisher, None)),
    )


def work(publisher: Publisher, sender: Sender, *answered: Place) -> Written:
    """Let a sender write what was accepted, and everybody who has nothing to do ask."""
    group, places = sender.group(dict.fromkeys(answered, TAKEN))
    return hand_out(sender, places, answered, attempt(publisher, sender, group))


def attempt(publisher: Publisher, sender: Sender, group: Group) -> Written:
    return write(publisher, sender.relays, sender.worker, group)


def hand_out(
    sender: Sender, places: dict[int, Place], answered: tuple[Place, ...], written: Written
) -> Written:
    sender.held = written.held
    for place in answered:
        del sender.hands[place]
    for ask, handed in written.served:
        sender.hands[places[id(ask)]] = handed
    return written


def counts(publisher: Publisher) -> dict[str, int]:
    return {state.value: count for state, count in mailing_of(publisher, "heat").counts.items() if count}


def test_what_a_sender_had_is_another_ones_as_soon_as_its_lease_is_over_and_no_earlier(
    publisher: Publisher, newsroom: Newsroom
) -> None:
    newsroom.clock.passes(seconds=0.3)
    work(publisher, sender_of(publisher, "who dies"))

    newsroom.clock.moment += LEASE - timedelta(microseconds=1)
    too_early = work(publisher, sender_of(publisher, "early"))
    newsroom.clock.passes(microseconds=1)
    in_time = work(publisher, sender_of(publisher, "in time"))

    assert too_early.served == []
    assert len(in_time.served) == 2
    assert counts(publisher) == {"uncertain": 2, "sending": 2}


@pytest.mark.parametrize("commit", [Commit.FAILS, Commit.SEEMS_TO_FAIL])
def test_a_group_that_is_written_again_gives_out_the_same_and_marks_nobody_else(
    publisher: Publisher, commit: Commit
) -> None:
    sender = sender_of(publisher, "one")
    group, places = sender.group({})
    with commits_that(commit), suppress(StoreError):
        attempt(publisher, sender, group)

    written = attempt(publisher, sender, group)
    hand_out(sender, places, (), written)

    assert len(written.served) == 2
    assert counts(publisher) == {"pending": 2, "sending": 2}
    for _ in range(2):
        work(publisher, sender, *PLACES[:2])
    assert counts(publisher) == {"accepted": 4}
    assert mailing_of(publisher, "heat").state is MailingState.SENT


def test_a_mail_that_cannot_be_read_at_the_moment_pauses_nothing(publisher: Publisher) -> None:
    sender = sender_of(publisher, "one")
    with commits_that(Commit.FAILS, of_readers=True), pytest.raises(StoreError):
        attempt(publisher, sender, sender.group({})[0])

    work(publisher, sender)

    assert counts(publisher) == {"pending": 2, "sending": 2}
    assert mailing_of(publisher, "heat").state is MailingState.SENDING


def test_a_batch_that_another_sender_claimed_after_a_commit_failed_is_not_taken_for_ours(
    publisher: Publisher,
) -> None:
    first, second = sender_of(publisher, "one"), sender_of(publisher, "two")
    group, _ = first.group({})
    with commits_that(Commit.FAILS), suppress(StoreError):
        attempt(publisher, first, group)

    work(publisher, second)
    written = attempt(publisher, first, group)

    assert written.served == []
    assert written.held == []
    assert counts(publisher) == {"pending": 2, "sending": 2}


def test_a_late_answer_that_settles_the_last_delivery_ends_the_mailing(
    publisher: Publisher, clock: HandClock
) -> None:
    slow, quick = sender_of(publisher, "slow"), sender_of(publisher, "quick")
    work(publisher, slow)
    clock.passes(seconds=LEASE.total_seconds() + 1)
    work(publisher, quick)
    work(publisher, quick, *PLACES[:2])
    before, state = counts(publisher), mailing_of(publisher, "heat").state

    work(publisher, slow, *PLACES[:2])

    assert before == {"accepted": 2, "uncertain": 2}
    assert state is MailingState.SENDING
    assert mailing_of(publisher, "heat").state is MailingState.SENT
    assert mailing_of(publisher, "heat").counts[DeliveryState.ACCEPTED] == 4
