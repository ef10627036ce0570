"""Finding readers, and what is shown of one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.reader import find, number_of, show
from publisher.actions.subscribe import add, add_from_file
from publisher.app import Publisher
from publisher.delivery.addresses import AddressError
from publisher.delivery.reports.policy import MOST_POINTS, PROBE_AFTER
from publisher.errors import NotFoundError
from publisher.model.delivery import DeliveryState
from publisher.model.reports import ReportKind
from publisher.model.subscriber import SubscriptionState, SuppressionReason
from publisher.store import keys, reports, schema_readers, subscribers
from publisher.store import schema_sending as sending
from publisher.store.subscribers import PROBE_PATIENCE
from tests.delivery.reports import samples
from tests.newsrooms import MONDAY, READER, HandClock, Newsroom, suppress
from tests.reports import RETURN_PATH, path_of, send, take_one


@pytest.fixture
def publisher_of_reports(newsroom: Newsroom) -> None:
    newsroom.sets(RETURN_PATH)


def addresses_found(publisher: Publisher, text: str, *, limit: int = 50) -> list[str]:
    return [each.address for each in find(publisher, text, limit=limit)[0]]


def test_readers_are_found_by_any_part_of_their_address_the_best_first(publisher: Publisher) -> None:
    add_from_file(publisher, "Ben@ada.example.net\nada@example.network\nzoë@example.org\n", path="x")

    assert addresses_found(publisher, "ADA@example.net") == [READER, "ada@example.network"]
    assert addresses_found(publisher, "ada") == [READER, "ada@example.network", "Ben@ada.example.net"]
    assert addresses_found(publisher, "@example.net") == [READER]
    assert addresses_found(publisher, "Zoë@") == ["zoë@example.org"]
    assert addresses_found(publisher, "%") == addresses_found(publisher, "a_a") == []


def test_a_search_says_whether_there_are_more(publisher: Publisher) -> None:
    add(publisher, "ben@example.net", lists=["extra", "weekly"])

    found, are_more = find(publisher, "example", limit=1)
    both, no_more = find(publisher, "example", limit=2)

    assert ([each.address for each in found], are_more) == ([READER], True)
    assert (both[1].lists, no_more) == (
        {"extra": SubscriptionState.ACTIVE, "weekly": SubscriptionState.ACTIVE},
        False,
    )


def test_a_reader_is_shown_by_address_and_by_number(publisher: Publisher) -> None:
    number = number_of(publisher, "ADA@example.net")

    assert show(publisher, str(number)) == show(publisher, READER)
    shown = show(publisher, READER)
    assert shown.reader is not None
    assert (shown.reader.number, shown.reader.address, shown.suppression) == (number, READER, None)
    assert [(each.list, each.state, each.since) for each in shown.subscriptions] == [
        ("weekly", SubscriptionState.ACTIVE, MONDAY)
    ]


@pytest.mark.parametrize("who", ["ben@example.net", "99", "9" * 30])
def test_who_is_not_there_is_told(publisher: Publisher, who: str) -> None:
    for act in (show, number_of):
        with pytest.raises(NotFoundError, match=f"there is no subscriber '{who}'"):
            act(publisher, who)


def test_what_is_neither_address_nor_number_is_told(publisher: Publisher) -> None:
    with pytest.raises(AddressError, match="'ben' has no @"):
        show(publisher, "ben")


def test_of_a_suppressed_address_that_is_no_reader_only_that_is_shown(publisher: Publisher) -> None:
    suppress(publisher, "ben@example.net")

    shown = show(publisher, "Ben@example.net")

    assert shown.reader is None
    assert shown.suppression is not None
    assert (shown.suppression.reason, shown.suppression.since) == (SuppressionReason.COMPLAINT, MONDAY)


def test_consents_topics_and_notices_are_shown(publisher: Publisher) -> None:
    number = number_of(publisher, READER)
    with publisher.database.begin() as db:
        db.execute(schema_readers.consent_texts.insert().values(version="v1", text="Yes."))
        agreed = {"subscriber": number, "list": "weekly", "at": MONDAY, "version": "v1"}
        db.execute(
            schema_readers.consents.insert().values(source="/subscribe", network="192.0.2.0/24", **agreed)
        )
        db.execute(schema_readers.topics.insert().values(subscriber=number, topic="energy"))
        told = {"kind": "welcome", "subscriber": number, "state": DeliveryState.ACCEPTED}
        db.execute(
            sending.notices.insert().values(address="ADA@example.net", created_at=MONDAY, payload={}, **told)
        )

    shown = show(publisher, READER)

    (consent,) = shown.consents
    assert (consent.source, consent.network, consent.version) == ("/subscribe", "192.0.2.0/24", "v1")
    assert shown.topics == ("energy",)
    assert [(each.kind, each.state) for each in shown.notices] == [("welcome", DeliveryState.ACCEPTED)]


@pytest.mark.usefixtures("publisher_of_reports")
def test_a_bounce_is_shown_in_the_words_of_the_server_and_marks_its_reader(publisher: Publisher) -> None:
    send(publisher)

    take_one(publisher, samples.postfix(path_of(publisher, READER)))

    shown = show(publisher, READER)
    assert shown.reader is not None
    assert (shown.reader.bounced_at, shown.reader.complained_at) == (MONDAY, None)
    assert [(each.issue, each.list, each.state) for each in shown.deliveries] == [
        ("heat", "weekly", DeliveryState.ACCEPTED)
    ]
    (report,) = shown.reports
    assert (report.issue, report.kind, report.code) == ("heat", ReportKind.HARD_BOUNCE, "5.1.1")
    assert "user unknown" in report.said.lower()
    assert shown.suppression is not None
    assert shown.suppression.probe_at == MONDAY + PROBE_AFTER


@pytest.mark.usefixtures("publisher_of_reports")
def test_a_complaint_marks_its_reader_at_once(publisher: Publisher) -> None:
    send(publisher)

    take_one(publisher, samples.yahoo(path_of(publisher, READER)))

    shown = show(publisher, READER)
    assert shown.reader is not None
    assert (shown.reader.bounced_at, shown.reader.complained_at) == (None, MONDAY)
    assert [each.kind for each in shown.reports] == [ReportKind.COMPLAINT]


@pytest.mark.usefixtures("publisher_of_reports")
def test_soft_bounces_mark_a_reader_once_there_are_too_many(publisher: Publisher, clock: HandClock) -> None:
    marked = []
    for number in range(MOST_POINTS):
        send(publisher, f"heat-{number}")
        take_one(publisher, samples.full_mailbox(path_of(publisher, READER, issue=f"heat-{number}")))
        reader = show(publisher, READER).reader
        assert reader is not None
        marked.append(reader.bounced_at)
        clock.passes(days=1)

    assert marked == [None] * (MOST_POINTS - 1) + [MONDAY + timedelta(days=MOST_POINTS - 1)]


@pytest.mark.usefixtures("publisher_of_reports")
def test_a_probe_that_arrives_takes_the_mark_away(publisher: Publisher) -> None:
    send(publisher)
    take_one(publisher, samples.postfix(path_of(publisher, READER)))
    number = number_of(publisher, READER)
    tried = MONDAY + PROBE_AFTER
    with publisher.database.begin() as db:
        hashed = address_hash(suppression_secret(keys.every(db)), READER)
        subscribers.begin_probe(db, hashed, now=tried, mailing=2, subscriber=number)
    still = show_bounced(publisher)
    with publisher.database.begin() as db:
        subscribers.begin_probe(db, hashed, now=tried + PROBE_PATIENCE, mailing=3, subscriber=number)

    assert still == MONDAY
    assert show_bounced(publisher) is None


@pytest.mark.usefixtures("publisher_of_reports")
def test_a_reader_who_confirms_anew_begins_without_a_mark(publisher: Publisher) -> None:
    send(publisher)
    take_one(publisher, samples.postfix(path_of(publisher, READER)))

    with publisher.database.begin() as db:
        reports.forgive(db, number_of(publisher, READER))

    assert show_bounced(publisher) is None


def show_bounced(publisher: Publisher) -> object:
    reader = show(publisher, READER).reader
    assert reader is not None
    return reader.bounced_at
