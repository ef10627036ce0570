from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from structlog.testing import capture_logs

from publisher.actions.hubs import tell_hubs, wait_after
from publisher.actions.masthead import follow_masthead
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.status import status
from publisher.app import Publisher
from publisher.errors import TransitionError
from publisher.fetch import Fetcher
from publisher.model.records import HubRecord
from publisher.store import hubs, public
from tests.newsrooms import Newsroom
from tests.web_server import Asked, Names, WebServer, fetcher_of, head, here

HUB, OTHER = "http://news.example/hub", "http://other.example/hub"
HOME = "https://news.example.net"
MAIN = {f"{folder}/feed.{end}" for folder in ("", "/issues") for end in ("atom", "rss", "json")}
HEAT = {f"/tags/r%26d-%C3%A9/feed.{end}" for end in ("atom", "rss", "json")}
WEEKLY = {f"/lists/weekly/feed.{end}" for end in ("atom", "rss", "json")}

OK = head("202 Accepted")
BROKEN = head("503 Service Unavailable")


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as server:
        server.when("/hub", OK)
        yield server


@pytest.fixture
def fetcher(server: WebServer) -> Fetcher:
    return fetcher_of(server, "other.example", seconds=2)


@pytest.fixture
def told(newsroom: Newsroom) -> Iterator[Publisher]:
    """Return a publisher with a hub; what a new database brings has been told."""
    newsroom.sets(f'\n[feeds]\nhubs = ["{HUB}"]\n')
    with newsroom.opened() as publisher:
        follow_masthead(publisher)
        with publisher.database.begin() as db:
            for ping in hubs.due(db, publisher.now(db)):
                hubs.done(db, ping)
        yield publisher


def goes_out(newsroom: Newsroom, publisher: Publisher, slug: str, **fields: str) -> None:
    newsroom.writes(slug, title=f"What is new in {slug}", **fields)
    queue(publisher, slug, Place(now=True))
    publish(publisher, slug)


def topics(asked: list[Asked]) -> list[str]:
    """Return the paths of the topics that a hub was told of."""
    return [parse_qs(each.body.decode())["hub.url"][0].removeprefix(HOME) for each in asked]


def feed(publisher: Publisher) -> str:
    with publisher.database.read() as db:
        stored = public.find(db, "/feed.atom")
    assert stored is not None
    return stored.body.decode()


def test_a_publication_tells_the_hub_of_every_live_feed_that_changed_and_of_no_volume(
    newsroom: Newsroom, told: Publisher, server: WebServer, fetcher: Fetcher
) -> None:
    goes_out(newsroom, told, "heat", tags='["R&D é"]')

    assert tell_hubs(told, fetcher=fetcher) == len(MAIN | HEAT | WEEKLY)

    assert {(asked.method, asked.path) for asked in server.asked} == {("POST", "/hub")}
    assert sorted(topics(server.asked)) == sorted(MAIN | HEAT | WEEKLY)
    for asked in server.asked:
        form = parse_qs(asked.body.decode())
        assert form["hub.mode"] == ["publish"]
        assert form["hub.topic"] == form["hub.url"]
        assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert tell_hubs(told, fetcher=fetcher) == 0


def test_the_topic_is_the_address_that_the_feed_calls_its_own(
    newsroom: Newsroom, told: Publisher, server: WebServer, fetcher: Fetcher
) -> None:
    goes_out(newsroom, told, "heat", tags='["R&D é"]')
    with told.database.read() as db:
        stored = public.find(db, "/tags/r&d-é/feed.atom")
    assert stored is not None

    tell_hubs(told, fetcher=fetcher)

    (topic,) = {each for each in topics(server.asked) if each.startswith("/tags/") and each.endswith("atom")}
    assert f'href="{HOME}{topic}" rel="self"' in stored.body.decode()
    assert f'<{HUB}>; rel="hub"' in stored.link


