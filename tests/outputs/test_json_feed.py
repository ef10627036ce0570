from __future__ import annotations

import json
from typing import Any

from publisher.outputs.json_feed import JsonFeedOutput
from tests.editions import AWKWARD_TITLE, japanese_edition, rich_edition
from tests.sites import days_before, publish, site, theme


def feeds() -> list[dict[str, Any]]:
    news = site(publish(rich_edition()), publish(japanese_edition(), published=days_before(3)))
    return [json.loads(artefact.body) for artefact in JsonFeedOutput().join(news, theme=theme())]


def test_a_feed_says_of_itself_what_json_feed_1_1_asks_for() -> None:
    stories, issues, *_ = feeds()

    assert stories["version"] == "https://jsonfeed.org/version/1.1"
    assert stories["feed_url"] == "https://news.example.org/feed.json"
    assert stories["home_page_url"] == "https://news.example.org/"
    assert (stories["title"], issues["title"]) == ("Field Notes & Co.", "Field Notes & Co. – Issues")
    assert [len(stories["items"]), len(issues["items"])] == [4, 2]


def test_a_story_is_an_item_with_its_dates_source_and_language() -> None:
    item = feeds()[0]["items"][0]

    assert item["title"] == AWKWARD_TITLE
    assert item["date_published"] == item["date_modified"] == "2026-10-06T04:29:59Z"
    assert item["external_url"] == "https://review.example.net/labs?id=7&lang=en"
    assert item["authors"] == [{"name": "A. Writer"}]
    assert item["tags"] == ["energy", "R&D/é"]
    assert [story["language"] for story in feeds()[0]["items"]] == ["en", "en", "ar", "ja"]


def test_takeaways_and_facts_are_data() -> None:
    extension = feeds()[0]["items"][0]["_publisher"]

    assert extension == {
        "about": "https://news.example.org/feeds/",
        "takeaways": [
            {"lead": "Failure had a budget", "text": "one project in five was meant to end."},
            {"lead": "Small beats large", "text": "teams of 5 < 6 people published twice as much."},
            {"lead": "", "text": "Half of the notebooks had never been read by anybody else."},
        ],
        "facts": ["The first notebook is from 1958. Source", "It smells of tea, says the archivist."],
    }


def test_what_an_item_does_not_have_is_not_there() -> None:
    meta, issue = feeds()[0]["items"][1], feeds()[1]["items"][0]

    assert meta.keys().isdisjoint({"external_url", "image", "authors"})
    assert "_publisher" not in issue


def test_a_feed_without_items_is_a_feed() -> None:
    for artefact in JsonFeedOutput().join(site(), theme=theme()):
        assert json.loads(artefact.body)["items"] == []
