"""What breaks feeds elsewhere, from Markdown files to what programs read back.

Every feed of these tests is held to the rules of its format as well (`tests.validity`).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import httpx2
import pytest

from publisher.actions.archive import archive
from publisher.actions.going_public import rebuild
from publisher.actions.masthead import follow_masthead
from publisher.actions.scan import scan
from publisher.actions.tick import tick
from publisher.app import Publisher
from publisher.content.folder import read_issue
from publisher.model.finding import Finding
from publisher.schedule.clock import Clock
from publisher.store import issues
from publisher.web.routes import site
from publisher.web.server import Server
from tests.editions import AWKWARD_TITLE, MARKUP_TITLE, japanese_edition
from tests.feeds import PROGRAMS, articles, body, read, told
from tests.newsrooms import PATIENCE, TUESDAY, Newsroom, newsroom_in, served
from tests.validity.all import feed_faults
from tests.validity.article import article_faults
from tests.web.newsroom import put_into_queue

FEEDS = [f"/feed{ending}" for ending in (".rss", ".atom", ".json")]
HOME = "https://news.example.net"


@pytest.fixture
def newsroom(tmp_path: Path, sqlite_template: Path) -> Newsroom:
    return newsroom_in(tmp_path / "newsroom", sqlite_template)


@pytest.fixture
def publisher(newsroom: Newsroom) -> Iterator[Publisher]:
    with newsroom.opened() as opened:
        yield opened


UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def write(
    newsroom: Newsroom, text: str = "A lead with some words.", *, slug: str = "heat", **fields: str
) -> None:
    """Save a single-file issue with that body; what nobody sees is escaped in its fields."""
    values = {"title": "A quiet machine", "date": "2026-10-01"} | fields
    head = "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())
    head = UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", head)
    newsroom.saves(f"{slug}.md", f"---\n{head}---\n\n{text}\n")


def findings_of(newsroom: Newsroom) -> tuple[Finding, ...]:
    """Return what is wrong with the files of the issue 'heat'."""
    return read_issue(newsroom.issues, "heat").findings


def put_online(publisher: Publisher, *slugs: str) -> None:
    """Make issues public as they are, whatever the check says of them."""
    assert archive(publisher, slugs or ("heat",), checked=False) == ()


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (AWKWARD_TITLE, AWKWARD_TITLE),
        (MARKUP_TITLE, MARKUP_TITLE),
        ("&lt;b&gt; and &amp;", "&lt;b&gt; and &amp;"),
        ("a ]]> b <![CDATA[c", "a ]]> b <![CDATA[c"),
        ("👩‍👩‍👧‍👦 🇯🇵 𠮷野家 🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👩‍👩‍👧‍👦 🇯🇵 𠮷野家 🏴󠁧󠁢󠁳󠁣󠁴󠁿"),
        ("A\ntitle\t of\u00a0 many \u2028 spaces  ", "A title of many spaces"),
        ("cafe\u0301 \u202egnol", "café gnol"),
        ("", "The first words of the lead stand in."),
        (" \u202e\n", "The first words of the lead stand in."),
    ],
)
def test_a_title_is_read_back_to_the_letter(
    newsroom: Newsroom, publisher: Publisher, written: str, title: str
) -> None:
    write(newsroom, "The first words of the lead stand in.", title=written)

    put_online(publisher)

    assert told(publisher, "title") == [title]


@pytest.mark.parametrize("bad", ["\0", "\x0b", "\x1b", "\x7f", "\x85", "\x9f", "\ud800", "\ufffe", "\uffff"])
def test_unseen_characters_in_a_field_are_told_with_their_place_and_the_feed_is_built(
    newsroom: Newsroom, publisher: Publisher, bad: str
) -> None:
    write(newsroom, "The first words of the lead.", title=f"a{bad}b", author=f"c{bad}d")

    findings = [each for each in findings_of(newsroom) if f"U+{ord(bad):04X}" in each.what]
    put_online(publisher)

    assert {(str(finding.place), finding.severity.value) for finding in findings} == {
        ("issues/heat.md:2:8", "E"),
        ("issues/heat.md:4:9", "E"),
    }
    assert told(publisher, "title") == ["The first words of the lead."]
    assert bad.encode("utf-8", "surrogatepass") not in body(publisher, "/feed.json")


def test_unseen_characters_that_entities_bring_in_are_removed(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    entities = "a&#0;&#1;&#x0b;&#x1b;&#x7f;&#x85;&#x9f;&#xD800;&#xFFFE;&#xFFFF;b"
    write(newsroom, f"A lead {entities}.\n\n## Key Takeaways\n\n- **{entities}:** {entities}\n")

    put_online(publisher)

    (text,) = told(publisher, "text")
    assert not UNSEEN.search(text)
    assert re.fullmatch(r"A lead a\ufffd*b\. Key Takeaways a\ufffd*b: a\ufffd*b", text)


@pytest.mark.parametrize(
    "bad", [b"\0", b"\x0b", b"\x1b", b"\x7f", b"\xc2\x9f", b"\xef\xbf\xbe", b"\xed\xa0\x80"]
)
def test_unseen_characters_in_a_file_are_told_with_their_place_and_harm_no_other_story(
    newsroom: Newsroom, publisher: Publisher, bad: bytes
) -> None:
    write(newsroom)
    (newsroom.issues / "half.md").write_bytes(b"---\ntitle: Half\n---\n\nA " + bad + b" lead.\n")

    (trouble,) = archive(publisher, ["half", "heat"], checked=False)

    assert re.match(r"issues/half\.md:5(:3)?: E00\d ", trouble)
    assert told(publisher, "title") == ["A quiet machine"]


BODIES = {
    "the end of CDATA": ("Code ended in `]]>` and ]]> again.", "Code ended in ]]> and ]]> again."),
    "joined emoji and far planes": ("👩‍👩‍👧‍👦 🇯🇵 𠮷 🏴󠁧󠁢󠁳󠁣󠁴󠁿 𝄞", "👩‍👩‍👧‍👦 🇯🇵 𠮷 🏴󠁧󠁢󠁳󠁣󠁴󠁿 𝄞"),
    "entities": ("R&D &amp; &lt;b&gt; &copy; &#128640;", "R&D & <b> © 🚀"),
    "markup that is no HTML": ("if a<b and c>d, then <x", "if a<b and c>d, then <x"),
}


@pytest.mark.parametrize("name", BODIES)
def test_what_is_written_is_read_by_every_program(
    newsroom: Newsroom, publisher: Publisher, name: str
) -> None:
    written, text = BODIES[name]
    write(newsroom, written)

    put_online(publisher)

    assert told(publisher, "text") == [text]


HARMFUL = """\
Before <script>alert("one")</script> after.

