"""The checker is proved: each row breaks one thing in a valid feed, and that is what it says."""

from __future__ import annotations

import pytest

from publisher.model.rendered import Artefact
from publisher.store import public
from publisher.store.database import Database
from tests.databases import NOW
from tests.validity.all import MadeFeeds, artefact_faults, feed_faults
from tests.validity.article import UNSAFE, article_faults
from tests.validity.samples import ATOM, JSON, RSS, SAMPLES

Row = tuple[str, str, str]
"""What stands in the sample, what stands there instead, and a part of the fault in words."""

XHTML = ATOM[ATOM.index('<content type="xhtml">') : ATOM.index("</entry>\n</feed>")]
SCRIPT = "&lt;script&gt;a()&lt;/script&gt;"

RSS_ROWS: list[Row] = [
    ("<?xml version='1.0' encoding='UTF-8'?>\n", "", "XML declaration"),
    ("</rss>", "", "malformed"),
    ("First", "Fir\x08st", "malformed"),
    ('version="2.0"', 'version="0.92"', "version='2.0'"),
    ("<title>Heat</title>", "", "'title' stands 0 times"),
    ("<link>https://news.example.org/</link>", "", "'link' stands 0 times"),
    ("<description>About heat</description>", "", "'description' stands 0 times"),
    ("<language>en</language>", "<language>en</language><language>de</language>", "stands 2 times"),
    ("<language>en</language>", "<language>en_US</language>", "no language tag"),
    ("<ttl>60</ttl>", "<ttl>1h</ttl>", "number of minutes"),
    ("<ttl>60</ttl>", "<updated>60</updated>", "no element 'updated'"),
    ("<ttl>60</ttl>", "<webMaster>Ann</webMaster>", "'Ann' is no mail address"),
    ("Tue, 06 Oct 2026 04:30:00 +0000", "Mon, 05 Oct 2026 04:30:00 +0000", "built before"),
    ("Tue, 06 Oct 2026 04:30:00 +0000", "2026-10-06T04:30:00Z", "no date of RFC 822"),
    ("Tue, 06 Oct 2026 04:29:59 +0000", "Wed, 06 Oct 2026 04:29:59 +0000", "no Wed but a Tue"),
    ("Tue, 06 Oct 2026 04:29:59 +0000", "mar., 06 oct. 2026 04:29:59 +0000", "no date of RFC 822"),
    ("Tue, 06 Oct 2026 04:29:59 +0000", "Tue, 31 Feb 2026 04:29:59 +0000", "no date of RFC 822"),
    ("Tue, 06 Oct 2026 04:29:59 +0000", "Tue, 06 Oct 26 04:29:59 +0000", "no date of RFC 822"),
    ('rel="self"', 'rel="alternate"', "its own address"),
    ("/feed.rss", "/other.rss", "its own address is /feed.rss"),
    ("https://news.example.org/feed.rss", "/feed.rss", "no absolute address"),
    ('<atom:link href="https://news.example.org/feed.rss" rel="self"', "<atom:link", "its own address"),
    ("</language>", '</language><atom:link href="https://x.example/feed.rss" rel="self"/>', "two links"),
    ("</language>", '</language><atom:link href="https://x.example/"/>', "what it is for"),
    ("<title>One</title>", "<title> One\nmore</title>", "single spaces"),
    ("<title>One</title>", "<title>\u202eOne</title>", "turns the direction"),
    ("<title>One</title>", "<title>One</title><title>1</title>", "'title' stands 2 times"),
    ("<title>Two</title>", "", "neither title nor description"),
    ("First", "Fir\x85st", "U+0085"),
    ("https://news.example.org/stories/one/", "/stories/one/", "no absolute address"),
    ("https://news.example.org/stories/one/", "https://news.example.org/stories/é/", "no absolute address"),
    ("https://news.example.org/stories/one/", "gopher://news.example.org/", "the scheme gopher"),
    ("https://news.example.org/stories/one/", "https:///stories/", "has no host"),
    ("https://news.example.org/stories/two/", "tag:example.org,2026:1", "the scheme tag"),
    ("https://news.example.org/stories/two/</guid>", "two</guid>", "no absolute address"),
    ("<guid>https://news.example.org/stories/two/</guid>", "", "'guid' stands 0 times"),
    ("<guid>https://news.example.org/stories/two/", '<guid isPermaLink="false">tag:example.org,2026:1',
     "2 times"),
    ('isPermaLink="false"', 'isPermaLink="no"', "isPermaLink is 'no'"),
    ("<pubDate>Mon, 05 Oct 2026 04:29:59 +0000</pubDate>", "", "'pubDate' stands 0 times"),
    ("2026-10-06T04:29:59Z", "2026-10-06T04:29:58Z", "updated before it was published"),
    ("2026-10-06T04:29:59Z", "2026-10-06 04:29:59", "no moment of RFC 3339"),
    ("2026-10-05T04:29:59Z", "2026-10-07T04:29:59Z", "newest first"),
    ("<dc:creator>A. Writer</dc:creator>", "<author>A. Writer</author>", "'A. Writer' is no mail address"),
    ("<dc:creator>A. Writer</dc:creator>", "<dc:writer>A. Writer</dc:writer>", "no element 'writer'"),
    ('<source url="https://x.example/">', "<source>", "no absolute address"),
    (">Review<", "><", "its source has no name"),
    ("<category>", '<enclosure url="https://x.example/a" type="audio" length="1"/><category>', "media type"),
    ("<category>", '<enclosure url="https://x.example/a" type="a/b"/><category>', "its length"),
    ("<item><title>One", '<item xml:lang="english language"><title>One', "no language tag"),
    ("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/elements/1.1", "nobody knows the namespace"),
    ("xmlns:media=", 'xmlns:ns0="urn:x" xmlns:media=', "nobody knows the namespace"),
    ("<rss", "<!DOCTYPE rss>\n<rss", "has a DOCTYPE"),
    ('url="https://news.example.org/media/a.png"', 'url="media/a.png"', "no absolute address"),
    ('type="image/png"', 'type="png"', "no media type"),
    ('fileSize="9"', 'fileSize="9 B"', "fileSize of the picture"),
    ('medium="image"', 'medium="picture"', "medium of the picture"),
    ("<description>First</description>", f"<description>{SCRIPT}</description>", "<script>"),
    ("&lt;p&gt;One", f"{SCRIPT}&lt;p&gt;One", "<script>"),
]  # fmt: skip

