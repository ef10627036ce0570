"""Programs that tests start by a fork are those that a person starts: in all that tests look at."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from publisher import __version__
from tests.newsrooms import SETTINGS
from tests.programs import PATIENCE, run, start


def test_a_program_ends_with_its_own_code_and_words() -> None:
    good, wrong = run("--version"), run("no-such-command")

    assert (good.returncode, good.stdout, good.stderr) == (0, f"{__version__}\n", "")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "no-such-command" in wrong.stderr


def test_folder_and_environment_are_those_of_the_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "publisher.toml").write_text(SETTINGS)

    plain = run("status", cwd=tmp_path)
    monkeypatch.setenv("PUBLISHER_DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    other = run("status", cwd=tmp_path)

    assert plain.returncode == other.returncode == 0
    assert (tmp_path / "var" / "publisher.db").is_file()
    assert (tmp_path / "other.db").is_file()


def test_a_signal_ends_the_program_that_it_is_for_and_no_other(tmp_path: Path) -> None:
    with (
        start(str(tmp_path), module="tests.smtp_process") as killed,
        start(str(tmp_path), module="tests.smtp_process") as other,
    ):
        ports = {int(each.stdout.readline()) for each in (killed, other)}
        killed.kill()

        assert len(ports) == 2
        assert killed.wait(PATIENCE) == -signal.SIGKILL
        assert other.poll() is None
        other.stdin.close()
        assert other.wait(PATIENCE) == 0
