"""What happens to readers and to the clock while a mailing is on its way."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.status import status
from publisher.actions.subscribe import add, unsubscribe
from publisher.app import Publisher
from publisher.model.delivery import Stage, UncertainPolicy
from publisher.model.subscriber import SuppressionReason
from publisher.store import decisions, deliveries, keys, subscribers
from tests.newsrooms import HandClock, Newsroom, mailing_of, published_to, relay_at, token_of, until
from tests.senders import assert_everybody_once, copies_of, counts_of, sending
from tests.smtp_server import SmtpServer


def test_whoever_leaves_or_is_erased_in_mid_send_gets_nothing_and_whoever_comes_waits_for_the_next_issue(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    relay.when(Stage.DOT, delay=0.1)
    newsroom.sets(relay_at(relay.port))
    with newsroom.opened() as publisher:
        mailing = published_to(publisher, "heat", readers=30)
        with sending(publisher):
            relay.wait_for(3)
            unsubscribe(publisher, token_of(publisher, "r28@example.net"))
            with publisher.database.begin() as db:
                hashed = address_hash(suppression_secret(keys.every(db)), "r29@example.net")
                subscribers.suppress(
                    db, address_hash=hashed, reason=SuppressionReason.ERASED, now=publisher.now(db)
                )
            add(publisher, "late@example.net")
            until(lambda: counts_of(publisher) == {"accepted": 28, "suppressed": 2})
        with publisher.database.read() as db:
            why = {each.address: each.text for each in decisions.troubles(db, mailing.id)}

    assert not {"r28@example.net", "r29@example.net", "late@example.net"} & set(copies_of(relay.messages))
    assert why == {
        "r28@example.net": "no active subscription to weekly any more",
        "r29@example.net": "the address must not be mailed: erased",
    }


@pytest.mark.parametrize("steps", [(-1, 1), (1, -1), (-1, -1), (1, 1)])
def test_a_clock_that_steps_an_hour_in_mid_send_sends_nothing_twice_and_stops_nothing(
    newsroom: Newsroom, relay: SmtpServer, clock: HandClock, steps: tuple[int, int]
) -> None:
    relay.when(Stage.DOT, delay=0.05)
    newsroom.sets(relay_at(relay.port, more='lease = "2s"\nconnections = 4'))
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=40)
        with sending(publisher):
            for number, hours in enumerate(steps, start=1):
                relay.wait_for(10 * number)
                clock.passes(hours=hours)
            until(lambda: counts_of(publisher) == {"accepted": 40})

        assert_everybody_once(publisher, relay.messages)


def test_who_waits_for_a_rate_does_not_wait_for_the_hour_by_which_the_clock_was_set_back(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    clock = RunningClock(newsroom.clock.moment)
    newsroom.sets(
        relay_at(relay.port, more='connections = 4\n[delivery.domain_rates]\n"example.net" = "20/s"')
    )
    with newsroom.opened(clock=clock) as publisher:
        published_to(publisher, "heat", readers=30)
        with sending(publisher):
            relay.wait_for(5)
            clock.passes(hours=-1)
            until(lambda: counts_of(publisher) == {"accepted": 30})

        assert_everybody_once(publisher, relay.messages)


@pytest.mark.parametrize("uncertain", UncertainPolicy)
def test_a_late_answer_that_settles_the_last_open_message_ends_the_mailing(
    newsroom: Newsroom, relay: SmtpServer, uncertain: UncertainPolicy
) -> None:
    newsroom.sets(relay_at(relay.port, more=f'uncertain = "{uncertain}"\nlease = "1s"\nconnections = 2'))
    relay.when(Stage.DOT, delay=1.0)
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=1)
        with sending(publisher):
            until(lambda: "DATA" in relay.commands)
            taken_over(newsroom, publisher)
            assert counts_of(publisher) == {"uncertain": 1}
            until(lambda: mailing_of(publisher, "heat").finished_at)

        assert_everybody_once(publisher, relay.messages)
        assert status(publisher).uncertain == ()


def test_nobody_can_take_a_batch_before_its_lease_is_over(newsroom: Newsroom, relay: SmtpServer) -> None:
    newsroom.sets(relay_at(relay.port, more='lease = "1s"'))
    newsroom.clock.passes(seconds=0.9)
    relay.when(Stage.DOT, delay=0.5)
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=1)
        with sending(publisher):
            until(lambda: "DATA" in relay.commands)
            newsroom.clock.passes(seconds=0.4)
            now = newsroom.clock()
            with publisher.database.begin() as db:
                early = deliveries.claim(db, worker="another", now=now, lease_until=now, idempotent=False)

        assert early is None
        assert_everybody_once(publisher, relay.messages)


@dataclass(slots=True)
class RunningClock:
    """A clock that runs, and that a test sets."""

    moment: datetime
    started: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return self.moment + timedelta(seconds=time.monotonic() - self.started)

    def passes(self, **time: float) -> None:
        self.moment += timedelta(**time)


def taken_over(newsroom: Newsroom, publisher: Publisher) -> None:
    """Let another worker take the batch over, as if its lease were over, and give it back at once."""
    later = newsroom.clock() + timedelta(seconds=2)
    with publisher.database.begin() as db:
        batch = deliveries.claim(db, worker="another", now=later, lease_until=later, idempotent=False)
        assert batch is not None
        deliveries.give_back(db, batch, now=later)
