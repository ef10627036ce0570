"""The way of a story on PostgreSQL, which the environment names; nothing else is different."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.actions.init import init_newsroom
from publisher.cli.newsroom import now
from tests.journeys.conftest import Person


@pytest.fixture
def colleague(tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Somebody whose newsroom keeps its facts in a PostgreSQL database that the environment names."""
    monkeypatch.setenv("PUBLISHER_DATABASE_URL", postgresql_url)
    root = tmp_path / "newsroom"
    init_newsroom(root, clock=now, actor="tester")
    return Person(root)


def test_an_issue_goes_all_the_way(colleague: Person) -> None:
    colleague.types("subscribers", "add", "ada@example.org")

    colleague.types("publish", "borrowed-power", "--now")
    colleague.types("build", str(colleague.root / "site"))

    assert [mail["To"] for mail in colleague.mails()] == ["ada@example.org"]
    assert colleague.issue("borrowed-power")["mailing"]["accepted"] == 1
    assert "Borrowed power" in (colleague.root / "site" / "issues" / "feed.atom").read_text(encoding="utf-8")
    assert not (colleague.root / "var" / "publisher.db").exists()
