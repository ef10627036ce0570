from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.model.records import StoredArtefact
from publisher.web.representation import Representation, fresh_until, represent, represent_picture

NOW = datetime(2026, 10, 6, 4, 30, tzinfo=UTC)


def artefact(body: bytes) -> StoredArtefact:
    return StoredArtefact(path="/x", media_type="text/plain", body=body, etag='"abc"', modified_at=NOW)


def scope(*headers: tuple[bytes, bytes]) -> dict[str, object]:
    return {"type": "http", "method": "GET", "headers": list(headers)}


LONG = represent(artefact(b"the same again and again " * 40))
HEADER_BYTES = st.binary(max_size=60)


@given(tags=HEADER_BYTES, date=HEADER_BYTES, coding=HEADER_BYTES)
def test_whatever_a_reader_sends_it_gets_all_bytes_or_304(tags: bytes, date: bytes, coding: bytes) -> None:
    asked = scope((b"if-none-match", tags), (b"if-modified-since", date), (b"accept-encoding", coding))

    answer = LONG.answer(asked, cache="no-store")

    assert answer.status in (200, 304)
    assert answer.body in (b"", LONG.plain.body, LONG.gzipped and LONG.gzipped.body)
    assert (answer.body == b"") == (answer.status == 304)


@given(st.lists(st.sampled_from(['"x"', 'W/"y"', '""', "*x", '"abc-zip"', '"ab"']), max_size=4))
def test_other_tags_are_never_taken_for_ours(tags: list[str]) -> None:
    answer = LONG.answer(scope((b"if-none-match", ", ".join(tags).encode())), cache="no-store")

    assert answer.status == 200


@given(st.binary(max_size=2000))
def test_every_process_compresses_alike_and_only_if_it_saves_something(body: bytes) -> None:
    one, other = represent(artefact(body)), represent(artefact(body))

    assert one == other
    if one.gzipped:
        assert len(one.gzipped.body) < len(body)
        assert gzip.decompress(one.gzipped.body) == body


def test_a_picture_is_sent_as_it_is_and_known_by_its_name() -> None:
    picture = represent_picture("cafe.png", "image/png", b"picture " * 100)

    first = picture.answer(scope((b"accept-encoding", b"gzip")), cache="x")
    again = picture.answer(scope((b"if-none-match", b'"cafe.png"')), cache="x")
    dated = picture.answer(scope((b"if-modified-since", b"None")), cache="x")

    assert first.body == b"picture " * 100
    assert (b"etag", b'"cafe.png"') in first.headers
    assert again.status == 304
    assert dated.status == 200


@given(st.none() | st.timedeltas(timedelta(days=-9), timedelta(days=9)))
def test_readers_come_back_between_a_minute_and_an_hour_from_now(wait: timedelta | None) -> None:
    planned = None if wait is None else NOW + wait

    seconds = int(fresh_until(planned, now=NOW).split(",")[1].partition("=")[2])

    assert 60 <= seconds <= 3600
    if wait is not None and timedelta(minutes=1) <= wait <= timedelta(hours=1):
        assert seconds == int(wait.total_seconds())


def stored_as(**facts: Any) -> Representation:  # noqa: ANN401 - whatever an artefact has
    return represent(replace(artefact(b"the same again and again " * 40), **facts), root="/news")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (b"gzip, deflate, br", b"br"),
        (b"br;q=0.1", b"br"),
        (b"*", b"br"),
        (b"*, br;q=0", b"gzip"),
        (b"gzip", b"gzip"),
        (b"*;q=0, gzip", b"gzip"),
        (b"deflate", None),
    ],
)
def test_brotli_is_sent_where_it_is_stored_and_accepted(accepted: bytes, coding: bytes | None) -> None:
    answer = stored_as(brotli=b"small").answer(scope((b"accept-encoding", accepted)), cache="x")

    assert dict(answer.headers).get(b"content-encoding") == coding
    assert (answer.body == b"small") == (coding == b"br")


def test_what_is_stored_compressed_is_sent_as_it_is_stored() -> None:
    answer = stored_as(gzip=b"packed").answer(scope((b"accept-encoding", b"gzip")), cache="x")

    assert answer.body == b"packed"
    assert (b"content-length", b"6") in answer.headers


def test_a_link_header_comes_with_the_bytes_and_without_them() -> None:
    link = '<https://news.example.org/feed.rss>; rel="self"'

    for asked in (scope(), scope((b"if-none-match", b'"abc"'))):
        answer = stored_as(link=link).answer(asked, cache="x")

        assert (b"link", link.encode()) in answer.headers


def test_what_was_withdrawn_is_told_to_whoever_knew_it_too() -> None:
    answer = stored_as(status=410).answer(scope((b"if-none-match", b'"abc"')), cache="x")

    assert (answer.status, answer.body) == (410, b"the same again and again " * 40)


def test_what_has_moved_says_where_it_is_now() -> None:
    answer = stored_as(status=301, location="/stories/é & more/").answer(scope(), cache="x")

    assert answer.status == 301
    assert (b"location", b"/news/stories/%C3%A9%20%26%20more/") in answer.headers
