"""What issues share is made as far as it changes, and is always what it would be if made from scratch."""

from __future__ import annotations

from datetime import timedelta

import pytest

from publisher.actions import site, standing
from publisher.actions.archive import archive
from publisher.actions.correct import correct
from publisher.actions.going_public import go_public, rebuild
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.send_now import publish_now
from publisher.actions.tick import tick
from publisher.actions.withdraw import withdraw
from publisher.app import Publisher
from publisher.model import shelves
from publisher.outputs import feed
from publisher.store import public
from tests.newsrooms import HandClock, Newsroom
from tests.public_issues import Folder, at, is_left_over, items, made_from_scratch, shared
from tests.validity.all import MadeFeeds


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, publisher: Publisher) -> None:
    """Let documents hold two entries, and feeds show two at least, so that few issues fill several.

    What `serve` makes when it starts is there.
    """
    for module in (shelves, standing, site):
        monkeypatch.setattr(module, "DOCUMENT", 2)
    monkeypatch.setattr(feed, "AT_LEAST", 2)
    rebuild(publisher)


def is_as_from_scratch(publisher: Publisher) -> bool:
    """Return whether all that is shared is byte for byte what a new site would have; else say what is not."""
    served, made = shared(publisher), made_from_scratch(publisher)
    wrong = {path for path in made if served.get(path) != made[path]}
    wrong |= {path for path in served.keys() - made.keys() if not is_left_over(served[path])}
    assert wrong == set()
    return True


def old(newsroom: Newsroom, slug: str, date: str, **fields: str) -> None:
    newsroom.writes(slug, title=f"All about {slug}", date=date, **fields)


def volumes(publisher: Publisher, name: str = "/feed") -> dict[str, list[str]]:
    """Return the ids in each volume of an archive, by its name."""
    return {
        path.removeprefix(f"{name}/").removesuffix(".json"): list(items(publisher, path))
        for path in shared(publisher)
        if path.startswith(f"{name}/") and path.endswith(".json")
    }


def chain(publisher: Publisher) -> list[str]:
    """Return the paths of the volumes that a reader meets who goes back from the live feed."""
    import json  # noqa: PLC0415 - only here

    found, path = [], "/feed.json"
    while url := json.loads(at(publisher, path).body).get("next_url"):
        path = url.removeprefix("https://news.example.net")
        assert path not in found
        found.append(path)
    return found