def test_a_burst_of_publications_is_told_once_for_each_feed(
    newsroom: Newsroom, told: Publisher, server: WebServer, fetcher: Fetcher
) -> None:
    for slug in ("heat", "rain", "wind"):
        goes_out(newsroom, told, slug)

    tell_hubs(told, fetcher=fetcher)

    assert sorted(topics(server.asked)) == sorted(MAIN | WEEKLY)


def test_what_was_not_published_is_not_told(
    newsroom: Newsroom, told: Publisher, server: WebServer, fetcher: Fetcher
) -> None:
    newsroom.writes("heat")
    queue(told, "heat", Place(now=True))

    with pytest.raises(TransitionError):
        publish(told, "heat", due=told.now() + timedelta(days=1))

    assert tell_hubs(told, fetcher=fetcher) == 0
    assert server.asked == []


def test_without_hubs_nothing_is_noted(newsroom: Newsroom, publisher: Publisher) -> None:
    goes_out(newsroom, publisher, "heat")

    with publisher.database.read() as db:
        assert hubs.due(db, publisher.now(db) + timedelta(days=9)) == []
    assert status(publisher).hubs == ()


def test_waits_double_from_a_minute_to_six_hours_and_end_within_a_day() -> None:
    waits: list[timedelta] = []
    while (wait := wait_after(len(waits) + 1)) is not None:
        waits.append(wait)

    assert [wait / timedelta(minutes=1) for wait in waits] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert sum(waits, timedelta()) <= timedelta(hours=24)


def test_a_hub_in_trouble_is_asked_once_a_turn_and_again_after_a_minute(
    newsroom: Newsroom, told: Publisher, server: WebServer, fetcher: Fetcher
) -> None:
    server.when("/hub", BROKEN, OK)
    goes_out(newsroom, told, "heat")

    assert tell_hubs(told, fetcher=fetcher) == 0
    assert tell_hubs(told, fetcher=fetcher) == 0
    assert len(server.asked) == 1

    newsroom.clock.passes(seconds=60)
    assert tell_hubs(told, fetcher=fetcher) == len(MAIN | WEEKLY)
    assert status(told).hubs == (HubRecord(url=HUB, works=True, since=None, waiting=0),)


def test_a_hub_that_fails_three_times_is_left_out_of_feeds_until_it_works_again(
    newsroom: Newsroom, told: Publisher, server: WebServer, fetcher: Fetcher
) -> None:
    server.when("/hub", BROKEN)
    goes_out(newsroom, told, "heat")
    for minutes in (1, 2):
        tell_hubs(told, fetcher=fetcher)
        assert f'<link rel="hub" href="{HUB}"/>' in feed(told)
        newsroom.clock.passes(minutes=minutes)

    tell_hubs(told, fetcher=fetcher)

    assert len(server.asked) == 3
    assert HUB not in feed(told)
    (hub,) = status(told).hubs
    assert (hub.works, hub.since) == (False, told.now())
    with told.database.read() as db:
        stored = public.find(db, "/feed.atom")
    assert stored is not None
    assert "hub" not in stored.link

    server.when("/hub", OK)
    newsroom.clock.passes(minutes=4)
    assert tell_hubs(told, fetcher=fetcher) > 0
    assert f'<link rel="hub" href="{HUB}"/>' in feed(told)
    assert status(told).hubs[0].works


def test_after_a_day_a_hub_is_given_up_and_the_log_says_so_and_the_next_publication_tries_again(
    newsroom: Newsroom, told: Publisher, server: WebServer, fetcher: Fetcher
) -> None:
    server.when("/hub", BROKEN)
    goes_out(newsroom, told, "heat")
    with capture_logs() as logs:
        for _ in range(200):
            tell_hubs(told, fetcher=fetcher)
            newsroom.clock.passes(minutes=10)

    tries = len(server.asked)
    assert [each["event"] for each in logs if each["log_level"] == "warning"] == [
        "a hub does not work, and feeds do not name it any more",
        "a hub was told in vain for a day, and is not any more",
    ]
    assert status(told).hubs[0].waiting == 0
    tell_hubs(told, fetcher=fetcher)
    assert len(server.asked) == tries

    server.when("/hub", OK)
    goes_out(newsroom, told, "rain")
    assert tell_hubs(told, fetcher=fetcher) > 0
    assert status(told).hubs[0].works


