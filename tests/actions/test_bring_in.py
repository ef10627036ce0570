"""Bringing in: nothing is mailed, nothing is written twice, and what is not as it was is told."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from publisher.actions.archive import archive
from publisher.actions.arrivals import Arrival, Arrivals, Fate, Wishes
from publisher.actions.bring_in import bring_in_feed, bring_in_page, bring_in_site
from publisher.actions.hold import held
from publisher.actions.placing import place_issue
from publisher.actions.scan import scan
from publisher.app import Publisher
from publisher.content.importers.site import Prepared
from publisher.errors import ContentError, PublisherError
from publisher.model.states import IssueState
from publisher.store import mailings
from tests.newsrooms import HandClock, Newsroom, record_of, state_of
from tests.web_server import WebServer, fetcher_of, head

DRY = Wishes(dry_run=True)
LETTER = "---\ntitle: The sea\ndate: 2024-01-02\nguid: old-1\n---\nThe sea was calm.\n"
FEED = """\
<rss version="2.0"><channel><title>The Old Review</title><link>https://old.example/</link>
<item><title>Calm &amp; cold</title><link>https://old.example/1?utm_source=feed</link><guid>old-1</guid>
<author>ann@old.example (Ann)</author><category>sea</category>
<pubDate>Tue, 02 Jan 2024 10:00:00 +0100</pubDate>
<description>&lt;p&gt;The sea &lt;b&gt;was&lt;/b&gt; calm.&lt;/p&gt;
&lt;script&gt;x()&lt;/script&gt;</description>
</item>
<item><title>Warm</title><link>https://old.example/2</link><guid>old-2</guid></item>
</channel></rss>
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        yield running


def save(site: Path, name: str, text: str | bytes) -> None:
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def picture(width: int = 8, kind: str = "PNG") -> bytes:
    body = io.BytesIO()
    Image.new("1", (width, 8)).save(body, kind)
    return body.getvalue()


def only(arrivals: Arrivals) -> Arrival:
    (arrival,) = arrivals.arrivals
    return arrival


def saved(newsroom: Newsroom, arrival: Arrival) -> str:
    return (newsroom.root / arrival.path).read_text(encoding="utf-8")


def files(newsroom: Newsroom) -> list[str]:
    return sorted(path.relative_to(newsroom.issues).as_posix() for path in newsroom.issues.rglob("*"))


def mailed(publisher: Publisher, slug: str) -> bool:
    with publisher.database.read() as db:
        return mailings.of_issue(db, slug) is not None


def test_what_was_public_is_held_from_the_first_moment_and_is_for_no_list(
    newsroom: Newsroom, publisher: Publisher, site: Path
) -> None:
    save(site, "the-sea.md", LETTER)

    arrival = only(bring_in_site(publisher, site))

    text = saved(newsroom, arrival)
    assert (arrival.fate, arrival.path) == (Fate.HELD, "issues/2024-01-02-the-sea.md")
    assert state_of(publisher, "the-sea") is IssueState.HELD
    assert 'date: "2024-01-02"\nstatus: ready\nlists: []\nexternal_id: old-1\n' in text
    assert text.endswith("---\n\nThe sea was calm.\n")


def test_archiving_puts_it_online_under_its_old_date_and_nothing_mails_it(
    publisher: Publisher, clock: HandClock, site: Path
) -> None:
    save(site, "the-sea.md", LETTER)
    bring_in_site(publisher, site)
    clock.passes(days=30)
    scan(publisher, patient=False)

    assert archive(publisher, held(publisher)) == ()

    record = record_of(publisher, "the-sea")
    assert record.state is IssueState.ARCHIVED
    assert record.published_at is not None
    assert record.published_at.date().isoformat() == "2024-01-02"
    assert not mailed(publisher, "the-sea")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("---\ntitle: The sea\ndate: 2024-01-02\ndraft: true\n---\nText\n", "it was a draft"),
        ("---\ntitle: The sea\n---\nText\n", "it has no date"),
        ("---\ntitle: The sea\ndate: 2030-01-02\n---\nText\n", "its date is still to come"),
        ("---\ntitle: The sea\ndate: 2026-10-05\n---\nText\n", "its date is still to come"),
        ("---\ntitle: The sea\ndate: 2024-01-02\nvisibility: paid\n---\nText\n", "it was not for everybody"),
    ],
)
def test_what_was_not_public_is_a_draft_and_says_why(
    newsroom: Newsroom, publisher: Publisher, site: Path, text: str, why: str
) -> None:
    save(site, "the-sea.md", text)

    arrival = only(bring_in_site(publisher, site))
    scan(publisher, patient=False)

    assert arrival.fate is Fate.DRAFT
    assert f"a draft, because {why}" in arrival.remarks
    assert "status: draft" in saved(newsroom, arrival)
    assert state_of(publisher, "the-sea") is IssueState.DRAFT