def test_the_first_issue_and_the_next_ones(
    newsroom: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    for slug in ("heat", "rain", "snow"):
        Folder(newsroom, name=slug).has(f"{slug}-one", f"{slug}-two", tags="[energy, C++]")
        publish_now(publisher, slug)
        clock.passes(days=20)

        assert is_as_from_scratch(publisher)


def test_an_issue_that_is_late_in_its_month_and_one_that_is_dated_back(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    for slug, date in (("a", "2020-03-01"), ("b", "2020-03-09"), ("c", "2020-03-20"), ("d", "2020-05-01")):
        old(newsroom, slug, date, tags="[energy]")
    archive(publisher, ["a", "b", "c", "d"])
    before = volumes(publisher)
    old(newsroom, "between", "2020-03-05", tags="[energy]")
    old(newsroom, "long-before", "2019-01-01")

    archive(publisher, ["between"])
    archive(publisher, ["long-before"])

    assert {name: len(ids) for name, ids in before.items()} == {"2020-03": 2, "2020-03-2": 1, "2020-05": 1}
    after = volumes(publisher)
    assert {name: len(ids) for name, ids in after.items()} == {
        "2019-01": 1,
        "2020-03": 2,
        "2020-03-2": 2,
        "2020-05": 1,
    }
    assert is_as_from_scratch(publisher)
    assert set(chain(publisher)) | {"/feed.json"} >= {f"/feed/{name}.json" for name in ("2019-01", "2020-03")}


def test_only_the_volumes_that_change_are_made(newsroom: Newsroom, publisher: Publisher) -> None:
    for slug, date in (("a", "2020-01-01"), ("b", "2020-03-01"), ("c", "2020-05-01")):
        old(newsroom, slug, date)
    archive(publisher, ["a", "b", "c"])
    before = {path: at(publisher, path).modified_at for path in shared(publisher)}
    newsroom.clock.passes(hours=1)
    old(newsroom, "d", "2020-03-02")

    archive(publisher, ["d"])

    changed = {path for path in before if at(publisher, path).modified_at != before[path]}
    assert {"/feed/2020-03.atom", "/issues/feed/2020-03.rss", "/archive/2020/"} <= changed
    assert not {"/feed/2020-01.atom", "/feed/2020-05.atom", "/feed/2020-05.json", "/feeds.opml"} & changed


def test_a_correction_that_changes_what_is_told_stays_where_it_was_archived(
    newsroom: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    for slug, date in (("a", "2020-01-01"), ("b", "2020-03-01"), ("c", "2020-05-01")):
        old(newsroom, slug, date, tags="[energy]")
    archive(publisher, ["a", "b", "c"])
    clock.passes(days=1)
    newsroom.edits("a", "it grew", "it shrank")

    correct(publisher, "a")

    (id_,) = items(publisher, "/feed/2020-01.json")
    assert next(iter(items(publisher))) == id_
    assert "it shrank" in at(publisher, "/feed/2020-01.atom").body.decode()
    assert is_as_from_scratch(publisher)


def test_tags_come_and_go_with_corrections(newsroom: Newsroom, publisher: Publisher) -> None:
    heat = Folder(newsroom).has("one", "two", tags="[energy]")
    publish_now(publisher, "heat")
    heat.says("one", tags="[Storage]")

    correct(publisher, "heat")
    assert list(items(publisher, "/tags/energy/feed.json")) == ["two"]
    assert list(items(publisher, "/tags/storage/feed.json")) == ["one"]
    heat.says("two", tags="[]")
    correct(publisher, "heat")

    assert items(publisher, "/tags/energy/feed.json") == {}
    assert is_as_from_scratch(publisher)


def test_a_story_is_on_the_shelves_of_its_own_tags_and_of_those_that_only_the_issue_has(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    heat = Folder(newsroom, fields={"tags": "[weekly]"}).has("one", "two")
    heat.says("one", tags="[energy]")

    publish_now(publisher, "heat")

    assert list(items(publisher, "/tags/energy/feed.json")) == ["one"]
    assert list(items(publisher, "/tags/weekly/feed.json")) == ["one", "two"]


def test_what_is_withdrawn_leaves_months_years_and_tags_empty_and_the_way_back_whole(
    newsroom: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    for slug, date in (
        *(("a", "2018-01-01"), ("b", "2019-03-01"), ("c", "2019-03-02"), ("d", "2019-03-03")),
        *(("e", "2020-05-01"), ("f", "2020-06-01"), ("g", "2020-07-01")),
    ):
        old(newsroom, slug, date, tags="[energy]")
    archive(publisher, ["a", "b", "c", "d", "e", "f", "g"])
    assert chain(publisher)[-3:] == ["/feed/2019-03-2.json", "/feed/2019-03.json", "/feed/2018-01.json"]
    for slug in ("b", "c", "d", "f"):
        clock.passes(hours=1)
        withdraw(publisher, slug, reason="Made up.")
        assert is_as_from_scratch(publisher)
    clock.passes(days=31)

    tick(publisher)

    assert is_as_from_scratch(publisher)
    assert [path for path in chain(publisher) if "2019" in path] == []
    assert chain(publisher)[-1] == "/feed/2018-01.json"
    assert items(publisher, "/feed/2019-03-2.json") == {}
    assert "/feed/2018-01.json" in at(publisher, "/feed/2019-03-2.json").body.decode()
    assert "2019" not in at(publisher, "/sitemap.xml").body.decode()


def test_the_live_feed_shows_all_of_two_weeks_and_two_at_least(
    newsroom: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    for slug, days in (("a", 15), ("b", 13), ("c", 1), ("d", 0)):
        Folder(newsroom, name=slug).has(f"{slug}-one")
        publish_now(publisher, slug)
        clock.passes(days=days)

    assert list(items(publisher)) == ["d-one", "c-one", "b-one"]
    assert is_as_from_scratch(publisher)


def test_a_setting_that_changes_no_byte_but_a_header_is_followed(
    newsroom: Newsroom, made_feeds: MadeFeeds
) -> None:
    newsroom.writes("heat")
    with newsroom.opened() as publisher:
        publish_now(publisher, "heat")
        before = at(publisher, "/feed.atom").media_type
    newsroom.sets("\n[feeds]\npurist = true\n")

    with newsroom.opened() as publisher:
        rebuild(publisher)
        after = at(publisher, "/feed.atom").media_type

    assert (before, after) == ("application/xml; charset=utf-8", "application/atom+xml")
    assert all("its media type is application/" in fault for fault in made_feeds.faults())


def test_two_issues_that_go_public_in_one_transaction_are_both_there(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    old(newsroom, "a", "2020-01-01", tags="[energy]")
    old(newsroom, "b", "2021-01-01", tags="[energy]")

    archive(publisher, ["a", "b"])

    assert len(items(publisher, "/tags/energy/feed.json")) == 2
    assert is_as_from_scratch(publisher)


def test_without_anything_new_nothing_is_written(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat")
    publish_now(publisher, "heat")
    with publisher.database.read() as db:
        before = public.generation(db)

    assert go_public(publisher, lambda _db: (), lambda _db, _releases: None) == ()
    with publisher.database.read() as db:
        assert public.generation(db) == before


def test_an_issue_whose_moment_was_long_ago_is_new_all_the_same(
    newsroom: Newsroom, publisher: Publisher, clock: HandClock
) -> None:
    for slug in ("heat", "rain"):
        newsroom.writes(slug, title=f"All about {slug}")
    queue(publisher, "heat", Place())
    publish_now(publisher, "rain")
    clock.moment += timedelta(days=2)

    publish(publisher, "heat")

    assert len(items(publisher)) == 2
    assert is_as_from_scratch(publisher)


def test_a_page_of_a_tag_that_is_no_more_leads_to_the_one_that_has_its_stories(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    for slug, date in (("a", "2020-01-01"), ("b", "2020-03-01"), ("c", "2020-05-01"), ("d", "2020-06-01")):
        old(newsroom, slug, date, tags="[R&D]")
    archive(publisher, ["a", "b", "c", "d"])
    before = at(publisher, "/tags/r&d/1/")

    withdraw(publisher, "a", reason="Made up.")

    after = at(publisher, "/tags/r&d/1/")
    assert (before.status, after.status, after.location) == (200, 301, "/tags/r&d/")
    assert b"https://news.example.net/tags/r%26d/" in after.body
    assert is_as_from_scratch(publisher)
