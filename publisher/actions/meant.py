"""Which issues somebody means who names slugs, files or folders, as editors and hooks of git do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePath

from publisher.actions.newsroom import find_issue, find_issues
from publisher.content.files import is_ignored
from publisher.content.folder import SHARED
from publisher.errors import NotFoundError
from publisher.settings import Settings

_CONCERNS_ALL = (Settings.FILE, "templates")
"""Files of a newsroom, and folders, on which every issue depends."""


def issues_meant(settings: Settings, names: Sequence[str]) -> list[str]:
    """Return the names of the issues that `names` mean, each once: slugs, or paths of anything at all.

    The file of a story or a picture means its issue; settings, templates, shared stories and sponsors mean
    all issues; what is no part of an issue, such as `_inbox/`, means none.

    Raises:
        NotFoundError: a name is neither an issue nor a path that is there.
    """
    meant = dict.fromkeys(each for name in names for each in _meant(settings, name))
    return list(meant)


def _meant(settings: Settings, name: str) -> list[str]:
    for path in (Path(name), settings.root / name):
        if os.path.lexists(path) and (_looks_like_path(name) or not find_issue(settings, name)):
            return _by_path(settings, path)
    found = find_issue(settings, name)
    if found is None:
        raise NotFoundError(f"there is no issue '{name}' in '{settings.issues}'", fix="name a slug or a path")
    return [found.path.name]


def _looks_like_path(name: str) -> bool:
    return len(PurePath(name).parts) > 1 or PurePath(name).suffix != ""


def _by_path(settings: Settings, path: Path) -> list[str]:
    parts = _parts(path, settings.issues)
    if parts is None:
        inside = _parts(path, settings.root)
        return _all(settings) if inside == () or (inside and inside[0] in _CONCERNS_ALL) else []
    if not parts or parts[0] in SHARED:
        return _all(settings)
    if is_ignored(parts[0]):
        return []
    if len(parts) == 1 and path.is_file() and path.suffix != ".md":
        return _all(settings)
    found = find_issue(settings, parts[0])
    return [found.path.name] if found else []


def _all(settings: Settings) -> list[str]:
    return [found.path.name for found in find_issues(settings)]


def _parts(path: Path, folder: Path) -> tuple[str, ...] | None:
    """Return the parts of a path below a folder, None if it is not there."""
    for here, root in ((path.resolve(), folder.resolve()), (path.absolute(), folder.absolute())):
        if here.is_relative_to(root):
            return here.relative_to(root).parts
    return None