def test_a_hub_that_refuses_one_feed_is_told_of_the_others(
    newsroom: Newsroom, told: Publisher, server: WebServer, fetcher: Fetcher
) -> None:
    server.when("/hub", head("404 Not Found"), OK)
    goes_out(newsroom, told, "heat")

    assert tell_hubs(told, fetcher=fetcher) == len(MAIN | WEEKLY) - 1

    assert status(told).hubs == (HubRecord(url=HUB, works=True, since=None, waiting=1),)


def test_a_hub_that_keeps_silent_keeps_no_other_back(newsroom: Newsroom, server: WebServer) -> None:
    newsroom.sets(f'\n[feeds]\nhubs = ["{OTHER}", "{HUB}"]\n')
    silent = threading.Event()

    def nothing() -> Iterator[bytes]:
        silent.wait(5)
        yield b""

    with WebServer() as other, newsroom.opened() as publisher:
        other.when("/hub", nothing)
        names = Names({"news.example": [[here(server)]], "other.example": [[here(other)]]})
        goes_out(newsroom, publisher, "heat")

        count = tell_hubs(publisher, fetcher=fetcher_of(server, resolve=names, seconds=0.5))
        silent.set()

    assert count == len(server.asked) == len(MAIN | WEEKLY)
    assert len(other.asked) == 1


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "303 See Other"])
def test_a_redirect_that_would_lose_the_form_is_no_success(
    newsroom: Newsroom, told: Publisher, server: WebServer, fetcher: Fetcher, status: str
) -> None:
    server.when("/hub", head(status, "Location: http://news.example/else"))
    goes_out(newsroom, told, "heat")

    assert tell_hubs(told, fetcher=fetcher) == 0
    assert {asked.path for asked in server.asked} == {"/hub"}


def test_a_hub_that_leads_inside_is_never_asked(newsroom: Newsroom, server: WebServer) -> None:
    newsroom.sets(f'\n[feeds]\nhubs = ["http://127.0.0.1:{server.port}/", "http://192.168.0.1/", "{HUB}"]\n')
    server.when("/hub", head("307 Temporary Redirect", "Location: http://10.0.0.1/hub"))
    with newsroom.opened() as publisher:
        goes_out(newsroom, publisher, "heat")

        assert tell_hubs(publisher, fetcher=fetcher_of(server)) == 0

    assert server.paths() == ["POST /hub"]


def test_a_hub_that_is_not_configured_any_more_is_forgotten(newsroom: Newsroom, told: Publisher) -> None:
    goes_out(newsroom, told, "heat")
    newsroom.sets()
    with newsroom.opened() as publisher:
        assert tell_hubs(publisher) == 0

        with publisher.database.read() as db:
            assert hubs.due(db, publisher.now(db) + timedelta(days=9)) == []


def test_a_feed_that_changes_while_its_hub_is_told_is_told_again(
    newsroom: Newsroom, told: Publisher, server: WebServer, fetcher: Fetcher
) -> None:
    def meanwhile() -> Iterator[bytes]:
        with newsroom.opened() as other:
            goes_out(newsroom, other, "rain")
        yield OK

    server.when("/hub", meanwhile, OK)
    goes_out(newsroom, told, "heat")

    tell_hubs(told, fetcher=fetcher)
    server.asked.clear()
    tell_hubs(told, fetcher=fetcher)

    assert sorted(topics(server.asked)) == sorted(MAIN | WEEKLY)
