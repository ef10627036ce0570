"""A folder or a zip that somebody brings: its files by name, within limits; no name becomes a path."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from publisher.content.files import PICTURE_BYTES
from publisher.content.importers.shelf import PICTURES, TEXTS
from publisher.errors import ContentError, PublisherError

FILES: Final = 20_000
TOTAL_BYTES: Final = 2 * 1024**3
RATIO: Final = 200
"""Of a large file in a zip, so many bytes may have been packed into one; more is a bomb."""

_LARGE: Final = 1024 * 1024
_ENCRYPTED: Final = 0x1
_HIDDEN: Final = "hidden file"
_OUTSIDE: Final = "name that leads out of the archive"
_LINK: Final = "link to another file"
_TWICE: Final = "file whose name comes twice"
_SITE: Final = "file of the site itself (themes, layouts, data)"
_MACHINERY: Final = frozenset(
    [
        "layouts",
        "themes",
        "archetypes",
        "_includes",
        "_layouts",
        "_sass",
        "_data",
        "_site",
        "node_modules",
        "vendor",
        "resources",
    ]
)
_CONFIGURATION: Final = frozenset(
    [
        "hugo.toml",
        "hugo.yaml",
        "hugo.yml",
        "config.toml",
        "config.yaml",
        "config.yml",
        "_config.yml",
        "_config.yaml",
        "pelicanconf.py",
        "publishconf.py",
    ]
)
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    OSError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What somebody brings: names of texts and pictures, with forward slashes, and how to read one.

    `left_out` counts, in words, what is neither; `configuration` are texts that may name the old address, and
    `vault` is true for one of Obsidian's.

    `read` raises ContentError for a file that is too large or cannot be read.
    """

    texts: tuple[str, ...]
    pictures: tuple[str, ...]
    read: Callable[[str], bytes]
    left_out: Mapping[str, int]
    configuration: tuple[str, ...] = ()
    vault: bool = False


