"""What people see when something fails: a sentence, never a traceback."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from publisher.app import Publisher
from publisher.errors import NotFoundError, PublisherError
from publisher.web.errors import Errors
from publisher.web.pages import Pages
from publisher.web.representation import encoded
from publisher.web.security import Guard
from publisher.web.sentences import SENTENCES


def said(_request: Request) -> None:
    raise PublisherError("the list has no title", fix="give it one")


def missing(_request: Request) -> None:
    raise NotFoundError("there is no issue '<b>'")


def bug(_request: Request) -> None:
    raise ZeroDivisionError("secret")


async def torn(_request: Request) -> StreamingResponse:
    async def pieces() -> object:
        yield "begun"
        raise ZeroDivisionError("secret")

    return StreamingResponse(pieces())  # type: ignore[arg-type] # an async generator


@pytest.fixture
def reader(publisher: Publisher) -> TestClient:
    """A program that asks an application in which everything fails."""
    app = Starlette(
        routes=[Route(f"/{action.__name__}/{{token}}", action) for action in (said, missing, bug, torn)],
        exception_handlers=Errors(publisher, Pages(publisher)).handlers(),
    )
    return TestClient(Guard(app, encoded({"x-content-type-options": "nosniff"})))


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/said/x", 500, "the list has no title (give it one)"),
        ("/missing/x", 404, "there is no issue &#39;&lt;b&gt;&#39;"),
        ("/bug/x", 500, SENTENCES["en"].broken_text),
    ],
)
def test_an_error_is_a_page_with_one_sentence(
    reader: TestClient, path: str, status: int, sentence: str
) -> None:
    with capture_logs():
        answer = reader.get(path)

    assert answer.status_code == status
    assert sentence in answer.text
    assert "<nav" in answer.text
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_bug_is_logged_with_its_route_and_without_the_readers_token(reader: TestClient) -> None:
    with capture_logs() as logs:
        reader.get("/bug/v1.1.token")

    assert [(line["event"], line["route"], line["log_level"]) for line in logs] == [
        ("a page has failed", "/bug/{token}", "error")
    ]
    assert "v1.1.token" not in str(logs)


def test_a_bug_in_mid_answer_ends_it(reader: TestClient) -> None:
    with capture_logs() as logs:
        answer = reader.get("/torn/x")

    assert answer.text == "begun"
    assert len(logs) == 1


@pytest.mark.parametrize("broken", ["message.html", "layout.html"])
def test_a_broken_template_of_the_newsrooms_own_still_gives_a_sentence(
    publisher: Publisher, reader: TestClient, broken: str
) -> None:
    own = publisher.settings.root / "templates" / "web"
    own.mkdir(parents=True)
    (own / broken).write_text("{% if %}", encoding="utf-8")

    with capture_logs():
        answer = reader.get("/bug/x")

    assert answer.status_code == 500
    assert answer.text == f"{SENTENCES['en'].broken}\n\n{SENTENCES['en'].broken_text}\n"
