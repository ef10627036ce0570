"""Composing: each connection gets the mail of its own delivery, or hears why there is none."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from publisher.actions.addressing import Envelopes, envelopes_of
from publisher.actions.composing import Composer
from publisher.actions.held import Ask, Handed, Held
from publisher.actions.subscribe import unsubscribe
from publisher.app import Publisher
from publisher.model.delivery import Batch, DeliveryState, Message, Outcome, Recipient, Stage
from publisher.store import hand_over
from publisher.store import schema_sending as tables
from tests.newsrooms import PATIENCE, Newsroom, mailing_of, published_to, token_of, until


@dataclass(frozen=True, slots=True, kw_only=True)
class _Remembering(Envelopes):
    """What mails have in common, and for whom one was made."""

    asked: list[Recipient] = field(default_factory=list, compare=False)

    def message(self, recipient: Recipient) -> Message:
        self.asked.append(recipient)
        return Envelopes.message(self, recipient)


@pytest.fixture
def sending(newsroom: Newsroom) -> Iterator[Publisher]:
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        published_to(publisher, "heat", readers=1)
        yield publisher


def test_each_connection_gets_the_mail_of_its_own_delivery(sending: Publisher) -> None:
    handed = [_handed(sending, address=f"reader{number}@example.net") for number in range(3)]

    first, second, third = asyncio.run(_composed(sending, handed))

    expected = [each.envelopes.message(each.recipient) for each in handed]
    assert [each.mail for each in (first, second, third) if isinstance(each, Handed)] == expected


def test_a_mail_that_cannot_be_made_is_refused_and_keeps_no_other_back(sending: Publisher) -> None:
    handed = [_handed(sending, address="a\r\nb@example.net"), _handed(sending, address="ann@example.net")]

    refused, other = asyncio.run(_composed(sending, handed))

    assert isinstance(refused, Handed)
    assert isinstance(refused.mail, Outcome)
    assert (refused.mail.state, refused.mail.stage) == (DeliveryState.REJECTED, Stage.RCPT)
    assert isinstance(other, Handed)
    assert other.mail == other.envelopes.message(other.recipient)


def test_a_bug_is_raised_where_the_mail_is_waited_for(sending: Publisher) -> None:
    bug, other = asyncio.run(
        _composed(sending, [_handed(sending, name="monthly"), _handed(sending, address="ann@example.net")])
    )

    assert isinstance(bug, KeyError)
    assert isinstance(other, Handed)


def test_the_mail_of_the_next_in_line_is_there_before_it_is_handed_out_and_is_made_once(
    sending: Publisher,
) -> None:
    handed = _next_in_line(sending)

    given = asyncio.run(_composed(sending, [handed], ahead=True))

    assert _asked(handed) == [handed.recipient]
    assert [each.mail for each in given if isinstance(each, Handed)] == [
        handed.envelopes.message(handed.recipient)
    ]


def test_an_address_that_has_changed_since_its_mail_was_made_ahead_is_mailed_at_the_new_one(
    sending: Publisher,
) -> None:
    ahead = _next_in_line(sending)
    handed = replace(ahead, recipient=replace(ahead.recipient, address="new@example.net"))

    (given,) = asyncio.run(_composed(sending, [handed], ahead=True))

    assert [each.address for each in _asked(handed)] == [ahead.recipient.address, "new@example.net"]
    assert isinstance(given, Handed)
    assert isinstance(given.mail, Message)
    assert given.mail.envelope_to == "new@example.net"
    assert b"new@example.net" in given.mail.body
    assert ahead.recipient.address.encode() not in given.mail.body


def test_to_make_mails_ahead_leaves_no_trace_in_the_ledger(sending: Publisher) -> None:
    handed, before = _next_in_line(sending), _ledger(sending)

    asyncio.run(_composed(sending, [handed], ahead=True))

    assert _asked(handed) == [handed.recipient]
    assert _ledger(sending) == before


def test_for_whoever_has_left_no_mail_is_made_ahead(sending: Publisher) -> None:
    handed = _next_in_line(sending)
    unsubscribe(sending, token_of(sending, handed.recipient.address))

    with sending.database.read() as db:
        found = hand_over.foreseen(db, handed.recipient.mailing, [handed.recipient.subscriber])

    assert found == []


def test_a_bug_in_a_mail_made_ahead_is_raised_once_it_is_waited_for_and_stops_nothing(
    sending: Publisher,
) -> None:
    handed = _next_in_line(sending)
    broken = replace(handed, envelopes=replace(handed.envelopes, mails={}))

    bug, other = asyncio.run(
        _composed(sending, [broken, _handed(sending, address="ann@example.net")], ahead=True)
    )

    assert isinstance(bug, KeyError)
    assert isinstance(other, Handed)


def test_mails_that_are_made_quickly_are_left_to_the_connections(sending: Publisher) -> None:
    handed = _next_in_line(sending)

    (left,) = asyncio.run(_composed(sending, [handed], are_slow=False))

    assert left == handed
    assert isinstance(handed.envelopes, _Remembering)
    assert handed.envelopes.asked == []


async def _composed(
    publisher: Publisher, handed: list[Handed], *, ahead: bool = False, are_slow: bool = True
) -> list[Handed | BaseException | None]:
    """Return what the connections get to which these deliveries are handed out at once.

    With `ahead` the first is handed out only once the composer had time to make its mail.
    """
    loop, composer = asyncio.get_running_loop(), Composer(publisher, are_slow=are_slow)
    asks = [Ask(relay="smtp", answer=None, loop=loop, future=loop.create_future()) for _ in handed]
    thread = threading.Thread(target=composer.run)
    thread.start()
    if ahead:
        asked = _asked(handed[0])
        composer.look_ahead([_held(handed[0])])
        until(lambda: asked)
    composer.compose(list(zip(asks, handed, strict=True)))
    composer.close()
    async with asyncio.timeout(PATIENCE):
        found = await asyncio.gather(*(ask.future for ask in asks), return_exceptions=True)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    return found


def _handed(publisher: Publisher, *, address: str = "ann@example.net", name: str = "weekly") -> Handed:
    mailing = mailing_of(publisher, "heat").id
    return Handed(
        batch=Batch(
            mailing=mailing,
            number=0,
            first_subscriber=1,
            last_subscriber=9,
            fence=1,
            lease_until=publisher.now() + timedelta(minutes=15),
            takeovers=0,
        ),
        recipient=Recipient(
            mailing=mailing, subscriber=1, public_id="0" * 16, address=address, list=name, attempts=0
        ),
        envelopes=envelopes_of(publisher, mailing),
        relay="smtp",
        turn=0,
    )


def _next_in_line(publisher: Publisher) -> Handed:
    """Return the delivery of the mailing as it is handed out, with envelopes that remember."""
    envelopes = envelopes_of(publisher, mailing_of(publisher, "heat").id)
    with publisher.database.read() as db:
        subscriber = db.scalars(select(tables.deliveries.c.subscriber)).one()
        (recipient,) = hand_over.foreseen(db, envelopes.mailing, [subscriber])
    remembering = _Remembering(**{each.name: getattr(envelopes, each.name) for each in fields(envelopes)})
    return replace(_handed(publisher), recipient=recipient, envelopes=remembering)


def _held(handed: Handed) -> Held:
    return Held(
        batch=handed.batch,
        envelopes=handed.envelopes,
        queue=deque([handed.recipient.subscriber]),
        lease_until=handed.batch.lease_until,
    )


def _asked(handed: Handed) -> list[Recipient]:
    assert isinstance(handed.envelopes, _Remembering)
    return handed.envelopes.asked


def _ledger(publisher: Publisher) -> list[tuple[object, ...]]:
    """Return all rows that a sender may change."""
    with publisher.database.read() as db:
        return [
            tuple(row)
            for table in (tables.mailings, tables.batches, tables.deliveries)
            for row in db.execute(select(table))
        ]