def test_a_text_with_pictures_becomes_a_folder_that_passes_the_check(
    newsroom: Newsroom, publisher: Publisher, site: Path
) -> None:
    save(site, "posts/sea/index.md", f"{LETTER}\n![A boat](boat.png) ![gone](gone.png)\n")
    save(site, "posts/sea/boat.png", picture())
    save(site, "posts/sea/unused.png", picture())

    arrivals = bring_in_site(publisher, site)

    arrival = only(arrivals)
    assert arrival.path == "issues/2024-01-02-sea"
    assert files(newsroom) == [
        "2024-01-02-sea",
        *(f"2024-01-02-sea/{name}" for name in ("boat.png", "issue.md", "sea.md")),
    ]
    assert arrival.errors == ()
    assert [change.piece for change in arrival.changes if change.left_out] == ["gone.png"]
    assert arrivals.left_out == {"picture that no text shows": 1}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<svg/>", "because it is no JPEG"),
        (b"\x89PNG" + b"0" * (10 * 1024 * 1024), "larger than 10 MiB"),
        (picture(7_000_000), "more than 50 megapixels"),
    ],
    ids=["no picture", "too heavy", "too large"],
)
def test_pictures_that_no_mail_could_carry_are_left_out_and_told(
    publisher: Publisher, site: Path, body: bytes, why: str
) -> None:
    save(site, "a.md", f"{LETTER}\n![A boat](boat.png)\n")
    save(site, "boat.png", body)

    arrival = only(bring_in_site(publisher, site))

    assert any(why in change.what for change in arrival.changes if change.left_out)
    assert arrival.path == "issues/2024-01-02-a.md"


def test_a_dry_run_writes_nothing_and_says_the_same(
    newsroom: Newsroom, publisher: Publisher, site: Path
) -> None:
    save(site, "a.md", f"{LETTER}\nTK <b>bold</b> [[x]] ![A boat](boat.png)\n")
    save(site, "b.md", LETTER.replace("old-1", "old-2"))
    save(site, "boat.png", picture())

    tried = bring_in_site(publisher, site, wishes=DRY)
    untouched = files(newsroom)
    done = bring_in_site(publisher, site)

    assert untouched == []
    assert tried.dry_run
    assert tried.arrivals == done.arrivals
    assert any("E302" in error for error in done.arrivals[0].errors)


def test_a_second_import_writes_nothing_and_says_where_it_is(
    newsroom: Newsroom, publisher: Publisher, site: Path
) -> None:
    save(site, "a.md", LETTER)
    save(site, "b.md", "---\ntitle: No id at all\n---\nText\n")
    save(site, "c.md", "---\ntitle: No id at all\n---\nAnother text\n")
    first = bring_in_site(publisher, site)
    before = files(newsroom)

    second = bring_in_site(publisher, site)

    assert [each.fate for each in first.arrivals] == [Fate.HELD, Fate.DRAFT, Fate.DRAFT]
    assert [each.fate for each in second.arrivals] == [Fate.HERE] * 3
    assert second.arrivals[0].remarks[0] == "it is here already: issues/2024-01-02-a.md"
    assert files(newsroom) == before


