from __future__ import annotations

from dataclasses import replace

from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from publisher.model.rendered import Site
from publisher.outputs.sitemap import SitemapOutput
from tests.editions import HOME, MASTHEAD, japanese_edition, rich_edition
from tests.sites import card, days_before, site, theme

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
NEWS = site(card(rich_edition()), card(japanese_edition(), published=days_before(300)))


def made(of: Site = NEWS) -> dict[str, bytes]:
    return {artefact.path: artefact.body for artefact in SitemapOutput().join(of, theme=theme())}


def test_the_index_names_a_sitemap_for_shared_pages_and_one_for_each_year() -> None:
    locations = etree.fromstring(made()["/sitemap.xml"]).xpath("s:sitemap/s:loc/text()", namespaces=NAMES)

    assert locations == [f"{HOME}/sitemap-{name}.xml" for name in ("pages", 2026, 2025)]


def test_shared_pages_are_listed_with_every_tag() -> None:
    urls = etree.fromstring(made()["/sitemap-pages.xml"])

    assert urls.xpath("s:url/s:loc/text()", namespaces=NAMES) == [
        *(f"{HOME}{path}" for path in ("/", "/archive/", "/tags/", "/feeds/")),
        *(f"{HOME}/tags/{tag}/" for tag in ("energy", "r%26d-%C3%A9", "web", "%E9%9B%BB%E5%8A%9B")),
    ]


def test_a_year_lists_its_archive_page_issues_and_stories_with_their_last_change() -> None:
    urls = etree.fromstring(made()["/sitemap-2026.xml"])

    assert urls.xpath("s:url/s:loc/text()", namespaces=NAMES) == [
        f"{HOME}/archive/2026/",
        f"{HOME}/issues/notebooks/",
        f"{HOME}/stories/laboratory/",
        f"{HOME}/stories/meta-element/",
        f"{HOME}/stories/shams/",
    ]
    assert urls.xpath("s:url/s:lastmod/text()", namespaces=NAMES)[0] == "2026-10-06T04:30:00Z"


def test_a_story_in_two_issues_is_listed_once() -> None:
    twice = site(card(rich_edition()), card(replace(rich_edition(), id="again"), published=days_before(1)))

    assert made(twice)["/sitemap-2026.xml"].count(b"/stories/laboratory/") == 1


def test_only_touched_years_are_made_anew() -> None:
    later = replace(NEWS, touched={2026: NEWS.touched[2026]})

    assert made(later).keys() == {*("/sitemap.xml", "/sitemap-pages.xml", "/sitemap-2026.xml", "/robots.txt")}


def test_a_site_without_issues_has_an_index_without_years() -> None:
    assert len(etree.fromstring(made(site())["/sitemap.xml"])) == 1


def test_robots_find_the_sitemap_and_keep_out_of_what_is_somebodys_own() -> None:
    lines = (
        made(site(masthead=replace(MASTHEAD, home_url=f"{HOME}/news")))["/robots.txt"].decode().splitlines()
    )

    assert lines[0] == "User-agent: *"
    assert "Disallow: /news/unsubscribe/" in lines
    assert lines[-1] == f"Sitemap: {HOME}/news/sitemap.xml"
