"""The mails of mailings, each prepared once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from publisher.actions.mails import Mails
from publisher.actions.send_now import publish_now
from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.model.records import MailingRecord
from publisher.store import mailings
from publisher.store import schema_sending as sending
from tests.newsrooms import MONDAY, Newsroom


@pytest.fixture
def mailing(newsroom: Newsroom, publisher: Publisher) -> MailingRecord:
    newsroom.writes("heat")
    found = publish_now(publisher, "heat")
    assert found is not None
    return found


def begin(publisher: Publisher, mailing: int) -> None:
    with publisher.database.begin() as db:
        db.execute(
            sending.mailings.update().where(sending.mailings.c.id == mailing).values(started_at=MONDAY)
        )


def test_a_mail_is_prepared_once_as_soon_as_its_mailing_has_begun(
    publisher: Publisher, mailing: MailingRecord
) -> None:
    mails = Mails(publisher, None)

    before, again = mails.of(mailing.id), mails.of(mailing.id)
    begin(publisher, mailing.id)
    after = mails.of(mailing.id)

    assert before is not again
    assert (before.started_at, after.started_at) == (None, MONDAY)
    assert mails.of(mailing.id) is after


def test_a_mail_that_cannot_be_made_is_a_sentence_and_is_tried_again(
    publisher: Publisher, mailing: MailingRecord
) -> None:
    mails, table = Mails(publisher, None), sending.mailing_templates
    with publisher.database.begin() as db:
        whole = db.execute(select(table.c.template)).scalar_one()
        db.execute(table.update().values(template=b"\xff\x00 broken"))

    with pytest.raises(PublisherError):
        mails.of(mailing.id)
    with publisher.database.begin() as db:
        db.execute(table.update().values(template=whole))

    assert list(mails.of(mailing.id).mails) == ["weekly"]


def test_mails_of_old_mailings_are_forgotten(newsroom: Newsroom, publisher: Publisher) -> None:
    mails, numbers = Mails(publisher, None), []
    for slug in ("heat", "rain", "snow", "wind", "fog"):
        newsroom.writes(slug, title=f"All about {slug}")
        assert publish_now(publisher, slug) is not None
        with publisher.database.read() as db:
            record = mailings.of_issue(db, slug)
        assert record is not None
        begin(publisher, record.id)
        numbers.append(record.id)
    first, second, *_ = [mails.of(number) for number in numbers]

    assert mails.of(numbers[1]) is second
    assert mails.of(numbers[0]) is not first


def test_there_is_no_mail_of_a_mailing_that_is_none(publisher: Publisher) -> None:
    with pytest.raises(PublisherError, match="there is no mailing 42"):
        Mails(publisher, None).of(42)
