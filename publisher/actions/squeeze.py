"""Squeezing: what is public already is compressed once more with brotli, which takes too long to wait for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import brotli  # type: ignore[import-untyped]  # it has no types
from sqlalchemy import Connection

from publisher.app import Publisher
from publisher.errors import StoreError
from publisher.model.records import StoredArtefact
from publisher.outputs.feed import is_live
from publisher.store import public

AT_ONCE: Final = 1_500_000
"""So many bytes are compressed in one go, which takes about four seconds, and at least one whole artefact."""

_LOOKED_AT: Final = 1000
"""Among so many paths, those that changed last, the most wanted come first."""

_TRIES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Squeezed:
    path: str
    etag: str
    body: bytes


def squeeze(publisher: Publisher, *, most: int = AT_ONCE) -> int:
    """Compress about `most` bytes of what has no brotli yet, and return how many artefacts have it now.

    What changed last goes first, and of that the feeds and the front page. Only what is smaller than with
    gzip is kept, and only if the same bytes are still public. Generation rises once, so that servers notice.
    """
    with publisher.database.read() as db:
        stored = list(_chosen(db, most=most))
    squeezed = [_squeezed(each) for each in stored]
    return _keep(publisher, squeezed) if squeezed else 0


def squeezed(body: bytes) -> bytes:
    """Return a body in brotli (RFC 7932), as small as it gets: the same bytes on every machine."""
    small: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=11)
    return small


def _chosen(db: Connection, *, most: int) -> Iterator[StoredArtefact]:
    size = 0
    for path in sorted(public.unsqueezed(db, most=_LOOKED_AT), key=_place):
        stored = public.find(db, path)
        if stored is not None:
            yield stored
            size += len(stored.body)
        if size >= most:
            return


def _place(path: str) -> int:
    """Return in which row a path waits: live feeds, the front page, what every page needs, all others."""
    if is_live(path):
        return 0 if path.startswith(("/feed.", "/issues/feed.")) else 1
    return 2 if path == "/" else 3 if path.endswith(".css") else 4


def _squeezed(stored: StoredArtefact) -> _Squeezed:
    small = squeezed(stored.body)
    is_smaller = len(small) < len(stored.gzip or stored.body)
    return _Squeezed(path=stored.path, etag=stored.etag, body=small if is_smaller else b"")


def _keep(publisher: Publisher, squeezed: list[_Squeezed]) -> int:
    for _ in range(_TRIES):
        with publisher.database.begin() as db:
            generation = public.generation(db)
            current = public.still_unsqueezed(db, {each.path: each.etag for each in squeezed})
            wanted = [each for each in squeezed if each.path in current]
            if any(each.body for each in wanted) and not public.raise_generation(db, expected=generation):
                continue
            kept = [
                public.put_brotli(db, each.path, each.body, etag=each.etag, generation=generation + 1)
                for each in wanted
            ]
            return sum(is_kept and each.body != b"" for is_kept, each in zip(kept, wanted, strict=True))
    raise StoreError("what is public kept changing while it was compressed", fix="wait: it is tried again")
