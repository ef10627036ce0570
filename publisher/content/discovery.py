"""Which paths under `issues/` are issues, and whether their files have changed: names and stats only."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import Final

from publisher.content.files import Files, is_copy, is_ignored, is_within
from publisher.content.slugs import slug_of_name
from publisher.errors import NotFoundError
from publisher.model.finding import Finding, in_order

STABLE_AFTER: Final = timedelta(seconds=2)
"""A file that moved more recently may still be on its way."""

SHARED: Final = ("_stories", "_sponsors")
"""Folders from which any issue may take something."""

_MOST_FILES: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The issues of a newsroom: slug -> path. A slug that two paths claim is none; `clashes` tells why.

    `findings` are about paths that are no issues: copies that tools left, links that lead out of the folder.
    """

    paths: Mapping[str, Path]
    clashes: Mapping[str, Finding] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def find(self, name: str) -> str:
        """Return the slug of the issue of that slug, or of that path or a file in it.

        Raises:
            NotFoundError: there is none; the fix names the nearest.
        """
        if name in self.paths or name in self.clashes:
            return name
        parts = PurePath(name).parts
        for slug, path in self.paths.items():
            if path.name in parts or path.stem in parts:
                return slug
        close = get_close_matches(name, self.paths, n=1)
        fix = f"did you mean {close[0]}?" if close else "`publisher status` lists all issues"
        raise NotFoundError(f"there is no issue '{name}'", fix=fix)


def issue_names(root: Path) -> Names:
    """Return what is an issue in the folder `root`: files `*.md` and folders with Markdown files in them."""
    files = Files(root)
    entries = [name for name in files.names("") if not is_ignored(name)]
    siblings = frozenset(entries)
    claims: dict[str, list[Path]] = {}
    findings = []
    for name in entries:
        path = root / name
        if not _is_issue(files, path):
            continue
        if is_copy(name, siblings):
            findings.append(copy_finding(files, name))
        elif not is_within(path, root):
            what, fix = "the link leads out of the folder", f"copy what it points to into {root.name}/"
            findings.append(Finding(code="E025", what=what, fix=fix, place=files.place(name)))
        elif slug := slug_of_name(name):
            claims.setdefault(slug, []).append(path)
        else:
            what, fix = (
                "the name has neither letters nor digits",
                "give it a name that can stand in an address",
            )
            findings.append(Finding(code="E026", what=what, fix=fix, place=files.place(name)))
    return Names(
        paths={slug: paths[0] for slug, paths in claims.items() if len(paths) == 1},
        clashes={slug: _clash(files, slug, paths) for slug, paths in claims.items() if len(paths) > 1},
        findings=in_order(findings),
    )


def copy_finding(files: Files, path: str) -> Finding:
    """Return the error for a copy that a sync or merge tool left."""
    return Finding(
        code="E024",
        what="this is a copy that a sync or merge tool left",
        fix="keep the right one of the two and delete the other",
        place=files.place(path),
    )


def signature(path: Path, elsewhere: Iterable[Path] = ()) -> str:
    """Return a short text that changes whenever a file of the issue at `path` does; nothing is read.

    It covers the issue's own files, `_stories/` and `_sponsors/` beside it, and the files `elsewhere`.
    """
    digest = hashlib.sha256()
    trees = (path, *(path.parent / name for name in SHARED), *elsewhere)
    for tree in trees:
        for name, info in _walk(tree):
            row = (name, info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_ino)
            digest.update(repr(row).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def is_stable(path: Path, now: datetime) -> bool:
    """Return whether nothing of the issue at `path` has moved for 2 seconds and no git command is running."""
    moments = (moment for _, info in _walk(path) for moment in (info.st_mtime, info.st_ctime))
    if any(abs(now.timestamp() - moment) < STABLE_AFTER.total_seconds() for moment in moments):
        return False
    return not any((folder / ".git" / "index.lock").exists() for folder in path.resolve().parents)


def _is_issue(files: Files, path: Path) -> bool:
    if path.suffix == ".md":
        return not path.is_dir() or path.is_symlink()
    return path.is_dir() and any(name.endswith(".md") for name in files.names(path.name))


def _clash(files: Files, slug: str, paths: list[Path]) -> Finding:
    others = ", ".join(path.name for path in paths[1:])
    return Finding(
        code="E026",
        what=f"{paths[0].name} and {others} are both called '{slug}'",
        fix="rename one of them; the date in front does not count",
        place=files.place(paths[0].name),
    )


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
