"""A story that runs in another issue, too, or moves there, stays one story with one page and publication."""

from __future__ import annotations

import pytest

from publisher.actions import correct as correcting
from publisher.actions import withdraw as withdrawing
from publisher.actions.archive import archive
from publisher.actions.check import CheckFailedError
from publisher.actions.correct import correct
from publisher.actions.correction import Draft
from publisher.actions.going_public import rebuild
from publisher.actions.send_now import publish_now
from publisher.actions.tick import tick
from publisher.actions.withdraw import withdraw
from publisher.app import Publisher
from publisher.store.schema import artefacts, search, shelves
from tests.newsrooms import HandClock, Newsroom
from tests.public_issues import Folder, at, items

A_FIRST = "2020-01-01T10:00"


@pytest.fixture
def heat(newsroom: Newsroom) -> Folder:
    folder = Folder(newsroom).has("one", "two")
    with newsroom.opened() as publisher:
        publish_now(publisher, "heat")
    newsroom.clock.passes(hours=3)
    return folder


@pytest.fixture
def rain(newsroom: Newsroom) -> Folder:
    """Return an issue that is not public and has a story of `heat` under another slug."""
    folder = Folder(newsroom, name="rain").has("four", "uno")
    return folder.says("uno", id="one", title="The story of one")


@pytest.mark.usefixtures("heat")
def test_publication_stays_also_when_an_older_issue_goes_on_with_a_story(
    publisher: Publisher, rain: Folder
) -> None:
    before = items(publisher)["one"]["date_published"]
    rain.fields = {"status": "archived", "date": A_FIRST}
    rain.saves()
    assert archive(publisher, ["rain"]) == ()

    withdraw(publisher, "heat", reason="Made up.")

    assert items(publisher)["one"]["title"] == "The story of one"
    assert items(publisher)["one"]["date_published"] == before


