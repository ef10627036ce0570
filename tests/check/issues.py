"""Issues to check: read from files, as everywhere."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from publisher.check.all import check
from publisher.check.facts import Facts
from publisher.check.rules import Rules
from publisher.content.folder import read_issue
from publisher.model.finding import Finding
from publisher.model.issue import Reading

HEAD = """---
id: i1
title: Heat returns to the north
source: Example Review
lang: en
{fields}
---

{body}
"""
BODY = "Lead.\n\n## Key Takeaways\n\n- **A:** b\n- **C:** d\n- **E:** f\n\n## Closing\n\nEnd."


def read(tmp_path: Path, files: Mapping[str, str | bytes], name: str = "heat") -> Reading:
    """Write files under `issues/` and read one of its issues."""
    root = tmp_path / "issues"
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode() if isinstance(content, str) else content)
    return read_issue(root, name)


def single(tmp_path: Path, fields: str = "", body: str = BODY, **files: bytes) -> Reading:
    """Read an issue of one file, which stands on line 7 if it is one line; `files` lie beside it."""
    pictures = {name.replace("_", "."): content for name, content in files.items()}
    return read(tmp_path, {"heat.md": HEAD.format(fields=fields or "tags: []", body=body), **pictures})


def found(reading: Reading, *, rules: Rules | None = None, facts: Facts | None = None) -> list[str]:
    """Return places and codes of what the check finds, without remarks."""
    findings = check(reading.issue, found=reading.findings, rules=rules, facts=facts)
    return [short(finding) for finding in findings if not finding.code.startswith("I")]


def short(finding: Finding) -> str:
    """Return name, line and code of a finding."""
    line = f":{finding.place.line}" if finding.place.line else ""
    return f"{Path(finding.place.path).name}{line} {finding.code}"


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    """Return a picture of that size."""
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, kind)
    return file.getvalue()
