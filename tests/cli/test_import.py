"""`publisher import` as somebody types it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Types
from tests.newsrooms import Newsroom

LETTER = "---\ntitle: The sea\ndate: 2024-01-02\n---\nThe <u>sea</u> and <u>so</u> on {{< x >}}, TK.\n"
FEED = "<rss><channel><title>Old</title><item><title>Calm</title><guid>1</guid></item></channel></rss>"


@pytest.fixture
def letters(newsroom: Newsroom) -> Path:
    path = newsroom.root / "letters.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("posts/the-sea.md", LETTER)
        archive.writestr("posts/draft.md", "---\ntitle: Later\ndraft: true\n---\nText\n")
        archive.writestr("posts/.DS_Store", "x")
    return path


def issues(newsroom: Newsroom) -> list[str]:
    return sorted(path.name for path in newsroom.issues.iterdir())


def test_the_report_says_what_each_text_became_what_changed_and_what_is_next(
    newsroom: Newsroom, types: Types, letters: Path
) -> None:
    said = types("import", letters.name).out.splitlines()

    assert issues(newsroom) == ["2024-01-02-the-sea.md", "draft.md"]
    assert said[0] == "posts/draft.md -> issues/draft.md (draft)"
    assert "  note: a draft, because it was a draft" in said
    assert "posts/the-sea.md -> issues/2024-01-02-the-sea.md (held)" in said
    assert "  changed: a tag of HTML is taken out (2 times): <u>" in said
    assert any(line.startswith("  issues/2024-01-02-the-sea.md:") and "E302" in line for line in said)
    assert said[-4:] == [
        "left out: 1 hidden file",
        "1 held, 1 draft; nothing is mailed",
        "Next: mend what stands above in 1 issue; `publisher check` says it again",
        "Next: `publisher archive --all` puts what is held online under its old dates, without mail",
    ]


def test_a_dry_run_says_the_same_and_writes_nothing(newsroom: Newsroom, types: Types, letters: Path) -> None:
    tried = types("import", letters.name, "--dry-run", "--json").json
    before = issues(newsroom)
    done = types("import", letters.name, "--json").json

    assert before == []
    assert tried["arrivals"] == done["arrivals"]
    assert (tried["dry_run"], done["dry_run"]) == (True, False)


def test_archiving_all_needs_no_server_in_between(newsroom: Newsroom, types: Types, letters: Path) -> None:
    types("import", letters.name)
    newsroom.edits("2024-01-02-the-sea", "TK", "over")

    assert types("archive", "--all").out == "the-sea\n1 of 1 issue archived\n"


def test_articles_feeds_and_folders_may_come_together(newsroom: Newsroom, types: Types) -> None:
    (newsroom.root / "a.txt").write_text("Heat\n\nIt is hot.\n")
    (newsroom.root / "feed.xml").write_text(FEED)
    (newsroom.root / "old").mkdir()
    (newsroom.root / "old/the-sea.md").write_text(LETTER)

    said = types("import", "a.txt", "feed.xml", "old", "--json").json

    assert said["files"] == ["heat.md"]
    assert [each["fate"] for each in said["arrivals"]] == ["inbox", "held"]
    assert issues(newsroom) == ["2024-01-02-the-sea.md", "_inbox", "heat.md"]


def test_an_article_in_html_is_a_draft_and_what_is_around_it_is_told(
    newsroom: Newsroom, types: Types
) -> None:
    page = "<html><body><nav>Home</nav><article><h1>Heat</h1><p>It <b>is</b> hot.</p>"
    (newsroom.root / "heat.html").write_text(
        f"{page}<script>track()</script></article><footer>End</footer></body></html>"
    )

    tried = types("import", "heat.html", "--dry-run").out
    said = types("import", "heat.html").out

    assert tried.startswith(f"heat.html would become {newsroom.issues}/heat.md\n")
    assert "  left out: <nav> around the article is left out: Home\n" in said
    assert "  left out: <script> is left out: track()\n" in said
    assert (newsroom.issues / "heat.md").read_text().endswith("status: draft\n---\n\nIt **is** hot.\n")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (
            ("letters.zip", "--into", "heat"),
            "only articles can be added to an issue, and 'letters.zip' is none",
        ),
        (("http://127.0.0.1/",), "'http://127.0.0.1/' cannot be imported: '127.0.0.1' leads to a machine"),
        (("https://localhost/a",), "'localhost' is a name that only a private network knows"),
        (("broken.zip",), "'broken.zip' is no zip, or a broken one (pack it anew)"),
        (("words.zip",), "'words.zip' is no zip, or a broken one (pack it anew)"),
        (("words.json",), "'words.json' is no JSON Feed (look at what it holds)"),
        (("words.xml",), "'words.xml' is no RSS or Atom feed"),
        (("cut.xml",), "'cut.xml': no entry could be read (the feed is broken in line 2"),
        (("ftp://x/y",), "'ftp://x/y' is no address that can be imported (only http and https"),
        (("none.zip",), "there is no file 'none.zip'"),
        (("a\0b",), "cannot be read: that is no name of a file"),
    ],
)
def test_what_cannot_be_imported_is_one_sentence(
    newsroom: Newsroom, types: Types, letters: Path, words: tuple[str, ...], why: str
) -> None:
    letters.with_name("broken.zip").write_bytes(b"PK\x03\x04 nothing")
    for name in ("words.zip", "words.json", "words.xml"):
        letters.with_name(name).write_text("hello\n")
    letters.with_name("cut.xml").write_text('<rss version="2.0"><channel>\n<oops')

    said = types("import", *words, code=1)

    assert why in said.err
    assert said.err.count("\n") == 1
    assert issues(newsroom) == []


def test_mending_in_place_has_no_dry_run(types: Types) -> None:
    assert "excludes" in types("import", "--in-place", "--dry-run", "a.md", code=2).err


def test_what_waits_in_the_inbox_says_how_to_make_issues_of_it_all_the_same(
    newsroom: Newsroom, types: Types
) -> None:
    (newsroom.root / "feed.xml").write_text(FEED)
    types("import", "feed.xml")

    said = types("import", "feed.xml", "--issues").out
    (waiting,) = (newsroom.issues / "_inbox").iterdir()
    waiting.unlink()
    done = types("import", "feed.xml", "--issues", "--json").json

    assert f"it is here already: issues/_inbox/{waiting.name}; to import it anew, delete that file" in said
    assert [each["path"] for each in done["arrivals"]] == ["issues/calm.md"]
