from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from publisher.model.edition import Correction, Edition
from publisher.outputs.all import join_all
from publisher.outputs.structured import HEADLINE, headline
from tests.editions import AWKWARD_TITLE, HOME, japanese_edition, meta_story, rich_edition
from tests.sites import publish, site, theme

PUBLISHER = {"@type": "Organization", "name": "Field Notes & Co.", "url": f"{HOME}/"}


def data(page: bytes) -> dict[str, Any]:
    """Read what a page says of itself."""
    script = page.decode().partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    found: dict[str, Any] = json.loads(script)
    return found


def of(edition: Edition, path: str) -> dict[str, Any]:
    _, parts = publish(edition)
    return data(next(part.body for part in parts if part.path == path))


def front(*, search: bool) -> dict[str, Any]:
    shared = join_all(replace(site(publish(rich_edition())), search=search), theme=theme())
    return data(next(each.body for each in shared if each.path == "/"))


def test_a_story_is_a_news_article_with_all_that_search_engines_ask_for() -> None:
    found = of(rich_edition(), "/stories/laboratory/")

    assert found == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": f"{HOME}/stories/laboratory/",
        "url": f"{HOME}/stories/laboratory/",
        "mainEntityOfPage": f"{HOME}/stories/laboratory/",
        "headline": AWKWARD_TITLE,
        "description": 'A famous laboratory opens its notebooks & says "look".',
        "inLanguage": "en",
        "datePublished": "2026-10-06T04:29:59Z",
        "dateModified": "2026-10-06T04:29:59Z",
        "image": {
            "@type": "ImageObject",
            "url": f"{HOME}/media/4f1c2a9be07d33c1.png",
            "width": 1200,
            "height": 675,
            "caption": 'Four bars, each "taller" than the last, under a sun',
            "creditText": "Field Notes & friends",
        },
        "articleSection": "Research",
        "keywords": ["energy", "R&D/é"],
        "wordCount": 620,
        "timeRequired": "PT4M",
        "author": PUBLISHER,
        "publisher": PUBLISHER,
        "isPartOf": {
            "@type": "PublicationIssue",
            "@id": f"{HOME}/issues/notebooks/",
            "url": f"{HOME}/issues/notebooks/",
            "name": "Notebooks, <meta> & the sun",
        },
        "isBasedOn": "https://review.example.net/labs?id=7&lang=en",
        "citation": {
            "@type": "CreativeWork",
            "url": "https://review.example.net/labs?id=7&lang=en",
            "author": {"@type": "Person", "name": "A. Writer"},
            "publisher": {"@type": "Organization", "name": "Example Energy Review & Digest"},
            "datePublished": "2026-10-03",
        },
    }


def test_a_story_of_our_own_cites_nobody() -> None:
    own = replace(rich_edition(), stories=(replace(meta_story(), source=""),))

    found = of(own, "/stories/meta-element/")

    assert not {"isBasedOn", "citation", "image", "correction"} & found.keys()


def test_an_issue_names_its_stories_in_their_order() -> None:
    found = of(rich_edition(), "/issues/notebooks/")

    assert found["@type"] == "PublicationIssue"
    assert [part["@type"] for part in found["hasPart"]] == ["NewsArticle"] * 3
    assert [part["url"] for part in found["hasPart"]] == [
        f"{HOME}/stories/{slug}/" for slug in ("laboratory", "meta-element", "shams")
    ]
    assert [part["datePublished"] for part in found["hasPart"]] == [
        f"2026-10-06T04:29:{second}Z" for second in (59, 58, 57)
    ]
    assert found["datePublished"] == "2026-10-06T04:30:00Z"
    assert found["isPartOf"] == {"@type": "Periodical", "name": "Field Notes & Co.", "url": f"{HOME}/"}
    assert "issueNumber" not in found


def test_a_number_that_was_fixed_is_told() -> None:
    assert of(japanese_edition(), "/issues/denchi-no-aki/")["issueNumber"] == "7"


def test_a_correction_is_told_to_programs_of_its_story_and_of_the_issue_alone() -> None:
    laboratory = rich_edition().stories[0]
    at = datetime(2026, 10, 7, 9, 0, tzinfo=UTC)
    corrected = replace(
        rich_edition(), corrections=(Correction(at=at, note="A </script> slip.", stories=(laboratory.id,)),)
    )
    told = [
        {"@type": "CorrectionComment", "text": "A </script> slip.", "datePublished": "2026-10-07T09:00:00Z"}
    ]

    assert of(corrected, "/stories/laboratory/")["correction"] == told
    assert of(corrected, "/issues/notebooks/")["correction"] == told
    assert "correction" not in of(corrected, "/stories/shams/")


def test_the_front_page_is_the_site_and_says_how_to_search_it_if_one_can() -> None:
    found = front(search=True)

    assert (found["@type"], found["url"], found["name"]) == ("WebSite", f"{HOME}/", "Field Notes & Co.")
    assert found["potentialAction"] == {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{HOME}/search?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    assert "potentialAction" not in front(search=False)


@given(title=st.text(min_size=1, max_size=300))
def test_a_headline_is_short_enough_and_begins_as_the_title_does(title: str) -> None:
    short = headline(title)

    assert len(short) <= HEADLINE
    assert short == title or (len(title) > HEADLINE and title.startswith(short.removesuffix("…")))
