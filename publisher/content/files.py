"""The files under `issues/`: read with limits, and never anything outside of the folder."""

from __future__ import annotations

import os
import posixpath
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from publisher.content.text import BOM, CONTROL, FILE_BYTES, decode
from publisher.content.trouble import UnreadableError
from publisher.errors import Place
from publisher.model.finding import Finding
from publisher.model.issue import PictureFile

PICTURE_BYTES: Final = 10 * 1024 * 1024

_SYNCED = re.compile(r"conflicted copy|\.sync-conflict-|\.orig(\.md)?\Z|\.rej\Z", re.IGNORECASE)
_NUMBERED = re.compile(r"(?P<name>.+?)(?: \(?\d{1,3}\)?| copy| - Copy)(?P<suffix>\.md)?\Z")


@dataclass(frozen=True, slots=True)
class Files:
    """The folder `issues/`. All paths are relative to it, with forward slashes."""

    root: Path

    def place(self, path: str, line: int | None = None) -> Place:
        """Return a place as an editor would type it."""
        return Place(path=f"{self.root.name}/{path}", line=line)

    def text(self, path: str) -> str:
        """Return the text of a file.

        Raises:
            UnreadableError: not there (E001), not a file of ours (E025), or not text (E002, E003, E004).
        """
        return decode(self._bytes(path, FILE_BYTES), path=self.place(path).path)

    def shown(self, path: str) -> str:
        """Return what can be shown of a file: the first MiB of it, as text whatever it holds.

        It is empty if the file is not there or not ours.
        """
        text = self.raw(path).decode("utf-8", "replace")
        return CONTROL.sub("\ufffd", text.removeprefix(BOM))

    def raw(self, path: str) -> bytes:
        """Return the first MiB of a file, whatever it holds; nothing if it is not there or not ours."""
        try:
            return self._bytes(path, FILE_BYTES)[:FILE_BYTES]
        except UnreadableError:
            return b""

    def picture(self, path: str) -> PictureFile:
        """Return a picture file under the path by which it was asked for.

        Raises:
            UnreadableError: it is not there (E001), not a file of ours (E025), or larger than 10 MiB (E508).
        """
        body = self._bytes(self._as_stored(path), PICTURE_BYTES)
        if len(body) > PICTURE_BYTES:
            raise UnreadableError(
                "E508",
                f"picture '{posixpath.basename(path)}' is larger than {PICTURE_BYTES // 1024 // 1024} MiB",
                place=self.place(path),
                fix="save it smaller; 1200 pixels in width are enough",
            )
        return PictureFile(path=path, body=body)

    def is_file(self, path: str) -> bool:
        """Return whether there is a file, of whatever kind."""
        return (self.root / path).is_file()

    def is_there(self, path: str) -> bool:
        """Return whether there is anything at all, if only a link that leads nowhere."""
        return os.path.lexists(self.root / path)

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted; none if it cannot be listed.

        A name that is not UTF-8 comes with replacement characters, so reading it is an error that shows it.
        """
        try:
            names = [path.name for path in (self.root / folder).iterdir()]
        except (OSError, ValueError):
            return []
        return sorted(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for name in names)

    def _bytes(self, path: str, limit: int) -> bytes:
        """Return the first `limit` + 1 bytes at the most."""
        full = self.root / path
        if not is_within(full, self.root):
            raise UnreadableError(
                "E025",
                "the path leads out of the folder",
                place=self.place(path),
                fix=f"copy the file into {self.root.name}/",
            )
        try:
            if not stat.S_ISREG(full.stat().st_mode):
                raise UnreadableError(
                    "E025", "this is not a file", place=self.place(path), fix="put a file in its place"
                )
            with full.open("rb") as file:
                return file.read(limit + 1)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            raise UnreadableError(
                "E001",
                f"cannot be read: {reason or 'the name is not possible'}",
                place=self.place(path),
                fix="check the name and the permissions",
            ) from None

    def _as_stored(self, path: str) -> str:
        """Return the path as the disk spells it: names may be stored in another Unicode form."""
        if self.is_file(path):
            return path
        folder, name = posixpath.split(path)
        return next((f"{folder}/{other}" for other in self.names(folder) if nfc(other) == nfc(name)), path)


def is_within(path: Path, root: Path) -> bool:
    """Return whether a path, with all links followed, lies in `root`."""
    try:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))
    except (OSError, ValueError):
        return False


def is_copy(name: str, names: frozenset[str]) -> bool:
    """Return whether a name is that of a copy which a sync or merge tool left beside the original."""
    if _SYNCED.search(name):
        return True
    numbered = _NUMBERED.match(name)
    return numbered is not None and f"{numbered['name']}{numbered['suffix'] or ''}" in names


def is_ignored(name: str) -> bool:
    """Return whether a name is never an issue or a story unless something names it."""
    return name.startswith(("_", ".")) or name.lower() == "readme.md"


def copy_finding(files: Files, path: str) -> Finding:
    """Return the error for a copy that a sync or merge tool left."""
    return Finding(
        code="E024",
        what="this is a copy that a sync or merge tool left",
        fix="keep the right one of the two and delete the other",
        place=files.place(path),
    )


def nfc(text: str) -> str:
    """Return `text` with composed accents, as one compares names."""
    return unicodedata.normalize("NFC", text)
