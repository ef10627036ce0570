"""Title and address of the publication change: what is public follows, what was mailed does not."""

from __future__ import annotations

import feedparser  # type: ignore[import-untyped]  # feedparser has no types

from publisher.actions.masthead import follow_masthead
from publisher.store import public
from tests.journeys.conftest import Person

OLD, NEW = "http://127.0.0.1:8000", "https://letters.example.net"


def test_a_new_address_is_on_every_page_and_in_every_feed_under_the_old_ids(editor: Person) -> None:
    editor.types("publish", "borrowed-power", "--now")
    before = _built(editor, "before")
    editor.sets(OLD, NEW)
    editor.sets('title = "The Sample Dispatch"', 'title = "Letters"')

    after = _built(editor, "after")

    assert set(before) == set(after)
    assert not [
        path for path, text in after.items() if OLD in text or "Sample Dispatch" in text.partition("<main")[0]
    ]
    assert NEW in after["issues/kazan/index.html"]
    assert _ids(before["feed.rss"]) == _ids(after["feed.rss"])
    assert _dates(before["feed.atom"]) == _dates(after["feed.atom"])
    assert len(editor.mails()) == 1


def test_an_issue_whose_files_have_changed_as_well_stays_as_it_is_and_is_named(editor: Person) -> None:
    kazan = next((editor.root / "issues").glob("*kazan.md"))
    kazan.write_text(kazan.read_text(encoding="utf-8").replace("practical", "close"), encoding="utf-8")
    editor.sets(OLD, NEW)

    with editor.publisher() as publisher:
        troubles = follow_masthead(publisher)
        with publisher.database.read() as db:
            page, other = public.find(db, "/issues/kazan/"), public.find(db, "/issues/mizu/")

    assert len(troubles) == 1
    assert "kazan" in troubles[0]
    assert page is not None
    assert OLD in page.body.decode()
    assert other is not None
    assert NEW in other.body.decode()


def test_nothing_is_made_anew_while_the_masthead_is_the_same(editor: Person) -> None:
    with editor.publisher() as publisher:
        with publisher.database.read() as db:
            before = public.generation(db)
        troubles = follow_masthead(publisher)
        with publisher.database.read() as db:
            after = public.generation(db)

    assert troubles == ()
    assert after == before


def _built(editor: Person, name: str) -> dict[str, str]:
    """Build the site, and return its text files by path."""
    folder = editor.root / name
    editor.types("build", str(folder))
    kinds = (".html", ".rss", ".atom", ".json", ".xml")
    files = [path for path in folder.rglob("*") if path.suffix in kinds and not path.name.startswith(".")]
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in files}


def _ids(feed: str) -> list[str]:
    return [entry.id for entry in feedparser.parse(feed.encode()).entries]


def _dates(feed: str) -> list[str]:
    return [entry.published for entry in feedparser.parse(feed.encode()).entries]
