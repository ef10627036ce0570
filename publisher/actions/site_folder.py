"""A folder into which a site is built: what stands in it already, and how files get there and go."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from publisher.errors import PublisherError

MANIFEST: Final = ".publisher-build.json"
"""What the last build wrote, so that the next one writes only what is new and removes what is gone."""

CODINGS: Final = {"gz": "gzip", "br": "brotli"}
"""The endings of compressed siblings, each with the name of its bytes."""

UNDATED: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The date of files whose name tells their content, such as pictures: the same on every machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stands at a path: the tag and the generation of its bytes, and the endings of its siblings.

    `tried_brotli` says that it has all the siblings that there can be.
    """

    tag: str
    generation: int = 0
    siblings: tuple[str, ...] = ()
    tried_brotli: bool = False

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `str` wrote."""
        tag, *rest = text.split(" ")
        return cls(
            tag=tag,
            generation=int(rest[0]) if rest and rest[0].isdecimal() else 0,
            siblings=tuple(each for each in rest[1:] if each in CODINGS),
            tried_brotli=_ALL in rest,
        )

    def __str__(self) -> str:
        tried = (_ALL,) if self.tried_brotli else ()
        return " ".join((self.tag, str(self.generation), *self.siblings, *tried))


_ALL: Final = "all"


class SiteFolder:
    """The folder `target` with the files of a site, which is what its manifest says.

    Files are put in place in one step, dated as they are told: readers see the old one or the new one. What
    others put there is left alone.

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
        self.known = _manifest(target)
        self._others = dict(self.known)

    def has(self, path: str) -> bool:
        """Return whether everything that should stand at a path does."""
        file, known = self.file(path), self.known[path]
        names = (file, *(f"{file}.{ending}" for ending in known.siblings))
        return all(map(os.path.lexists, names))

    def keeps(self, path: str, *, generation: int = 0) -> None:
        """Leave what stands at a path as it is, which is that of a generation."""
        self.known[path] = replace(self.known[path], generation=generation)
        self.kept += 1 + len(self.known[path].siblings)
        self._others.pop(path, None)

    def put(
        self, path: str, new: Written, body: bytes, siblings: Mapping[str, bytes], *, modified: datetime
    ) -> None:
        """Let these bytes stand at a path with these siblings, which may stand there in part already."""
        file, old = self.file(path), self.known.get(path)
        is_same = old is not None and old.tag == new.tag
        self._put(file, body, modified, is_there=is_same)
        for ending, small in siblings.items():
            self._put(
                f"{file}.{ending}",
                small,
                modified,
                is_there=is_same and old is not None and ending in old.siblings,
            )
        for ending in () if old is None else set(old.siblings) - siblings.keys():
            self._remove(f"{file}.{ending}")
        self.known[path] = replace(new, siblings=tuple(sorted(siblings)))
        self._others.pop(path, None)

    def put_own(self, name: str, body: bytes) -> None:
        """Write a file of the build's own, if it says something new."""
        file = self._target / name
        if not file.is_file() or file.read_bytes() != body:
            self._write(os.fspath(file), body)

    def finish(self) -> None:
        """Remove what was neither kept nor put, and write the manifest."""
        for path, old in self._others.items():
            file = self.file(path)
            for name in (file, *(f"{file}.{ending}" for ending in old.siblings)):
                self._remove(name)
            self._prune(os.path.dirname(file))  # noqa: PTH120 - paths are texts here, which is much faster
            del self.known[path]
        said = {path: str(self.known[path]) for path in sorted(self.known)}
        self.put_own(MANIFEST, json.dumps(said, separators=(",\n", ":"), ensure_ascii=False).encode())

    def file(self, path: str) -> str:
        """Return the file in which a public path stands.

        Raises:
            PublisherError: the path leads out of the folder.
        """
        name = name_of(path)
        if "/../" in f"/{name}/" or "\0" in name:
            raise PublisherError(f"'{path}' is not a path that can be written")
        return f"{self._root}/{name}"

    def _put(self, file: str, body: bytes, modified: datetime, *, is_there: bool) -> None:
        if is_there and os.path.lexists(file):
            self.kept += 1
            return
        self._write(file, body, modified)
        self.written += 1

    def _write(self, file: str, body: bytes, modified: datetime | None = None) -> None:
        folder, _, name = file.rpartition("/")
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - as above
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
                folder = os.path.dirname(folder)  # noqa: PTH120 - as above


def name_of(path: str) -> str:
    """Return the name of the file, below the folder of the site, that stands for a public path."""
    return path.lstrip("/") + ("index.html" if path.endswith("/") else "")


def _manifest(target: Path) -> dict[str, Written]:
    try:
        known = json.loads((target / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(known, dict):
        return {}
    return {str(path): Written.read(str(said)) for path, said in known.items()}
