"""Each test of a cure fails with feedgen 1.0.0 as it comes."""

from __future__ import annotations

import locale
from dataclasses import replace
from datetime import UTC, datetime
from typing import NoReturn

import pytest
from lxml import etree  # type: ignore[import-untyped]  # lxml has no types

from publisher.model.edition import Direction
from publisher.outputs.feed import Channel, Entry
from publisher.outputs.feedgen_adapter import atom_entries, atom_feed, rss_entries, rss_feed
from tests.editions import AWKWARD_TITLE, MARKUP_TITLE, picture

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}

ENTRY = Entry(
    key="heat",
    id="tag:example.org,2026:heat",
    uri="tag:example.org,2026:heat",
    url="https://news.example.org/stories/heat/",
    title=AWKWARD_TITLE,
    lang="ar",
    dir=Direction.RTL,
    summary="A summary & more",
    html="<p>]]> &amp; &lt;b&gt; 👩‍👩‍👧‍👦 𠮷</p>",
    published="zq1.published-1.qz",
    pubdate="zq1.pubdate-1.qz",
    updated="zq1.updated-1.qz",
    author="A. Writer",
    link="https://review.example.net/?a=1&b=2",
    source="Review & Digest",
    tags=("energy", "R&D/é"),
    picture=picture(),
)

CHANNEL = Channel(
    id="tag:example.org,2026:feed/stories",
    path="/feed",
    url="https://news.example.org/feed",
    home="https://news.example.org/",
    site="https://news.example.org/",
    title="Field Notes & Co.",
    description="Three stories a week",
    lang="en-GB",
    author="Field Notes & Co.",
    stylesheet="/feed.css",
    updated=datetime(2026, 10, 6, 4, 30, tzinfo=UTC),
    entries=(),
)


def read_atom(*entries: Entry) -> etree._Element:
    return etree.fromstring(atom_feed(replace(CHANNEL, entries=tuple(atom_entries(entries)))))


def read_rss(*entries: Entry) -> etree._Element:
    return etree.fromstring(rss_feed(replace(CHANNEL, entries=tuple(rss_entries(entries)))))


def test_links_of_an_entry_keep_what_they_say() -> None:
    links = read_atom(ENTRY).findall("atom:entry/atom:link", NAMES)

    assert [dict(link.attrib) for link in links] == [
        {
            "href": "https://news.example.org/stories/heat/",
            "rel": "alternate",
            "type": "text/html",
            "hreflang": "ar",
        },
        {"href": "https://review.example.net/?a=1&b=2", "rel": "via", "title": "Review & Digest"},
    ]


def test_content_is_escaped_html_and_comes_back_as_it_was() -> None:
    content = read_atom(ENTRY).find("atom:entry/atom:content", NAMES)
    encoded = read_rss(ENTRY).findtext("channel/item/content:encoded", namespaces=NAMES)

    assert content.get("type") == "html"
    assert content.text == encoded == ENTRY.html


def test_the_description_stands_before_the_content() -> None:
    names = [element.tag for element in read_rss(ENTRY).find("channel/item")]

    assert names.index("description") + 1 == names.index(f"{{{NAMES['content']}}}encoded")


def test_a_summary_is_words_in_atom_and_html_in_rss() -> None:
    entry = replace(ENTRY, summary='if a<b and "c" & d')

    assert read_atom(entry).findtext("atom:entry/atom:summary", namespaces=NAMES) == entry.summary
    assert read_rss(entry).findtext("channel/item/description") == 'if a&lt;b and "c" &amp; d'


@pytest.mark.parametrize("title", [AWKWARD_TITLE, MARKUP_TITLE, "&lt;b&gt;", "a ]]> b"])
def test_titles_come_back_as_they_were(title: str) -> None:
    entry = replace(ENTRY, title=title)

    assert read_atom(entry).findtext("atom:entry/atom:title", namespaces=NAMES) == title
    assert read_rss(entry).findtext("channel/item/title") == title


def test_rss_titles_are_written_so_that_nobody_takes_them_for_html() -> None:
    (item,) = rss_entries([replace(ENTRY, title=MARKUP_TITLE)])

    assert b"<title>The &#x3C;meta&gt; element</title>" in item
    assert b"<title>Field Notes &#x26; Co.</title>" in rss_feed(CHANNEL)


def test_dates_of_an_entry_are_its_tokens_and_none_of_the_moment_it_is_made() -> None:
    item = read_rss(ENTRY).find("channel/item")
    entry = read_atom(ENTRY).find("atom:entry", NAMES)

    assert item.findtext("pubDate") == ENTRY.pubdate
    assert item.findtext("atom:updated", namespaces=NAMES) == ENTRY.updated
    assert [date.text for date in entry.findall("atom:updated", NAMES)] == [ENTRY.updated]
    assert entry.findtext("atom:published", namespaces=NAMES) == ENTRY.published


