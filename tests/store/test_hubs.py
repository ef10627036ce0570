"""Hubs: of what they have still to be told, and whether they work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from publisher.model.records import HubRecord
from publisher.store import hubs
from publisher.store.database import Database
from tests.databases import NOW

ONE, TWO = "https://one.example/", "https://two.example/"
MINUTE = timedelta(minutes=1)


def test_each_hub_is_told_of_each_feed_once_however_often_it_changes(database: Database) -> None:
    with database.begin() as db:
        hubs.note(db, [ONE, TWO], ["/feed.atom", "/feed.rss"], now=NOW)
        hubs.note(db, [ONE, TWO], ["/feed.atom"], now=NOW)
        hubs.note(db, [], ["/feed.atom"], now=NOW)
        hubs.note(db, [ONE], [], now=NOW)

        due = hubs.due(db, NOW)

        assert [(ping.hub, ping.path) for ping in due] == [
            (hub, path) for hub in (ONE, TWO) for path in ("/feed.atom", "/feed.rss")
        ]
        assert hubs.due(db, NOW - MINUTE) == []


def test_whoever_moves_a_ping_has_it_alone(database: Database) -> None:
    with database.begin() as db:
        hubs.note(db, [ONE], ["/feed.atom"], now=NOW)
        (ping,) = hubs.due(db, NOW)

        assert hubs.move(db, ping, due_at=NOW + MINUTE, attempts=1)
        assert not hubs.move(db, ping, due_at=NOW + MINUTE, attempts=1)
        assert hubs.due(db, NOW) == []
        assert hubs.due(db, NOW + MINUTE) == [replace(ping, due_at=NOW + MINUTE, attempts=1)]


def test_a_feed_that_changed_while_its_hub_was_told_is_told_again(database: Database) -> None:
    with database.begin() as db:
        hubs.note(db, [ONE], ["/feed.atom", "/feed.rss"], now=NOW)
        for ping in hubs.due(db, NOW):
            hubs.move(db, ping, due_at=NOW + MINUTE, attempts=1)
        atom, rss = hubs.due(db, NOW + MINUTE)
        hubs.note(db, [ONE], ["/feed.atom"], now=NOW)

        assert not hubs.done(db, atom)
        assert hubs.done(db, rss)
        assert [(ping.path, ping.attempts) for ping in hubs.due(db, NOW + MINUTE)] == [("/feed.atom", 0)]


def test_a_hub_works_until_it_is_said_not_to_and_only_what_is_new_counts(database: Database) -> None:
    with database.begin() as db:
        assert hubs.working(db, [TWO, ONE]) == (TWO, ONE)
        assert not hubs.set_works(db, ONE, works=True, now=NOW)
        assert hubs.set_works(db, ONE, works=False, now=NOW)
        assert not hubs.set_works(db, ONE, works=False, now=NOW + MINUTE)
        assert hubs.working(db, [TWO, ONE]) == (TWO,)
        hubs.note(db, [ONE], ["/feed.atom"], now=NOW)
        assert hubs.listed(db, [ONE, TWO]) == [
            HubRecord(url=ONE, works=False, since=NOW, waiting=1),
            HubRecord(url=TWO, works=True, since=None, waiting=0),
        ]
        assert hubs.set_works(db, ONE, works=True, now=NOW + MINUTE)
        assert hubs.working(db, [TWO, ONE]) == (TWO, ONE)
        assert hubs.set_works(db, ONE, works=False, now=NOW)


def test_a_hub_that_is_not_configured_any_more_is_forgotten(database: Database) -> None:
    with database.begin() as db:
        hubs.note(db, [ONE, TWO], ["/feed.atom"], now=NOW)
        for url in (ONE, TWO):
            hubs.set_works(db, url, works=False, now=NOW)

        hubs.keep_only(db, [TWO])

        assert [ping.hub for ping in hubs.due(db, NOW)] == [TWO]
        assert hubs.working(db, [ONE, TWO]) == (ONE,)
