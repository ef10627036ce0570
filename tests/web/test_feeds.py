from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from time import monotonic, sleep
from typing import Any

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from publisher.actions.squeeze import squeeze
from publisher.app import Publisher
from publisher.model.rendered import Artefact
from publisher.store import public
from publisher.store.database import Database
from publisher.store.schema import artefacts, site
from publisher.web.feeds import POLL, Feeds
from tests.editions import japanese_edition
from tests.web.newsroom import MovedClock, make_public, put_into_queue

FEEDS = [f"{start}.{ending}" for start in ("/feed", "/issues/feed") for ending in ("rss", "atom", "json")]


def stored(publisher: Publisher, path: str) -> bytes:
    with publisher.database.read() as db:
        found = public.find(db, path)
    assert found is not None
    return found.body


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Database]]:
    """Note every time that a database is read."""
    reads: list[Database] = []
    read = Database.read

    def noting(database: Database) -> AbstractContextManager[Any]:
        reads.append(database)
        return read(database)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "read", noting)
        yield reads


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_is_the_stored_bytes_and_any_page_may_read_it(
    reader: TestClient, publisher: Publisher, path: str
) -> None:
    answer = reader.get(path, headers={"accept-encoding": "identity"})

    assert answer.status_code == 200
    assert answer.content == stored(publisher, path)
    assert answer.headers["content-type"].startswith(("application/xml;", "application/feed+json"))
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert answer.headers["vary"] == "accept-encoding"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_says_its_own_address_in_its_head_and_with_a_304(reader: TestClient, path: str) -> None:
    first = reader.get(path)
    again = reader.get(path, headers={"if-none-match": first.headers["etag"]})

    for answer in (first, again):
        assert f'<https://news.example.org{path}>; rel="self"' in answer.headers["link"]
    assert "Link" in first.headers["access-control-expose-headers"]


def test_the_same_bytes_are_sent_compressed_under_a_tag_of_their_own(
    reader: TestClient, publisher: Publisher
) -> None:
    plain = reader.get("/feed.rss", headers={"accept-encoding": "identity"})
    with reader.stream("GET", "/feed.rss", headers={"accept-encoding": "br, gzip"}) as answer:
        sent = b"".join(answer.iter_raw())

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-length"] == str(len(sent))
    assert answer.headers["etag"] == plain.headers["etag"][:-1] + '-gzip"'
    assert gzip.decompress(sent) == stored(publisher, "/feed.rss")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("*", "gzip"),
        ("x-gzip, deflate", "gzip"),
        ("gzip;q=0", None),
        ("gzip; q=0.000, *", None),
        ("*;q=0", None),
        ("identity", None),
        ("br", None),
        ("", None),
    ],
)
def test_gzip_is_used_where_it_is_accepted(reader: TestClient, accepted: str, coding: str | None) -> None:
    answer = reader.get("/feed.atom", headers={"accept-encoding": accepted})

    assert answer.headers.get("content-encoding") == coding


@pytest.mark.parametrize(
    "form",
    [
        "{tag}",
        "W/{tag}",
        '"other", {tag}',
        '"a" ,W/"b",{tag}',
        "*",
        "{gzip}",
        "W/{gzip}",
        "{br}",
        "{bare}",
    ],
)
def test_a_reader_that_has_it_gets_304_with_all_validators(reader: TestClient, form: str) -> None:
    first = reader.get("/feed.rss", headers={"accept-encoding": "identity"})
    bare = first.headers["etag"].strip('"')
    known = form.format(tag=f'"{bare}"', gzip=f'"{bare}-gzip"', br=f'"{bare}-br"', bare=bare)

    again = reader.get("/feed.rss", headers={"accept-encoding": "identity", "if-none-match": known})

    assert again.status_code == 304
    assert again.content == b""
    for name in ("etag", "last-modified", "cache-control", "vary", "access-control-allow-origin"):
        assert again.headers[name] == first.headers[name]
    assert again.headers.keys().isdisjoint({"content-type", "content-security-policy"})


def test_304_names_the_tag_of_the_coding_that_would_have_been_sent(reader: TestClient) -> None:
    first = reader.get("/feed.rss", headers={"accept-encoding": "gzip"})

    again = reader.get(
        "/feed.rss", headers={"accept-encoding": "gzip", "if-none-match": first.headers["etag"]}
    )

    assert again.status_code == 304
    assert again.headers["etag"] == first.headers["etag"]


def test_tags_on_several_lines_are_one_list(reader: TestClient) -> None:
    tag = reader.get("/feed.rss").headers["etag"]

    again = reader.get("/feed.rss", headers=[("if-none-match", '"x"'), ("if-none-match", tag)])

    assert again.status_code == 304


