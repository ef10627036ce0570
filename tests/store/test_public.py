"""What is served, and its validators."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publisher.errors import StoreError
from publisher.model.rendered import Artefact
from publisher.store import public
from publisher.store.database import Database
from tests.databases import NOW

SECOND = timedelta(seconds=1)


def test_what_is_put_is_served_byte_for_byte(database: Database) -> None:
    body = bytes(range(256))
    with database.begin() as db:
        public.put(db, [_feed(body)], generation=1, now=NOW + timedelta(microseconds=9))

        stored = public.find(db, "/feed.xml")

        assert stored is not None
        assert (stored.body, stored.media_type, stored.modified_at) == (body, "application/rss+xml", NOW)
        assert public.find(db, "/other.xml") is None
        assert public.index(db) == {"/feed.xml": stored.etag}


def test_an_etag_is_strong_and_says_nothing_but_the_content(database: Database) -> None:
    with database.begin() as db:
        public.put(db, [_feed(b"one"), _feed(b"one", path="/copy.xml")], generation=1, now=NOW)
        public.put(db, [_feed(b"two", path="/two.xml")], generation=1, now=NOW)

        etags = public.index(db)

        assert etags["/feed.xml"] == etags["/copy.xml"] != etags["/two.xml"]
        assert all(etag.startswith('"') and etag.endswith('"') for etag in etags.values())


def test_what_has_not_changed_stays_as_it_is(database: Database) -> None:
    with database.begin() as db:
        public.put(db, [_feed(b"one"), _feed(b"one", path="/b.xml")], generation=1, now=NOW)
        before = public.find(db, "/feed.xml")

        public.put(db, [_feed(b"one"), _feed(b"two", path="/b.xml")], generation=2, now=NOW + SECOND)

        assert public.find(db, "/feed.xml") == before
        assert [each.path for each in public.changed_since(db, 1)] == ["/b.xml"]
        assert [each.path for each in public.changed_since(db, 0)] == ["/b.xml", "/feed.xml"]


def test_each_change_has_a_later_last_modified_whatever_the_clock_does(database: Database) -> None:
    moments = [NOW, NOW, NOW - timedelta(days=1), NOW + timedelta(hours=1)]
    with database.begin() as db:
        served = []
        for number, moment in enumerate(moments):
            public.put(db, [_feed(str(number).encode())], generation=number, now=moment)
            served.append(public.find(db, "/feed.xml"))

        assert [each.modified_at for each in served if each] == [
            NOW,
            NOW + SECOND,
            NOW + SECOND * 2,
            NOW + timedelta(hours=1),
        ]


def test_another_media_type_is_a_change(database: Database) -> None:
    with database.begin() as db:
        public.put(db, [_feed(b"one")], generation=1, now=NOW)
        public.put(
            db, [Artefact(path="/feed.xml", media_type="text/xml", body=b"one")], generation=2, now=NOW
        )

        assert [each.media_type for each in public.changed_since(db, 1)] == ["text/xml"]


def test_thousands_of_pages_are_put_at_once(database: Database) -> None:
    pages = [_feed(b"page", path=f"/{number}") for number in range(1201)]
    with database.begin() as db:
        public.put(db, pages, generation=1, now=NOW)
        public.put(db, pages, generation=2, now=NOW)

        assert len(public.index(db)) == 1201
        assert public.changed_since(db, 1) == []


def test_a_page_of_one_issue_is_never_replaced_by_another(database: Database) -> None:
    with database.begin() as db:
        public.put(db, [_feed(b"one", path="/issues/same/")], generation=1, now=NOW, issue="one")
        public.put(db, [_feed(b"new", path="/issues/same/")], generation=2, now=NOW, issue="one")

        with pytest.raises(StoreError, match="the page /issues/same/ belongs to issue 'one'"):
            public.put(db, [_feed(b"two", path="/issues/same/")], generation=3, now=NOW, issue="two")

        stored = public.find(db, "/issues/same/")
        assert stored is not None
        assert stored.body == b"new"


def test_nothing_is_put_by_nothing(database: Database) -> None:
    with database.begin() as db:
        public.put(db, [], generation=1, now=NOW)

        assert public.index(db) == {}


def test_the_generation_rises_by_one_for_whoever_knew_it(database: Database) -> None:
    with database.begin() as db:
        assert public.raise_generation(db, expected=0)
        assert not public.raise_generation(db, expected=0)
        assert public.generation(db) == 1


def test_the_first_scan_is_the_first_one_for_ever(database: Database) -> None:
    with database.begin() as db:
        assert public.first_scan_at(db) is None

        public.note_first_scan(db, NOW)
        public.note_first_scan(db, NOW + SECOND)

        assert public.first_scan_at(db) == NOW


def test_the_last_tick_is_the_last_one(database: Database) -> None:
    with database.begin() as db:
        assert public.ticked_at(db) is None

        public.note_tick(db, NOW)
        public.note_tick(db, NOW + SECOND)

        assert public.ticked_at(db) == NOW + SECOND


def _feed(body: bytes, *, path: str = "/feed.xml") -> Artefact:
    return Artefact(path=path, media_type="application/rss+xml", body=body)


def test_what_waits_for_brotli_is_told_newest_first_until_it_was_tried(database: Database) -> None:
    with database.begin() as db:
        public.put(db, [_feed(b"one"), _feed(b"two", path="/b.xml")], generation=1, now=NOW)
        public.put(db, [_feed(b"new", path="/a.xml")], generation=2, now=NOW)

        assert public.unsqueezed(db, most=2) == ["/a.xml", "/b.xml"]
        assert public.put_brotli(db, "/a.xml", b"small", etag=public.etag_of(b"new"), generation=3)
        assert public.put_brotli(db, "/b.xml", b"", etag=public.etag_of(b"two"), generation=3)
        assert not public.put_brotli(db, "/feed.xml", b"small", etag=public.etag_of(b"two"), generation=3)

        assert public.unsqueezed(db, most=9) == ["/feed.xml"]
        assert [(each.path, each.brotli) for each in public.changed_since(db, 2)] == [("/a.xml", b"small")]
        assert [each.brotli for each in public.changed_since(db, 0)] == [b"small", None, None]
