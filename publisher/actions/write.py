"""Writing story files: importing, beginning an issue, and giving ids."""

from __future__ import annotations

import contextlib
import os
import secrets
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from publisher.actions.newsroom import Found, find_issue, find_issues, reading
from publisher.content.fields import Where
from publisher.content.ids import with_id
from publisher.content.importers.all import importer_for
from publisher.content.importers.imported import Imported, short_slug
from publisher.content.importers.plain_text import in_place
from publisher.content.skeleton import new_file
from publisher.content.text import decode
from publisher.errors import ContentError, NotFoundError, PublisherError
from publisher.model.issue import Issue
from publisher.settings import Settings


def import_article(settings: Settings, text: str, *, name: str, into: str | None = None) -> Path:
    """Write an article as a single-file draft, or as a story of issue `into`; return the file.

    `name` is what the article's file was called, for the choice of an importer and for errors.

    Raises:
        ContentError: the article cannot be understood, or no file of an issue may hold it.
        NotFoundError: there is no issue `into`, or it is a single file.
    """
    folder, made = read_article(settings, text, name=name, into=into)
    return write_article(folder, made)


def read_article(
    settings: Settings, text: str, *, name: str, into: str | None = None
) -> tuple[Path, Imported]:
    """Return what an article becomes and the folder for it; nothing is written. See `import_article`."""
    decode(text.encode(), path=name)
    folder = settings.issues if into is None else _folder_of(settings, into)
    where = Where.SINGLE if into is None else Where.STORY
    return folder, importer_for(name, text)(
        text, id=_new_id(), where=where, lang=settings.publication.language
    )


def write_article(folder: Path, made: Imported) -> Path:
    """Write an article into a folder under a name that is free, and return the file."""
    return _write_new(folder, made.slug, made.text)


def name_for(folder: Path, made: Imported) -> Path:
    """Return the path that `write_article` would write; nothing is written."""
    return _free(folder, made.slug, suffix=".md")


def mend_in_place(file: Path) -> Path:
    """Turn the plain text that was pasted into an issue file into Markdown; its fields stay.

    Raises:
        ContentError: there is nothing to mend, or the file cannot be understood.
    """
    text = _read(file)
    replace_file(file, in_place(text, id=_new_id(), path=str(file)))
    return file


def new_issue(settings: Settings, title: str, *, template: str | None, today: date) -> Path:
    """Begin an issue as a draft, as a single file or as a copy of `issues/_templates/<template>/`.

    A title that is the name of such a folder means it: `publisher new weekly`.

    Raises:
        NotFoundError: there is no such template.
        PublisherError: the title is empty or no text, or the folder of the issues cannot be written.
    """
    if not title.strip():
        raise PublisherError(
            "an issue needs a title", fix='write one: publisher new "What the sea remembers"'
        )
    decode(title.encode("utf-8", "surrogatepass"), path="the title")
    slug = f"{today:%Y-%m-%d}-{short_slug(title)}"
    templates = settings.issues / "_templates"
    if template is None and title in _folders(templates):
        template = title
    if template is None:
        return _write_new(
            settings.issues, slug, new_file(title.strip(), id=_new_id(), lang=settings.publication.language)
        )
    if template not in _folders(templates):
        known = ", ".join(_folders(templates)) or "none"
        raise NotFoundError(f"there is no template '{template}'", fix=f"there are: {known}")
    files = {
        file.name: with_id(_read(file), _new_id(), path=str(file))
        if file.suffix == ".md"
        else file.read_bytes()
        for file in sorted((templates / template).iterdir())
        if file.is_file()
    }
    folder = _made(_free(settings.issues, slug, suffix=""))
    for name, content in files.items():
        replace_file(folder / name, content)
    return folder


def give_ids(settings: Settings, names: Sequence[str]) -> list[Path]:
    """Write an id into every file of these issues (none named: of all) that has none; return those files.

    Of several files with one id all but the oldest get a new one. Files that cannot be understood are left as
    they are: the check tells why.
    """
    slugs = {_named(settings, name).slug for name in names}
    read = [(found.slug, reading(settings, found).issue) for found in find_issues(settings)]
    files = {(slug, file, id_) for slug, issue in read if issue for file, id_ in _files(settings, issue)}
    twins = _newer_twins((file, id_) for _, file, id_ in files if id_)
    wanting = {
        file for slug, file, id_ in files if (not slugs or slug in slugs) and (id_ is None or file in twins)
    }
    for file in sorted(wanting):
        replace_file(file, _with_new_id(file))
    return sorted(wanting)


def replace_file(path: Path, content: str | bytes) -> None:
    """Put `content` at `path` in one step that survives a power cut: readers see the old file or the new.

    Raises:
        PublisherError: the file cannot be written.
    """
    body = content.encode() if isinstance(content, str) else content
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with fresh.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):  # of a name that no file can have, or on a disk that is gone
            fresh.unlink(missing_ok=True)
        raise PublisherError(
            f"'{path}' cannot be written: {error.strerror}", fix="check its folder"
        ) from None


def _files(settings: Settings, issue: Issue) -> Iterator[tuple[Path, str | None]]:
    """Yield the files of an issue that have an id, each with its own."""
    yield settings.root / issue.place.path, issue.id
    for story in () if issue.single else issue.stories:
        yield settings.root / story.place.path, story.id


def _newer_twins(files: Iterable[tuple[Path, str]]) -> set[Path]:
    """Return of each set of files with one id all but the oldest."""
    by_id: dict[str, set[Path]] = {}
    for file, id_ in files:
        by_id.setdefault(id_, set()).add(file)
    return {
        newer
        for twins in by_id.values()
        for newer in sorted(twins, key=lambda file: (file.stat().st_mtime_ns, file))[1:]
    }


def _folders(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_new(folder: Path, slug: str, text: str) -> Path:
    path = _free(_made(folder), slug, suffix=".md")
    replace_file(path, text)
    return path


def _made(folder: Path) -> Path:
    """Return `folder`, which is there afterwards."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PublisherError(
            f"the folder '{folder}' cannot be made: {error.strerror}", fix="look at what stands there"
        ) from None
    return folder


def _free(folder: Path, slug: str, *, suffix: str) -> Path:
    """Return a path in `folder` whose name no other issue or story has yet."""
    taken = {path.stem for path in folder.iterdir()} if folder.is_dir() else set()
    for number in range(1, 1000):
        name = f"{slug}-{number}" if number > 1 else slug
        if name not in taken:
            return folder / f"{name}{suffix}"
    raise PublisherError(f"there are too many files called '{slug}' in '{folder}'", fix="rename some")


def _folder_of(settings: Settings, name: str) -> Path:
    found = _named(settings, name)
    if not found.path.is_dir():
        raise NotFoundError(
            f"issue '{name}' is a single file", fix="only an issue that is a folder takes stories"
        )
    return found.path


def _named(settings: Settings, name: str) -> Found:
    found = find_issue(settings, name)
    if found is None:
        raise NotFoundError(f"there is no issue '{name}'", fix="name a slug or a path")
    return found


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except OSError as error:
        raise PublisherError(
            f"'{file}' cannot be read: {error.strerror}", fix="name a file that is there"
        ) from None
    except UnicodeDecodeError:
        raise ContentError(f"'{file}' is not UTF-8 text", fix="save it as UTF-8") from None


def _with_new_id(file: Path) -> str:
    return with_id(_read(file), _new_id(), path=str(file))


def _new_id() -> str:
    return str(uuid.uuid4())