def test_another_tag_overrules_the_right_date(reader: TestClient) -> None:
    modified = reader.get("/feed.rss").headers["last-modified"]

    answer = reader.get("/feed.rss", headers={"if-none-match": '"other"', "if-modified-since": modified})

    assert answer.status_code == 200


@pytest.mark.parametrize(("seconds", "status"), [(0, 304), (-1, 200), (1, 200)])
def test_a_date_counts_only_if_it_is_the_very_date(reader: TestClient, seconds: int, status: int) -> None:
    modified = parsedate_to_datetime(reader.get("/feed.rss").headers["last-modified"])
    date = format_datetime(modified + timedelta(seconds=seconds), usegmt=True)

    answer = reader.get("/feed.rss", headers={"if-modified-since": date})

    assert answer.status_code == status


def test_a_date_in_no_form_of_http_is_no_date(reader: TestClient) -> None:
    assert reader.get("/feed.rss", headers={"if-modified-since": "yesterday"}).status_code == 200


@pytest.mark.parametrize("accepted", ["identity", "gzip"])
def test_head_says_what_get_would(reader: TestClient, accepted: str) -> None:
    got = reader.get("/feed.rss", headers={"accept-encoding": accepted})
    head = reader.head("/feed.rss", headers={"accept-encoding": accepted})

    assert head.status_code == 200
    assert head.content == b""
    assert head.headers == got.headers


def test_a_range_is_answered_with_the_whole(reader: TestClient, publisher: Publisher) -> None:
    answer = reader.get("/feed.rss", headers={"range": "bytes=0-9", "accept-encoding": "identity"})

    assert answer.status_code == 200
    assert len(answer.content) == len(stored(publisher, "/feed.rss"))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_feed_is_only_read(reader: TestClient, method: str) -> None:
    answer = reader.request(method, "/feed.rss")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_page_elsewhere_may_ask_for_a_feed_with_a_tag(reader: TestClient) -> None:
    answer = reader.options(
        "/feed.json", headers={"origin": "https://reader.example", "access-control-request-method": "GET"}
    )

    assert answer.status_code == 204
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize(("minutes", "seconds"), [(None, 3600), (600, 3600), (20, 1200), (0.5, 60), (-5, 60)])
def test_readers_are_told_to_come_back_when_something_new_is_planned(
    reader: TestClient,
    publisher: Publisher,
    minutes: float | None,
    seconds: int,
) -> None:
    if minutes is not None:
        put_into_queue(publisher, japanese_edition(), timedelta(minutes=minutes))

    feed, front = reader.get("/feed.rss"), reader.get("/")

    assert feed.headers["cache-control"].startswith(f"public, max-age={seconds},")
    assert front.headers["cache-control"] == feed.headers["cache-control"]


def test_a_new_issue_is_in_the_feed_within_half_a_second_and_the_store_is_not_asked_before(
    reader: TestClient, publisher: Publisher, clock: MovedClock
) -> None:
    before, unchanged = reader.get("/feed.atom"), reader.get("/style.css")
    asked = monotonic()
    clock.moves(timedelta(seconds=2))
    make_public(publisher, japanese_edition(), moment=clock())

    while (after := reader.get("/feed.atom")).headers["etag"] == before.headers["etag"]:
        assert monotonic() < asked + 5
    waited = monotonic() - asked

    assert waited >= POLL - 0.1
    assert after.headers["last-modified"] == "Tue, 06 Oct 2026 04:30:02 GMT"
    assert len(after.content) > len(before.content)
    assert reader.get("/style.css").headers["etag"] == unchanged.headers["etag"]


