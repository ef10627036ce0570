"""Sums of clicks and what readers set on their own pages, on both databases."""

from __future__ import annotations

from datetime import timedelta

from publisher.model.reader_token import TokenPurpose
from publisher.model.shelves import Filed
from publisher.store import clicks, mailings, own_choices, reader_tokens, shelves
from publisher.store.clicks import LinkClicks
from publisher.store.database import Database
from publisher.store.own_choices import OwnReader
from publisher.store.schema_readers import topics
from tests.databases import NOW
from tests.ledgers import add_issue, add_readers, claimed, handed, start


def test_clicks_are_added_to_the_links_that_there_are(database: Database) -> None:
    with database.begin() as db:
        mailing = start(db).id
        clicks.add(db, mailing, ["https://a.example/", "https://b.example/"])

        clicks.count(db, {(mailing, 2): 5, (mailing, 1): 1, (mailing, 9): 3})
        clicks.count(db, {(mailing, 2): 1})
        clicks.count(db, {})

        assert clicks.of_mailing(db, mailing) == [
            LinkClicks(number=1, url="https://a.example/", clicks=1),
            LinkClicks(number=2, url="https://b.example/", clicks=6),
        ]
        assert clicks.url_of(db, mailing, 2) == "https://b.example/"
        assert clicks.url_of(db, mailing, 3) is clicks.url_of(db, 10**6, 1) is None


def test_the_message_that_counts_is_kept_beside_that_of_its_list(database: Database) -> None:
    with database.begin() as db:
        mailing = start(db, lists=("weekly", "extra")).id
        clicks.set_template(db, mailing, "extra", b"counting")

        assert [each.counting for each in mailings.templates(db, mailing)] == [None, b"counting"]


def test_a_hand_over_tells_what_the_reader_agrees_to_in_this_moment(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        start(db)
        batch = claimed(db)
        own_choices.count_clicks(db, 1, agrees=True)

        assert handed(db, batch).counts_clicks is True
        assert handed(db, batch).counts_clicks is False


def test_a_choice_is_made_once(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 1, "weekly", "extra")

        answers = [own_choices.count_clicks(db, 1, agrees=agrees) for agrees in (False, True, True, False)]

        assert answers == [False, True, False, True]
        assert own_choices.reader(db, "p0001") == OwnReader(
            subscriber=1, lang=None, counts_clicks=False, lists=frozenset({"weekly", "extra"})
        )
        assert own_choices.reader(db, "nobody") is None


def test_topics_and_tokens_are_the_readers_own(database: Database) -> None:
    with database.begin() as db:
        add_readers(db, 2)
        db.execute(topics.insert(), [{"subscriber": 1, "topic": name} for name in ("heat", "chips")])
        reader_tokens.keep(db, "t", purpose=TokenPurpose.FEED, subscriber=1, payload={}, now=NOW)

        assert own_choices.topics_of(db, 1) == ("chips", "heat")
        assert own_choices.topics_of(db, 2) == ()
        assert reader_tokens.has(db, 1, TokenPurpose.FEED)
        assert not reader_tokens.has(db, 1, TokenPurpose.ERASE)
        assert not reader_tokens.has(db, 2, TokenPurpose.FEED)


def test_an_entry_on_several_shelves_is_found_once_and_the_newest_first(database: Database) -> None:
    with database.begin() as db:
        edition = add_issue(db)
        filed = [
            Filed(
                shelf=shelf,
                entry=entry,
                edition=edition,
                key=entry,
                title=shelf,
                published=NOW,
                updated=NOW + timedelta(seconds=second),
            )
            for second, (entry, on) in enumerate(
                {"a": ("x", "y"), "b": ("y",), "c": ("z",), "d": ("x",)}.items()
            )
            for shelf in on
        ]
        shelves.put(db, filed, instead_of="denchi")

        assert [each.entry for each in shelves.newest_among(db, ("x", "y"), most=9)] == ["d", "b", "a"]
        assert [each.entry for each in shelves.newest_among(db, ("x", "y"), most=2)] == ["d", "b"]
        assert shelves.newest_among(db, ("w",), most=9) == []
