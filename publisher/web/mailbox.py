"""The mails of the transport `folder`, to be read on this machine: a look into its Maildir, no change."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from publisher.theme import open_theme
from publisher.web.tool import document, own_file, page, tool

SHOWN: Final = 100
"""So many mails are listed, the newest."""

VIEWS: Final = {"html": "Mail", "text": "Text mail", "source": "Source"}

_HEAD: Final = 32_768
"""Bytes at the beginning of a mail in which its head is looked for."""

_UNREADABLE: Final = (LookupError, ValueError)
"""What the standard library raises for heads and charsets that no mail of ours has."""


def mailbox(folder: Path) -> ASGIApp:
    """Return an application that shows the Maildir `folder`; one that is not there yet is empty."""
    return tool(mailbox_routes(folder))


def mailbox_routes(folder: Path) -> list[BaseRoute]:
    """Return the routes of the mailbox, for an application that shows other things as well."""
    shown = _Mailbox(folder)
    return [
        Route("/", shown.index),
        Route("/preview.css", own_file(shown.theme, "preview.css").serve),
        Route("/{key}", _with_slash),
        Route("/{key}/", shown.message),
        Route("/{key}/html", shown.html),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    key: str
    subject: str
    to: str
    date: str


class _Mailbox:
    """The pages of the mailbox."""

    def __init__(self, folder: Path) -> None:
        self.theme = open_theme(None)
        self._folder = folder

    def index(self, _request: Request) -> Response:
        """List the newest mails."""
        files = list(self._files())
        newest = heapq.nlargest(SHOWN, files, key=lambda path: (_moment(path), path.name))
        rows = [_row(path) for path in newest]
        return self._html("mailbox.html", top="./", rows=rows, count=len(files))

    def message(self, request: Request) -> Response:
        """Show one mail: as HTML, as text, or as it came."""
        found = self._find(request)
        if found is None:
            return self._missing()
        source, mail = found
        view = request.query_params.get("view", "")
        return self._html(
            "mailbox_message.html",
            top="../",
            subject=_head(mail, "Subject"),
            head=[(name, _head(mail, name)) for name in ("From", "To", "Date")],
            views=VIEWS,
            view=view if view in VIEWS else next(iter(VIEWS)),
            text=_body(mail, "plain"),
            source=source.decode("utf-8", "replace"),
        )

    def html(self, request: Request) -> Response:
        """Return the HTML part of a mail, for a frame."""
        found = self._find(request)
        return document(_body(found[1], "html")) if found else self._missing()

    def _find(self, request: Request) -> tuple[bytes, Message] | None:
        """Return the mail that a request means; its name is looked for among those that are there."""
        key = request.path_params["key"]
        for path in self._files():
            if _key(path) == key:
                with suppress(OSError):
                    source = path.read_bytes()
                    return source, message_from_bytes(source)
        return None

    def _files(self) -> Iterator[Path]:
        for name in ("new", "cur"):
            with suppress(OSError):
                files = (path for path in (self._folder / name).iterdir() if path.is_file())
                yield from (path for path in files if path.name.isascii())

    def _missing(self) -> Response:
        return self._html("preview_message.html", status=404, top="../", text="There is no such mail.")

    def _html(self, template: str, *, status: int = 200, **values: object) -> Response:
        return page(self.theme, template, status=status, stamp="", **values)


def _with_slash(request: Request) -> Response:
    return RedirectResponse(f"./{request.path_params['key']}/", 301)


def _row(path: Path) -> _Row:
    with suppress(OSError), path.open("rb") as file:
        mail = message_from_bytes(file.read(_HEAD))
        return _Row(
            key=_key(path),
            subject=_head(mail, "Subject") or "(no subject)",
            to=_head(mail, "To"),
            date=_head(mail, "Date"),
        )
    return _Row(key=_key(path), subject="(cannot be read)", to="", date="")


def _key(path: Path) -> str:
    """Return the name of a mail without the flags that a mail program gave it."""
    return path.name.partition(":")[0]


def _moment(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_mtime_ns
    return 0


def _head(mail: Message, name: str) -> str:
    try:
        return str(make_header(decode_header(str(mail.get(name, "")))))
    except _UNREADABLE:
        return "(cannot be read)"


def _body(mail: Message, kind: str) -> str:
    """Return the first part of that kind as text, or an empty one."""
    part = next((part for part in mail.walk() if part.get_content_type() == f"text/{kind}"), None)
    payload = part.get_payload(decode=True) if part else b""
    try:
        charset = part.get_content_charset("utf-8") if part else "utf-8"
        return payload.decode(charset, "replace") if isinstance(payload, bytes) else ""
    except _UNREADABLE:
        return "(cannot be read)"
