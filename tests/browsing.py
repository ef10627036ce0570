"""What a real browser says of a page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no types
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from publisher.web.server import Server
from tests.tools import tool

PHONE, DESK = 360, 1280

Scheme = Literal["light", "dark"]
Open = Callable[..., Page]

_AXE = Axe()


@contextmanager
def launched() -> Iterator[Browser]:
    """Run Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tool("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def is_refused(told: ConsoleMessage) -> bool:
    """Return whether a browser says that a policy has kept something from it."""
    return "Policy" in told.text


def opening(browser: Browser, is_trouble: Callable[[ConsoleMessage], bool] = is_refused) -> Iterator[Open]:
    """Open addresses for the length of a fixture; at its end no script has failed and nothing was trouble."""
    troubles: list[str] = []
    pages: list[Page] = []

    def at(address: str, *, width: int = DESK, scheme: Scheme = "light", **further: Any) -> Page:  # noqa: ANN401 (as a context of the browser takes them)
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, **further)
        pages.append(page)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda told: troubles.append(told.text) if is_trouble(told) else None)
        page.goto(address)
        return page

    yield at
    for page in pages:
        page.close()
    assert not troubles, troubles


def served(app: Server) -> Iterator[str]:
    """Run a server for the length of a fixture; yield its address."""
    app.start()
    yield app.url
    app.stop()


def faults(page: Page, *, without: Collection[str] = ()) -> list[str]:
    """Return what axe finds against WCAG and its own good practice, but for the rules `without`."""
    rules = {rule: {"enabled": False} for rule in without}
    found = _AXE.run(page, options={"resultTypes": ["violations"], "rules": rules})
    return [
        f"{rule['id']}: {node['html']}" for rule in found.response["violations"] for node in rule["nodes"]
    ]


def fits(page: Page) -> bool:
    """Return whether nobody has to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
