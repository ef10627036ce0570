"""Building: everything public as files, for any static host."""

from __future__ import annotations

import contextlib
import dataclasses
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from publisher.actions.archive import archive_files
from publisher.actions.masthead import follow_masthead
from publisher.actions.site_folder import CODINGS, MANIFEST, UNDATED, SiteFolder, name_of
from publisher.actions.squeeze import squeezed
from publisher.app import Clock, Publisher, open_publisher
from publisher.errors import PublisherError
from publisher.model.issue import Intent, Issue
from publisher.model.records import StoredArtefact
from publisher.model.shelves import address
from publisher.outputs.static_host import Departed, moved_page, nginx
from publisher.settings import DatabaseSettings, Settings
from publisher.store import editions, public

FOR_NGINX = ".publisher-nginx.conf"
"""Rules for nginx about what was withdrawn and what has moved."""

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


def build_site(  # noqa: PLR0913 - what the command can be told, and who asks when
    settings: Settings, target: Path, *, drafts: bool, clock: Clock, actor: str, with_brotli: bool = False
) -> Built:
    """Write the site into folder `target`; `with_brotli` compresses now what has not been compressed so yet.

    With a database: what is published or archived. Without one: archived issues, and ready ones whose date
    is past; with `drafts` every issue there is, for looking at.

    Raises:
        PublisherError: the folder cannot be written, or the database cannot be read.
    """
    _refuse_other_kind(target, drafts=drafts)
    if not drafts and has_database(settings):
        with contextlib.closing(open_publisher(settings, clock=clock, actor=actor)) as publisher:
            troubles = follow_masthead(publisher)
            return dataclasses.replace(build(publisher, target, with_brotli=with_brotli), troubles=troubles)
    with tempfile.TemporaryDirectory(prefix="publisher-build-") as folder:
        kept = DatabaseSettings(url=SecretStr(f"sqlite:///{folder}/build.db"))
        no_form = settings.joining.model_copy(update={"form": False})  # nobody would take what it sends
        alone = settings.model_copy(update={"database": kept, "joining": no_form})
        with contextlib.closing(open_publisher(alone, clock=clock, actor=actor)) as publisher:
            troubles = archive_files(publisher, _public_without_facts(drafts=drafts, now=clock()))
            follow_masthead(publisher)
            built = dataclasses.replace(build(publisher, target, with_brotli=with_brotli), troubles=troubles)
    if drafts:
        (target / DRAFTS).write_bytes(b"Drafts are among these pages: for looking at, not to be published.\n")
    return built


def build(publisher: Publisher, target: Path, *, with_brotli: bool = False) -> Built:
    """Write all that is public into folder `target`; the cost is that of what has changed since last time.

    A page `/issues/x/` becomes `issues/x/index.html`, with its compressed siblings `index.html.gz` and, where
    there is brotli or `with_brotli` makes it, `index.html.br`. Each file has the date of what it holds. What
    others put beside an earlier site is left alone.

    Raises:
        PublisherError: the folder cannot be written, or holds something else than a site.
    """
    try:
        _refuse_strange(publisher.settings.root, target)
        return _build(publisher, target, with_brotli=with_brotli)
    except OSError as error:
        raise PublisherError(
            f"'{error.filename or target}' cannot be written: {error.strerror}", fix="choose another folder"
        ) from None


def has_database(settings: Settings) -> bool:
    """Return whether the newsroom has facts, and not only files."""
    return bool(settings.database.url.get_secret_value()) or (settings.var / "publisher.db").is_file()


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


def _public_without_facts(*, drafts: bool, now: datetime) -> Callable[[Issue, datetime | None], bool]:
    """Return the rule by which an issue is public where only its files can say so."""

    def is_public(issue: Issue, asked: datetime | None) -> bool:
        past = issue.status is Intent.READY and asked is not None and asked <= now
        return drafts or past or issue.status is Intent.ARCHIVED

    return is_public


def _build(publisher: Publisher, target: Path, *, with_brotli: bool) -> Built:
    folder = SiteFolder(target)
    with publisher.database.read() as db:
        states, pictures = public.states(db), editions.public_pictures(db)
        changed = folder.differing(states, whole=with_brotli)
        for stored in public.several(db, sorted(changed)):
            _put(publisher, folder, stored, states[stored.path], with_brotli=with_brotli)
        for path in folder.differing(pictures):
            picture = editions.picture(db, pictures[path])
            if picture is not None:
                folder.put(path, pictures[path], picture[1], {}, modified=UNDATED)
        departed = [
            Departed(path=path, file=f"/{name_of(path)}", location=location)
            for path, location in public.departed(db)
        ]
    folder.finish(states.keys() | pictures.keys())
    root = urlsplit(publisher.settings.publication.home_url).path
    folder.put_own(FOR_NGINX, nginx(departed, root=root).encode())
    return Built(written=folder.written, unchanged=folder.kept, removed=folder.removed)


def _put(
    publisher: Publisher, folder: SiteFolder, stored: StoredArtefact, state: str, *, with_brotli: bool
) -> None:
    body = stored.body
    if stored.location and not body:
        body = moved_page(publisher.settings.publication.home_url + address(stored.location))
    small = {ending: getattr(stored, coding) for ending, coding in CODINGS.items()}
    if with_brotli and small["br"] is None:
        made = squeezed(body)
        small["br"] = made if len(made) < len(small["gz"] or body) else None
    folder.put(
        stored.path,
        state,
        body,
        {ending: each for ending, each in small.items() if each is not None},
        modified=stored.modified_at,
        whole=with_brotli,
    )