def test_texts_of_one_title_and_day_that_something_tells_apart_stay_two(
    publisher: Publisher, site: Path
) -> None:
    save(site, "en/sea.md", LETTER)
    save(site, "de/sun.md", "---\ntitle: The sun\ndate: 2024-01-02\n---\nText\n")
    bring_in_site(publisher, site)

    save(site, "de/sea.md", LETTER.replace("old-1", "old-2"))
    save(site, "en/sun.md", "---\ntitle: The sun\ndate: 2024-01-02\n---\nText\n")
    fates = {each.source: each.fate for each in bring_in_site(publisher, site).arrivals}

    assert fates == {
        "en/sea.md": Fate.HERE,
        "de/sea.md": Fate.HELD,
        "de/sun.md": Fate.HERE,
        "en/sun.md": Fate.HELD,
    }


def test_what_came_from_a_folder_is_known_when_the_folder_above_it_comes(
    publisher: Publisher, site: Path
) -> None:
    save(site, "content/posts/sun.md", "---\ntitle: The sun\ndate: 2024-01-02\n---\nText\n")

    bring_in_site(publisher, site / "content" / "posts")

    assert only(bring_in_site(publisher, site)).fate is Fate.HERE
    assert only(bring_in_site(publisher, site / "content")).fate is Fate.HERE


@pytest.mark.parametrize("sign", ["a", "м", "海"])
def test_a_name_that_no_file_can_have_is_cut(
    newsroom: Newsroom, publisher: Publisher, site: Path, sign: str
) -> None:
    named = LETTER.replace("guid: old-1", f"slug: {sign * 300}")
    save(site, "a.md", named)
    save(site, "b.md", f"{named}\n![A boat](boat.png)\n")
    save(site, "boat.png", picture())

    arrivals = bring_in_site(publisher, site).arrivals

    assert [each.fate for each in arrivals] == [Fate.HELD, Fate.HELD]
    assert max(len(Path(name).name.encode()) for name in files(newsroom)) < 220


def test_what_cannot_be_written_is_told_and_the_next_one_comes(
    newsroom: Newsroom, publisher: Publisher, site: Path
) -> None:
    for name in ("a", "b", "c"):
        save(site, f"{name}.md", f"---\ntitle: Letter {name}\ndate: 2024-01-02\n---\nText\n")

    def stand_in_the_way(_done: int, _total: int) -> None:
        (newsroom.issues / "2024-01-02-b.md").mkdir(exist_ok=True)

    texts = bring_in_site(publisher, site, wishes=Wishes(progress=stand_in_the_way)).arrivals
    newsroom.issues.joinpath("_inbox").write_text("no folder", encoding="utf-8")
    entries = bring_in_feed(publisher, FEED.encode(), name="f").arrivals

    assert [each.fate for each in texts] == [Fate.HELD, Fate.REFUSED, Fate.HELD]
    assert "2024-01-02-b.md' cannot be written" in texts[1].remarks[0]
    assert [each.fate for each in entries] == [Fate.REFUSED] * 2


def test_texts_of_one_name_stay_two_and_links_find_the_right_one(
    newsroom: Newsroom, publisher: Publisher, site: Path
) -> None:
    for year in (2023, 2024):
        save(
            site,
            f"{year}/notes.md",
            f"---\ntitle: Notes\ndate: {year}-01-02\n---\nSee [it](../2024/notes.md).\n",
        )
    newsroom.writes("notes", status="draft")

    arrivals = bring_in_site(publisher, site)

    assert [each.path for each in arrivals.arrivals] == [
        "issues/2023-01-02-notes-2.md",
        "issues/2024-01-02-notes-3.md",
    ]
    assert "[it](https://news.example.net/stories/notes-3/)" in saved(newsroom, arrivals.arrivals[0])


def test_what_cannot_be_read_is_told_and_stops_nothing_else(publisher: Publisher, site: Path) -> None:
    save(site, "large.md", b"x" * (1024 * 1024 + 1))
    save(site, "latin.md", "---\ntitle: Café\ndate: 2024-01-02\n---\nText\n".encode("cp1252"))
    save(site, "deep.md", ">" * 3000 + " a")

    fates = {each.source: each for each in bring_in_site(publisher, site).arrivals}

    assert fates["large.md"].fate is Fate.REFUSED
    assert "larger than 1024 KiB" in fates["large.md"].remarks[0]
    assert fates["latin.md"].title == "Café"
    assert fates["latin.md"].changes[0].what == "the file is not UTF-8; it is read as Windows-1252"
    assert fates["deep.md"].fate in (Fate.REFUSED, Fate.DRAFT)


