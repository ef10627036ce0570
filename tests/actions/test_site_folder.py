"""The files of a site: siblings, dates, odd names, and what goes when it is gone."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it has no types
import pytest

from publisher.actions.archive import archive
from publisher.actions.build import FOR_NGINX, Built, build
from publisher.actions.masthead import follow_masthead
from publisher.actions.site_folder import MANIFEST, SiteFolder
from publisher.actions.squeeze import squeeze
from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.model.rendered import Artefact
from publisher.model.shelves import tag_name
from publisher.store import public
from tests.newsrooms import Newsroom, served

OWN = (MANIFEST, FOR_NGINX)
ALL = 100_000_000


@pytest.fixture
def heat(newsroom: Newsroom) -> Iterator[Publisher]:
    """Return a publisher whose archive has one issue, with a tag of odd characters."""
    newsroom.writes("heat", status="archived", date="2026-09-01", tags='["R&D/é", "C#"]')
    with newsroom.opened() as publisher:
        archive(publisher, ["heat"])
        yield publisher


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "site"


def files(target: Path) -> dict[str, tuple[bytes, float]]:
    """Return every file with its bytes and its date."""
    found = (path for path in target.rglob("*") if path.is_file())
    return {
        path.relative_to(target).as_posix(): (path.read_bytes(), path.stat().st_mtime)
        for path in found
        if path.name not in OWN
    }


def put(publisher: Publisher, *artefacts: Artefact) -> None:
    with publisher.database.begin() as db:
        generation = public.generation(db)
        public.raise_generation(db, expected=generation)
        public.put(db, artefacts, generation=generation + 1, now=publisher.now(db))


@pytest.fixture
def indexed(newsroom: Newsroom) -> Iterator[Publisher]:
    """Return a publisher whose archive has tags that are called like files of a web server."""
    tags = '["index.html", "Index.html.gz", "feed.atom"]'
    newsroom.writes("heat", status="archived", date="2026-09-01", tags=tags)
    with newsroom.opened() as publisher:
        archive(publisher, ["heat"])
        yield publisher


def test_tags_called_like_files_have_folders_beside_them(indexed: Publisher, target: Path) -> None:
    build(indexed, target)

    names = {path.parent.name for path in target.glob("tags/*/index.html")}
    assert names == {"feed.atom", tag_name("index.html"), tag_name("index.html.gz")}
    assert (target / "tags" / "index.html").is_file()
    assert (target / "tags" / "feed.atom" / "feed.atom").is_file()


def page(path: str, body: bytes = b"<p>A page.</p>", *, status: int = 200, location: str = "") -> Artefact:
    return Artefact(path=path, media_type="text/html", body=body, status=status, location=location)


def test_beside_each_file_stands_the_same_compressed_if_that_is_smaller(
    heat: Publisher, target: Path
) -> None:
    build(heat, target)

    found = files(target)
    plain = {name for name in found if not name.endswith(".gz")}
    assert {"index.html.gz", "feed.atom.gz", "issues/heat/index.html.gz"} <= found.keys()
    for name in plain & {name.removesuffix(".gz") for name in found.keys() - plain}:
        assert gzip.decompress(found[f"{name}.gz"][0]) == found[name][0]
        assert len(found[f"{name}.gz"][0]) < len(found[name][0])
    assert not any(name.endswith(".br") for name in found)


def test_brotli_comes_with_the_next_build_and_nothing_else_is_written(heat: Publisher, target: Path) -> None:
    first = build(heat, target)
    before = files(target)
    squeeze(heat, most=ALL)

    second = build(heat, target)

    after = files(target)
    new = after.keys() - before.keys()
    assert {name: after[name] for name in before} == before
    assert {"feed.atom.br", "index.html.br"} <= new
    assert all(brotli.decompress(after[name][0]) == after[name.removesuffix(".br")][0] for name in new)
    assert second == Built(written=len(new), unchanged=first.written, removed=0)


def test_brotli_is_made_at_once_on_request_and_once_only(
    heat: Publisher, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(heat, target)
    build(heat, target, with_brotli=True)
    found = files(target)
    assert {"feed.atom.br", "issues/heat/index.html.br"} <= found.keys()

    monkeypatch.setattr(brotli, "compress", None)
    again = build(heat, target, with_brotli=True)
    plain = build(heat, target)

    assert again == plain == Built(written=0, unchanged=len(found), removed=0)
    assert files(target) == found


def test_a_file_has_the_date_of_what_it_holds_and_its_siblings_too(heat: Publisher, target: Path) -> None:
    build(heat, target, with_brotli=True)

    found = files(target)
    for path in served(heat):
        with heat.database.read() as db:
            stored = public.find(db, path)
        assert stored is not None
        name = path.lstrip("/") + ("index.html" if path.endswith("/") else "")
        for each in {name, f"{name}.gz", f"{name}.br"} & found.keys():
            assert datetime.fromtimestamp(found[each][1], UTC) == stored.modified_at


def test_tags_of_odd_characters_are_files_of_that_name(heat: Publisher, target: Path) -> None:
    build(heat, target)

    assert {"tags/r&d-é/feed.atom", "tags/r&d-é/feed.atom.gz", "tags/c#/feed.json"} <= files(target).keys()


def test_two_builds_are_the_same_in_bytes_and_dates(heat: Publisher, tmp_path: Path) -> None:
    squeeze(heat, most=20_000)
    build(heat, tmp_path / "one")
    put(heat, page("/later/"))
    build(heat, tmp_path / "one")
    build(heat, tmp_path / "two")

    assert files(tmp_path / "one") == files(tmp_path / "two")
    for name in OWN:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_new_body_takes_the_siblings_of_the_old_one_away(heat: Publisher, target: Path) -> None:
    long, short = Artefact(path="/x.txt", media_type="text/plain", body=b"long " * 99), b"short"
    put(heat, Artefact(path="/x.txt", media_type="text/plain", body=long.body, gzip=gzip.compress(long.body)))
    build(heat, target, with_brotli=True)
    assert {"x.txt", "x.txt.gz", "x.txt.br"} <= files(target).keys()

    put(heat, Artefact(path="/x.txt", media_type="text/plain", body=short))
    third = build(heat, target)

    assert {name for name in files(target) if name.startswith("x.txt")} == {"x.txt"}
    assert third == Built(written=1, unchanged=third.unchanged, removed=2)


def test_what_is_gone_goes_with_its_siblings_and_its_empty_folders(newsroom: Newsroom, target: Path) -> None:
    with newsroom.opened() as publisher:
        follow_masthead(publisher)
        put(publisher, Artefact(path="/a/b/", media_type="text/html", body=b"x" * 99, gzip=b"small"))
        put(publisher, Artefact(path="/c/d/", media_type="text/html", body=b"x" * 99, gzip=b"small"))
        build(publisher, target)
        (target / "c" / "mine.txt").write_text("mine")
    shutil.rmtree(newsroom.root / "var")
    with newsroom.opened() as publisher:
        follow_masthead(publisher)
        after = build(publisher, target)

    assert after.removed == 4
    assert not (target / "a").exists()
    assert [path.name for path in (target / "c").rglob("*")] == ["mine.txt"]


def test_what_was_withdrawn_keeps_a_page_and_what_has_moved_leads_on(heat: Publisher, target: Path) -> None:
    put(
        heat,
        page("/issues/gone/", b"<p>Withdrawn.</p>", status=410),
        page("/stories/old/", b"", status=301, location="/stories/né/"),
        page("/tags/old/", b"<p>Moved.</p>", status=301, location="/tags/new/"),
    )

    build(heat, target)

    found = files(target)
    assert found["issues/gone/index.html"][0] == b"<p>Withdrawn.</p>"
    assert found["tags/old/index.html"][0] == b"<p>Moved.</p>"
    moved = found["stories/old/index.html"][0].decode()
    assert 'content="0; url=https://news.example.net/stories/n%C3%A9/"' in moved
    rules = (target / FOR_NGINX).read_text()
    assert 'location = "/issues/gone/" { error_page 410 "/issues/gone/index.html"; return 410; }' in rules
    assert 'location = "/stories/old/" { return 301 "/stories/n%C3%A9/"; }' in rules
    assert "heat" not in rules


def test_a_sibling_that_somebody_deleted_is_written_again(heat: Publisher, target: Path) -> None:
    first = build(heat, target)
    before = files(target)
    (target / "feed.atom.gz").unlink()

    assert build(heat, target) == Built(written=1, unchanged=first.written - 1, removed=0)
    assert files(target) == before


def test_a_manifest_of_an_earlier_version_is_understood(heat: Publisher, target: Path) -> None:
    first = build(heat, target)
    before = files(target)
    old = "{" + ",".join(f'"{path}": {etag!r}'.replace("'", "") for path, etag in {"/": "x"}.items()) + "}"
    (target / MANIFEST).write_text(old)

    assert build(heat, target).written == first.written
    assert files(target) == before


def test_a_file_that_is_read_while_it_is_replaced_is_the_old_one_or_the_new_one(
    heat: Publisher, target: Path
) -> None:
    build(heat, target)
    with (target / "index.html").open("rb") as reader:
        before = reader.read(10)
        put(heat, page("/", b"another front page"))
        build(heat, target)
        rest = reader.read()

    assert (before + rest).endswith(b"</html>\n")
    assert (target / "index.html").read_bytes() == b"another front page"
    assert not list(target.rglob(".index.html.*"))


@pytest.mark.parametrize("path", ["/../x", "/a/../../x", "/..", "/a\0b"])
def test_no_path_leads_out_of_the_folder(target: Path, path: str) -> None:
    folder = SiteFolder(target)

    with pytest.raises(PublisherError, match="is not a path that can be written"):
        folder.put(path, "x", b"x", {}, modified=datetime.now(UTC) - timedelta(days=1))
