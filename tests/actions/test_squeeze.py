from __future__ import annotations

import gzip
import subprocess
import sys
from hashlib import sha256

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest

from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.squeeze import squeeze
from publisher.app import Publisher
from publisher.model.records import StoredArtefact
from publisher.model.rendered import Artefact
from publisher.store import public
from tests.newsrooms import Newsroom, served

EVERYTHING = 100_000_000


@pytest.fixture
def heat(newsroom: Newsroom, publisher: Publisher) -> Publisher:
    """Return a publisher whose newest issue is public."""
    newsroom.writes("heat")
    queue(publisher, "heat", Place(now=True))
    publish(publisher, "heat")
    return publisher


def stored(publisher: Publisher, path: str) -> StoredArtefact:
    with publisher.database.read() as db:
        found = public.find(db, path)
    assert found is not None
    return found


def generation(publisher: Publisher) -> int:
    with publisher.database.read() as db:
        return public.generation(db)


def test_all_that_is_public_gets_brotli_that_opens_to_the_same_bytes_and_is_smaller(heat: Publisher) -> None:
    squeeze(heat, most=EVERYTHING)

    for path in served(heat):
        artefact = stored(heat, path)
        if artefact.brotli is not None:
            assert brotli.decompress(artefact.brotli) == artefact.body
            assert len(artefact.brotli) < len(artefact.gzip or artefact.body)
    assert all(stored(heat, path).brotli for path in ("/", "/feed.atom", "/feed.json", "/issues/heat/"))


def test_validators_stay_and_servers_notice_by_one_new_generation(heat: Publisher) -> None:
    before, etags, dates = generation(heat), served(heat), stored(heat, "/feed.atom").modified_at

    count = squeeze(heat, most=EVERYTHING)

    with heat.database.read() as db:
        changed = public.changed_since(db, before)
    assert generation(heat) == before + 1
    assert served(heat) == etags
    assert stored(heat, "/feed.atom").modified_at == dates
    assert len(changed) == count > 0
    assert all(each.brotli for each in changed)


def test_when_everything_is_squeezed_nothing_is_done_and_nobody_is_told(heat: Publisher) -> None:
    squeeze(heat, most=EVERYTHING)
    before = generation(heat)

    assert squeeze(heat, most=EVERYTHING) == 0
    assert generation(heat) == before


def test_live_feeds_and_the_front_page_come_before_pages_and_each_turn_has_an_end(heat: Publisher) -> None:
    feeds = {f"{folder}/feed.{output}" for folder in ("", "/issues") for output in ("atom", "rss", "json")}

    for _ in feeds:
        assert squeeze(heat, most=1) == 1

    done = {path for path in served(heat) if stored(heat, path).brotli}
    assert done == feeds
    while "/" not in done:
        assert squeeze(heat, most=1) == 1
        done = {path for path in served(heat) if stored(heat, path).brotli}
    assert not any(path.startswith(("/stories/", "/archive/")) for path in done)


def test_what_is_no_smaller_than_with_gzip_is_tried_once_and_not_kept(publisher: Publisher) -> None:
    noise = Artefact(path="/noise", media_type="text/plain", body=sha256(b"noise").digest())
    with publisher.database.begin() as db:
        public.put(db, [noise], generation=1, now=publisher.now(db))

    assert squeeze(publisher, most=EVERYTHING) == 0

    assert stored(publisher, "/noise").brotli is None
    with publisher.database.read() as db:
        assert public.unsqueezed(db, most=10) == []


def test_what_changed_while_it_was_compressed_keeps_no_bytes_of_before(publisher: Publisher) -> None:
    one, two = (Artefact(path="/x", media_type="text/plain", body=text * 999) for text in (b"one ", b"two "))
    with publisher.database.begin() as db:
        public.put(db, [one], generation=1, now=publisher.now(db))
        etag = public.etag_of(one.body)
        public.put(db, [two], generation=2, now=publisher.now(db))

        kept = public.put_brotli(db, "/x", brotli.compress(one.body), etag=etag, generation=3)

    assert not kept
    assert stored(publisher, "/x").brotli is None
    squeeze(publisher, most=EVERYTHING)
    assert brotli.decompress(stored(publisher, "/x").brotli or b"") == two.body


@pytest.mark.parametrize("otherwise", ["another body", "compressed"])
def test_nobody_is_told_if_nothing_is_kept(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch, otherwise: str
) -> None:
    one, two = (Artefact(path="/x", media_type="text/plain", body=text * 999) for text in (b"one ", b"two "))
    with publisher.database.begin() as db:
        public.put(db, [one], generation=0, now=publisher.now(db))
    compress = brotli.compress

    def meanwhile(body: bytes, **how: int) -> bytes:
        with publisher.database.begin() as db:
            if otherwise == "compressed":
                public.put_brotli(db, "/x", b"small", etag=public.etag_of(body), generation=0)
            else:
                public.put(db, [two], generation=0, now=publisher.now(db))
        return bytes(compress(body, **how))

    monkeypatch.setattr(brotli, "compress", meanwhile)
    before = generation(publisher)

    assert squeeze(publisher, most=1) == 0
    assert generation(publisher) == before


def test_a_new_body_has_no_brotli_of_the_old_one(publisher: Publisher) -> None:
    for body in (b"one " * 999, b"two " * 999):
        packed = gzip.compress(body, mtime=0)
        artefact = Artefact(path="/x", media_type="text/plain", body=body, gzip=packed)
        with publisher.database.begin() as db:
            public.put(db, [artefact], generation=1, now=publisher.now(db))
        assert stored(publisher, "/x").brotli is None
        squeeze(publisher, most=EVERYTHING)
        assert stored(publisher, "/x").brotli is not None


def test_compressing_leaves_other_threads_free() -> None:
    """Feeds and the sender work beside it; in a process of its own, so that nothing else is measured."""
    program = """
import threading, time
from publisher.actions.squeeze import squeezed
count, done = 0, False
def work():
    global count
    while not done:
        count += 1
        time.sleep(0.001)
body = b"".join(b"%d and %d, " % (n * 7919 % 10007, n) for n in range(30000))
other = threading.Thread(target=work)
other.start()
start = time.perf_counter()
squeezed(body)
took, turns, done = time.perf_counter() - start, count, True
other.join()
print(took, turns)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    took, turns = map(float, done.stdout.split())
    assert turns > took * 50, "while the GIL is held, no other thread has a turn"
