"""Composing: each connection gets the mail of its own delivery, or hears why there is none."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from publisher.actions.addressing import envelopes_of
from publisher.actions.composing import Composer
from publisher.actions.held import Ask, Handed
from publisher.app import Publisher
from publisher.model.delivery import Batch, DeliveryState, Outcome, Recipient, Stage
from tests.newsrooms import PATIENCE, Newsroom, mailing_of, published_to


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


async def _composed(publisher: Publisher, handed: list[Handed]) -> list[Handed | BaseException | None]:
    """Return what the connections get to which these deliveries are handed out at once."""
    loop, composer = asyncio.get_running_loop(), Composer(publisher)
    asks = [Ask(relay="smtp", answer=None, loop=loop, future=loop.create_future()) for _ in handed]
    thread = threading.Thread(target=composer.run)
    thread.start()
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
