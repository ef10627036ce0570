from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from publisher.actions.archive import archive
from publisher.actions.build import FOR_NGINX, Built, build_site
from publisher.actions.publish import publish
from publisher.actions.queue import Place, queue
from publisher.actions.scan import scan
from publisher.actions.site_folder import MANIFEST
from publisher.errors import PublisherError
from publisher.settings_file import load_settings
from tests.newsrooms import TUESDAY, Newsroom


@pytest.fixture
def bare(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom of files alone, without a database."""
    shutil.rmtree(newsroom.root / "var")
    return newsroom


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "site"


def built(newsroom: Newsroom, target: Path, *, drafts: bool = False) -> Built:
    return build_site(
        load_settings(newsroom.root), target, drafts=drafts, clock=newsroom.clock, actor="tester"
    )


def files(target: Path) -> dict[str, bytes]:
    """Return all files of the site, without those that are about the site."""
    return {
        path.relative_to(target).as_posix(): path.read_bytes()
        for path in target.rglob("*")
        if path.is_file() and path.name not in (MANIFEST, FOR_NGINX)
    }


def pages(target: Path) -> set[str]:
    """Return the slugs of the issues that have a page."""
    return {path.parent.name for path in target.glob("issues/*/index.html")} - {"issues"}


def test_with_a_database_what_is_published_or_archived_is_built(newsroom: Newsroom, target: Path) -> None:
    for slug in ("published", "archived", "queued"):
        newsroom.writes(slug, title=f"About {slug}")
    newsroom.writes("draft", status="draft")
    with newsroom.opened() as publisher:
        queue(publisher, "published", Place(now=True))
        publish(publisher, "published")
        archive(publisher, ["archived"])
        queue(publisher, "queued", Place())

    first = built(newsroom, target)

    assert pages(target) == {"published", "archived"}
    assert {"index.html", "feed.rss", "feed.atom", "feed.json", "sitemap.xml"} <= set(files(target))
    assert first == Built(written=len(files(target)), unchanged=0, removed=0)


def test_without_a_database_archived_issues_and_ready_ones_of_the_past_are_built(
    bare: Newsroom, target: Path
) -> None:
    bare.writes("archived", title="One", status="archived")
    bare.writes("past", title="Two", date="2026-10-05T09:59")
    bare.writes("to-come", title="Three", date="2026-10-05T10:01")
    bare.writes("undated", title="Four")
    bare.writes("draft", title="Five", status="draft", date="2020-01-01")

    built(bare, target)

    assert pages(target) == {"archived", "past"}
    assert not (bare.root / "var").exists()


def test_drafts_are_built_with_everything_else_only_on_request(bare: Newsroom, target: Path) -> None:
    for status in ("draft", "ready", "archived"):
        bare.writes(status, title=f"About {status}", status=status)
    bare.edits("draft", "it grew", "TK")

    built(bare, target, drafts=True)

    assert pages(target) == {"draft", "ready", "archived"}


def test_drafts_touch_no_database(newsroom: Newsroom, target: Path) -> None:
    newsroom.writes("draft", status="draft")
    database = newsroom.root / "var" / "publisher.db"
    before = database.read_bytes()

    built(newsroom, target, drafts=True)

    assert pages(target) == {"draft"}
    assert database.read_bytes() == before


@pytest.mark.parametrize("database", [True, False])
def test_a_second_build_writes_nothing(newsroom: Newsroom, target: Path, *, database: bool) -> None:
    newsroom.writes("heat", status="archived", date="2020-01-01")
    with newsroom.opened() as publisher:
        scan(publisher, patient=False)
    if not database:
        shutil.rmtree(newsroom.root / "var")
    first = built(newsroom, target)
    before = {path: path.stat().st_mtime_ns for path in target.rglob("*") if path.name != MANIFEST}

    newsroom.clock.passes(days=3)
    second = built(newsroom, target)

    assert second == Built(written=0, unchanged=first.written, removed=0)
    assert {path: path.stat().st_mtime_ns for path in target.rglob("*") if path.name != MANIFEST} == before


def test_one_more_issue_writes_its_own_pages_and_the_shared_ones_only(
    newsroom: Newsroom, target: Path
) -> None:
    for year in range(2001, 2021):
        newsroom.writes(f"y{year}", title=f"About {year}", status="archived", date=f"{year}-01-01")
    with newsroom.opened() as publisher:
        archive(publisher, [f"y{year}" for year in range(2001, 2021)])
        first = built(newsroom, target)
        newsroom.writes("heat")
        queue(publisher, "heat", Place(now=True))
        publish(publisher, "heat")

    second = built(newsroom, target)

    assert second.written < first.written / 2
    assert "issues/heat/index.html" in files(target)
    assert second.removed == 0


def test_an_issue_that_is_gone_takes_its_files_with_it_and_foreign_files_stay(
    bare: Newsroom, target: Path
) -> None:
    bare.writes("heat", status="archived", date="2020-01-01")
    path = bare.writes("rain", title="Rain", status="archived", date="2020-02-01")
    built(bare, target)
    (target / "CNAME").write_text("news.example.net")
    (target / "issues" / "rain" / "mine.txt").write_text("mine")

    path.unlink()
    second = built(bare, target)

    assert pages(target) == {"heat"}
    assert second.removed >= 1
    assert (target / "CNAME").read_text() == "news.example.net"
    assert (target / "issues" / "rain" / "mine.txt").read_text() == "mine"


def test_a_file_that_somebody_deleted_is_written_again(bare: Newsroom, target: Path) -> None:
    bare.writes("heat", status="archived", date="2020-01-01")
    built(bare, target)
    before = files(target)
    (target / "index.html").unlink()
    (target / MANIFEST).write_text("{broken")

    built(bare, target)

    assert files(target) == before


def test_two_builds_of_the_same_files_are_the_same_to_the_last_byte(bare: Newsroom, tmp_path: Path) -> None:
    bare.writes("heat", status="archived", date="2020-01-01")
    built(bare, tmp_path / "one")
    bare.clock.passes(days=1)
    built(bare, tmp_path / "two")

    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_a_broken_file_is_told_and_the_others_are_built(bare: Newsroom, target: Path) -> None:
    bare.writes("heat", status="archived", date="2020-01-01")
    bare.saves("broken.md", "---\ntitle: [\n---\n")

    first = built(bare, target)

    (trouble,) = first.troubles
    assert "issues/broken.md" in trouble
    assert pages(target) == {"heat"}


def test_a_folder_that_cannot_be_written_is_told(bare: Newsroom, tmp_path: Path) -> None:
    bare.writes("heat", status="archived", date="2020-01-01")
    (tmp_path / "file").write_text("")

    for target in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(PublisherError, match=r"file.*' cannot be written: (File exists|Not a directory)"):
            built(bare, target)


def test_a_newsroom_without_anything_public_has_a_front_page_and_feeds(bare: Newsroom, target: Path) -> None:
    bare.clock.moment = TUESDAY

    built(bare, target)

    assert {"index.html", "feed.rss", "feed.atom", "feed.json"} <= set(files(target))


@pytest.mark.parametrize("name", ["", "issues", "issues/heat", "var", "templates", ".."])
def test_a_site_is_never_built_into_the_newsroom_s_own_folders(bare: Newsroom, name: str) -> None:
    bare.writes("heat", status="archived", date="2020-01-01")

    with pytest.raises(PublisherError, match="belongs to the newsroom"):
        built(bare, bare.root / name)


def test_a_folder_of_other_files_is_left_alone(bare: Newsroom, target: Path) -> None:
    target.mkdir()
    (target / "thesis.txt").write_text("years of work")

    with pytest.raises(PublisherError, match=r"holds files that are no site of ours \(name a new folder\)"):
        built(bare, target)

    assert files(target) == {"thesis.txt": b"years of work"}


def test_drafts_never_get_into_a_public_site_nor_the_other_way_round(bare: Newsroom, tmp_path: Path) -> None:
    bare.writes("draft", status="draft")
    built(bare, tmp_path / "public")
    built(bare, tmp_path / "private", drafts=True)

    with pytest.raises(PublisherError, match="public' is a site without drafts"):
        built(bare, tmp_path / "public", drafts=True)
    with pytest.raises(PublisherError, match="private' has drafts in it"):
        built(bare, tmp_path / "private")

    assert pages(tmp_path / "public") == set()
    assert pages(tmp_path / "private") == {"draft"}


def test_a_manifest_that_leads_out_of_the_folder_is_refused(bare: Newsroom, target: Path) -> None:
    bare.writes("heat", status="archived", date="2020-01-01")
    built(bare, target)
    (target.parent / "mine.txt").write_text("mine")
    (target / MANIFEST).write_text('{"/../mine.txt": "x"}')

    with pytest.raises(PublisherError, match="is not a path that can be written"):
        built(bare, target)

    assert (target.parent / "mine.txt").read_text() == "mine"