ATOM_ROWS: list[Row] = [
    ("<?xml version='1.0' encoding='UTF-8'?>\n", "", "XML declaration"),
    ("</feed>", "", "malformed"),
    ("<id>tag:example.org,2026:feed</id>", "", "id"),
    ("<title>Heat</title>", "", "feed failed to validate"),
    ("<title>Heat</title>", "<title>Heat</title><title>Heat</title>", "title"),
    ("<updated>2026-10-06T04:29:59Z</updated>\n<author>", "<author>", "updated"),
    ("<author><name>Heat</name></author>", "<author></author>", "author"),
    ("<author><name>Heat</name></author>", "", "neither the feed nor each entry has an author"),
    ("<name>Heat</name>", "<name>Heat</name><email>nobody</email>", "email"),
    ("<fh:archive/>", "<fh:archived/>", "no element 'archived'"),
    ("<fh:archive/>", "<archive/>", "archive"),
    ("<fh:archive/>", '<archive xmlns=""/>', "archive"),
    ("<published>2026-10-06T04:29:59Z", "<published>2026-10-06", "published"),
    ("<published>2026-10-06T04:29:59Z", "<published>2026-02-31T04:29:59Z", "published"),
    ("<published>2026-10-06T04:29:59Z", "<published>2026-10-06T04:29:59", "published"),
    ("<published>2026-10-06T04:29:59Z", "<published>2026-10-07T04:29:59Z", "updated before"),
    ("2026-10-05T04:29:59.5+02:00", "2026-10-07T04:29:59Z", "newest first"),
    ("<updated>2026-10-06T04:29:59Z</updated>\n<author>", "<updated>2026-10-08T04:29:59Z</updated>\n<author>",
     "its newest entry"),
    ("<id>tag:example.org,2026:2</id>", "<id>tag:example.org,2026:1</id>", "2 times"),
    ("<id>tag:example.org,2026:2</id>", "<id>tag:example.org,2026:feed</id>", "that of the feed"),
    ("<id>tag:example.org,2026:2</id>", "<id>two</id>", "no absolute address"),
    ("<id>tag:example.org,2026:2</id>", "<id>tag:example.org,2026:é</id>", "no absolute address"),
    ("<title>Two</title>", "<title></title>", "is empty"),
    ("<title>Two</title>", "<title>T\u202ewo</title>", "turns the direction"),
    ("First", "Fir\x85st", "U+0085"),
    ('rel="self"', 'rel="related"', "its own address"),
    ("/feed.atom", "/other.atom", "its own address is /feed.atom"),
    ('<link href="https://news.example.org/" rel="alternate" type="text/html"/>', "", "no page for people"),
    ('<link href="https://news.example.org/" rel="alternate"', "<link", "link failed to validate"),
    ("https://news.example.org/stories/one/", "/stories/one/", "no absolute address"),
    ('rel="via" title="Review"', 'rel="alternate" type="text/html" hreflang="de"', "two alternate links"),
    ('rel="via"', 'rel="self"/><link href="https://x.example/2" rel="self"', "two links say"),
    ('hreflang="de"', 'hreflang="de_DE"', "hreflang"),
    ('hreflang="de"', 'hreflang="abcdefghi-1"', "hreflang"),
    ('hreflang="de"', 'hreflang="x"', "no language tag"),
    ('hreflang="de"', 'length="long"', "length"),
    ('rel="alternate" type="text/html" hreflang', 'rel="alternate" type="html" hreflang', "type"),
    ('xml:lang="de"', 'xml:lang="d"', "no language tag"),
    ('xml:lang="de"', 'lang="de"', "lang"),
    ('<category term="energy"/>', '<category label="energy"/>', "category failed to validate"),
    ('<content type="html">', '<content type="CDATA">', "content"),
    (XHTML, "", "neither content nor a page"),
    ('<div xmlns="http://www.w3.org/1999/xhtml"><p class="x">Two</p></div>', "Two", "content"),
    ("<summary>First</summary>", f'<summary type="html">{SCRIPT}</summary>', "<script>"),
    ("&lt;p&gt;One", f"{SCRIPT}&lt;p&gt;One", "<script>"),
    ("<thr:total>3</thr:total>", "<thr:sum>3</thr:sum>", "no element 'sum'"),
    ("http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss", "nobody knows the namespace"),
    ("<feed", "<!DOCTYPE feed>\n<feed", "has a DOCTYPE"),
    ('width="4"', 'width="4px"', "width of the picture"),
    ("<name>Heat</name>", "<name>Heat</name><uri>/heat</uri>", "no absolute address"),
]  # fmt: skip