def test_dates_of_a_feed_are_those_it_is_told() -> None:
    rss = read_rss().find("channel")

    assert read_atom().findtext("atom:updated", namespaces=NAMES) == "2026-10-06T04:30:00Z"
    assert rss.findtext("lastBuildDate") == "Tue, 06 Oct 2026 04:30:00 +0000"


def test_the_locale_of_the_process_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(locale, "setlocale", refuse)

    assert read_rss(ENTRY).findtext("channel/item/pubDate") == ENTRY.pubdate
    assert read_atom(ENTRY).findtext("atom:entry/atom:published", namespaces=NAMES) == ENTRY.published


def test_the_channel_links_to_the_front_page_and_to_itself() -> None:
    channel = read_rss().find("channel")
    feed = read_atom()

    assert channel.findtext("link") == CHANNEL.home
    assert channel.find("atom:link", NAMES).attrib == {
        "href": CHANNEL.url,
        "rel": "self",
        "type": "application/rss+xml",
    }
    assert {link.get("rel"): link.get("href") for link in feed.findall("atom:link", NAMES)} == {
        "self": CHANNEL.url,
        "alternate": CHANNEL.home,
    }


def test_entries_stand_in_the_order_in_which_they_are_given() -> None:
    entries = [replace(ENTRY, id=f"tag:{number}", uri=f"tag:{number}") for number in range(3)]

    assert [item.findtext("guid") for item in read_rss(*entries).iter("item")] == ["tag:0", "tag:1", "tag:2"]
    assert [
        entry.findtext("atom:id", namespaces=NAMES)
        for entry in read_atom(*entries).findall("atom:entry", NAMES)
    ] == ["tag:0", "tag:1", "tag:2"]


def test_an_id_is_no_permalink() -> None:
    guid = read_rss(ENTRY).find("channel/item/guid")

    assert (guid.text, guid.get("isPermaLink")) == (ENTRY.id, "false")


def test_a_picture_is_one_media_content_without_a_group() -> None:
    for entry in (read_rss(ENTRY).find("channel/item"), read_atom(ENTRY).find("atom:entry", NAMES)):
        content = entry.find("media:content", NAMES)

        assert entry.find("media:group", NAMES) is None
        assert content.get("url") == picture().url
        assert (content.get("width"), content.get("height"), content.get("fileSize")) == (
            "1200",
            "675",
            str(picture().size),
        )
        assert content.findtext("media:description", namespaces=NAMES) == picture().alt


def test_an_entry_tells_its_language_author_source_and_tags() -> None:
    item = read_rss(ENTRY).find("channel/item")
    entry = read_atom(ENTRY).find("atom:entry", NAMES)
    lang = "{http://www.w3.org/XML/1998/namespace}lang"

    assert item.get(lang) == entry.get(lang) == item.findtext("dc:language", namespaces=NAMES) == "ar"
    assert item.findtext("dc:creator", namespaces=NAMES) == "A. Writer"
    assert entry.findtext("atom:author/atom:name", namespaces=NAMES) == "A. Writer"
    assert item.find("source").attrib == {"url": ENTRY.link}
    assert item.findtext("source") == ENTRY.source
    assert [tag.text for tag in item.findall("category")] == list(ENTRY.tags)
    assert [tag.get("term") for tag in entry.findall("atom:category", NAMES)] == list(ENTRY.tags)


def test_what_an_entry_does_not_have_is_not_there() -> None:
    bare = replace(ENTRY, author="", link="", source="", tags=(), picture=None, summary="")

    item = read_rss(bare).find("channel/item")
    entry = read_atom(bare).find("atom:entry", NAMES)

    assert {etree.QName(element).localname for element in item} == {
        *("title", "link", "description", "encoded", "guid", "pubDate", "updated", "language")
    }
    assert {etree.QName(element).localname for element in entry} == {
        *("id", "title", "updated", "content", "link", "summary", "published")
    }


def test_an_entry_cut_out_of_its_document_has_no_made_up_prefixes() -> None:
    (item, _), (entry, _) = rss_entries([ENTRY, ENTRY]), atom_entries([ENTRY, ENTRY])

    assert item.startswith(b'<item xml:lang="ar"><title>')
    assert entry.startswith(b'<entry xml:lang="ar"><id>')
    assert b"ns0" not in item + entry


def test_browsers_are_told_a_stylesheet_and_nobody_a_version() -> None:
    for feed in (rss_feed(CHANNEL), atom_feed(CHANNEL)):
        assert feed.splitlines()[1] == b'<?xml-stylesheet type="text/css" href="/feed.css"?>'
        assert b"<generator>Publisher</generator>" in feed


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read_rss().find("channel").findtext("language") == "en-GB"
    assert read_atom().findtext("atom:id", namespaces=NAMES) == CHANNEL.id
    assert read_atom().findtext("atom:author/atom:name", namespaces=NAMES) == CHANNEL.author
