"""Every benchmark runs when asked to, and says in one line what programs need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.ceiling import ceiling
from tests.tools import tool

ROOT = Path(__file__).resolve().parent.parent
NAMES = sorted(
    path.stem for path in (ROOT / "benchmarks").glob("*.py") if "def main" in path.read_text(encoding="utf-8")
)
NEEDED = {
    "audience": ("smtp-sink",),
    "feeds_http": ("nginx", "wrk"),
    "sender": ("smtp-sink", "smtp-source"),
}
"""Programs that a benchmark runs beside our own."""


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_prints_one_line_with_a_ratio_and_its_reference(name: str) -> None:
    for program in NEEDED.get(name, ()):
        tool(program)

    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--smoke", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )

    (line,) = done.stdout.splitlines()
    result = json.loads(line)
    assert result["name"] == name
    assert result["ratio"] > 0
    assert result["against"]
    assert result.get("median_ratio", 1) > 0


def test_no_sender_of_signed_mails_is_asked_for_more_than_the_processors_can_give() -> None:
    shared = ceiling(reference=2000, sink_ms=0.5, signing_ms=0.5, processors=1)
    plenty = ceiling(reference=2000, sink_ms=0.5, signing_ms=0.5, processors=64)

    assert shared == pytest.approx(0.5)
    assert plenty == 1.0


def test_the_documents_name_every_benchmark() -> None:
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")

    assert NAMES
    assert [name for name in NAMES if f"python -m benchmarks.{name}`" not in page] == []


def test_a_benchmark_says_which_program_it_lacks(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.feeds_http", "--quick"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 1
    assert done.stderr == "feeds_http: 'wrk' is not installed (Debian: apt-get install wrk)\n"