JSON_ROWS: list[Row] = [
    ('"items":[', '"items":[,', "malformed"),
    ('"title":"Heat"', '"title":"Heat","title":"Cold"', "stands twice"),
    ('"items":[', '"entries":[', "no object with items"),
    ("version/1.1", "version/1", "is not 'https"),
    ('"title":"Heat",', "", "'title' is missing"),
    ('"title":"Heat"', '"title":7', "7 is no text"),
    ("https://news.example.org/feed.json", "https://news.example.org/other.json", "its own address is"),
    ('"feed_url":"https://news.example.org/feed.json",', "", "does not say its own address"),
    ("https://news.example.org/2026/10.json", "https://news.example.org/feed.json", "is this one"),
    ("https://news.example.org/2026/10.json", "/2026/10.json", "no absolute address"),
    ('"language":"en"', '"language":"en_US"', "no language tag"),
    ('"language":"en"', '"author":"Ann"', "no member 'author'"),
    ('[{"name":"Heat"}]', '{"name":"Heat"}', "is no list"),
    ('[{"name":"Heat"}]', "[{}]", "the object is empty"),
    ('[{"name":"Heat"}]', '["Heat"]', "is no object"),
    ('{"type":"WebSub","url":"https://hub.example/"}', '{"url":"https://hub.example/"}', "'type' is missing"),
    ("https://hub.example/", "hub.example", "no absolute address"),
    ('{"about":"https://news.example.org/feeds/"}', "{}", "what it is about"),
    ('{"about":"https://news.example.org/feeds/"}', '{"about":"us"}', "no absolute address"),
    ('{"about":"https://news.example.org/feeds/"}', "7", "an extension is an object"),
    ('"id":"tag:example.org,2026:1",', "", "'id' is missing"),
    ('"id":"tag:example.org,2026:1"', '"id":1', "1 is no text"),
    ('"id":"tag:example.org,2026:2"', '"id":"tag:example.org,2026:1"', "2 times"),
    ('"content_text":"Two",', "", "it has no content"),
    ('"content_text":"Two"', '"content_text":"T\\u0007wo"', "U+0007"),
    ('"content_text":"Two"', '"content_text":"T\\udc00wo"', "U+DC00"),
    ("<p>One", "<script>a()</script><p>One", "<script>"),
    ('"title":"One"', '"title":"One\\nmore"', "single spaces"),
    ("https://news.example.org/stories/one/", "stories/one/", "no absolute address"),
    ('"date_published":"2026-10-06T04:29:59Z"', '"date_published":"Tue, 06 Oct 2026"', "RFC 3339"),
    ('"date_published":"2026-10-06T04:29:59Z"', '"date_published":"2026-10-07T04:29:59Z"', "modified before"),
    ("2026-10-05T04:29:59+02:00", "2026-10-08T04:29:59+02:00", "newest first"),
    ('["energy"]', '"energy"', "is no list"),
    ('["energy"]', '[""]', "is no text"),
    ('"language":"de"', '"language":"deutsche sprache"', "no language tag"),
    ('"mime_type":"audio/mpeg"', '"mime_type":"mp3"', "no media type"),
    ('"mime_type":"audio/mpeg",', "", "'mime_type' is missing"),
    ('"size_in_bytes":12', '"size_in_bytes":"12"', "no number of bytes"),
    ('"tags"', '"labels"', "no member 'labels'"),
]  # fmt: skip