@pytest.mark.usefixtures("heat", "rain")
def test_a_story_goes_on_in_an_issue_that_becomes_public_while_it_is_withdrawn(
    newsroom: Newsroom, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = withdrawing._prepare

    def meddle(own: Publisher, name: str, reason: str) -> object:
        monkeypatch.setattr(withdrawing, "_prepare", prepare)
        prepared = prepare(own, name, reason)
        with newsroom.opened() as other:
            publish_now(other, "rain")
        return prepared

    monkeypatch.setattr(withdrawing, "_prepare", meddle)
    withdraw(publisher, "heat", reason="Made up.")

    assert items(publisher)["one"]["title"] == "The story of one"
    assert at(publisher, "/stories/uno/").status == 200
    assert at(publisher, "/stories/one/").location == "/stories/uno/"
    assert at(publisher, "/stories/two/").status == 410


@pytest.mark.usefixtures("rain")
def test_a_story_goes_on_in_an_issue_that_becomes_public_while_it_is_taken_out(
    newsroom: Newsroom, publisher: Publisher, heat: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    heat.has("two")
    store = correcting._store

    def meddle(own: Publisher, made: Draft) -> object:
        monkeypatch.setattr(correcting, "_store", store)
        stored = store(own, made)
        with newsroom.opened() as other:
            publish_now(other, "rain")
        return stored

    monkeypatch.setattr(correcting, "_store", meddle)
    correct(publisher, "heat", note="It belongs to the rain.")

    assert items(publisher)["one"]["title"] == "The story of one"
    assert at(publisher, "/stories/uno/").status == 200
    assert at(publisher, "/stories/one/").location == "/stories/uno/"


def test_a_story_that_moves_to_another_issue_is_reached_at_its_old_address(
    publisher: Publisher, heat: Folder, rain: Folder
) -> None:
    heat.has("two")
    correct(publisher, "heat", note="It moves.")

    publish_now(publisher, "rain")

    assert at(publisher, "/stories/uno/").status == 200
    assert (at(publisher, "/stories/one/").status, at(publisher, "/stories/one/").location) == (
        301,
        "/stories/uno/",
    )
    rain.says("uno", slug="eins")
    correct(publisher, "rain")
    assert at(publisher, "/stories/one/").location == "/stories/eins/"
    heat.has("one", "two")
    correct(publisher, "heat")
    assert at(publisher, "/stories/one/").location == "/stories/eins/"
    assert items(publisher)["one"]["url"] == "https://news.example.net/stories/eins/"


def test_a_story_moves_to_another_issue_and_back_with_its_slug(
    newsroom: Newsroom, publisher: Publisher, heat: Folder
) -> None:
    heat.has("two")
    correct(publisher, "heat", note="It moves.")
    cold = Folder(newsroom, name="cold").has("four", "one")

    publish_now(publisher, "cold")

    assert at(publisher, "/stories/one/").status == 200
    assert items(publisher)["one"]["title"] == "The story of one"
    cold.has("four")
    correct(publisher, "cold", note="It moves back.")
    assert at(publisher, "/stories/one/").status == 410
    heat.has("one", "two")
    correct(publisher, "heat")
    assert at(publisher, "/stories/one/").status == 200


def test_the_slug_of_a_story_that_is_gone_is_no_other_storys(
    newsroom: Newsroom, publisher: Publisher, heat: Folder
) -> None:
    heat.has("two")
    correct(publisher, "heat", note="Made up.")
    Folder(newsroom, name="cold").has("four", "one").says("one", id="another")

    with pytest.raises(CheckFailedError, match="E106 the slug 'one' is used by heat"):
        publish_now(publisher, "cold")


@pytest.mark.parametrize("corrects", [False, True])
def test_a_story_keeps_its_publication_however_long_it_was_gone(
    publisher: Publisher, heat: Folder, rain: Folder, clock: HandClock, *, corrects: bool
) -> None:
    before = items(publisher)["one"]["date_published"]
    heat.has("two")
    correct(publisher, "heat", note="Made up.")
    clock.passes(days=31)
    tick(publisher)
    assert "one" not in items(publisher)
    if corrects:
        stories, rain.stories = rain.stories, {"four": {}}
        rain.saves()
        publish_now(publisher, "rain")
        rain.stories = stories
        rain.saves()
        correct(publisher, "rain")
    else:
        publish_now(publisher, "rain")

    assert items(publisher)["one"]["date_published"] == before
    assert items(publisher)["one"]["date_modified"] > before


@pytest.mark.usefixtures("heat", "rain")
def test_a_sitemap_names_the_page_of_a_story_and_not_what_leads_there(publisher: Publisher) -> None:
    publish_now(publisher, "rain")
    before = at(publisher, "/sitemap-2026.xml").body

    withdraw(publisher, "heat", reason="Made up.")

    assert b"/stories/one/" in before
    assert b"/stories/four/" in before
    assert b"/stories/uno/" not in before
    after = at(publisher, "/sitemap-2026.xml").body
    assert b"/stories/uno/" in after
    assert b"/stories/one/" not in after


@pytest.mark.usefixtures("heat", "rain")
def test_a_story_with_two_pages_from_an_older_version_has_one_of_them_from_now_on(
    publisher: Publisher,
) -> None:
    publish_now(publisher, "rain")
    with publisher.database.begin() as db:  # as an older version left it: no shelves, and two pages
        db.execute(shelves.delete())
        db.execute(search.delete())
        there = artefacts.c.path == "/stories/uno/"
        db.execute(artefacts.update().where(there).values(status=200, location=None, body=b"old"))

    rebuild(publisher)

    assert at(publisher, "/stories/one/").status == 200
    assert (at(publisher, "/stories/uno/").status, at(publisher, "/stories/uno/").location) == (
        301,
        "/stories/one/",
    )


def test_two_stories_of_an_issue_swap_their_addresses(publisher: Publisher, heat: Folder) -> None:
    before = {id_: item["date_modified"] for id_, item in items(publisher).items()}
    heat.says("one", slug="two")
    heat.says("two", slug="one")

    done = correct(publisher, "heat")

    assert done.moved == {"/stories/one/": "/stories/two/", "/stories/two/": "/stories/one/"}
    assert items(publisher)["one"]["url"] == "https://news.example.net/stories/two/"
    assert "The story of two" in at(publisher, "/stories/one/").body.decode()
    assert {id_: item["date_modified"] for id_, item in items(publisher).items()} == before
    heat.says("one", slug="three")
    correct(publisher, "heat")
    assert at(publisher, "/stories/two/").location == "/stories/three/"
    assert at(publisher, "/stories/one/").status == 200


def test_a_story_takes_the_address_of_one_that_is_taken_out(publisher: Publisher, heat: Folder) -> None:
    heat.has("two").says("two", slug="one")

    correct(publisher, "heat", note="Made up.")

    assert at(publisher, "/stories/one/").status == 200
    assert "The story of two" in at(publisher, "/stories/one/").body.decode()
    assert at(publisher, "/stories/two/").location == "/stories/one/"
