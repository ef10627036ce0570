"""However a file is made, it is read and checked before anybody loses patience."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.check.issues import HEAD

MIB = 1024 * 1024
PATIENCE = 90
READ_AND_CHECK = """
import sys
from pathlib import Path
from publisher.check.all import check
from publisher.content.folder import read_issue
reading = read_issue(Path(sys.argv[1]), "heat")
check(reading.issue, found=reading.findings)
"""


@pytest.mark.parametrize("piece", ["](", "[^", "](a ", "](x(y)", "**", "`", "%%", "&#"])
def test_a_file_of_nothing_but_marks_is_checked_in_seconds(tmp_path: Path, piece: str) -> None:
    head = HEAD.format(fields="tags: []", body="## Did You Know?\n\n- 1 ")
    (tmp_path / "heat.md").write_text(head + piece * ((MIB - len(head)) // len(piece)))
    run = [sys.executable, "-c", READ_AND_CHECK, str(tmp_path)]

    done = subprocess.run(run, timeout=PATIENCE, check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