def test_an_empty_folder_and_the_newsroom_itself_are_told(publisher: Publisher, site: Path) -> None:
    assert bring_in_site(publisher, site).troubles == ("there is no Markdown file in 'site'",)
    with pytest.raises(PublisherError, match="is this newsroom"):
        bring_in_site(publisher, publisher.settings.root)


def test_a_title_or_link_that_ran_before_is_named(
    newsroom: Newsroom, publisher: Publisher, site: Path
) -> None:
    newsroom.writes("heat", title="The Séa, again", status="archived", date="2020-01-01")
    scan(publisher, patient=False)
    save(site, "a.md", "---\ntitle: the sea again\nlink: http://www.example.net/heat/\n---\nText\n")

    arrival = only(bring_in_site(publisher, site))

    assert set(arrival.remarks) >= {"its link ran in issue 'heat'", "its title ran in issue 'heat'"}


def test_each_entry_of_a_feed_waits_in_the_inbox_with_its_old_id(
    newsroom: Newsroom, publisher: Publisher
) -> None:
    arrivals = bring_in_feed(publisher, FEED.encode(), name="feed.xml")

    first, second = arrivals.arrivals
    text = saved(newsroom, first)
    assert (first.fate, first.path) == (Fate.INBOX, "issues/_inbox/2024-01-02-calm-cold.md")
    for line in (
        'title: "Calm & cold"',
        'link: "https://old.example/1"',
        "source: The Old Review",
        "author: Ann",
        "external_id: old-1",
        "tags: [sea]",
        'source_date: "2024-01-02"',
    ):
        assert f"\n{line}\n" in text
    assert text.endswith("The sea **was** calm.\n")
    assert first.changes[0].piece == "x()"
    assert second.path == "issues/_inbox/2026-10-05-warm.md"
    assert scan(publisher, patient=False).seen == ()


def test_a_feed_of_ones_own_becomes_issues_under_old_dates_and_the_folder_after_it_is_known(
    publisher: Publisher, site: Path
) -> None:
    arrivals = bring_in_feed(publisher, FEED.encode(), name="feed.xml", wishes=Wishes(as_issues=True))
    again = bring_in_feed(publisher, FEED.encode(), name="feed.xml")
    save(site, "calm.md", "---\ntitle: Calm & cold\ndate: 2024-01-02\n---\nThe sea was calm.\n")

    assert [each.fate for each in arrivals.arrivals] == [Fate.HELD, Fate.DRAFT]
    assert state_of(publisher, "calm-cold") is IssueState.HELD
    assert [each.fate for each in again.arrivals] == [Fate.HERE, Fate.HERE]
    assert only(bring_in_site(publisher, site)).fate is Fate.HERE


def test_two_entries_that_link_to_one_page_stay_two(publisher: Publisher) -> None:
    feed = FEED.replace("https://old.example/2", "https://old.example/1")

    assert [each.fate for each in bring_in_feed(publisher, feed.encode(), name="f").arrivals] == [
        Fate.INBOX
    ] * 2


def test_of_a_broken_feed_what_can_be_read_is_read(publisher: Publisher) -> None:
    arrivals = bring_in_feed(publisher, FEED.partition("<item><title>Warm")[0].encode(), name="f")

    assert [each.title for each in arrivals.arrivals] == ["Calm & cold"]
    assert "the feed is broken" in arrivals.troubles[0]


@pytest.mark.parametrize("data", [b"", b"/etc/passwd", b"https://news.example/feed", b"<html></html>", b"{}"])
def test_bytes_are_never_taken_for_a_name_or_an_address(publisher: Publisher, data: bytes) -> None:
    with pytest.raises(ContentError, match="this is no feed"):
        bring_in_feed(publisher, data, name="f")


