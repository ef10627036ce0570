from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from publisher import __version__
from publisher.cli.main import COMMANDS
from tests.cli.conftest import Types
from tests.newsrooms import Newsroom
from tests.programs import run

SUBSCRIBERS = tuple(
    f"subscribers {name}" for name in ("add", "import", "export", "find", "show", "erase", "suppress", "list")
)
SERVERS = ("serve", "worker", "preview", "demo")


@pytest.mark.parametrize("command", [*COMMANDS, "subscribers", *SUBSCRIBERS])
def test_every_command_tells_what_it_does(types: Types, command: str) -> None:
    said = types(*command.split(), "--help")

    assert said == types(*command.split(), "-h")
    assert f"publisher {command}" in said.out
    assert said.err == ""
    if command in COMMANDS:
        first = (inspect.getdoc(COMMANDS[command]) or "").splitlines()[0]
        assert first in re.sub(r"\s+", " ", said.out)


@pytest.mark.parametrize("command", [name for name in (*COMMANDS, *SUBSCRIBERS) if name not in SERVERS])
def test_every_command_that_prints_can_print_json(types: Types, command: str) -> None:
    assert "--json" in types(*command.split(), "--help").out


def test_the_help_lists_every_command_in_the_order_of_the_work(types: Types) -> None:
    listed = re.findall(r"^  (\w[\w-]*) {2,}\w", types("--help").out, re.MULTILINE)

    assert listed == [*COMMANDS, "subscribers", "token"]


def test_without_a_command_the_help_is_shown_as_wrong_usage(types: Types) -> None:
    assert "Usage: publisher" in "".join((said := types(code=2)).out + said.err)


def test_the_version_is_that_of_the_package(types: Types) -> None:
    assert types("--version").out == f"{__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        ("quue", "heat"),
        ("queue",),
        ("queue", "heat", "--when", "now"),
        ("queue", "heat", "--at", "10:00", "--first"),
        ("queue", "heat", "--before", "rain", "--first"),
        ("hold", "heat"),
        ("release",),
        ("release", "heat", "--all"),
        ("archive",),
        ("archive", "heat", "--all"),
        ("publish", "heat"),
        ("check", "--format", "xml"),
        ("status", "--slots", "-1"),
        ("status", "--slots", "many"),
        ("import",),
        ("import", "a.txt", "--in-place", "--into", "heat"),
        ("serve", "--port", "65536"),
        ("preview", "--port", "x"),
        ("subscribers",),
        ("subscribers", "add"),
        ("subscribers", "remove", "ada@example.net"),
        ("subscribers", "find", "ada", "--limit", "0"),
        ("subscribers", "suppress"),
        ("subscribers", "suppress", "ada@example.net", "--file", "readers.csv"),
        ("subscribers", "suppress", "ada@example.net", "--reason", "erased"),
        ("init",),
        ("build",),
        ("new",),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_says_what_would_be_right(types: Types, words: tuple[str, ...]) -> None:
    said = types(*words, code=2)

    assert said.out == "" or words == ("subscribers",)
    assert "Usage: publisher" in said.err + said.out


@pytest.mark.parametrize(
    "words",
    [
        ("approve", "heat"),
        ("queue", "heat"),
        ("unqueue", "heat"),
        ("hold", "heat", "--reason", "wait"),
        ("release", "heat"),
        ("archive", "heat"),
        ("publish", "heat", "--now"),
        ("check", "heat"),
        ("check", "--fix", "heat"),
        ("import", "heat.txt", "--into", "heat"),
    ],
    ids=" ".join,
)
def test_an_issue_that_is_not_there_is_one_sentence_and_1(
    newsroom: Newsroom, types: Types, words: tuple[str, ...]
) -> None:
    (newsroom.root / "heat.txt").write_text("Heat\n\nIt is hot.\n")

    said = types(*words, code=1)

    assert "there is no issue 'heat'" in said.err
    assert said.err.startswith("publisher: ")
    assert said.err.count("publisher: ") == 1


def test_the_newsroom_is_found_from_any_folder_in_it_and_may_be_named(newsroom: Newsroom) -> None:
    newsroom.writes("heat")
    deep = newsroom.root / "deep" / "er"
    deep.mkdir(parents=True)

    inside = run("check", cwd=deep)
    named = run("-C", str(newsroom.root), "check", cwd=Path("/"))

    assert inside.returncode == named.returncode == 0
    assert inside.stdout == named.stdout != ""
    assert inside.stdout.startswith("1 issue: 0 errors, 0 warnings, 1 remark")


def test_a_reader_of_the_output_who_goes_away_is_no_trouble(newsroom: Newsroom) -> None:
    command = f"{sys.executable} -m publisher -C {newsroom.root} status --slots 2000 | head -1"

    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602 - a pipe is the test

    assert done.stdout == "No issues yet. Write one with: publisher new\n"
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_a_terminal_that_knows_only_ascii_shows_the_rest_as_escapes(newsroom: Newsroom) -> None:
    newsroom.writes("heat", title="Größe — 大きさ")

    done = subprocess.run(
        [sys.executable, "-m", "publisher", "-C", newsroom.root, "status", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )

    assert done.stderr == ""
    assert json.loads(done.stdout)["issues"][0]["title"] == "Größe — 大きさ"


def test_a_folder_without_a_newsroom_is_told_with_the_way_to_make_one(types: Types, tmp_path: Path) -> None:
    said = types("-C", str(tmp_path / "nowhere"), "status", code=1)

    assert said.err == (
        f"publisher: there is no publisher.toml in '{tmp_path}/nowhere' "
        "(run `publisher init DIR` to make a newsroom, or name one with --newsroom)\n"
    )
