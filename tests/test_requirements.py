"""What is installed is what was tested: the locks are complete, hashed, and agree with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
NEEDS = {
    "uv": GROUPS["bootstrap"],
    "build": GROUPS["build"],
    "run": PROJECT["project"]["dependencies"],
    "dev": [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["postgres"],
        *GROUPS["build"],
        *(each for each in GROUPS["dev"] if isinstance(each, str)),
    ],
}
"""Each lock, and what it must hold."""


def pins(lock: str) -> dict[str, str]:
    """Return each pinned package of a lock, with all that stands below it: its hashes."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][^ ]*==[^ ]+)(.*?)(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL))


def name_of(requirement: str) -> str:
    """Return the normal form of a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>!~; ]", requirement, maxsplit=1)[0]).lower()


@pytest.mark.parametrize("lock", NEEDS)
def test_a_lock_holds_every_package_that_is_asked_for(lock: str) -> None:
    locked = {name_of(pin) for pin in pins(lock)}

    assert {name_of(each) for each in NEEDS[lock]} <= locked


@pytest.mark.parametrize("lock", NEEDS)
def test_every_pin_has_hashes(lock: str) -> None:
    bare = [pin for pin, below in pins(lock).items() if "--hash=sha256:" not in below]

    assert bare == []


@pytest.mark.parametrize("lock", ["build", "run"])
def test_tests_run_with_the_releases_that_users_get(lock: str) -> None:
    assert set(pins(lock)) <= set(pins("dev"))
