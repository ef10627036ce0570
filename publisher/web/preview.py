"""`publisher preview`: every output of every issue from its files, again whenever one is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from publisher.actions.check import Checked, check_issue
from publisher.actions.manuscript import Sheet, manuscript
from publisher.actions.newsroom import Found, find_issues
from publisher.check.codes import CODES, GROUPS
from publisher.errors import NotFoundError, PublisherError
from publisher.model.finding import Severity
from publisher.model.rendered import Site
from publisher.outputs.page import PageOutput
from publisher.settings import Settings
from publisher.settings_file import load_settings
from publisher.theme import Theme, open_theme
from publisher.web.findings import notes
from publisher.web.in_frame import Scheme
from publisher.web.proof import LEAVING, Proof
from publisher.web.saved import Saves, saves, stream
from publisher.web.tool import measured_document, own_file, page, tool

CHECKED: Final = 25
"""So many issues, those saved last, are checked for the list; the others say it when they are opened."""

VIEWS: Final = {
    "desktop": "Desktop",
    "phone": "Phone",
    "dark": "Dark",
    "forced": "Forced dark",
    "text": "Text",
    "inbox": "Inbox",
    "page": "Page",
    "entry": "Feed entry",
    "source": "Source",
    "files": "Files",
}
"""What can be looked at, and the words for it."""


def preview(root: Path) -> ASGIApp:
    """Return the preview of the newsroom in folder `root`. It writes nothing and needs no database."""
    return tool(preview_routes(root))


def preview_routes(root: Path) -> list[BaseRoute]:
    """Return the routes of the preview, for an application that shows other things as well."""
    shown = _Preview(root)
    return [
        Route("/", shown.told(shown.index)),
        Route("/preview.css", own_file(shown.theme, "preview.css").serve),
        Route("/preview.js", own_file(shown.theme, "preview.js").serve),
        Route("/saved.stream", shown.saved),
        Route("/codes/{code}", shown.told(shown.code)),
        Route("/{slug}", _with_slash),
        Route("/{slug}/", shown.told(shown.issue)),
        Route("/{slug}/mail", shown.framed(shown.mail)),
        Route("/{slug}/message.eml", shown.told(shown.message)),
        Route("/{slug}/page", shown.framed(shown.page)),
        Route("/{slug}/entry", shown.framed(shown.entry)),
        Route(f"/{{slug}}/{LEAVING}", shown.told(shown.leaving)),
        Route("/{slug}/style.css", shown.told(shown.stylesheet)),
        Route("/{slug}/media/{name}", shown.told(shown.picture)),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """An issue in the list; `counts` is how many findings of each severity it has, None if nobody looked.

    `trouble` says why it cannot be shown at all.
    """

    slug: str
    title: str
    status: str = ""
    trouble: str = ""
    counts: Mapping[str, int] | None = None


class _Preview:
    """The pages of the preview. What was read and rendered is kept until a file is saved."""

    def __init__(self, root: Path) -> None:
        self.theme = open_theme(None)
        self._root = root
        self._open = lru_cache(maxsize=1)(self._open_now)
        self._checked = lru_cache(maxsize=4)(self._check_now)
        self._rows: dict[str, tuple[str, _Row]] = {}

    def told(self, make: Callable[[Request, Saves], Response]) -> Callable[[Request], Response]:
        """Return an endpoint that makes a page of the files as they are, or says in a sentence why not."""

        def endpoint(request: Request) -> Response:
            now = saves(self._root)
            try:
                return make(request, now)
            except PublisherError as error:
                top = "../" * len(request.path_params) or "./"
                status = _status(error)
                return self._html("preview_message.html", now, status=status, top=top, text=str(error))

        return endpoint

    def framed(self, make: Callable[[Request, Saves], Response]) -> Callable[[Request], Response]:
        """Return an endpoint that makes a document for a frame; what it says instead may be framed as well.

        A file may be saved between a page and its frame.
        """

        def endpoint(request: Request) -> Response:
            try:
                return make(request, saves(self._root))
            except PublisherError as error:
                said = self.theme.html("preview_framed.html", text=str(error))
                return measured_document(said.encode("utf-8", "replace"), _status(error))

        return endpoint

    def index(self, _request: Request, now: Saves) -> Response:
        """List the issues, those saved last first."""
        settings, _ = self._open(now.shared)
        found = sorted(find_issues(settings), key=lambda each: -_saved(each, settings, now)[1])
        rows = [self._row(each, now) for each in found[:CHECKED]]
        rows += [_Row(slug=each.slug, title=each.slug) for each in found[CHECKED:]]
        return self._html("preview.html", now, top="./", title=settings.publication.title, rows=rows)

    def issue(self, request: Request, now: Saves) -> Response:
        """Show one view of an issue, and everything that the check says."""
        settings, _ = self._open(now.shared)
        checked = self._checked(request.path_params["slug"], now.stamp, now.shared)
        proof, view = _proof(checked, settings), request.query_params.get("view", "")
        sheets = manuscript(settings, checked)
        if proof is None:
            sheets = tuple(sorted(sheets, key=_has_no_error))
        return self._html(
            "preview_issue.html",
            now,
            top="../",
            title=checked.issue.title if checked.issue else checked.slug,
            state=checked.issue.status.value if checked.issue else "",
            notes=notes(checked, sheets),
            sheets=sheets,
            codes=CODES,
            views=VIEWS,
            view=view if view in VIEWS else next(iter(VIEWS)),
            story=request.query_params.get("story", ""),
            proof=proof,
            inbox=proof.inbox() if proof else {},
        )

    def code(self, request: Request, now: Saves) -> Response:
        """Explain a code of the check."""
        code = CODES.get(request.path_params["code"])
        if code is None:
            raise NotFoundError("there is no such code", fix="`publisher check` names those that it finds")
        return self._html("preview_code.html", now, top="../", code=code, group=GROUPS.get(code.code[1], ""))

    def leaving(self, _request: Request, now: Saves) -> Response:
        """Say what the way out of a mail would have done."""
        return self._html("preview_leaving.html", now, top="../")

    def mail(self, request: Request, now: Saves) -> Response:
        """Return the HTML mail; with `?scheme=` as a client in dark mode shows it."""
        wanted = request.query_params.get("scheme", "")
        scheme = Scheme(wanted) if wanted in set(Scheme) else Scheme.LIGHT
        return measured_document(self._printed(request, now).mail(scheme))

    def message(self, request: Request, now: Saves) -> Response:
        """Return the message, to be opened in a mail program."""
        name = "".join(
            letter for letter in request.path_params["slug"] if letter.isascii() and letter.isalnum()
        )
        headers = {"content-disposition": f'attachment; filename="{name or "issue"}.eml"'}
        return Response(self._printed(request, now).message, headers=headers, media_type="message/rfc822")

    def page(self, request: Request, now: Saves) -> Response:
        """Return the page of the issue, or that of `?story=`."""
        return measured_document(self._printed(request, now).page(request.query_params.get("story", "")))

    def entry(self, request: Request, now: Saves) -> Response:
        """Return the entry of the issue, or that of `?story=`, as a plain reader's program shows it."""
        return measured_document(self._printed(request, now).entry(request.query_params.get("story", "")))

    def stylesheet(self, _request: Request, now: Saves) -> Response:
        """Return the stylesheet of public pages."""
        settings, theme = self._open(now.shared)
        empty = Site(masthead=settings.masthead(), recent=(), touched={}, years=())
        made = {artefact.path: artefact for artefact in PageOutput().join(empty, theme=theme)}
        return Response(made["/style.css"].body, media_type=made["/style.css"].media_type)

    def picture(self, request: Request, now: Saves) -> Response:
        """Return a picture of the issue."""
        picture = self._printed(request, now).picture(request.path_params["name"])
        if picture is None:
            raise NotFoundError("there is no such picture in this issue")
        return Response(picture.body, media_type=picture.media_type)

    def saved(self, request: Request) -> Response:
        """Tell whenever the newsroom is another one than that of the stamp `?seen=`."""
        events = stream(self._root, request.query_params.get("seen", ""), request.scope)
        return StreamingResponse(events, media_type="text/event-stream")

    def _printed(self, request: Request, now: Saves) -> Proof:
        settings, _ = self._open(now.shared)
        proof = _proof(self._checked(request.path_params["slug"], now.stamp, now.shared), settings)
        if proof is None:
            raise NotFoundError("this issue cannot be printed as it is", fix="see what the check says")
        return proof

    def _open_now(self, _shared: str) -> tuple[Settings, Theme]:
        """Open settings and theme; templates that did not change stay compiled, which is most of the work."""
        return load_settings(self._root), open_theme(self._root / "templates")

    def _check_now(self, slug: str, _stamp: str, shared: str) -> Checked:
        return check_issue(*self._open(shared), slug)

    def _row(self, found: Found, now: Saves) -> _Row:
        """Return the row of an issue; it is checked again when its files have changed, or what all share."""
        settings, theme = self._open(now.shared)
        stamp, _ = _saved(found, settings, now)
        kept, row = self._rows.get(found.slug, ("", None))
        if row is None or kept != stamp:
            row = _row_of(settings, theme, found.slug)
            self._rows[found.slug] = (stamp, row)
        return row

    def _html(self, template: str, now: Saves, *, status: int = 200, **values: object) -> Response:
        return page(self.theme, template, status=status, stamp=now.stamp, **values)