ROWS = [
    *(("/feed.rss", *row) for row in RSS_ROWS),
    *(("/feed.atom", *row) for row in ATOM_ROWS),
    *(("/feed.json", *row) for row in JSON_ROWS),
]


@pytest.mark.parametrize("path", SAMPLES)
def test_the_samples_are_valid(path: str) -> None:
    assert feed_faults(path, SAMPLES[path].encode()) == ()


@pytest.mark.parametrize(("path", "before", "after", "fault"), ROWS)
def test_what_is_broken_is_told(path: str, before: str, after: str, fault: str) -> None:
    sample = SAMPLES[path]
    assert before in sample

    found = feed_faults(path, sample.replace(before, after, 1).encode())

    assert any(fault in each for each in found), found


def test_a_fault_in_an_entry_says_in_which() -> None:
    for path, sample, name in (
        ("/feed.rss", RSS, "item"),
        ("/feed.atom", ATOM, "entry"),
        ("/feed.json", JSON, "item"),
    ):
        (fault,) = feed_faults(path, sample.replace("https://x.example/", "x", 1).encode())

        assert fault.startswith(f"{name} 1 (tag:example.org,2026:1): ")


ARTICLES: list[tuple[str, str]] = [
    ("<p>a</b></p>", "malformed"),
    ("<p>a & b &bogus; c</p>", "malformed"),
    *((f"<{name}></{name}>", f"<{name}>") for name in ("object", "form")),
    ("<!-- a -->", "a comment"),
    ("<p onclick='a()'>a</p>", "it is a script"),
    ("<p style='color:red'>a</p>", "our styles"),
    ("<p class='x'>a</p>", "our styles"),
    ("<a href='/x'>a</a>", "no absolute address"),
    ("<a href='#x'>a</a>", "no absolute address"),
    ("<a href='?x'>a</a>", "no absolute address"),
    ("<a href='//x.example/'>a</a>", "no absolute address"),
    ("<a href='javascript:a()'>a</a>", "the scheme javascript"),
    ("<a href='https://x.example/a b'>a</a>", "no absolute address"),
    ("<img src='https://x.example/a.png'>", "no alt"),
    ("<img alt='' src='data:image/png;base64,AA=='>", "the scheme data"),
    ("<img alt='' src='https://x.example/a.png' srcset='b.png 2x'>", "no absolute address"),
    ("<video poster='b.png'></video>", "no absolute address"),
    ("<blockquote cite='b'>a</blockquote>", "no absolute address"),
    ("<p lang='en_US'>a</p>", "no language tag"),
    ("<p dir='left'>a</p>", "no direction"),
    ("<p>a&#x85;</p>", "malformed"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "fault"), ARTICLES)
def test_html_that_would_break_or_harm_a_reader_is_told(html: str, fault: str) -> None:
    found = article_faults(html)

    assert any(fault in each for each in found), found


@pytest.mark.parametrize("name", sorted(UNSAFE - {"frame", "frameset"}))
def test_elements_that_do_something_are_told(name: str) -> None:
    assert article_faults(f"<div><{name}></{name}></div>")
    assert article_faults(f"<div><{name}></div>")


def test_html_that_every_reader_can_show_is_right() -> None:
    html = (
        '<div lang="ar" dir="rtl"><h2>a &amp; b</h2><p id="x">c<br>d <a href="mailto:a@b.example">e</a></p>'
        '<figure><img src="https://x.example/a.png" alt="" srcset="https://x.example/b.png 2x" width="1" '
        'height="1"><figcaption>f</figcaption></figure></div>'
    )

    assert article_faults(html) == ()


def test_only_what_is_served_as_a_feed_is_taken_for_one() -> None:
    page = Artefact(path="/feed.html", media_type="text/html", body=b"no feed")
    feed = Artefact(path="/x.rss", media_type="text/xml", body=RSS.replace("/feed.rss", "/x.rss").encode())

    assert artefact_faults(page) == []
    assert artefact_faults(feed) == ["/x.rss: its media type is text/xml"]


def test_whatever_is_stored_for_the_public_is_looked_at(database: Database, made_feeds: MadeFeeds) -> None:
    feed = Artefact(path="/feed.json", media_type="application/feed+json", body=b"{}")

    with database.begin() as db:
        public.put(db, [feed], generation=1, now=NOW)

    assert made_feeds.faults() == ["/feed.json: the document is no object with items"]
