"""The life of a sender: when it ends by itself, how it is stopped, and what it does about trouble."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from publisher.actions import speed
from publisher.actions.addressing import Envelopes
from publisher.actions.deliver import Sender
from publisher.actions.mailing import cancel, pause, resume
from publisher.actions.send_now import publish_now, sender_for
from publisher.actions.status import status
from publisher.app import Publisher
from publisher.errors import SettingsError
from publisher.model.delivery import DeliveryState, MailingState, Message, Recipient, Stage
from publisher.model.notices import NoticeKind
from publisher.store import deliveries, notices, obstacles
from publisher.store import schema_sending as sending
from tests.newsrooms import MONDAY, Newsroom, deliver, mailing_of, published_to, relay_at, until
from tests.smtp_server import SmtpServer

EDITORS = '[notify]\neditors = ["ed@example.net"]\n'
SOON = 1.0
"""Seconds within which a sender stops that waits for nobody."""
AT_ONCE = 0.5
"""Seconds within which a word of an editor acts."""


@contextmanager
def opened(newsroom: Newsroom, settings: str) -> Iterator[Publisher]:
    """Open a newsroom with one issue that is ready, whose clock goes."""
    begun = time.monotonic()

    def clock() -> datetime:
        return MONDAY + timedelta(seconds=time.monotonic() - begun)

    newsroom.sets(settings)
    newsroom.writes("heat")
    with newsroom.opened(clock=clock) as publisher:
        yield publisher


def closed_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def backup_at(port: int) -> str:
    return f'[relays.backup]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'


def counts(publisher: Publisher) -> dict[str, int]:
    return {state.value: count for state, count in mailing_of(publisher, "heat").counts.items() if count}


def started(publisher: Publisher) -> Sender:
    sender = sender_for(publisher, until_idle=False)
    assert sender is not None
    return sender


def leases(publisher: Publisher) -> list[str | None]:
    with publisher.database.read() as db:
        return list(db.scalars(select(sending.batches.c.worker)))


def lease_of(publisher: Publisher) -> datetime:
    """Return the end of the lease of the only batch."""
    with publisher.database.read() as db:
        lease_until: datetime = db.execute(select(sending.batches.c.lease_until)).scalar_one()
    return lease_until


def stopped_within(sender: Sender, seconds: float) -> bool:
    begun = time.monotonic()
    sender.close()
    return not sender.is_alive and time.monotonic() - begun < seconds


def test_a_sender_that_nobody_needs_ends_by_itself(newsroom: Newsroom, relay: SmtpServer) -> None:
    with opened(newsroom, relay_at(relay.port)) as publisher:
        deliver(publisher)
        published_to(publisher, "heat", readers=2)
        pause(publisher, "heat", reason="a thought")
        deliver(publisher)
        paused = counts(publisher)
        resume(publisher, "heat")
        relay.when(Stage.RCPT, "450 4.2.1 greylisted")
        deliver(publisher)

        assert paused == {"pending": 2}
        assert counts(publisher) == {"deferred": 2}


def test_a_sender_whose_relays_all_rest_ends_by_itself_and_keeps_nothing(newsroom: Newsroom) -> None:
    settings = relay_at(closed_port()) + backup_at(closed_port())
    with opened(newsroom, settings) as publisher:
        published_to(publisher, "heat", readers=3)

        deliver(publisher)

        assert counts(publisher) == {"pending": 3}
        assert leases(publisher) == [None]
        with publisher.database.read() as db:
            assert {each.name for each in obstacles.relays_down(db)} == {"smtp", "backup"}


def test_what_the_first_relay_cannot_take_goes_over_the_next_one(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    with opened(newsroom, relay_at(closed_port()) + backup_at(relay.port)) as publisher:
        published_to(publisher, "heat", readers=9)

        deliver(publisher)

        assert counts(publisher) == {"accepted": 9}
        assert len({message.envelope_to for message in relay.messages}) == len(relay.messages) == 9


@pytest.mark.parametrize(
    "pace", ['[smtp]\nrate = "10/s"', '[delivery]\ndomain_rates = {"example.net" = "10/s"}']
)
def test_a_sender_that_has_to_be_slow_ends_only_when_everybody_was_served(
    newsroom: Newsroom, relay: SmtpServer, pace: str
) -> None:
    section, line = pace.split("\n")
    settings = relay_at(relay.port).replace(section, f"{section}\n{line}")
    with opened(newsroom, settings) as publisher:
        published_to(publisher, "heat", readers=8)
        begun = time.monotonic()

        deliver(publisher)

        assert time.monotonic() - begun > 0.5
        assert counts(publisher) == {"accepted": 8}


def _idle(_publisher: Publisher) -> None:
    pass


def _busy(publisher: Publisher) -> None:
    published_to(publisher, "heat", readers=40)


def _paused(publisher: Publisher) -> None:
    published_to(publisher, "heat", readers=4)
    pause(publisher, "heat", reason="a thought")


@pytest.mark.parametrize("situation", [_idle, _busy, _paused])
@pytest.mark.parametrize("trouble", ["", "is slow", "rests", "is not there"])
def test_a_sender_stops_at_once_whatever_it_waits_for_and_gives_everything_back(
    newsroom: Newsroom, relay: SmtpServer, situation: Callable[[Publisher], None], trouble: str
) -> None:
    settings = relay_at(closed_port() if trouble in ("rests", "is not there") else relay.port)
    if trouble == "is slow":
        settings += 'rate = "2/m"\n'
    if trouble == "is not there":
        settings += backup_at(closed_port())
    with opened(newsroom, settings) as publisher:
        situation(publisher)
        sender = started(publisher)
        time.sleep(0.3)

        assert stopped_within(sender, SOON)

        assert sender.failure is None
        assert set(leases(publisher)) <= {None}
        assert situation is _idle or "sending" not in counts(publisher)


def test_a_sender_whose_relay_does_not_answer_keeps_its_batch_no_longer_than_a_minute(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    relay.when(Stage.DOT, delay=3.0, times=1, keep=True)
    with opened(newsroom, relay_at(relay.port)) as publisher:
        published_to(publisher, "heat", readers=10)
        sender = started(publisher)
        relay.wait_for(10)

        sender.close(within=0.3)
        until(lambda: lease_of(publisher) <= publisher.now() + timedelta(seconds=60))

        assert sender.is_alive
        assert stopped_within(sender, 10)
        assert set(leases(publisher)) == {None}
        assert counts(publisher) == {"accepted": 10}


def test_a_bug_that_one_message_meets_ends_the_sender_and_leaves_that_message_uncertain(
    newsroom: Newsroom, relay: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = Envelopes.message

    def stumbles(self: Envelopes, recipient: Recipient) -> Message:
        if recipient.address == "r1@example.net":
            raise ZeroDivisionError("a bug")
        return message(self, recipient)

    monkeypatch.setattr(Envelopes, "message", stumbles)
    with opened(newsroom, relay_at(relay.port)) as publisher:
        published_to(publisher, "heat", readers=2)
        sender = started(publisher)
        until(lambda: not sender.is_alive)
        failure, words = sender.failure, sender.complaint
        closed = stopped_within(sender, SOON)
        monkeypatch.setattr(Envelopes, "message", message)
        deliver(publisher)

        assert isinstance(failure, ZeroDivisionError)
        assert words == "a bug"
        assert closed
        assert "r1@example.net" in {each.address for each in status(publisher).uncertain}


def test_a_mailing_whose_mail_cannot_be_made_is_paused_and_others_go_on(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    with opened(newsroom, relay_at(relay.port) + EDITORS) as publisher:
        heat = published_to(publisher, "heat", readers=3)
        newsroom.writes("rain", title="All about rain")
        publish_now(publisher, "rain")
        table = sending.mailing_templates
        with publisher.database.begin() as db:
            db.execute(table.update().where(table.c.mailing == heat.id).values(template=b"\xff broken"))

        deliver(publisher)

        mailing = mailing_of(publisher, "heat")
        assert mailing.state is MailingState.PAUSED
        assert (mailing.reason or "").startswith("its mail cannot be made: ")
        assert counts(publisher) == {"pending": 3}
        assert mailing_of(publisher, "rain").state is MailingState.SENT
        assert told(publisher, NoticeKind.PAUSED) == ["heat"]


def test_a_sender_does_not_start_without_the_key_that_signs(newsroom: Newsroom, relay: SmtpServer) -> None:
    settings = relay_at(relay.port) + '[dkim]\nkey_file = "dkim.pem"\nselector = "news"\n'
    with opened(newsroom, settings) as publisher:
        with pytest.raises(SettingsError, match=r"dkim\.key_file 'dkim\.pem' cannot be read"):
            sender_for(publisher, until_idle=False)

        newsroom.sets(relay_at(relay.port))
        with newsroom.opened() as mended:
            deliver(mended)


def test_a_batch_whose_senders_vanish_again_and_again_is_parked_and_told(
    newsroom: Newsroom, relay: SmtpServer
) -> None:
    with opened(newsroom, relay_at(relay.port) + EDITORS) as publisher:
        published_to(publisher, "heat", readers=9)
        for _ in range(deliveries.MOST_TAKEOVERS):
            vanish(publisher)

        deliver(publisher)
        parked = counts(publisher)
        resume(publisher, "heat")
        deliver(publisher)

        assert parked == {"pending": 4, "uncertain": 5}
        assert told(publisher, NoticeKind.PARKED) == ["heat"]
        assert counts(publisher) == {"accepted": 4, "uncertain": 5}


def test_a_word_of_an_editor_acts_at_once(newsroom: Newsroom, relay: SmtpServer) -> None:
    relay.when(Stage.DOT, delay=0.03)
    with opened(newsroom, relay_at(relay.port)) as publisher:
        published_to(publisher, "heat", readers=400)
        sender = started(publisher)
        relay.wait_for(5)

        pause(publisher, "heat", reason="a thought")
        paused = taken_after(relay, AT_ONCE)
        still = taken_after(relay, AT_ONCE)
        resume(publisher, "heat")
        resumed = taken_after(relay, AT_ONCE)
        cancel(publisher, "heat")
        cancelled = taken_after(relay, AT_ONCE)
        last = taken_after(relay, AT_ONCE)
        sender.close()

        assert still == paused
        assert resumed > still
        assert last == cancelled < 400
        mailing = mailing_of(publisher, "heat")
        assert mailing.finished_at is not None
        assert mailing.counts[DeliveryState.ACCEPTED] == last == 400 - mailing.counts[DeliveryState.PENDING]


def test_how_fast_a_mailing_goes_is_told_while_it_does(
    newsroom: Newsroom, relay: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "TELL_EVERY", 0.2)
    relay.when(Stage.DOT, delay=0.05)
    with opened(newsroom, relay_at(relay.port)) as publisher:
        published_to(publisher, "heat", readers=40)

        deliver(publisher)

        mailing = mailing_of(publisher, "heat")
        assert mailing.rate is not None
        assert 0 < mailing.rate < 2 * 1000 / 0.05
        assert mailing.rate_at is not None


def vanish(publisher: Publisher) -> None:
    """Let a sender take a delivery and be killed."""
    with publisher.database.begin() as db:
        now = publisher.now(db)
        until = now + timedelta(minutes=1)
        batch = deliveries.claim(db, worker="x", now=now, lease_until=until, idempotent=False)
        assert batch is not None
        deliveries.advance(
            db,
            batch,
            now=now,
            lease_until=until,
            suppressed_hash=str,
            offered=deliveries.due(db, batch, now),
            wanted=1,
        )
        deliveries.release_all_leases(db)


def told(publisher: Publisher, kind: NoticeKind) -> list[str]:
    """Return the issues that editors were told of in a notice of this kind."""
    with publisher.database.read() as db:
        payloads = notices.payloads(db, kind=kind, address="ed@example.net", since=MONDAY)
    return [str(item["slug"]) for payload in payloads for item in payload["items"]]


def taken_after(relay: SmtpServer, seconds: float) -> int:
    time.sleep(seconds)
    return len(relay.messages)