<iframe src="https://evil.example/">two</iframe>

<p onclick="three()" style="color:red" class="x">four</p>

<svg onload="five()"><text>six</text></svg>

<meta http-equiv="refresh" content="0;url=https://evil.example/">seven

[eight](javascript:nine()) [ten](data:text/html,eleven) ![twelve](data:image/gif;base64,AAAA)

<form action="/x"><input value="thirteen">fourteen</form>

<img src="x.png" srcset="//evil.example/y.png 2x" onerror="fifteen()"> <video poster="z.png">sixteen</video>
"""


def test_what_would_do_something_is_gone_and_its_words_are_kept(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    write(newsroom, HARMFUL)

    put_online(publisher)

    (html,) = articles(publisher)
    assert article_faults(html) == ()
    (text,) = told(publisher, "text")
    for word in (
        "Before",
        "after",
        "two",
        "four",
        "six",
        "seven",
        "eight",
        "ten",
        "twelve",
        "fourteen",
        "sixteen",
    ):
        assert word in text


@pytest.mark.parametrize(
    "written",
    [
        "<b>open",
        "</div></p>",
        "<a href='x",
        "<ul><li>one<li>two",
        "<table><td>x",
        "<!-- open",
        "**bold",
        "[x](y",
    ],
)
def test_malformed_markup_is_repaired(newsroom: Newsroom, publisher: Publisher, written: str) -> None:
    write(newsroom, f"First.\n\n{written}\n\nLast.")

    put_online(publisher)

    (html,) = articles(publisher)
    assert article_faults(html) == ()
    assert [text.startswith("First.") and text.endswith("Last.") for text in told(publisher, "text")] == [
        True
    ]


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("/about", f"{HOME}/about"),
        ("more", f"{HOME}/stories/heat/more"),
        ("../", f"{HOME}/stories/"),
        ("//other.example/x", "https://other.example/x"),
        ("#below", f"{HOME}/stories/heat/#below"),
        ("?page=2", f"{HOME}/stories/heat/?page=2"),
        ("<https://x.example/a b>", "https://x.example/a%20b"),
        (
            "https://münchen.example/straße?q=ä#ö",
            "https://xn--mnchen-3ya.example/stra%C3%9Fe?q=%C3%A4#%C3%B6",
        ),
        ("https://x.example/?a=1&b=2", "https://x.example/?a=1&amp;b=2"),
    ],
)
def test_links_are_absolute_and_in_ascii(
    newsroom: Newsroom, publisher: Publisher, written: str, address: str
) -> None:
    write(newsroom, f"A [link]({written}).", link="https://münchen.example/ü?ü=a", source="Review")

    put_online(publisher)

    (html,) = articles(publisher)
    assert f'<a href="{address}">link</a>' in html
    assert 'href="https://xn--mnchen-3ya.example/%C3%BC?%C3%BC=a"' in html


def test_a_story_in_arabic_says_so_in_an_english_feed(newsroom: Newsroom, publisher: Publisher) -> None:
    write(newsroom, "صارت ألواح السطوح أرخص.", title="الشمس فوق السطوح", lang="ar")

    put_online(publisher)

    assert told(publisher, "lang") == ["ar"]
    (html,) = articles(publisher)
    assert html.startswith('<div lang="ar" dir="rtl">')


@pytest.mark.parametrize("author", ["", "A. Writer", "A. Writer & B. Reader <b@example.org>", "山田花子"])
def test_authors_need_no_mail_address(newsroom: Newsroom, publisher: Publisher, author: str) -> None:
    write(newsroom, **({"author": author} if author else {}))

    put_online(publisher)

    found = {entry.author for entries in read(publisher).values() for entry in entries}
    assert found == {author} if author else found <= {"", "Heat"}


def test_a_tag_of_any_letters_is_read_back(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.saves(
        "heat.md",
        "---\ntitle: A quiet machine\ndate: 2026-10-01\ntags: ['R&D/é', '<b>', 'a b']\n---\n\nA lead.\n",
    )

    put_online(publisher)

    assert told(publisher, "tags") == [("R&D/é", "<b>", "a b")]


def test_two_stories_of_one_title_on_one_day_are_two(newsroom: Newsroom, publisher: Publisher) -> None:
    write(newsroom, slug="heat")
    write(newsroom, slug="heat-too")

    put_online(publisher, "heat", "heat-too")

    assert len(set(told(publisher, "id"))) == len(set(told(publisher, "link"))) == 2


def test_ten_stories_at_once_are_ordered_and_have_moments_of_their_own(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    newsroom.saves("ten/issue.md", "---\ntitle: Ten of them\ndate: 2026-10-01T10:00\n---\n")
    for number in range(10):
        newsroom.saves(f"ten/{number:02d}-story.md", f"---\ntitle: Story {number}\n---\n\nA lead.\n")

    put_online(publisher, "ten")

    moment = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
    assert told(publisher, "title") == [f"Story {number}" for number in range(10)]
    assert told(publisher, "updated") == [moment - timedelta(seconds=number) for number in range(1, 11)]
    assert told(publisher, "published") == told(publisher, "updated")


def test_a_story_to_come_is_in_no_feed_until_it_is_due(newsroom: Newsroom, publisher: Publisher) -> None:
    newsroom.writes("heat", date="2026-10-06")
    scan(publisher, patient=False)
    rebuild(publisher)

    newsroom.clock.moment = TUESDAY - timedelta(seconds=1)
    tick(publisher)
    before = told(publisher, "title")
    newsroom.clock.passes(seconds=1)
    tick(publisher)

    assert before == []
    assert told(publisher, "title") == ["A quiet machine"]
    assert told(publisher, "published") == [TUESDAY - timedelta(seconds=1)]


def test_a_story_is_polled_a_moment_after_it_is_due_and_not_before(newsroom: Newsroom) -> None:
    with newsroom.opened(clock=lambda: datetime.now(UTC)) as publisher:
        rebuild(publisher)
        put_into_queue(publisher, japanese_edition(), timedelta(seconds=2))
        with publisher.database.read() as db:
            due = issues.next_due(db)
        server, clock = Server(site(publisher), host="127.0.0.1", port=0), Clock(publisher)
        server.start()
        clock.start()
        try:
            with httpx2.Client(trust_env=False) as reader:
                while "蓄電池" not in reader.get(f"{server.url}/feed.atom").text:
                    assert due is not None
                    assert publisher.now() < due + timedelta(seconds=PATIENCE)
            seen = publisher.now()
        finally:
            clock.stop()
            server.stop()

    assert due is not None
    assert timedelta() <= seen - due < timedelta(seconds=3)  # one second, and two for a slow machine


def test_an_empty_feed_is_valid_and_stays_as_it_is(newsroom: Newsroom, publisher: Publisher) -> None:
    rebuild(publisher)
    before = {path: served(publisher)[path] for path in FEEDS}
    newsroom.clock.passes(days=3)
    rebuild(publisher)

    assert {path: served(publisher)[path] for path in FEEDS} == before
    for path in FEEDS:
        assert feed_faults(path, body(publisher, path)) == ()


def test_a_move_to_another_host_changes_no_id(newsroom: Newsroom, publisher: Publisher) -> None:
    write(newsroom)
    put_online(publisher)
    before = told(publisher, "id")

    newsroom.sets(instead=(HOME, "http://other.example/news"))
    with newsroom.opened() as moved:
        follow_masthead(moved)

        assert told(moved, "id") == before
        assert told(moved, "link") == ["http://other.example/news/stories/heat/"]


def test_surroundings_decide_nothing(newsroom: Newsroom, tmp_path: Path) -> None:
    newsroom.sets(instead=("Europe/Madrid", "Asia/Kolkata"))
    write(newsroom, status="archived", date="2026-10-01T10:00")
    (newsroom.root / "var" / "publisher.db").unlink()
    ways = [("1", "America/New_York", "fr_FR.UTF-8"), ("2", "Asia/Kolkata", "C")]

    def built(way: tuple[str, str, str]) -> dict[str, bytes]:
        seed, zone, locale = way
        site = tmp_path / f"site{seed}"
        subprocess.run(
            [sys.executable, "-m", "publisher", "-C", str(newsroom.root), "build", str(site)],
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale},
            check=True,
            capture_output=True,
        )
        return {path: (site / path[1:]).read_bytes() for path in FEEDS}

    with ThreadPoolExecutor(2) as pool:
        first, other = pool.map(built, ways)

    assert first == other
    assert b"<pubDate>Thu, 01 Oct 2026 04:29:59 +0000</pubDate>" in first["/feed.rss"]
    assert b"<published>2026-10-01T04:29:59Z</published>" in first["/feed.atom"]


def write_issue(newsroom: Newsroom, slug: str, *own: str, date: str, stories: str = "") -> None:
    """Save a folder issue with a file for each of its own stories; `stories` is a list of names."""
    listed = f"stories: {stories}\n" if stories else ""
    newsroom.saves(
        f"{slug}/issue.md", f"---\ntitle: Issue {slug}\ndate: {date}\n{listed}---\n\nAn opening.\n"
    )
    for name in own:
        text = f"---\ntitle: Story {name}\ntags: [R&D/é]\n---\n\nA lead of {name}.\n"
        newsroom.saves(f"{slug}/{name}.md", text)


@pytest.mark.parametrize("place", ["first", "_stories"])
def test_a_story_of_two_issues_is_once_in_the_feed_and_its_page_stays_the_first_ones(
    newsroom: Newsroom, publisher: Publisher, place: str
) -> None:
    if place == "first":
        write_issue(newsroom, "first", "heat", date="2026-09-01")
    else:
        newsroom.saves("_stories/heat.md", "---\ntitle: Story heat\n---\n\nA lead of heat.\n")
        write_issue(newsroom, "first", date="2026-09-01", stories="[_stories/heat]")
    put_online(publisher, "first")
    ids, page = told(publisher, "id"), body(publisher, "/stories/heat/")

    write_issue(newsroom, "second", "rain", date="2026-09-08", stories=f"[{place}/heat, rain]")
    put_online(publisher, "second")

    assert told(publisher, "title") == ["Story rain", "Story heat"]
    assert told(publisher, "id")[1:] == ids
    assert told(publisher, "title", feed="/issues/feed") == ["Issue second", "Issue first"]
    assert body(publisher, "/stories/heat/") == page
    second = body(publisher, "/issues/second/").decode()
    assert "A lead of heat." in second
    assert "/stories/heat/" in second


def test_a_tag_of_any_letters_has_a_feed_at_an_address_in_ascii(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    write_issue(newsroom, "first", "heat", "rain", date="2026-09-01")

    put_online(publisher, "first")

    (feed,) = (path.removesuffix(".atom") for path in served(publisher) if re.match(r"/tags/.+\.atom$", path))
    assert told(publisher, "title", feed=feed) == ["Story heat", "Story rain"]
    assert told(publisher, "tags", feed=feed) == [("R&D/é",)] * 2
    own = json.loads(body(publisher, f"{feed}.json"))["feed_url"]
    assert own.isascii()
    assert unquote(own) == f"{HOME}{feed}.json"


def test_the_archive_reaches_every_story_at_least_once(newsroom: Newsroom, publisher: Publisher) -> None:
    months = [f"{2025 + number // 12}-{1 + number % 12:02d}" for number in range(15)]
    for month in months:
        write_issue(newsroom, f"in-{month}", *(f"{month}-{name}" for name in "abcd"), date=f"{month}-05")
    put_online(publisher, *(f"in-{month}" for month in months))

    for ending in (".atom", ".rss", ".json"):
        reached: list[str] = []
        path: str | None = f"/feed{ending}"
        while path is not None:
            assert feed_faults(path, body(publisher, path)) == ()
            reached += ids_in(body(publisher, path), ending)
            path = older(body(publisher, path), ending)

        assert len(set(reached)) == 15 * 4, ending


def ids_in(feed: bytes, ending: str) -> list[str]:
    return [entry.id for entry in next(parse for own, parse in PROGRAMS.values() if own == ending)(feed)]


def older(feed: bytes, ending: str) -> str | None:
    """Return the path of the document to which a feed leads back, as RFC 5005 and JSON Feed have it."""
    if ending == ".json":
        link = json.loads(feed).get("next_url")
    else:
        found = re.search(rb'rel="prev-archive" href="([^"]+)"', feed)
        link = found and found[1].decode()
    return link and unquote(link.removeprefix(HOME))
