"""Building: everything public as files, for any static host."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from pydantic import SecretStr

from publisher.actions.archive import archive_files
from publisher.actions.masthead import follow_masthead
from publisher.app import Clock, Publisher, open_publisher
from publisher.errors import PublisherError
from publisher.model.issue import Intent, Issue
from publisher.settings import DatabaseSettings, Settings
from publisher.store import editions, public

MANIFEST = ".publisher-build.json"
"""What the last build wrote, so that the next one writes only what is new and removes what is gone."""


DRAFTS = "DRAFTS.txt"
"""Stands in a folder into which drafts were built."""

_NOT_A_SITE = ("issues", "templates", "var")


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """How many files a build wrote, left as they were and removed."""

    written: int
    unchanged: int
    removed: int
    troubles: tuple[str, ...] = ()


def build_site(settings: Settings, target: Path, *, drafts: bool, clock: Clock, actor: str) -> Built:
    """Write the site into folder `target`.

    With a database: what is published or archived. Without one: archived issues, and ready ones whose date
    is past; with `drafts` every issue there is, for looking at.

    Raises:
        PublisherError: the folder cannot be written, or the database cannot be read.
    """
    _refuse_other_kind(target, drafts=drafts)
    if not drafts and _has_database(settings):
        with contextlib.closing(open_publisher(settings, clock=clock, actor=actor)) as publisher:
            troubles = follow_masthead(publisher)
            return dataclasses.replace(build(publisher, target), troubles=troubles)
    with tempfile.TemporaryDirectory(prefix="publisher-build-") as folder:
        kept = DatabaseSettings(url=SecretStr(f"sqlite:///{folder}/build.db"))
        alone = settings.model_copy(update={"database": kept})
        with contextlib.closing(open_publisher(alone, clock=clock, actor=actor)) as publisher:
            troubles = archive_files(publisher, _public_without_facts(drafts=drafts, now=clock()))
            follow_masthead(publisher)
            built = dataclasses.replace(build(publisher, target), troubles=troubles)
    if drafts:
        _write(target / DRAFTS, b"Drafts are among these pages: for looking at, not to be published.\n")
    return built


def build(publisher: Publisher, target: Path) -> Built:
    """Write all that is public into folder `target`; the cost is that of what has changed since last time.

    A page `/issues/x/` becomes `issues/x/index.html`. What others put beside an earlier site is left alone.

    Raises:
        PublisherError: the folder cannot be written, or holds something else than a site.
    """
    try:
        _refuse_strange(publisher.settings.root, target)
        return _build(publisher, target)
    except OSError as error:
        raise PublisherError(
            f"'{error.filename or target}' cannot be written: {error.strerror}", fix="choose another folder"
        ) from None


def _refuse_other_kind(target: Path, *, drafts: bool) -> None:
    """Refuse to put drafts into a site that may be public, and the other way round."""
    has_drafts, is_site = (target / DRAFTS).is_file(), (target / MANIFEST).is_file()
    if is_site and has_drafts != drafts:
        what = "has drafts in it" if has_drafts else "is a site without drafts"
        raise PublisherError(f"'{target}' {what}", fix="name another folder")


def _refuse_strange(root: Path, target: Path) -> None:
    """Refuse a folder in which a site would mix with files that nobody built."""
    where = target.resolve()
    if where == root or where in root.parents or any(where.is_relative_to(root / own) for own in _NOT_A_SITE):
        raise PublisherError(
            f"'{target}' belongs to the newsroom", fix="name a folder of its own, such as site"
        )
    if target.is_dir() and not (target / MANIFEST).is_file() and any(target.iterdir()):
        raise PublisherError(f"'{target}' holds files that are no site of ours", fix="name a new folder")


def _has_database(settings: Settings) -> bool:
    return bool(settings.database.url.get_secret_value()) or (settings.var / "publisher.db").is_file()


def _public_without_facts(*, drafts: bool, now: datetime) -> Callable[[Issue, datetime | None], bool]:
    """Return the rule by which an issue is public where only its files can say so."""

    def is_public(issue: Issue, asked: datetime | None) -> bool:
        past = issue.status is Intent.READY and asked is not None and asked <= now
        return drafts or past or issue.status is Intent.ARCHIVED

    return is_public


def _build(publisher: Publisher, target: Path) -> Built:
    target.mkdir(parents=True, exist_ok=True)
    before = _manifest(target)
    with publisher.database.read() as db:
        index = {**public.index(db), **editions.public_pictures(db)}
        stale = [
            path
            for path, etag in index.items()
            if before.get(path) != etag or not _file(target, path).is_file()
        ]
        for path in stale:
            stored = public.find(db, path)
            picture = None if stored else editions.picture(db, PurePosixPath(path).name)
            body = stored.body if stored else picture[1] if picture else b""
            _write(_file(target, path), body)
    gone = [path for path in before if path not in index]
    for path in gone:
        _file(target, path).unlink(missing_ok=True)
    _write(target / MANIFEST, json.dumps(index, indent=0, sort_keys=True).encode())
    return Built(written=len(stale), unchanged=len(index) - len(stale), removed=len(gone))


def _manifest(target: Path) -> dict[str, str]:
    try:
        known = json.loads((target / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(path): str(etag) for path, etag in known.items()} if isinstance(known, dict) else {}


def _file(target: Path, path: str) -> Path:
    parts = PurePosixPath(path.lstrip("/") + ("index.html" if path.endswith("/") else "")).parts
    if ".." in parts:
        raise PublisherError(f"'{path}' is not a path that can be written")
    return target.joinpath(*parts)


def _write(path: Path, body: bytes) -> None:
    """Put `body` at `path` in one step: readers see the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fresh.write_bytes(body)
    fresh.replace(path)