def test_the_store_is_asked_twice_a_second_however_many_poll(
    reader: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = reader.get("/feed.rss").headers["etag"]
    with counted(monkeypatch) as reads:
        began = monotonic()
        statuses = {
            reader.get("/feed.rss", headers={"if-none-match": known}).status_code
            for known in (tag, '"other"') * 200
        }
        waited = monotonic() - began

    assert statuses == {200, 304}
    assert len(reads) <= waited / POLL + 1


def test_feeds_stay_as_they_were_while_the_database_is_away(reader: TestClient, publisher: Publisher) -> None:
    before = reader.get("/feed.rss")
    path = publisher.database.path
    assert path is not None

    publisher.database.close()
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    sleep(POLL + 0.1)
    during = reader.get("/feed.rss")
    page = reader.get("/")
    ready = reader.get("/readyz")

    assert during.status_code == 200
    assert during.content == before.content
    assert page.status_code == 503
    assert page.headers["retry-after"] == "30"
    assert str(path) not in page.text
    assert ready.json() == {"ready": False, "reasons": ["the database does not answer"]}


def test_after_a_restore_feeds_are_those_of_the_backup(
    reader: TestClient, publisher: Publisher, clock: MovedClock
) -> None:
    paths = ("/feed.rss", "/tags/energy/feed.atom")
    before = {path: reader.get(path).text for path in paths}
    backup = {path: stored(publisher, path) for path in paths}
    with publisher.database.read() as db:
        generation = public.generation(db)
    make_public(publisher, japanese_edition(), moment=clock.now)
    extra = Artefact(path="/new.txt", media_type="text/plain", body=b"new")
    restore(publisher, [extra], generation=generation + 9)
    sleep(POLL)
    assert reader.get("/feed.rss").text != before["/feed.rss"]
    assert reader.get("/new.txt").status_code == 200

    xml = "application/xml; charset=utf-8"
    old = [Artefact(path=path, media_type=xml, body=body) for path, body in backup.items()]
    with publisher.database.begin() as db:
        db.execute(artefacts.delete().where(artefacts.c.path == extra.path))
    restore(publisher, old, generation=generation)
    sleep(POLL)

    assert {path: reader.get(path).text for path in paths} == before
    assert reader.get("/new.txt").status_code == 404


def restore(publisher: Publisher, old: list[Artefact], *, generation: int) -> None:
    """Let the database have these artefacts and be at a generation, whatever it was at before."""
    with publisher.database.begin() as db:
        public.put(db, old, generation=generation, now=publisher.now(db))
        db.execute(site.update().values(generation=generation))


def test_nothing_depends_on_the_host_that_a_request_names(reader: TestClient) -> None:
    poison = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher"}

    for path in ("/feed.rss", "/", "/feed", "/issues", "/nothing", "/sitemap.xml"):
        answer = reader.get(path, headers=poison)
        assert "evil.example" not in answer.text + str(answer.headers), path
        assert "gopher" not in answer.text + str(answer.headers), path


def test_a_feed_of_a_tag_or_a_volume_is_read_once_somebody_asks_for_it(
    reader: TestClient, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.get("/feed.rss")
    for path in ("/tags/energy/feed.atom", "/feed/2026-10.rss", "/lists/weekly/feed.json"):
        with counted(monkeypatch) as reads:
            answers = [reader.get(path, headers={"accept-encoding": "identity"}) for _ in range(5)]

        assert {answer.status_code for answer in answers} == {200}
        assert {answer.content for answer in answers} == {stored(publisher, path)}
        assert len(reads) <= 2, path  # one for the feed, perhaps one because half a second is over


def test_memory_has_an_end_and_what_has_no_room_is_still_served(publisher: Publisher) -> None:
    feeds = Feeds(publisher, PlainTextResponse("passed on", 404), room=1)
    small = TestClient(feeds)
    for path in ("/tags/energy/feed.atom", "/feed/2026-10.rss", "/feed.rss", "/tags/energy/feed.atom"):
        assert small.get(path).status_code == 200

    assert feeds._shelf is not None
    assert "/feed.rss" in feeds._shelf.held
    assert not any(path.startswith(("/tags/", "/feed/")) for path in feeds._shelf.held)


def test_volumes_of_an_archive_are_fresh_for_a_day(reader: TestClient) -> None:
    assert reader.get("/feed/2026-10.atom").headers["cache-control"].startswith("public, max-age=86400,")
    assert reader.get("/feed.atom").headers["cache-control"].startswith("public, max-age=3600,")


def test_a_change_of_the_link_header_alone_is_noticed(reader: TestClient, publisher: Publisher) -> None:
    before = reader.get("/feed.rss")
    with publisher.database.begin() as db:
        found = public.get(db, "/feed.rss")
        again = Artefact(path=found.path, media_type=found.media_type, body=found.body, link="</x>; rel=hub")
        now = public.generation(db)
        assert public.raise_generation(db, expected=now)
        public.put(db, [again], generation=now + 1, now=publisher.now(db))

    sleep(POLL + 0.1)
    reader.get("/feed.rss")
    sleep(POLL)
    after = reader.get("/feed.rss")

    assert after.headers["etag"] == before.headers["etag"]
    assert after.headers["link"] == "</x>; rel=hub"


def test_brotli_is_sent_once_it_was_made_and_readers_keep_their_copy(
    reader: TestClient, publisher: Publisher
) -> None:
    accepting = {"accept-encoding": "br, gzip"}
    first = reader.get("/feed.atom", headers=accepting)
    assert first.headers["content-encoding"] == "gzip"

    squeeze(publisher, most=100_000_000)
    sleep(POLL)

    reader.get("/feed.atom")
    with reader.stream("GET", "/feed.atom", headers=accepting) as answer:
        assert answer.headers["content-encoding"] == "br"
        assert brotli.decompress(b"".join(answer.iter_raw())) == stored(publisher, "/feed.atom")
    tag = {"if-none-match": first.headers["etag"]}
    assert reader.get("/feed.atom", headers=accepting | tag).status_code == 304