PAGE = """\
<!doctype html><html lang="en"><head><title>Calm seas - The Review</title>
<meta property="og:site_name" content="The Review"><meta property="og:image" content="/a.png">
<meta name="description" content="A *calm* year."><meta name="author" content="Ann">
<meta property="article:published_time" content="2024-01-02T10:00:00Z">
<link rel="canonical" href="{canonical}"><link rel="alternate" type="application/atom+xml" href="/feed.atom">
</head><body><p>Words</p></body></html>
"""
HTML = "Content-Type: text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("canonical", "link"),
    [
        ("/calm?utm_source=a&amp;x=1", "http://news.example/calm?x=1"),
        ("https://elsewhere.example/calm", "http://news.example/a?id=7"),
    ],
)
def test_a_page_is_clipped_with_what_it_says_of_itself(
    newsroom: Newsroom, publisher: Publisher, server: WebServer, canonical: str, link: str
) -> None:
    server.when("/a?utm_medium=b&id=7", head("200 OK", HTML, body=PAGE.format(canonical=canonical).encode()))

    arrival = only(bring_in_page(publisher, fetcher_of(server), "http://news.example/a?utm_medium=b&id=7"))

    text = saved(newsroom, arrival)
    assert arrival.path == "issues/_inbox/2024-01-02-calm-seas.md"
    for line in (
        "title: Calm seas",
        f'link: "{link}"',
        "source: The Review",
        "author: Ann",
        'x_image: "http://news.example/a.png"',
        'source_date: "2024-01-02"',
    ):
        assert f"\n{line}\n" in text
    assert text.endswith("\nA \\*calm\\* year.\n")
    assert "`publisher import http://news.example/feed.atom`" in arrival.remarks[-1]


def test_a_page_that_was_clipped_is_not_clipped_again(publisher: Publisher, server: WebServer) -> None:
    server.when("/a", head("200 OK", HTML, body=PAGE.format(canonical="/a").encode()))

    fates = [
        only(bring_in_page(publisher, fetcher_of(server), "http://news.example/a")).fate for _ in range(2)
    ]

    assert fates == [Fate.INBOX, Fate.HERE]


def test_an_address_of_a_feed_brings_in_the_feed(publisher: Publisher, server: WebServer) -> None:
    server.when("/f", head("200 OK", "Content-Type: text/plain", body=FEED.encode()))

    arrivals = bring_in_page(publisher, fetcher_of(server), "http://news.example/f")

    assert [each.title for each in arrivals.arrivals] == ["Calm & cold", "Warm"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (head("403 Forbidden"), "it turns programs away"),
        (head("402 Payment Required"), "it wants readers to pay"),
        (head("500 Oops"), "the server answers 500"),
        (
            head("200 OK", "Content-Type: application/pdf", body=b"%PDF"),
            r"neither a page nor a feed \(application/pdf\)",
        ),
        (head("200 OK", HTML, body=b""), "has no words in it"),
        (head("200 OK", HTML, body=b"<p>no title</p>"), "has no title"),
        (head("302 Found", "Location: http://127.0.0.1:1/"), "neither 80 nor 443"),
    ],
)
def test_what_cannot_be_clipped_is_one_sentence(
    newsroom: Newsroom, publisher: Publisher, server: WebServer, answer: bytes, why: str
) -> None:
    server.when("/a", answer)

    with pytest.raises(PublisherError, match=why):
        bring_in_page(publisher, fetcher_of(server), "http://news.example/a")
    assert files(newsroom) == []


def test_whoever_interrupts_an_import_leaves_whole_issues_only(
    newsroom: Newsroom, publisher: Publisher, site: Path
) -> None:
    for name in ("a", "b", "c"):
        save(site, f"{name}.md", f"---\ntitle: Letter {name}\ndate: 2024-01-02\n---\n![A boat](boat.png)\n")
    save(site, "boat.png", picture())

    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_in_site(publisher, site, wishes=Wishes(progress=interrupt))

    assert [name for name in files(newsroom) if "/" not in name] == ["2024-01-02-a", "2024-01-02-b"]
    assert scan(publisher, patient=False).troubles == ()


def test_a_folder_that_cannot_be_finished_is_not_there(tmp_path: Path) -> None:
    def interrupt(_name: str) -> bytes:
        raise KeyboardInterrupt

    made = Prepared(
        title="T", slug="t", when="", why_draft="", fields={}, body="x", pictures={"a.png": "a.png"}
    )

    with pytest.raises(KeyboardInterrupt):
        place_issue(tmp_path, made, slug="t", fate=Fate.DRAFT, read=interrupt)
    assert list(tmp_path.iterdir()) == []
