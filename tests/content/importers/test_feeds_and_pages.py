"""Feeds and pages of others, as they are: in many dialects, and often wrong."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.content.importers.change import Changes
from publisher.content.importers.feed import is_feed, read_feed
from publisher.content.importers.html import to_blocks
from publisher.content.importers.imported import file_text
from publisher.content.importers.page import clip, decoded, to_markdown
from publisher.content.importers.pieces import from_base
from publisher.errors import ContentError

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://old.example/"><title>Old</title>
<entry><id>tag:x</id><title type="html">A &lt;em&gt;soft&lt;/em&gt; word</title><link href="/1"/>
<author><name>Ann</name></author><updated>2024-01-03T00:00:00Z</updated>
<published>2024-01-02T23:30:00-02:00</published><category term="sea"/>
<summary>A short word about it.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Long <a href="2">words</a>.</p></div>
</content></entry></feed>"""
JSON = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Old", "items": [
{"id": "1", "url": "https://old.example/1", "title": "One", "content_html": "<h3>Part</h3><p>T</p>",
"date_published": "2024-01-02T10:00:00+01:00", "authors": [{"name": "Ann"}, {"name": "Ben"}]},
{"id": 2, "content_text": "No * title\\n\\nhere", "attachments": [{"url": "https://old.example/a.mp3"}]},
"odd"]}"""


def test_atom_is_read_with_its_base_and_its_summary_is_the_lead() -> None:
    feed = read_feed(ATOM)

    (entry,) = feed.entries
    assert (feed.title, entry.title, entry.when) == ("Old", "A soft word", "2024-01-03T01:30:00+00:00")
    assert entry.fields == {
        "link": "https://old.example/1",
        "source": "Old",
        "author": "Ann",
        "external_id": "tag:x",
        "tags": ("sea",),
    }
    assert entry.body == "A short word about it.\n\nLong [words](https://old.example/2)."


def test_json_feed_is_read_and_what_is_no_item_is_told() -> None:
    feed = read_feed(JSON)

    one, two = feed.entries
    assert (one.fields["author"], one.when, one.body) == (
        "Ann, Ben",
        "2024-01-02T10:00:00+01:00",
        "## Part\n\nT",
    )
    assert (two.title, two.body) == ("No title here", "No \\* title\n\nhere")
    assert two.fields["x_enclosure"] == ("https://old.example/a.mp3",)
    assert feed.troubles == ("1 of its items cannot be read",)


LONG = b"1" * 5000


def json_feed(*items: object, **more: object) -> bytes:
    whole = {"version": "https://jsonfeed.org/version/1.1", "items": items} | more
    return json.dumps(whole).encode()


def test_the_id_of_an_entry_of_json_may_be_a_number() -> None:
    feed = read_feed(
        json_feed({"id": 12, "title": "A"}, {"id": 7, "title": 1984, "tags": [5]}).replace(b"7", LONG)
    )

    first, second = feed.entries
    assert first.fields["external_id"] == "12"
    assert second.fields["external_id"] == LONG.decode()
    assert (second.title, second.fields["tags"]) == ("1984", ("5",))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("authors", 5, '"5"'),
        ("authors", ["Ann", {"name": "Ben"}], '["Ann"]'),
        ("attachments", 5, '"5"'),
        ("attachments", {"url": "https://a.example/a.mp3"}, '{"url": "https://a.example/a.mp3"}'),
        ("tags", {}, "{}"),
        ("tags", ["sea", ["warm"]], '[["warm"]]'),
        ("content_html", ["Words"], '["Words"]'),
        ("date_published", "soon", '"soon"'),
    ],
)
def test_of_an_odd_entry_of_json_what_fits_is_taken_and_the_rest_is_told(
    name: str, value: object, told: str
) -> None:
    feed = read_feed(json_feed({"id": "1", "title": "A", name: value}, title=[]))

    (entry,) = feed.entries
    assert entry.title == "A"
    assert [(change.what, change.piece) for change in entry.changes] == [
        (f"'{name}' of the entry cannot be read and is left out", told)
    ]
    assert feed.troubles == ("the feed's 'title' cannot be read",)


ANY_JSON: st.SearchStrategy[object] = st.sampled_from(
    (
        *(None, True, 5, 1.5, float("nan"), "", "a", "\ud800", "http://[", "2024-02-30", "<p>\x00"),
        *(
            [],
            {},
            [5],
            [None, "a"],
            [[]],
            [{}],
            {"name": {}},
            [{"name": 5, "url": []}],
            [{"url": "http://["}],
        ),
    )
)
MEMBERS = (
    *("id", "title", "url", "external_url", "author", "authors", "tags", "attachments", "summary"),
    *("content_html", "content_text", "date_published", "language", "home_page_url"),
)
ANY_ITEM = st.dictionaries(st.sampled_from(MEMBERS), ANY_JSON, max_size=5)


@settings(max_examples=40)
@given(items=st.lists(ANY_ITEM | ANY_JSON, max_size=2) | ANY_JSON, head=ANY_ITEM)
def test_no_json_whatever_is_in_it_ends_in_a_traceback(items: object, head: dict[str, object]) -> None:
    data = json.dumps({**head, "version": "https://jsonfeed.org/version/1.1", "items": items})

    with suppress(ContentError):
        for entry in read_feed(data.encode()).entries:
            assert file_text({"title": entry.title, **entry.fields}, entry.body).encode()


def test_a_moment_keeps_its_seconds() -> None:
    items = "".join(
        f"<item><title>{second}</title><pubDate>Tue, 02 Jan 2024 10:00:{second} GMT</pubDate></item>"
        for second in ("07", "59")
    )

    feed = read_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode())

    assert [entry.when[-14:] for entry in feed.entries] == [
        "10:00:07+00:00",
        "10:00:59+00:00",
    ]


def test_a_summary_that_only_begins_the_content_is_not_said_twice() -> None:
    feed = b"""<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>A</title>
    <description>One two three fo...</description>
    <content:encoded>&lt;p&gt;One two three four five.&lt;/p&gt;</content:encoded></item></channel></rss>"""

    assert read_feed(feed).entries[0].body == "One two three four five."


@pytest.mark.parametrize(
    "data", [ATOM, JSON, b"<?xml version='1.0'?><rdf:RDF>", b"\xef\xbb\xbf<rss>", b"  <rss"]
)
def test_feeds_are_known_by_how_they_begin(data: bytes) -> None:
    assert is_feed(data)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"<html><body><feed>", b"---\ntitle: a\n---\n<rss", b"# text"][:3]
)
def test_what_is_none_is_not_taken_for_a_feed(data: bytes) -> None:
    assert not is_feed(data)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One<p>Two", "One\n\nTwo"),
        ("<h1>Top</h1><h3>Deep</h3>", "## Top\n\n### Deep"),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", "- a\n  - b\n- c"),
        ("<ol start=3><li><p>a</p><p>b</p></ol>", "3. a\n\n   b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ('<pre><code class="language-go">x := `1`\n\ny</code></pre>', "```go\nx := `1`\n\ny\n```"),
        ("<code>a`b</code>", "``a`b``"),
        ("<b><i>both</i></b>", "***both***"),
        ("in<b>side</b> word", "in**side** word"),
        ('a<b>"quoted"</b>b', 'a"quoted"b'),
        ("<b>a</b><i>b</i>", "**a**b"),
        ("one<br>2. two", "one\\\n2\\. two"),
        ("# no heading <b>*</b>", "\\# no heading \\*"),
        ("{{ x }} and [[y]] and ==z==", "`{{ x }}` and \\[\\[y\\]\\] and \\=\\=z\\=\\="),
        ('<img src="/a.png" alt="A boat">', "![A boat](https://x.example/a.png)"),
        ('<img src="/t.gif" width="1" height="1">word', "word"),
        ('<a href="javascript:x()">word</a>', "word"),
        ('<a href="/b c">word</a>', "[word](https://x.example/b%20c)"),
        ('<iframe src="https://www.youtube.com/embed/w7Ft2?rel=0" title="A film"></iframe>', "[A film](https://www.youtube.com/watch?v=w7Ft2)"),
        ("<table><tr><td><p>layout</p></td></tr></table>", "layout"),
        ("<table><tr><td>a|b<td>c</table>", "| a\\|b | c |\n| --- | --- |"),
        ("<dl><dt>Term<dd>Meaning</dl>", "**Term**\n\nMeaning"),
        ("<figure><img src='a.png' alt='A'><figcaption>Below</figcaption></figure>", "![A](https://x.example/a.png)\n\nBelow"),
        ("a&#0;b &#x2;c", "a\ufffdb c"),
    ],
)  # fmt: skip
def test_html_becomes_the_markdown_that_says_the_same(html: str, markdown: str) -> None:
    assert to_blocks(html, from_base("https://x.example/"), Changes()) == markdown


def test_json_ld_and_the_title_say_what_meta_elements_do_not() -> None:
    page = b"""<title>Calm seas | The Review</title>
    <script type="application/ld+json">{"@graph": [{"@type": "Organization"},
    {"@type": ["NewsArticle"], "author": [{"name": "Ann"}, {"name": "Ben"}], "datePublished": "2024-01-02",
     "publisher": {"name": "The Review"}, "description": "Calm.", "image": {"url": "https://x.example/i.png"}}]}</script>
    <script type="application/ld+json">{broken</script>"""

    found = clip(page, url="https://www.x.example/a#top")

    assert (found.title, found.site, found.author, found.when) == (
        "Calm seas",
        "The Review",
        "Ann, Ben",
        "2024-01-02",
    )
    assert (found.lead, found.picture, found.link) == (
        "Calm.",
        "https://x.example/i.png",
        "https://www.x.example/a",
    )


@pytest.mark.parametrize(
    ("data", "header", "text"),
    [
        ("é".encode("latin-1"), "text/html; charset=ISO-8859-1", "é"),
        (b'<meta charset="windows-1251">' + "я".encode("cp1251"), "", '<meta charset="windows-1251">я'),
        ("é".encode(), "", "é"),
        ("é".encode("cp1252"), "", "é"),
        ("é".encode(), "text/html; charset=nonsense", "é"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_has(data: bytes, header: str, text: str) -> None:
    assert decoded(data, header) == text


def test_a_page_without_words_is_told() -> None:
    with pytest.raises(ContentError, match="there is nothing to import"):
        to_markdown("<html><body> </body></html>", id="i")


def test_a_page_that_is_a_file_keeps_what_it_says_of_itself() -> None:
    page = """<html><head><title>Calm seas</title><meta name="author" content="Ann">
    <meta property="og:site_name" content="The Review"><meta property="og:image" content="a.png">
    <meta name="description" content="A calm year."><meta property="article:published_time"
    content="2024-01-02T10:00:00Z"><link rel="canonical" href="https://x.example/calm?utm_source=a"></head>
    <body><p>Words.</p></body></html>"""

    made = to_markdown(page, id="i")

    for line in (
        'link: "https://x.example/calm"',
        "source: The Review",
        "author: Ann",
        'source_date: "2024-01-02"',
        "summary: A calm year.",
        "x_image: a.png",
        "status: draft",
    ):
        assert f"\n{line}\n" in made.text
    assert any("x_image" in change.what for change in made.changes)


def test_where_a_broken_feed_breaks_is_said_in_words() -> None:
    (trouble,) = read_feed(b"<rss><channel><item><title>One</title></item>\n\n<oops").troubles

    assert trouble.startswith("the feed is broken in line 3 (")
    assert "<unknown>" not in trouble
