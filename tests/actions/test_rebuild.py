"""What is public is made anew: always the same bytes, and never less than there was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.actions.archive import archive
from publisher.actions.going_public import rebuild
from publisher.actions.masthead import follow_masthead
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.squeeze import squeeze
from publisher.actions.tick import tick
from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.model.records import StoredArtefact
from publisher.store import public
from publisher.theme import open_theme
from tests.newsrooms import TUESDAY, HandClock, Newsroom, served

PUBLISH_AND_SHOW = """
import sys
from datetime import datetime
from pathlib import Path
from publisher.actions.masthead import follow_masthead
from publisher.actions.publish import publish
from publisher.app import opened
from publisher.store import public
with opened(Path(sys.argv[1]), clock=lambda: datetime.fromisoformat(sys.argv[2]), actor="ann") as publisher:
    publish(publisher, "heat")
    follow_masthead(publisher)
    with publisher.database.read() as db:
        for stored in public.several(db, sorted(public.index(db))):
            print(stored.path, stored.etag, stored.modified_at)
"""


@pytest.fixture
def ready(newsroom: Newsroom, publisher: Publisher) -> Publisher:
    """Return a publisher with an archive and an issue that waits to be published."""
    follow_masthead(publisher)
    for number, tags in enumerate(('["R&D", "Energy", "C++"]', '["Energy", "Rain"]', "[]")):
        date = f"2026-0{number + 1}-01"
        newsroom.writes(f"old-{number}", title=f"What was new in {number}", tags=tags, date=date)
    archive(publisher, [f"old-{number}" for number in range(3)])
    newsroom.writes("heat", tags='["Rain", "R&D", "Energy"]')
    queue(publisher, "heat", Place(now=True))
    return publisher


def everything(publisher: Publisher) -> list[StoredArtefact]:
    with publisher.database.read() as db:
        return list(public.several(db, sorted(public.index(db))))


def shown(publisher: Publisher) -> str:
    return "".join(f"{each.path} {each.etag} {each.modified_at}\n" for each in everything(publisher))


def test_any_process_in_any_place_publishes_and_rebuilds_the_same_bytes(
    newsroom: Newsroom, ready: Publisher, tmp_path: Path
) -> None:
    ready.close()
    printed = []
    for seed, zone, locale in (("1", "Asia/Kolkata", "C.UTF-8"), ("2", "America/New_York", "fr_FR.UTF-8")):
        copy = tmp_path / f"copy-{seed}"
        shutil.copytree(newsroom.root, copy)
        run = subprocess.run(
            [sys.executable, "-c", PUBLISH_AND_SHOW, copy, newsroom.clock().isoformat()],
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        printed.append(run.stdout)

    publish(ready, "heat")
    assert printed == [shown(ready)] * 2


def test_eight_threads_that_rebuild_at_once_change_nothing(newsroom: Newsroom, ready: Publisher) -> None:
    publish(ready, "heat")
    before = everything(ready)
    newsroom.clock.passes(days=40)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _number: rebuild(ready), range(8)))

    assert everything(ready) == before


def test_a_feed_that_an_issue_does_not_touch_stays_as_it_is(newsroom: Newsroom, ready: Publisher) -> None:
    before = {each.path: each for each in everything(ready)}
    newsroom.clock.passes(minutes=5)

    publish(ready, "heat")

    after = {each.path: each for each in everything(ready)}
    assert after["/tags/c++/feed.atom"] == before["/tags/c++/feed.atom"]
    assert after["/feed/2026-01.atom"] == before["/feed/2026-01.atom"]
    for path in ("/feed.atom", "/tags/rain/feed.atom", "/tags/r&d/feed.rss", "/issues/feed.json"):
        assert after[path].etag != before[path].etag
        assert after[path].modified_at > before[path].modified_at


def test_a_rebuild_that_fails_leaves_what_was_good_and_the_next_one_mends_it(
    newsroom: Newsroom, ready: Publisher
) -> None:
    before = everything(ready)
    templates = newsroom.root / "templates" / "web"
    templates.mkdir(parents=True)
    (templates / "front.html").write_text("{% if %}")
    broken = replace(ready, theme=open_theme(newsroom.root / "templates"))

    with pytest.raises(PublisherError, match=r"templates/web/front\.html:1"):
        publish(broken, "heat")

    assert everything(ready) == before
    (templates / "front.html").unlink()
    publish(broken, "heat")
    assert "/issues/heat/" in served(ready)


def test_workers_that_publish_rebuild_and_squeeze_at_once_agree(newsroom: Newsroom, ready: Publisher) -> None:
    newsroom.writes("rain", title="What is new in rain", tags='["Rain"]')
    queue(ready, "rain", Place(now=True))

    with newsroom.opened() as one, newsroom.opened() as two, newsroom.opened() as three:
        works = [
            lambda: publish(one, "heat"),
            lambda: publish(two, "rain"),
            lambda: rebuild(three),
            lambda: squeeze(ready),
            lambda: squeeze(three),
        ]
        with ThreadPoolExecutor(len(works)) as pool:
            for future in [pool.submit(work) for work in works]:
                future.result()
        found = everything(one)
        rebuild(two)
        assert everything(three) == found

    feed = next(each.body.decode() for each in found if each.path == "/tags/rain/feed.atom")
    assert feed.count("<entry") == 3


def test_an_issue_of_the_future_is_nowhere_before_its_moment_and_everywhere_at_it(
    newsroom: Newsroom, ready: Publisher
) -> None:
    newsroom.writes("later", title="What will be new later", tags='["Rain"]')
    queue(ready, "later", Place())
    newsroom.clock.moment = TUESDAY.replace(microsecond=0)
    clock = HandClock(TUESDAY)
    clock.passes(microseconds=-1)

    with newsroom.opened(clock=clock) as early:
        tick(early)
        follow_masthead(early)
        assert not any(b"What will be new later" in each.body for each in everything(early))
        clock.passes(microseconds=1)
        assert tick(early).published == ("later",)

    told = {each.path for each in everything(ready) if b"What will be new later" in each.body}
    assert {"/", "/feed.atom", "/feed.rss", "/feed.json", "/tags/rain/feed.json", "/issues/later/"} <= told
