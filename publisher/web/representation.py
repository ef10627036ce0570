"""Stored bytes as HTTP representations: validators, codings, and the answer to a conditional request."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from starlette.types import Receive, Scope, Send

from publisher.model.records import StoredArtefact

Header = tuple[bytes, bytes]

READING: Final = ("GET", "HEAD")
"""The methods of everything that is only read."""

_SHORTEST: Final = timedelta(minutes=1)
_LONGEST: Final = timedelta(hours=1)

_TAGS: Final = b"if-none-match"
_DATE: Final = b"if-modified-since"
_CODINGS: Final = b"accept-encoding"
_DECISIVE: Final = frozenset({_TAGS, _DATE, _CODINGS})

_USUAL: Final = (b'"%b"', b'W/"%b"', b'"%b-gzip"', b'W/"%b-gzip"', b'"%b-br"', b'W/"%b-br"')
_CODING: Final = re.compile(r"-(?:gzip|gz|br)$")
_REFUSED: Final = re.compile(r"\s*q\s*=\s*0(?:\.0*)?\s*")


class Answer:
    """A whole answer, made once and sent as often as it is asked for; `cache` is its `Cache-Control`."""

    __slots__ = ("_end", "_head_end", "_start", "body", "headers", "status")

    def __init__(self, *, status: int, headers: Iterable[Header], cache: str, body: bytes = b"") -> None:
        self.status = status
        self.headers = (*headers, (b"cache-control", cache.encode("ascii")))
        self.body = body
        self._start = {"type": "http.response.start", "status": status, "headers": self.headers}
        self._end = {"type": "http.response.body", "body": body}
        self._head_end = {"type": "http.response.body", "body": b""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (ASGI's signature)
        """Send it; to HEAD without its body (RFC 9110 section 9.3.2)."""
        await send(self._start)
        await send(self._head_end if scope["method"] == "HEAD" else self._end)


Pair = tuple[Answer, Answer]
"""The answer with the bytes, and the one to a reader that has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coded:
    """Bytes in one coding; `described` are the headers of 200 that 304 leaves out."""

    body: bytes = field(repr=False)
    described: tuple[Header, ...]
    validated: tuple[Header, ...]

    def answers(self, status: int, cache: str) -> Pair:
        """Return the answer with the bytes, and the one to a reader that has them: only of a 200 it can."""
        whole = Answer(status=status, headers=self.described + self.validated, cache=cache, body=self.body)
        known = Answer(status=304, headers=self.validated, cache=cache) if status == HTTPStatus.OK else whole
        return whole, known


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All that can be answered at one path for a while, ready to be sent.

    `coded` is by whether the reader takes brotli and gzip; `known` are the usual ways in which a reader
    writes that it has these bytes.
    """

    tag: str
    modified: bytes | None
    known: frozenset[bytes]
    coded: Mapping[tuple[bool, bool], Pair]

    def to(self, scope: Scope) -> Answer:
        """Answer a GET or HEAD: 304 if the reader has it already, else 200 in a coding the reader takes.

        If-None-Match (a list, or `*`) is compared without `W/` and without the suffix of a coding, and
        overrules If-Modified-Since, which has to name the very date (RFC 9110 section 13). Range is ignored.
        """
        asked = _asked(scope)
        return self.coded[_takes(asked.get(_CODINGS, b""))][self._is_known(asked)]

    def _is_known(self, asked: Mapping[bytes, bytes]) -> bool:
        tags = asked.get(_TAGS)
        if tags is None:
            return self.modified is not None and asked.get(_DATE) == self.modified
        if tags in self.known:
            return True
        text = tags.decode("latin-1")
        return text.strip() == "*" or any(_opaque(tag) == self.tag for tag in text.split(","))


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """What is served at one path: the identity bytes, the same compressed where that is smaller, and headers.

    `tag` is the entity tag of the identity bytes without its quotes, `modified` the date as HTTP writes it
    or None.
    """

    tag: str
    modified: str | None
    plain: _Coded
    gzipped: _Coded | None = None
    brotli: _Coded | None = None
    status: int = HTTPStatus.OK

    @property
    def size(self) -> int:
        """How many bytes all codings take together."""
        return sum(len(each.body) for each in (self.plain, self.gzipped, self.brotli) if each)

    def answers(self, *, cache: str) -> Answers:
        """Return all answers under one `Cache-Control`."""
        plain = self.plain.answers(self.status, cache)
        gzipped = self.gzipped.answers(self.status, cache) if self.gzipped else plain
        brotli = self.brotli.answers(self.status, cache) if self.brotli else None
        tag = self.tag.encode("latin-1")
        return Answers(
            tag=self.tag,
            modified=self.modified.encode("ascii") if self.modified else None,
            known=frozenset(form % tag for form in _USUAL),
            coded={
                (False, False): plain,
                (False, True): gzipped,
                (True, False): brotli or plain,
                (True, True): brotli or gzipped,
            },
        )

    def answer(self, scope: Scope, *, cache: str) -> Answer:
        """Answer a GET or HEAD, once (see `Answers.to`)."""
        return self.answers(cache=cache).to(scope)


def represent(
    stored: StoredArtefact,
    *,
    root: str = "",
    also: Iterable[Header] = (),
    protecting: Iterable[Header] = (),
) -> Representation:
    """Return the representation of an artefact, with `also` among its headers; `root` is the home URL's path.

    Headers that are `protecting` whoever shows the bytes come with the bytes alone: a 304 leaves them as they
    were (RFC 9110 section 15.4.5), and each would cost a poll as much as finding the feed does. What was
    stored before it was compressed is compressed here, which takes a while. The bytes depend on the
    artefact's alone: every process serves the same under one ETag.
    """
    tag, modified = stored.etag.strip('"'), http_date(stored.modified_at)
    named = {"last-modified": modified, "vary": "accept-encoding", "link": stored.link}
    named["location"] = quote(root + stored.location) if stored.location else ""
    validated = encoded({name: value for name, value in named.items() if value}) + tuple(also)
    described = encoded({"content-type": stored.media_type}) + tuple(protecting)

    def coded(body: bytes | None, coding: str) -> _Coded | None:
        if body is None or len(body) >= len(stored.body):
            return None
        return _coded(body, f"{tag}-{coding}", encoded({"content-encoding": coding}) + described, validated)

    return Representation(
        tag=tag,
        modified=modified,
        plain=_coded(stored.body, tag, described, validated),
        gzipped=coded(stored.gzip or gzip.compress(stored.body, compresslevel=9, mtime=0), "gzip"),
        brotli=coded(stored.brotli, "br"),
        status=stored.status,
    )


def represent_own(tag: str, *, media_type: str, body: bytes) -> Representation:
    """Return the representation of what one reader alone has the address of.

    It has no date: what the reader chooses changes the bytes and no date. Nothing is told to whoever links
    to it, or is linked from it.
    """
    described = encoded(
        {"content-type": media_type, "x-robots-tag": "noindex", "referrer-policy": "no-referrer"}
    )
    validated = encoded({"vary": "accept-encoding"})
    small = gzip.compress(body, compresslevel=6, mtime=0)
    packed = encoded({"content-encoding": "gzip"}) + described
    return Representation(
        tag=tag,
        modified=None,
        plain=_coded(body, tag, described, validated),
        gzipped=_coded(small, f"{tag}-gzip", packed, validated) if len(small) < len(body) else None,
    )


def is_known(scope: Scope, tag: str) -> bool:
    """Tell whether the reader has the bytes of an entity tag already, by If-None-Match."""
    tags = _asked(scope).get(_TAGS, b"").decode("latin-1")
    return tags.strip() == "*" or any(_opaque(each) == tag for each in tags.split(","))


def represent_picture(name: str, media_type: str, body: bytes) -> Representation:
    """Return the representation of a picture: its name tells its content, and it is small already."""
    return Representation(
        tag=name,
        modified=None,
        plain=_coded(body, name, encoded({"content-type": media_type}), ()),
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


def _coded(body: bytes, tag: str, described: tuple[Header, ...], validated: tuple[Header, ...]) -> _Coded:
    return _Coded(
        body=body,
        described=described + encoded({"content-length": str(len(body))}),
        validated=encoded({"etag": f'"{tag}"'}) + validated,
    )


def _asked(scope: Scope) -> dict[bytes, bytes]:
    """Return the headers of a request that decide an answer; lines of one name are one list (section 5.3)."""
    asked: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _DECISIVE:
            asked[name] = b"%b,%b" % (asked[name], value) if name in asked else value
    return asked


def _opaque(tag: str) -> str:
    """Return what an entity tag says, without weakness, quotes and the coding that a server named in it."""
    return _CODING.sub("", _CODING.sub("", tag.strip().removeprefix("W/")).strip('"'))


@lru_cache(maxsize=128)
def _takes(accepted: bytes) -> tuple[bool, bool]:
    """Return whether Accept-Encoding allows brotli, and gzip: by name or `*`, not with a weight of 0."""
    allowed: dict[str, bool] = {}
    for item in accepted.decode("latin-1").lower().split(","):
        coding, _, weight = item.partition(";")
        allowed[coding.strip()] = not _REFUSED.fullmatch(weight)
    others = allowed.get("*", False)
    return allowed.get("br", others), allowed.get("gzip", allowed.get("x-gzip", others))
