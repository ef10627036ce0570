"""The main job: from an article in plain text to a mail in a mailbox and entries in feeds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import feedparser  # type: ignore[import-untyped]  # feedparser has no types
import html5lib
import pytest

from tests.journeys.conftest import Person

SEED = Path(__file__).with_name("seed_shape.txt")
SLUG = "xi-and-putin-in-kazan-an-old-partnership-a-wider-table"


def words(text: str) -> list[str]:
    """Return the words of a text, without marks and numbers of notes."""
    return re.findall(r"[^\W\d_]{2,}", text)


def visible(html: str) -> str:
    """Return the text that a browser shows of a document."""
    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    body = tree.find("body")
    assert body is not None
    return " ".join(body.itertext())


@pytest.fixture
def imported(editor: Person) -> Path:
    """The article, imported and marked as ready."""
    path: Path = editor.root / "issues" / editor.types("import", str(SEED), "--json").json["files"][0]
    path.write_text(
        path.read_text(encoding="utf-8").replace("status: draft", "status: ready"), encoding="utf-8"
    )
    return path


def test_an_imported_article_has_every_word_once_and_only_lacks_a_source(
    editor: Person, imported: Path
) -> None:
    article = SEED.read_text(encoding="utf-8")
    title, _, rest = article.partition("\n")

    checked = editor.types("check", imported.stem, "--json").json

    body = imported.read_text(encoding="utf-8").split("---\n", 2)[2].replace("## Closing\n", "")
    assert sorted(words(body)) == sorted(words(rest.replace(title, "", 1)))
    assert [each["code"] for each in checked["findings"] if each["severity"] in "EW"] == ["W306"]


def test_the_article_goes_all_the_way_into_mail_pages_and_feeds(editor: Person, imported: Path) -> None:
    spoken = set(words(SEED.read_text(encoding="utf-8")))

    editor.types("approve", imported.stem, "--allow", "W306")
    editor.types("queue", imported.stem)
    editor.types("publish", imported.stem, "--now")
    editor.types("build", str(editor.root / "site"))

    (mail,) = editor.mails()
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert spoken <= set(words(visible(html.get_content())))
    assert spoken <= set(words(text.get_content()))
    site = editor.root / "site"
    assert spoken <= set(words(visible((site / "issues" / imported.stem / "index.html").read_text())))
    assert spoken <= set(words(visible((site / "stories" / imported.stem / "index.html").read_text())))
    for name in ("feed.rss", "feed.atom"):
        entry = feedparser.parse((site / name).read_bytes()).entries[0]
        assert spoken <= set(words(entry.title + " " + visible(entry.content[0].value)))
    item = json.loads((site / "feed.json").read_bytes())["items"][0]
    assert spoken <= set(words(item["title"] + " " + visible(item["content_html"])))
    assert len(item["_publisher"]["takeaways"]) == 4
    assert len(item["_publisher"]["facts"]) == 3


def test_the_mail_can_be_left_with_one_click_and_says_which_list_it_is_of(
    editor: Person, ready_issue: Callable[..., Path]
) -> None:
    ready_issue("quiet")

    editor.types("publish", "quiet", "--now")

    (mail,) = editor.mails()
    assert mail["To"] == "ada@example.org"
    assert mail["List-Id"] == "The Weekly <weekly.example.org>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.search(r"<http://127\.0\.0\.1:8000/unsubscribe/v1\.", mail["List-Unsubscribe"])
    assert mail["Message-ID"].endswith("@example.org>")


def test_the_same_article_pasted_under_front_matter_is_refused_with_the_cure(editor: Person) -> None:
    pasted = "---\nid: 0d0f4a0e-2b0b-4d7e-8e0f-9b6a4b0f8c01\ntitle: Kazan\n---\n\n" + SEED.read_text(
        encoding="utf-8"
    )
    editor.writes("issues/pasted.md", pasted)

    refused = editor.types("check", "pasted", code=1)
    editor.types("import", "--in-place", str(editor.root / "issues" / "pasted.md"))
    mended = editor.types("check", "pasted", "--json").json

    assert "publisher import --in-place" in refused.out
    assert {each["severity"] for each in mended["findings"]} <= {"W", "I"}


def test_the_sample_newsroom_is_checked_clean_and_has_something_public(editor: Person) -> None:
    checked = editor.types("check", "--json").json
    states = [each["state"] for each in editor.types("status", "--json").json["issues"]]

    assert checked["issues"] >= 3
    assert [each for each in checked["findings"] if each["severity"] in "EW"] == []
    assert "archived" in states
    assert editor.mails() == []