def _status(error: PublisherError) -> int:
    return 404 if isinstance(error, NotFoundError) else 500


def _proof(checked: Checked, settings: Settings) -> Proof | None:
    return Proof(checked.printed, settings, now=datetime.now(UTC)) if checked.printed else None


def _has_no_error(sheet: Sheet) -> bool:
    """Return whether a file is not why an issue cannot be printed; those that are come first."""
    found = (*sheet.findings, *(finding for line in sheet.lines for finding in line.findings))
    return all(finding.severity is not Severity.ERROR for finding in found)


def _with_slash(request: Request) -> Response:
    return RedirectResponse(f"./{request.path_params['slug']}/", 301)


def _saved(found: Found, settings: Settings, now: Saves) -> tuple[str, int]:
    """Return the stamp of an issue's own files and when one was saved last."""
    return now.issues.get(found.path.relative_to(settings.issues).parts[0], ("", 0))


def _row_of(settings: Settings, theme: Theme, slug: str) -> _Row:
    try:
        checked = check_issue(settings, theme, slug)
    except PublisherError as error:
        return _Row(slug=slug, title=slug, trouble=str(error))
    return _Row(
        slug=checked.slug,
        title=checked.issue.title if checked.issue else checked.slug,
        status=checked.issue.status.value if checked.issue else "",
        counts={
            severity.value: sum(each.severity is severity for each in checked.findings)
            for severity in Severity
        },
    )
