"""The wheel works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sys.executable).parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=ROOT)
    return next(folder.glob("newsroom_publisher-*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel in it; it borrows all else from the one that runs the tests."""
    folder = tmp_path_factory.mktemp("environment")
    _run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin/python"
    _run(
        SCRIPTS / "uv",
        "pip",
        "install",
        "--offline",
        "--no-cache",
        "--no-deps",
        "--python",
        python,
        wheel,
        cwd=folder,
    )
    packages = next(folder.glob("lib/python3*/site-packages"))
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def test_templates_and_the_sample_newsroom_are_in_the_wheel_as_they_are_in_the_checkout(wheel: Path) -> None:
    shipped = {
        "templates": "publisher/data/templates",
        "issues": "publisher/data/newsroom/issues",
        "publisher.toml": "publisher/data/newsroom/publisher.toml",
    }
    expected = {
        target + path.as_posix().removeprefix((ROOT / source).as_posix()): path.read_bytes()
        for source, target in shipped.items()
        for path in (ROOT / source, *(ROOT / source).rglob("*"))
        if path.is_file()
    }

    with zipfile.ZipFile(wheel) as archive:
        found = {
            name: archive.read(name) for name in archive.namelist() if name.startswith("publisher/data/")
        }

    assert found == expected


def test_the_wheel_puts_nothing_beside_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}

    assert {top.partition("-")[0] for top in tops} == {"publisher", "newsroom_publisher"}


def test_the_checkout_holds_no_copy_of_what_only_the_wheel_has() -> None:
    copies = [ROOT / "publisher/data", Path(sysconfig.get_path("purelib")) / "publisher"]

    assert [copy for copy in copies if copy.exists()] == []


def test_a_newsroom_is_made_and_built_without_a_checkout(environment: Path, tmp_path: Path) -> None:
    publisher = environment / "bin/publisher"

    _run(publisher, "init", "news", cwd=tmp_path)
    _run(publisher, "build", "site", cwd=tmp_path / "news")

    origin = _run(
        environment / "bin/python", "-c", "import publisher; print(publisher.__file__)", cwd=tmp_path
    )
    assert Path(origin.strip()).is_relative_to(environment)
    assert (tmp_path / "news/publisher.toml").is_file()
    assert (tmp_path / "news/issues/borrowed-power/issue.md").is_file()
    site = tmp_path / "news/site"
    assert "Kazan" in (site / "index.html").read_text(encoding="utf-8")
    assert {path.name for path in site.glob("feed.*")} >= {"feed.atom", "feed.json", "feed.rss"}


def _run(*command: str | Path, cwd: Path) -> str:
    """Run a program that knows nothing of this checkout, and return what it says."""
    surroundings = {
        name: value for name, value in os.environ.items() if not name.startswith(("PUBLISHER_", "PYTHON"))
    }
    done = subprocess.run(command, cwd=cwd, env=surroundings, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
