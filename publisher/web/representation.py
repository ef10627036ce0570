"""Stored bytes as HTTP representations: validators, codings, and the answer to a conditional request."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

from starlette.types import Receive, Scope, Send

from publisher.model.records import StoredArtefact

Header = tuple[bytes, bytes]

READING: Final = ("GET", "HEAD")
"""The methods of everything that is only read."""

_SHORTEST: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(hours=1)

_CODING: Final = re.compile(r"-(?:gzip|gz|br)$")
_REFUSED: Final = re.compile(r"\s*q\s*=\s*0(?:\.0*)?\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer; `cache` is the value of its `Cache-Control`."""

    status: int
    headers: tuple[Header, ...]
    cache: str
    body: bytes = field(default=b"", repr=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (ASGI's signature)
        """Send it; to HEAD without its body (RFC 9110 section 9.3.2)."""
        headers = [*self.headers, (b"cache-control", self.cache.encode("ascii"))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coded:
    """Bytes in one coding; `described` are the headers of 200 that 304 leaves out."""

    body: bytes = field(repr=False)
    described: tuple[Header, ...]
    validated: tuple[Header, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """What is served at one path: the identity bytes, the same compressed if that is smaller, and headers.

    `tag` is the entity tag of the identity bytes without its quotes, `modified` the date as HTTP writes it
    or None.
    """

    tag: str
    modified: str | None
    plain: _Coded
    gzipped: _Coded | None

    def answer(self, scope: Scope, *, cache: str) -> Answer:
        """Answer a GET or HEAD: 304 if the reader has it already, else 200 in a coding the reader takes.

        If-None-Match (a list, or `*`) is compared without `W/` and without the suffix of a coding, and
        overrules If-Modified-Since, which has to name the very date (RFC 9110 section 13). Range is ignored.
        """
        asked = _asked(scope)
        squeezed = self.gzipped if _takes_gzip(asked.get(b"accept-encoding", "")) else None
        coded = squeezed or self.plain
        if self._is_known(asked):
            return Answer(status=304, headers=coded.validated, cache=cache)
        return Answer(status=200, headers=coded.described + coded.validated, cache=cache, body=coded.body)

    def _is_known(self, asked: dict[bytes, str]) -> bool:
        tags = asked.get(b"if-none-match")
        if tags is None:
            return self.modified is not None and asked.get(b"if-modified-since") == self.modified
        return tags.strip() == "*" or any(_opaque(tag) == self.tag for tag in tags.split(","))


def represent(stored: StoredArtefact, *, also: Iterable[Header] = ()) -> Representation:
    """Return the representation of an artefact, with `also` among its headers; compressing costs some time.

    Its bytes depend on the artefact's alone, so every process serves the same under one ETag.
    """
    tag, modified = stored.etag.strip('"'), http_date(stored.modified_at)
    media_type = stored.media_type
    common = encoded({"last-modified": modified, "vary": "accept-encoding"}) + tuple(also)
    squeezed = gzip.compress(stored.body, compresslevel=9, mtime=0)
    gzipped = _coded(
        squeezed, f"{tag}-gzip", {"content-type": media_type, "content-encoding": "gzip"}, common
    )
    return Representation(
        tag=tag,
        modified=modified,
        plain=_coded(stored.body, tag, {"content-type": media_type}, common),
        gzipped=gzipped if len(squeezed) < len(stored.body) else None,
    )


def represent_picture(name: str, media_type: str, body: bytes) -> Representation:
    """Return the representation of a picture: its name tells its content, and it is small already."""
    return Representation(
        tag=name, modified=None, plain=_coded(body, name, {"content-type": media_type}, ()), gzipped=None
    )


def fresh_until(publication: datetime | None, *, now: datetime) -> str:
    """Return the `Cache-Control` that tells readers to come back when something new is planned.

    Between a minute and an hour from `now`; an hour if nothing is planned.
    """
    wait = _LONGEST if publication is None else min(max(publication - now, _SHORTEST), _LONGEST)
    seconds = int(wait.total_seconds())
    return f"public, max-age={seconds}, stale-while-revalidate=60, stale-if-error=86400"


def http_date(moment: datetime) -> str:
    """Return `moment` as HTTP writes it, to the second (RFC 9110 section 5.6.7)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def encoded(headers: Mapping[str, str]) -> tuple[Header, ...]:
    """Return headers as ASGI sends them."""
    return tuple((name.encode("ascii"), value.encode("ascii")) for name, value in headers.items())


def _coded(body: bytes, tag: str, described: dict[str, str], common: tuple[Header, ...]) -> _Coded:
    return _Coded(
        body=body,
        described=encoded({**described, "content-length": str(len(body))}),
        validated=encoded({"etag": f'"{tag}"'}) + common,
    )


def _asked(scope: Scope) -> dict[bytes, str]:
    """Return the headers of a request; lines of one name are one list (RFC 9110 section 5.3)."""
    asked: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        text = value.decode("latin-1")
        asked[name] = f"{asked[name]},{text}" if name in asked else text
    return asked


def _opaque(tag: str) -> str:
    """Return what an entity tag says, without weakness, quotes and the coding that a server named in it."""
    return _CODING.sub("", _CODING.sub("", tag.strip().removeprefix("W/")).strip('"'))


def _takes_gzip(accepted: str) -> bool:
    """Return whether Accept-Encoding allows gzip: by name or by `*`, and not with a weight of 0."""
    allowed: dict[str, bool] = {}
    for item in accepted.lower().split(","):
        coding, _, weight = item.partition(";")
        allowed[coding.strip()] = not _REFUSED.fullmatch(weight)
    return allowed.get("gzip", allowed.get("x-gzip", allowed.get("*", False)))
