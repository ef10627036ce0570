"""`publisher check --online`, as far as it goes without asking anybody outside this machine."""

from __future__ import annotations

import os
import pty
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.cli.conftest import Types
from tests.newsrooms import Newsroom


@pytest.fixture
def inside(newsroom: Newsroom) -> Newsroom:
    """Return a newsroom whose one issue links into the house, and to no page outside of it."""
    newsroom.writes("heat")
    newsroom.edits("heat", "https://example.net/heat", "http://169.254.169.254/latest/")
    newsroom.edits("heat", "it grew", "[it grew](http://10.0.0.1/)")
    return newsroom


@pytest.fixture
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", fails)


@pytest.mark.usefixtures("inside")
def test_links_are_asked_for_only_when_somebody_wants_it(types: Types) -> None:
    assert "W404" not in types("check", code=None).out
    assert "W404" in types("check", "--online", code=None).out


@pytest.mark.usefixtures("inside")
def test_a_refused_link_is_told_at_its_place_in_every_format(types: Types) -> None:
    why = "'10.0.0.1' leads to a machine that is not on the public internet"

    table = types("check", "--online", code=None)
    document = types("check", "--online", "--json", code=None)
    annotations = types("check", "--online", "--format", "github", code=None)

    assert "issues/heat.md:13  W404" in table.out
    found = [each for each in document.json["findings"] if each["code"] == "W404"]
    assert [each["line"] for each in found] == [5, 13]
    assert why in found[1]["what"]
    line = next(each for each in annotations.out.splitlines() if "line=13,title=W404" in each)
    assert line.startswith("::warning file=issues/heat.md")
    assert why in line
    assert table.err == document.err == annotations.err == ""


@pytest.mark.usefixtures("_no_network")
def test_without_a_network_each_link_says_why_and_nothing_fails(newsroom: Newsroom, types: Types) -> None:
    newsroom.writes("heat")
    newsroom.edits("heat", "it grew", "[it grew](https://example.net/other)")

    said = types("check", "--online", "--strict", "--json").json

    found = [each for each in said["findings"] if each["code"] != "I807"]
    assert [(each["line"], each["code"]) for each in found] == [(5, "I412"), (13, "I412")]
    assert all(each["what"].endswith("no name could be looked up; is there a network?") for each in found)


@pytest.mark.usefixtures("inside")
def test_an_issue_that_is_not_there_is_told_before_anybody_is_asked(
    types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *words, **_: asked.append(words))

    said = types("check", "--online", "heat", "nothing", code=1)

    assert "there is no issue 'nothing'" in said.err
    assert asked == []


def test_an_issue_that_cannot_be_read_is_checked_as_always(newsroom: Newsroom, types: Types) -> None:
    newsroom.saves("broken.md", "---\ntitle: [\n---\n")

    assert "E006" in types("check", "--online", code=1).out


def test_on_a_terminal_a_bar_says_how_far_it_has_come(inside: Newsroom) -> None:
    terminal, end = pty.openpty()
    command = [sys.executable, "-m", "publisher", "-C", str(inside.root), "check", "--online", "--json"]

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(_all_of, terminal)
        done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=end, timeout=60)
        os.close(end)
        shown = reading.result()
    os.close(terminal)

    assert b"asking for links" in shown
    assert b"2/2" in shown
    assert b'"W404"' in done.stdout


def _all_of(terminal: int) -> bytes:
    """Read what a program writes to a terminal until nobody has it open any more."""
    shown = b""
    with suppress(OSError):
        while piece := os.read(terminal, 65536):
            shown += piece
    return shown
