"""Putting stories from elsewhere into files: as issues under their old dates, or into the inbox."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from publisher.actions.arrivals import Fate
from publisher.actions.write import replace_file
from publisher.content.importers.head import Value
from publisher.content.importers.imported import file_text
from publisher.content.importers.site import Prepared
from publisher.content.slugs import slug_of_name
from publisher.content.text import FILE_BYTES
from publisher.errors import ContentError, PublisherError

_ISSUE_TOO: Final = ("lang",)
"""Fields of a story that its issue has as well, where it is a folder."""

_NAME_BYTES: Final = 180
"""So much of a slug is a name: file systems give 255 bytes, and a date, `story-`, a number, the suffix and
what stands around the name of a file that is being written need some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a text was public: what it becomes, and why if that is a draft."""

    fate: Fate
    why: str = ""


def standing(when: str, why_draft: str, *, now: datetime, zone: str) -> Standing:
    """Return what becomes of a text: it was public if its date is past and it does not say otherwise."""
    if why_draft:
        return Standing(fate=Fate.DRAFT, why=why_draft)
    if not when:
        return Standing(fate=Fate.DRAFT, why="it has no date")
    local = now.astimezone(ZoneInfo(zone))
    if "T" not in when:
        past = date.fromisoformat(when) < local.date()
    else:
        moment = datetime.fromisoformat(when)
        past = moment < now if moment.tzinfo else moment < local.replace(tzinfo=None)
    return Standing(fate=Fate.HELD) if past else Standing(fate=Fate.DRAFT, why="its date is still to come")


class Names:
    """Gives each new file a slug that nothing else has."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._last: dict[str, int] = {}

    def take(self, slug: str) -> str:
        """Return `slug`, or one with a number behind it, and keep it."""
        slug = slug.encode()[:_NAME_BYTES].decode(errors="ignore").strip("-") or "untitled"
        number = self._last.get(slug, 1)
        free = slug if number == 1 else f"{slug}-{number}"
        while free in self._taken:
            number += 1
            free = f"{slug}-{number}"
        self._taken.add(free)
        self._last[slug] = number
        return free


def place_issue(
    folder: Path,
    prepared: Prepared,
    *,
    slug: str,
    fate: Fate,
    read: Callable[[str], bytes] | None = None,
) -> Path:
    """Write a story as an issue of its own in `folder`: a file, or a folder if it has pictures.

    What was public elsewhere is for no list, so that no way leads from it to a mail. The file or folder is
    there wholly or not at all.

    Raises:
        PublisherError: it cannot be written, or is too large.
    """
    day = prepared.when[:10]
    name = f"{day}-{slug}" if day else slug
    frame: dict[str, Value] = {"id": _new_id(), "title": prepared.title}
    if prepared.when:
        frame["date"] = prepared.when
    frame["status"] = "ready" if fate is Fate.HELD else "draft"
    if fate is Fate.HELD:
        frame["lists"] = ()
    if not prepared.pictures or read is None:
        return _write(folder / f"{name}.md", file_text(frame | dict(prepared.fields), prepared.body))
    own = {key: value for key, value in prepared.fields.items() if key in _ISSUE_TOO}
    story: dict[str, Value] = {"id": _new_id(), "title": prepared.title, **prepared.fields}
    stem = slug if slug not in ("issue", "readme") and slug_of_name(f"{slug}.md") == slug else f"story-{slug}"
    texts = {"issue.md": file_text(frame | own, ""), f"{stem}.md": file_text(story, prepared.body)}
    return _write_folder(folder / name, texts, {new: read(old) for new, old in prepared.pictures.items()})


def place_in_inbox(folder: Path, prepared: Prepared, *, today: date) -> Path:
    """Write a story into `_inbox/`, where it waits for a decision.

    Raises:
        PublisherError: it cannot be written, or is too large.
    """
    fields: dict[str, Value] = {"id": _new_id(), "title": prepared.title, **prepared.fields}
    if prepared.when:
        fields["source_date"] = prepared.when[:10]
    inbox = folder / "_inbox"
    with _told(inbox):
        inbox.mkdir(parents=True, exist_ok=True)
        names = Names({path.stem for path in inbox.iterdir()})
    stem = names.take(f"{prepared.when[:10] or today.isoformat()}-{prepared.slug}")
    return _write(inbox / f"{stem}.md", file_text(fields, prepared.body))


def _write(path: Path, text: str) -> Path:
    _weigh(text)
    with _told(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text)
    return path


def _write_folder(path: Path, texts: Mapping[str, str], pictures: Mapping[str, bytes]) -> Path:
    """Write a folder under a name that nobody reads, and give it its own when it is whole."""
    for text in texts.values():
        _weigh(text)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with _told(path.parent):
            fresh.mkdir(parents=True)
        for name, text in texts.items():
            replace_file(fresh / name, text)
        for name, body in pictures.items():
            replace_file(fresh / name, body)
        with _told(path):
            fresh.rename(path)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    return path


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PublisherError(
            f"'{path}' cannot be written: {error.strerror}", fix="look at its folder"
        ) from None


def _weigh(text: str) -> None:
    if len(text.encode()) > FILE_BYTES:
        raise ContentError(f"the text is larger than {FILE_BYTES // 1024} KiB", fix="divide it into several")


def _new_id() -> str:
    return str(uuid.uuid4())
