from __future__ import annotations

import re
from dataclasses import replace

from publisher.model.rendered import Site, StoryCard, TagPage
from publisher.model.shelves import tag_shelf
from publisher.outputs.page import PageOutput
from tests.editions import rich_edition
from tests.sites import card, days_before, publish, site, theme

SHELF = tag_shelf("R&D/é")
PATH = "/tags/r&d-é/"
ADDRESS = "/tags/r%26d-%C3%A9/"


def made(of: Site) -> dict[str, str]:
    return {
        each.path: each.body.decode()
        for each in PageOutput().join(of, theme=theme())
        if each.media_type.startswith("text/html")
    }


def shown(number: int, *stories: StoryCard, pages: int) -> str:
    """Return the page of that number of a tag with 120 stories."""
    page = TagPage(shelf=SHELF, count=120, stories=stories, number=number, pages=pages)
    found = made(replace(site(card(rich_edition())), tag_pages=(page,)))
    return found[f"{PATH}{number}/" if number else PATH]


def test_a_tag_shows_its_stories_newest_first_with_their_days_and_tags() -> None:
    story = card(rich_edition()).stories[0]
    older = replace(story, title="An older one", published=days_before(40), tags=("energy",))

    page = shown(0, story, older, pages=0)

    assert page.index("R&amp;D at AT&amp;T") < page.index("An older one")
    assert "27 August 2026</time>" in page
    assert f'<li><a rel="tag" href="{ADDRESS}"><bdi>R&amp;D/é</bdi></a></li>' in page
    assert '<li><a rel="tag" href="/tags/energy/"><bdi>energy</bdi></a></li>' in page


def test_a_tag_names_its_own_feed_besides_that_of_all_stories() -> None:
    page = shown(0, pages=0)

    assert re.findall(r'<link rel="alternate"[^>]*>', page) == [
        '<link rel="alternate" type="application/atom+xml" href="/feed.atom" title="Field Notes &amp; Co.">',
        (
            f'<link rel="alternate" type="application/atom+xml" href="{ADDRESS}feed.atom" '
            'title="Field Notes &amp; Co. – R&amp;D/é">'
        ),
    ]
    assert f'<a lang="en" href="{ADDRESS}feed.atom">Feed</a>' in page


def ways(page: str) -> dict[str, str]:
    return dict(re.findall(r'<a rel="(prev|next)" href="([^"]*)">', page))


def test_pages_of_a_tag_lead_from_the_newest_stories_to_the_oldest_and_back() -> None:
    assert {number: ways(shown(number, pages=2)) for number in (0, 2, 1)} == {
        0: {"next": f"{ADDRESS}2/"},
        2: {"prev": ADDRESS, "next": f"{ADDRESS}1/"},
        1: {"prev": f"{ADDRESS}2/"},
    }


def test_a_further_page_has_an_address_and_a_title_of_its_own() -> None:
    page = shown(2, card(rich_edition()).stories[0], pages=2)

    assert "<title>R&amp;D/é (2) · Field Notes &amp; Co.</title>" in page
    assert f'<link rel="canonical" href="https://news.example.org{ADDRESS}2/">' in page


def test_a_tag_without_further_pages_leads_nowhere() -> None:
    assert 'class="beside"' not in shown(0, pages=0)


def test_a_tag_whose_last_story_has_gone_says_so_and_is_not_for_search_engines() -> None:
    page = shown(0, pages=0)

    assert "There are no stories here at the moment." in page
    assert '<meta name="robots" content="noindex">' in page


def test_all_tags_are_listed_by_name_with_the_number_of_their_stories() -> None:
    page = made(site(publish(rich_edition())))["/tags/"]

    listed = r'<li><a href="([^"]*)"><bdi>(.*?)</bdi></a> <span class="count">(\d+)</span></li>'
    assert re.findall(listed, page) == [
        ("/tags/energy/", "energy", "2"),
        (ADDRESS, "R&amp;D/é", "1"),
        ("/tags/web/", "web", "1"),
    ]


def test_a_site_without_tags_leads_to_none() -> None:
    pages = made(site())

    assert "There are no stories here at the moment." in pages["/tags/"]
    assert not [path for path in ("/", "/archive/", "/feeds/") if "/tags/" in pages[path]]


def test_a_story_links_each_of_its_tags_once() -> None:
    story = replace(rich_edition().stories[0], tags=("Energy", "energy ", " ", "R&D/é"))
    _, parts = publish(replace(rich_edition(), stories=(story,)))

    page = next(part.body.decode() for part in parts if part.path == "/stories/laboratory/")

    assert re.findall(r'rel="tag" href="([^"]*)"><bdi>([^<]*)<', page) == [
        ("/tags/energy/", "Energy"),
        (ADDRESS, "R&amp;D/é"),
    ]


def test_an_issue_links_the_tags_of_its_stories_and_under_a_heading_its_own_if_they_say_more() -> None:
    of_stories = ["/tags/energy/", ADDRESS, "/tags/web/", "/tags/energy/"]

    for tags, own in {("energy", "web"): [], ("energy", "sun"): ["/tags/energy/", "/tags/sun/"]}.items():
        _, parts = publish(replace(rich_edition(), tags=tags))
        page = next(part.body.decode() for part in parts if part.path == "/issues/notebooks/")

        assert re.findall(r'rel="tag" href="([^"]*)"', page) == of_stories + own
        assert page.count("<h2>Tags</h2>") == (1 if own else 0)


def test_cards_on_the_front_page_and_in_the_archive_link_their_tags() -> None:
    pages = made(site(publish(rich_edition())))

    for path in ("/", "/archive/", "/archive/2026/"):
        assert '<li><a rel="tag" href="/tags/web/"><bdi>web</bdi></a></li>' in pages[path]