@contextmanager
def unpacked(path: Path) -> Iterator[Material]:
    """Open a folder or a zip for as long as the block lasts; nothing is written anywhere.

    Raises:
        PublisherError: it cannot be read, is encrypted, is no zip, or is larger than anybody needs.
    """
    if path.is_dir():
        yield _folder(path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except _BROKEN as error:
        raise _broken(path, error) from None
    with archive:
        yield _archive(archive, path)


def is_zip(path: Path) -> bool:
    """Return whether a file is a zip, whatever it is called."""
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except (OSError, ValueError):
        return False


@dataclass(slots=True)
class _Sorter:
    """Deals names out to texts, pictures and what is left out."""

    texts: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    configuration: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    vault: bool = False

    def take(self, name: str) -> bool:
        """Take a file by its name; return whether it will be read."""
        parts = name.split("/")
        lower = name.lower()
        if any(part.startswith(".") or part == "__MACOSX" for part in parts):
            self.vault = self.vault or ".obsidian" in parts
            self.left_out[_HIDDEN] += 1
        elif parts[-1].lower() in _CONFIGURATION:
            self.configuration.append(name)
        elif lower.endswith(PICTURES):
            self.pictures.append(name)
            return True
        elif not lower.endswith(TEXTS):
            suffix = PurePosixPath(parts[-1]).suffix.lower()
            self.left_out[f"{suffix[1:12] or 'nameless'} file"] += 1
            return False
        elif _MACHINERY & set(parts[:-1]) or parts[-1].lower() in ("readme.md", "license.md"):
            self.left_out[_SITE] += 1
        else:
            self.texts.append(name)
            return True
        return name in self.configuration

    def material(self, read: Callable[[str], bytes]) -> Material:
        return Material(
            texts=tuple(sorted(self.texts)),
            pictures=tuple(sorted(self.pictures)),
            read=read,
            left_out=dict(sorted(self.left_out.items())),
            configuration=tuple(sorted(self.configuration)),
            vault=self.vault,
        )


def _folder(root: Path) -> Material:
    sorter = _Sorter()
    count = 0

    def refuse(error: OSError) -> None:
        raise PublisherError(f"'{error.filename}' cannot be read: {error.strerror}", fix="look at its rights")

    for here, folders, files in os.walk(root, onerror=refuse):
        for name in sorted(folders):
            if name.startswith(".") or (Path(here) / name).is_symlink():
                sorter.vault = sorter.vault or name == ".obsidian"
                sorter.left_out[_HIDDEN if name.startswith(".") else _LINK] += 1
                folders.remove(name)
        for name in files:
            count += 1
            if count > FILES:
                raise _too_many(root)
            path = Path(here) / name
            if path.is_symlink() or not path.is_file():
                sorter.left_out[_LINK] += 1
            else:
                sorter.take(path.relative_to(root).as_posix())

    def read(name: str) -> bytes:
        try:
            with (root / name).open("rb") as file:
                return _whole(file.read(PICTURE_BYTES + 1), name)
        except OSError as error:
            raise ContentError(
                f"'{name}' cannot be read: {error.strerror}", fix="look at its rights"
            ) from None

    return sorter.material(read)


def _archive(archive: zipfile.ZipFile, path: Path) -> Material:
    sorter = _Sorter()
    known: dict[str, zipfile.ZipInfo] = {}
    infos = archive.infolist()
    if len(infos) > FILES:
        raise _too_many(path)
    if sum(info.file_size for info in infos) > TOTAL_BYTES:
        what = f"'{path.name}' would be larger than {TOTAL_BYTES // 1024**3} GiB once unpacked"
        raise PublisherError(what, fix="pack only texts and pictures, in several files")
    for info in infos:
        if info.is_dir():
            continue
        _refuse_traps(info, path)
        name = _safe_name(info.filename)
        odd = _oddity(info, name, known)
        if odd is not None:
            sorter.left_out[odd] += 1
        elif name is not None and sorter.take(name):
            known[name] = info

    def read(name: str) -> bytes:
        try:
            with archive.open(known[name]) as file:
                return _whole(file.read(PICTURE_BYTES + 1), name)
        except _BROKEN:
            raise ContentError(f"'{_shown(name)}' is broken in the zip", fix="pack it anew") from None

    return sorter.material(read)


def _refuse_traps(info: zipfile.ZipInfo, path: Path) -> None:
    """Refuse the whole zip for a file that nobody can read, or that would never end."""
    if info.flag_bits & _ENCRYPTED:
        raise PublisherError(f"'{path.name}' is encrypted", fix="unpack it, and import the folder")
    if info.file_size > _LARGE and info.file_size > RATIO * max(info.compress_size, 1):
        what = f"'{path.name}' is packed so tightly that it must be a bomb ({_shown(info.filename)})"
        raise PublisherError(what, fix="do not trust where it comes from")


def _oddity(info: zipfile.ZipInfo, name: str | None, known: Mapping[str, zipfile.ZipInfo]) -> str | None:
    """Return why a file is not even looked at, None if it may be."""
    if name is None:
        return _OUTSIDE
    if stat.S_ISLNK(info.external_attr >> 16):
        return _LINK
    return _TWICE if name in known else None


def _safe_name(name: str) -> str | None:
    """Return a name within an archive with forward slashes; None for one that means a place outside."""
    plain = name.replace("\\", "/")
    parts = plain.split("/")
    is_absolute = plain.startswith("/") or (len(parts[0]) > 1 and parts[0][1] == ":")
    if is_absolute or ".." in parts or "\0" in plain:
        return None
    return "/".join(part for part in parts if part not in ("", "."))


def _whole(body: bytes, name: str) -> bytes:
    if len(body) > PICTURE_BYTES:
        what = f"'{_shown(name)}' is larger than {PICTURE_BYTES // 1024**2} MiB"
        raise ContentError(what, fix="save it smaller")
    return body


def _too_many(path: Path) -> PublisherError:
    return PublisherError(f"'{path.name}' has more than {FILES:,} files", fix="import its parts one by one")


def _broken(path: Path, error: Exception) -> PublisherError:
    if isinstance(error, FileNotFoundError):
        return PublisherError(f"there is no file '{path}'")
    if isinstance(error, PermissionError):
        return PublisherError(f"'{path}' cannot be read: {error.strerror}")
    return PublisherError(f"'{path.name}' is no zip, or a broken one", fix="pack it anew")


def _shown(name: str) -> str:
    return name if len(name) <= 120 else f"…{name[-119:]}"
