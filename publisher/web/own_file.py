"""Stylesheets and scripts of the pages that answer one person or an editor: files among the templates."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from publisher.theme import Theme

_TYPES: Final = {".css": "text/css", ".js": "text/javascript"}


class OwnFile:
    """The template `name` below `web/`, served as it is made from nothing but itself."""

    def __init__(self, theme: Theme, name: str, *, cache: str = "public, max-age=3600") -> None:
        self._theme = theme
        self._name = name
        self._headers = {"cache-control": cache}

    def serve(self, _request: Request) -> Response:
        """Serve the file.

        Raises:
            ThemeError: it is missing or broken.
        """
        media_type = _TYPES[PurePath(self._name).suffix]
        return Response(self._theme.html(self._name), headers=self._headers, media_type=media_type)
