"""The folder `issues/`: which of its paths are issues, whether their files have changed, and reading one."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import Final

from publisher.content.files import Files, copy_finding, is_copy, is_ignored, is_within
from publisher.content.reading import read_path
from publisher.content.slugs import slug_of_name
from publisher.content.text import body_lines
from publisher.errors import NotFoundError
from publisher.model.finding import Finding
from publisher.model.issue import Reading
from publisher.model.story import Role

STABLE_AFTER: Final = timedelta(seconds=2)
"""A file that moved more recently may still be on its way."""

SHARED: Final = ("_stories", "_sponsors")
"""Folders from which any issue may take something."""

_MOST_FILES: Final = 2_000


def issue_names(root: Path) -> dict[str, Path]:
    """Return slug -> path of every issue in the folder `root`: files `*.md`, and folders with such files.

    Nothing is read. What looks like an issue and cannot be one, such as a copy that a sync tool left, is
    among them: reading it says why. Of two paths with one slug the first stands here, and reading it fails.
    """
    files = Files(root)
    names: dict[str, Path] = {}
    for name in files.names(""):
        if _looks_like_issue(files, name):
            names.setdefault(slug_of(root / name), root / name)
    return names


def slug_of(path: Path) -> str:
    """Return the slug of the issue at `path`: the name without its leading date."""
    return slug_of_name(path.name) or path.name


def locate(root: Path, name: str) -> Path:
    """Return the path of the issue that `name` means: its slug, its path, or the path of a file in it.

    Raises:
        NotFoundError: there is none; the fix names the nearest.
    """
    files = Files(root)
    if name and "/" not in name and files.is_there(name) and _looks_like_issue(files, name):
        return root / name
    names, parts = files.names(""), PurePath(name).parts
    by_slug = (other for other in names if slug_of(root / other) == name)
    by_path = (other for other in names if other in parts or other.removesuffix(".md") in parts)
    for found in (*by_slug, *by_path):
        if _looks_like_issue(files, found):
            return root / found
    close = get_close_matches(name, issue_names(root), n=1)
    fix = f"did you mean {close[0]}?" if close else "name the file or folder of an issue"
    raise NotFoundError(f"there is no issue '{name}'", fix=fix)


def read_issue(
    root: Path, name: str, *, headings: Mapping[str, Role] | None = None, lang: str | None = None
) -> Reading:
    """Read the issue that `name` means (see `locate`) in `root`, which is the folder `issues/`.

    `headings` are a newsroom's own headings for roles, `lang` is the publication's language. What is wrong
    with the files is a finding; where they cannot be understood, the reading has no issue.

    Raises:
        NotFoundError: there is no such issue.
    """
    path = locate(root, name)
    obstacle = _obstacle(Files(root), path)
    if obstacle is not None:
        return Reading(slug=slug_of(path), issue=None, findings=(obstacle,))
    return read_path(root, path, headings=headings, lang=lang)


def text_names(root: Path, path: Path) -> list[str]:
    """Return the paths of the issue's texts as findings name them, also of those that are no story of it."""
    files = Files(root)
    if not path.is_dir():
        return [files.place(path.name).path]
    names = [name for name in files.names(path.name) if name.endswith(".md") and not is_ignored(name)]
    return [files.place(f"{path.name}/{name}").path for name in names]


def mentions(root: Path, path: Path, words: Collection[bytes]) -> bool:
    """Return whether one of the texts of the issue at `path` has one of `words` in it; nothing is parsed."""
    files = Files(root)
    names = [f"{path.name}/{name}" for name in files.names(path.name)] if path.is_dir() else [path.name]
    texts = (files.raw(name) for name in names if name.endswith(".md"))
    return any(word in text for text in texts for word in words)


def shown_lines(root: Path, path: str) -> list[str]:
    """Return the lines of a text in `root` for somebody's eyes, `path` being as findings name it.

    There are none if it is no Markdown file, cannot be read, or leads out of the folder. What is no text
    comes as replacement characters.
    """
    folder, _, name = path.partition("/")
    if folder != root.name or not name.endswith(".md"):
        return []
    text = Files(root).shown(name)
    return body_lines(text) if text else []


def signature(path: Path, elsewhere: Iterable[Path] = ()) -> str:
    """Return a short text that changes whenever a file of the issue at `path` does; nothing is read.

    It covers the issue's own files and those `elsewhere` that it uses (see `Reading.elsewhere`).
    """
    digest = hashlib.sha256()
    for tree in (path, *elsewhere):
        for name, info in _walk(tree):
            row = (name, info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)
            digest.update(repr(row).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def is_stable(path: Path, now: datetime) -> bool:
    """Return whether nothing of the issue at `path` has moved for 2 seconds and no git command is running."""
    moments = (moment for _, info in _walk(path) for moment in (info.st_mtime, info.st_ctime))
    if any(abs(now.timestamp() - moment) < STABLE_AFTER.total_seconds() for moment in moments):
        return False
    return not any(
        (folder / ".git" / "index.lock").exists() for folder in Path(os.path.realpath(path)).parents
    )


def _looks_like_issue(files: Files, name: str) -> bool:
    if is_ignored(name):
        return False
    return name.endswith(".md") or any(inside.endswith(".md") for inside in files.names(name))


def _obstacle(files: Files, path: Path) -> Finding | None:
    """Return why a path cannot be an issue, whatever is in it."""
    place, slug = files.place(path.name), slug_of(path)
    siblings = files.names("")
    if is_copy(path.name, frozenset(siblings)):
        return copy_finding(files, path.name)
    if not is_within(path, files.root):
        fix = f"copy what it points to into {files.root.name}/"
        return Finding(code="E025", what="the link leads out of the folder", fix=fix, place=place)
    if not slug_of_name(path.name):
        fix = "give it a name that can stand in an address"
        return Finding(code="E026", what="the name has neither letters nor digits", fix=fix, place=place)
    twins = [name for name in siblings if slug_of_name(name) == slug and _looks_like_issue(files, name)]
    if len(twins) > 1:
        what = f"{' and '.join(twins)} are both called '{slug}'"
        fix = "rename one of them; the date in front does not count"
        return Finding(code="E026", what=what, fix=fix, place=place)
    return None


def _walk(tree: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield path and stat of a file, or of a folder and everything in it that does not begin with a dot."""
    waiting = [tree]
    for _ in range(_MOST_FILES):
        if not waiting:
            return
        here = waiting.pop()
        try:
            info = here.stat()
            inside = sorted(here.iterdir()) if stat.S_ISDIR(info.st_mode) and _is_ours(here, tree) else []
        except (OSError, ValueError):
            continue
        yield here.relative_to(tree.parent).as_posix(), info
        waiting += [path for path in inside if not path.name.startswith(".")]


def _is_ours(folder: Path, tree: Path) -> bool:
    """Return whether to look into a folder: into the tree itself, and into no linked one."""
    return folder == tree or not folder.is_symlink()
