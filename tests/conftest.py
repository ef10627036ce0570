"""What all tests share: nothing of this machine or of the last run decides how they end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog

from publisher.model.rendered import Artefact
from publisher.store import public
from tests.validity.all import MadeFeeds

pytest_plugins = ("tests.databases",)

hypothesis.settings.register_profile("same every time", deadline=None, derandomize=True, max_examples=40)
hypothesis.settings.load_profile("same every time")

# Where Python is told to keep no bytecode, as in many containers, each program that a test starts compiles
# the publisher anew, and each worker all tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

GOLDEN = Path(__file__).parent / "golden"

LONG = (
    *("test_benchmarks.py", "test_docs.py", "test_wheel.py", "browser/", "faults/"),
    *("journeys/test_beside_serve.py", "check/test_hostile.py", "web/test_public_pages_in_a_browser.py"),
)
"""Tests of many seconds: they begin first, so that no worker is left with one at the end."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-golden", action="store_true", help="write the files in tests/golden anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.removeprefix("tests/").startswith(LONG))


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside() -> None:
    """Forget the settings that whoever runs the tests may have for a newsroom of their own."""
    for name in [name for name in os.environ if name.startswith("PUBLISHER_")]:
        del os.environ[name]


@pytest.fixture(autouse=True)
def _no_logs_of_another_test() -> Iterator[None]:
    """Forget the log that a test has set up: its standard error is closed by the time the next one writes."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True, scope="session")
def made_feeds() -> Iterator[MadeFeeds]:
    """Every feed that is stored for the public, by whatever test or fixture, is looked at."""
    made, put = MadeFeeds(), public.put

    def looked_at(db: Any, new: Sequence[Artefact], **facts: Any) -> None:  # noqa: ANN401 - those of `public.put`
        put(db, new, **facts)
        made.look_at(new)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(public, "put", looked_at)
        yield made


@pytest.fixture(autouse=True)
def _every_feed_is_valid(made_feeds: MadeFeeds) -> Iterator[None]:
    yield

    assert made_feeds.faults() == []


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """Compare bytes with the file of that name in `tests/golden`.

    After a change that is meant, `pytest --renew-golden` writes the files anew: read their diff.
    """

    def compare(name: str, body: bytes) -> None:
        file = GOLDEN / name
        if request.config.getoption("--renew-golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)

        assert body.decode() == file.read_bytes().decode()

    return compare
