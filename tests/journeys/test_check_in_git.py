"""The check of a newsroom that is kept in git: as a hook before each commit, and on a code host."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.newsrooms import STORY
from tests.programs import run
from tests.tools import tool

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "check-in-ci.md"
GOOD = STORY.format(
    id="0d0f4a0e-2b0b-4d7e-8e0f-000000000001", title="A quiet machine", status="ready", slug="heat", more=""
)
BAD = GOOD.replace("it grew", "TK")


@pytest.fixture
def repository(new_repository: Path, tmp_path: Path) -> Path:
    """Return a git repository whose folder `news` is a newsroom with one issue."""
    return shutil.copytree(new_repository, tmp_path / "repository")


@pytest.fixture(scope="module")
def new_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository of every test at the beginning, to be copied."""
    tool("git")
    here = tmp_path_factory.mktemp("repository")
    _git(here, "init", "--quiet")
    assert _runs("publisher init news", here=here).returncode == 0
    for path in (here / "news" / "issues").glob("2*"):
        if path.is_file():
            path.unlink()
    (here / "news" / "issues" / "heat.md").write_text(GOOD)
    _git(here, "add", "--all")
    return here


def test_the_hook_takes_what_git_has_changed(repository: Path) -> None:
    (hook,) = _read((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    changed = _git(repository / "news", "diff", "--cached", "--name-only", "--relative").split()
    passed = [name for name in changed if re.search(hook["files"], name)]

    good = _runs(hook["entry"], *passed, here=repository / "news")
    (repository / "news" / "issues" / "heat.md").write_text(BAD)
    bad = _runs(hook["entry"], "issues/heat.md", here=repository / "news")

    assert hook["id"] == "publisher-check"
    assert hook["language"] == "python"
    assert {"publisher.toml", "issues/heat.md", "issues/_templates/weekly/first.md"} <= set(passed)
    assert good.returncode == 0, good.stdout + good.stderr
    assert bad.returncode == 1
    assert "E302" in bad.stdout


def test_the_hook_passes_files_that_are_no_issues(repository: Path) -> None:
    inbox = repository / "news" / "issues" / "_inbox" / "x.md"
    inbox.parent.mkdir()
    inbox.write_text("No front matter.")

    done = _runs("publisher check", "issues/_inbox/x.md", here=repository / "news")

    assert done.returncode == 0
    assert done.stdout == "0 issues: 0 errors, 0 warnings, 0 remarks\n"


def test_the_examples_for_pre_commit_name_the_hook_and_work_in_a_folder(repository: Path) -> None:
    (hook,) = _read((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    examples = [each["repos"][0]["hooks"][0] for each in _examples() if "repos" in each]
    (repository / "news" / "issues" / "heat.md").write_text(BAD)

    entries = [example["entry"] for example in examples if "entry" in example]
    (done,) = [_runs(entry, "news/issues/heat.md", here=repository) for entry in entries]

    assert {example["id"] for example in examples} == {hook["id"]}
    assert len(examples) == 2
    assert done.returncode == 1
    assert "issues/heat.md:13" in done.stdout


def test_annotations_land_on_the_file_wherever_in_the_repository_the_newsroom_is(repository: Path) -> None:
    (workflow,) = [each for each in _examples() if "jobs" in each]
    commands = [step["run"] for step in workflow["jobs"]["check"]["steps"] if "run" in step]
    (repository / "news" / "issues" / "heat.md").write_text(BAD)
    in_text = re.findall(r"`(publisher -C news check [^`]*)`", PAGE.read_text("utf-8"))

    inside = _runs(commands[-1], here=repository / "news")
    (above,) = [_runs(command, here=repository) for command in in_text]

    for done in (inside, above):
        assert done.returncode == 1
        assert "::error file=news/issues/heat.md,line=13,title=E302::" in done.stdout
    assert inside.stdout == above.stdout


def _examples() -> list[Any]:
    blocks = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [_read(block) for block in blocks]


def _read(text: str) -> Any:  # noqa: ANN401 - whatever the YAML says
    return YAML(typ="safe", pure=True).load(text)


def _runs(command: str, *more: str, here: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a shell finds it."""
    program, *words = shlex.split(command)
    assert program == "publisher"
    return run(*words, *more, cwd=here)


def _git(here: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=here, check=True, capture_output=True, text=True).stdout  # noqa: S607 - git as a person runs it
