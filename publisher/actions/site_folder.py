"""A folder into which a site is built: what stands in it already, and how files get there and go."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from os.path import lexists
from pathlib import Path
from typing import Final

from publisher.errors import PublisherError

MANIFEST: Final = ".publisher-build.json"
"""What the last build wrote, so that the next one writes only what is new and removes what is gone."""

CODINGS: Final = {"gz": "gzip", "br": "brotli"}
"""The endings of compressed siblings, each with the name of its bytes."""

UNDATED: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The date of files whose name tells their content, such as pictures: the same on every machine."""


_WHOLE: Final = "whole"


class SiteFolder:
    """The folder `target` with the files of a site, which is what its manifest says.

    At each path stands one state of what is served: a text that begins with the tag of its bytes. Files are
    put in place in one step, dated as they are told: readers see the old one or the new one. What others put
    there is left alone.

    Raises:
        OSError: it cannot be written.
    """

    def __init__(self, target: Path) -> None:
        self.written = self.kept = self.removed = 0
        self._target = target
        self._root = os.fspath(target)
        self._fresh = secrets.token_hex(4)
        self._made: set[str] = set()
        target.mkdir(parents=True, exist_ok=True)
        self._known = _manifest(target)

    def differing(self, states: Mapping[str, str], *, whole: bool = False) -> list[str]:
        """Return the paths at which something else stands than says its state, or not everything.

        If the `whole` is wanted, a path must have all siblings that there can be. A file is there or not:
        that nobody has written into it is not looked at.
        """
        found = []
        for path, state in states.items():
            said = self._known.get(path)
            if said is None or not self._stands(path, said, state, whole=whole):
                found.append(path)
        return found

    def put(  # noqa: PLR0913 - all that a file is
        self,
        path: str,
        state: str,
        body: bytes,
        siblings: Mapping[str, bytes],
        *,
        modified: datetime,
        whole: bool = False,
    ) -> None:
        """Let these bytes stand at a path, with siblings by their endings, of which some may stand there."""
        file, said = self.file(path), self._known.get(path, "")
        there = _siblings(said)
        is_same = said.partition(" ")[0] == state.partition(" ")[0]
        self._put(file, body, modified, is_there=is_same)
        for ending, small in siblings.items():
            self._put(f"{file}.{ending}", small, modified, is_there=is_same and ending in there)
        for ending in there:
            if ending not in siblings:
                self._remove(f"{file}.{ending}")
        self._known[path] = " ".join((state, *sorted(siblings), *([_WHOLE] if whole else ())))

    def put_own(self, name: str, body: bytes) -> None:
        """Write a file of the build's own, if it says something new."""
        file = self._target / name
        if not file.is_file() or file.read_bytes() != body:
            self._write(os.fspath(file), body)

    def finish(self, paths: Collection[str]) -> None:
        """Remove what stands at other paths than these, and write the manifest."""
        for path in sorted(self._known.keys() - paths):
            file = self.file(path)
            for name in (file, *(f"{file}.{ending}" for ending in _siblings(self._known[path]))):
                self._remove(name)
            self._prune(file.rpartition("/")[0])
            del self._known[path]
        known = dict(sorted(self._known.items()))
        self.put_own(MANIFEST, json.dumps(known, separators=(",\n", ":"), ensure_ascii=False).encode())

    def file(self, path: str) -> str:
        """Return the file in which a public path stands.

        Raises:
            PublisherError: the path leads out of the folder.
        """
        name = name_of(path)
        if "/../" in f"/{name}/" or "\0" in name:
            raise PublisherError(f"'{path}' is not a path that can be written")
        return f"{self._root}/{name}"

    def _stands(self, path: str, said: str, state: str, *, whole: bool) -> bool:
        """Return whether a path needs no look at its bytes; what it says of itself is brought up to date."""
        has_all = said.endswith(_WHOLE)
        if whole and not has_all:
            return False
        if said != state and not said.startswith(f"{state} "):
            tag, _, rest = said.partition(" ")
            if not has_all or tag != state.partition(" ")[0]:
                return False
            self._known[path] = " ".join((state, *rest.split(" ")[1:]))
        file, siblings = self.file(path), _siblings(said)
        if not lexists(file) or not all(lexists(f"{file}.{ending}") for ending in siblings):
            return False
        self.kept += 1 + len(siblings)
        return True

    def _put(self, file: str, body: bytes, modified: datetime, *, is_there: bool) -> None:
        if is_there and lexists(file):
            self.kept += 1
            return
        self._write(file, body, modified)
        self.written += 1

    def _write(self, file: str, body: bytes, modified: datetime | None = None) -> None:
        folder, _, name = file.rpartition("/")
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - paths are texts here, which is much faster
            self._made.add(folder)
        fresh = f"{folder}/.{name}.{self._fresh}"
        with open(fresh, "wb", buffering=0) as out:  # noqa: PTH123 - as above
            out.write(body)
        if modified is not None:
            seconds = modified.timestamp()
            os.utime(fresh, (seconds, seconds))
        os.replace(fresh, file)  # noqa: PTH105 - as above

    def _remove(self, file: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(file)  # noqa: PTH108 - as above
            self.removed += 1

    def _prune(self, folder: str) -> None:
        """Remove a folder, and those above it, as long as nothing is left in them."""
        with contextlib.suppress(OSError):
            while len(folder) > len(self._root):
                os.rmdir(folder)  # noqa: PTH106 - as above
                folder = folder.rpartition("/")[0]


def name_of(path: str) -> str:
    """Return the name of the file, below the folder of the site, that stands for a public path."""
    return f"{path[1:]}index.html" if path.endswith("/") else path[1:]


def _siblings(said: str) -> list[str]:
    """Return the endings of the siblings that a state in the manifest names."""
    return [ending for ending in CODINGS if f" {ending}" in said]


def _manifest(target: Path) -> dict[str, str]:
    try:
        known = json.loads((target / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) and set(map(type, known.values())) <= {str} else {}
