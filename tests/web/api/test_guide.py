"""The examples of the guide work, one after the other, as somebody with curl would type them."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.actions.api_token import create
from publisher.app import Publisher
from publisher.cli.main import run
from publisher.model.scope import Scope
from publisher.model.states import IssueState
from publisher.web.routes import site
from publisher.web.server import Server
from tests.newsrooms import Newsroom, state_of
from tests.tools import tool

GUIDE = Path(__file__).resolve().parents[3] / "docs/how-to/use-the-api.md"
OF_THE_SHOP = ("add", "list", "find")
FENCE = re.compile(r"^```sh (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def home(publisher: Publisher) -> Iterator[str]:
    server = Server(site(publisher), host="127.0.0.1", port=0)
    server.start()
    yield server.url
    server.stop()


def test_the_examples_of_the_guide_work(
    home: str,
    publisher: Publisher,
    newsroom: Newsroom,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    examples = dict(FENCE.findall(GUIDE.read_text(encoding="utf-8")))
    monkeypatch.chdir(newsroom.root)
    monkeypatch.setattr(sys, "argv", shlex.split(examples.pop("token")))
    with pytest.raises(SystemExit) as ended:
        run()
    shop = capsys.readouterr().out.strip()
    desk = create(publisher, "desk", scopes=tuple(Scope)).token

    added, listed, found = (json.loads(_typed(examples.pop(name), home, shop)) for name in OF_THE_SHOP)
    checked, watched = (json.loads(_typed(examples.pop(name), home, desk)) for name in ("check", "watch"))
    _typed(examples.pop("queue").replace("/heat/", "/cold/"), home, desk)

    assert ended.value.code == 0
    assert added["lists"] == {"weekly": "added"}
    assert [each["address"] for each in listed["items"]] == ["ada@example.net", "bo@example.net"]
    assert found["id"] == added["id"]
    assert found["subscriptions"][0]["consent"] == "ticked the box at order 4711"
    assert checked["is_ready"] is True
    assert watched["items"][0]["audience"] == 1
    assert state_of(publisher, "cold") is IssueState.QUEUED
    assert examples == {}


def _typed(example: str, home: str, token: str) -> str:
    """Type an example into a shell, and return what it prints."""
    done = subprocess.run(
        ["/bin/sh", "-eu", "-c", example],
        check=False,
        capture_output=True,
        text=True,
        env={
            "PATH": f"{Path(tool('curl')).parent}{os.pathsep}{os.environ['PATH']}",
            "NEWS": home,
            "TOKEN": token,
        },
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
