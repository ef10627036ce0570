"""Clicks are counted where the list asks for it and the reader agreed; nothing tells who clicked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from publisher.actions import clicks
from publisher.actions.addressing import envelopes_of
from publisher.actions.send_now import publish_now
from publisher.actions.subscribe import add
from publisher.app import Publisher
from publisher.errors import NotFoundError
from publisher.model.click_words import CLICKS_COUNTED
from publisher.model.delivery import Recipient
from publisher.model.records import MailingRecord
from publisher.store import mailings
from publisher.store.schema import subscribers
from publisher.store.schema_readers import links
from tests.mails import bodies
from tests.newsrooms import READER, Newsroom, deliver

COUNTING = ("[lists.extra]", "clicks = true\n[lists.extra]")
"""The last section before it is that of `weekly`."""
SECOND = "bo@example.net"


@pytest.fixture
def counting(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    """A newsroom whose list counts clicks, however few agreed."""
    monkeypatch.setattr(clicks, "FEWEST", 0)
    newsroom.sets(instead=COUNTING)
    newsroom.writes("heat")
    return newsroom


def agrees(publisher: Publisher, subscriber: int, *, agreed: bool = True) -> None:
    with publisher.database.begin() as db:
        db.execute(subscribers.update().where(subscribers.c.id == subscriber).values(counts_clicks=agreed))


def published(publisher: Publisher, slug: str = "heat") -> MailingRecord:
    mailing = publish_now(publisher, slug)
    assert mailing is not None
    return mailing


def mails_in(newsroom: Newsroom) -> dict[str, tuple[str, str]]:
    """Return text and HTML of the mails that were delivered, by address."""
    found = {}
    for path in (newsroom.root / "var/mail/new").iterdir():
        mail = path.read_bytes()
        to = re.search(rb"^To: (.*)\r?$", mail, re.MULTILINE)
        assert to
        found[to[1].strip().decode()] = bodies(
            re.sub(rb"\A(?:Return-Path|Delivered-To|X-)[^\n]*\n", b"", mail)
        )
    return found


def message_to(publisher: Publisher, mailing: int, *, counts: bool) -> bytes:
    reader = Recipient(
        mailing=mailing,
        subscriber=1,
        public_id="0" * 16,
        address=READER,
        list="weekly",
        attempts=0,
        counts_clicks=counts,
    )
    return envelopes_of(publisher, mailing).message(reader).body


def test_only_who_agreed_gets_links_that_count_and_is_told_so(counting: Newsroom) -> None:
    with counting.opened() as publisher:
        add(publisher, SECOND)
        agrees(publisher, 2)
        mailing = published(publisher)
        deliver(publisher)

    mails = mails_in(counting)
    for body in mails[READER]:
        assert "/to/" not in body
        assert CLICKS_COUNTED["en"] not in body
        assert "https://example.net/heat" in body
    for body in mails[SECOND]:
        assert f"https://news.example.net/to/{mailing.id}.1." in body
        assert CLICKS_COUNTED["en"] in body
        assert "https://example.net/heat" not in body


@pytest.mark.parametrize("agreed", [9, 10])
def test_where_few_agreed_nothing_is_counted_for_a_sum_would_tell_of_single_readers(
    newsroom: Newsroom, agreed: int
) -> None:
    newsroom.sets(instead=COUNTING)
    newsroom.writes("heat", lists="[weekly, extra]")
    with newsroom.opened() as publisher:
        for number in range(agreed - 1):
            add(publisher, f"r{number}@example.net")
        add(publisher, SECOND, lists=["extra"])
        with publisher.database.begin() as db:
            everybody_but = subscribers.c.address != (SECOND if agreed == 10 else "")
            db.execute(subscribers.update().where(everybody_but).values(counts_clicks=True))
        mailing = published(publisher)
        with publisher.database.read() as db:
            counts = {each.list: each.counting is not None for each in mailings.templates(db, mailing.id)}

    assert counts == {"weekly": agreed == 10, "extra": False}


def test_the_links_of_two_readers_are_the_same(counting: Newsroom) -> None:
    with counting.opened() as publisher:
        add(publisher, SECOND)
        agrees(publisher, 1)
        agrees(publisher, 2)
        published(publisher)
        deliver(publisher)

    first, second = (
        re.findall(r"https://news\.example\.net/to/[\w.]+", "".join(each))
        for each in mails_in(counting).values()
    )
    assert first == second != []


def test_nothing_leads_over_us_by_default(newsroom: Newsroom, publisher: Publisher) -> None:
    agrees(publisher, 1)
    newsroom.writes("heat")
    mailing = published(publisher)

    assert b"/to/" not in message_to(publisher, mailing.id, counts=True)
    with publisher.database.read() as db:
        assert [each.counting for each in mailings.templates(db, mailing.id)] == [None]
        assert db.execute(links.select()).all() == []
    assert clicks.clicks_of(publisher, "heat") == []


def test_a_list_that_counts_none_counts_none_beside_one_that_does(counting: Newsroom) -> None:
    counting.writes("heat", lists="[extra, weekly]")
    with counting.opened() as publisher:
        mailing = published(publisher)
        with publisher.database.read() as db:
            found = {each.list: each.counting is not None for each in mailings.templates(db, mailing.id)}

    assert found == {"extra": False, "weekly": True}


def test_the_way_out_is_the_same_in_both_mails(counting: Newsroom) -> None:
    with counting.opened() as publisher:
        mailing = published(publisher)
        plain, counts = (message_to(publisher, mailing.id, counts=each) for each in (False, True))

    way_out = re.compile(r"https://news\.example\.net/(?:unsubscribe|preferences|feeds|issues)/[\w./-]*")
    for before, after in zip(bodies(plain), bodies(counts), strict=True):
        assert way_out.findall(before) == way_out.findall(after) != []


def test_who_does_not_agree_any_more_is_not_counted_by_the_next_try(counting: Newsroom) -> None:
    with counting.opened() as publisher:
        mailing = published(publisher)

        assert b"/to/" in message_to(publisher, mailing.id, counts=True)
        assert b"/to/" not in message_to(publisher, mailing.id, counts=False)


def test_a_link_leads_where_it_led_in_the_mail_and_sums_are_all_that_is_kept(counting: Newsroom) -> None:
    with counting.opened() as publisher:
        mailing = published(publisher)
        text, _ = bodies(message_to(publisher, mailing.id, counts=True))
        token = re.findall(r"/to/([\w.]+)", text)[0]

        link = clicks.link_of(publisher, token)
        assert link is not None
        clicks.keep(publisher, {(link.mailing, link.number): 3})
        clicks.keep(publisher, {(link.mailing, link.number): 2, (99, 1): 1})

        found = {each.url: each.clicks for each in clicks.clicks_of(publisher, "heat")}
        assert found[link.url] == 5
        assert sum(found.values()) == 5
        assert "https://example.net/heat" in found


@pytest.mark.parametrize(
    "change",
    [lambda token: token[:-1], lambda token: f"9{token}", lambda _: "1.1.aaaaaaaaaaaaaaaa", str.upper],
)
def test_a_made_up_link_leads_nowhere(counting: Newsroom, change: Callable[[str], str]) -> None:
    with counting.opened() as publisher:
        mailing = published(publisher)
        text, _ = bodies(message_to(publisher, mailing.id, counts=True))
        token = re.findall(r"/to/([\w.]+)", text)[0]

        assert clicks.link_of(publisher, token)
        assert clicks.link_of(publisher, change(token)) is None


def test_an_issue_without_a_mailing_has_no_clicks(publisher: Publisher) -> None:
    with pytest.raises(NotFoundError):
        clicks.clicks_of(publisher, "nothing")
