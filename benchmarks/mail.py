"""Compiling mails of 1, 10 and 50 stories, against mjml-python alone, and npm's mjml where it is there.

Excerpts are off while the time is taken: whole stories are compiled. To see the second reference as well:
`npm install --prefix DIR mjml`, then set `NODE_PATH=DIR/node_modules`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final
from unittest.mock import patch

import mjml

from benchmarks.measure import beside, options, report, seconds
from benchmarks.newsroom import open_newsroom, write_folder_issue
from publisher.actions.newsroom import find_issue, read
from publisher.actions.printing import press_issue
from publisher.app import Publisher
from publisher.model.edition import Edition
from publisher.model.fillins import Ink
from publisher.model.rendered import Part
from publisher.outputs.email import EmailOutput

SIZES: Final = (1, 10, 50)
BUDGETED: Final = (1, 3, 5, 8)
LIMIT: Final = 6.0
INK: Final = Ink(nonce="0123456789abcdef")

_NODE: Final = """
const mjml2html = require("mjml").default || require("mjml");
const source = require("fs").readFileSync(0, "utf8");
(async () => {
  const times = [];
  for (let round = 0; round < 12; round++) {
    const start = process.hrtime.bigint();
    await mjml2html(source, { fonts: {}, validationLevel: "skip" });
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  console.log(Math.min(...times.slice(3)));
})();
"""
"""Compiles standard input, three times to get warm and then some more, and prints the best milliseconds."""


def main() -> None:
    """Measure and report."""
    given = options(__doc__)
    rounds = 60 if given.quick else 400
    rounds = 5 if given.smoke else rounds
    details: dict[str, object] = {}
    ratios: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        publisher = open_newsroom(Path(folder))
        for count in SIZES:
            edition = _edition(publisher, count, mail_bytes=10**9)
            source = _mjml_of(publisher, edition)
            reference = partial(mjml.mjml2html, source, fonts={})
            ours, theirs = beside(partial(_print, publisher, edition), reference, rounds=rounds // count + 10)
            ratios[count] = ours / theirs
            details |= {f"ratio_{count}": round(ratios[count], 2), f"ours_ms_{count}": round(ours * 1000, 2)}
            details[f"mjml_python_ms_{count}"] = round(theirs * 1000, 2)
            if npm := _npm_ms(source):
                details |= {f"npm_mjml_ms_{count}": npm, f"npm_to_ours_{count}": round(npm / ours / 1000, 1)}
        details |= {f"bytes_{count}": _bytes(publisher, count) for count in BUDGETED}
        details |= _excerpts(publisher)
        publisher.close()
    report(
        given,
        name="mail",
        ratio=max(ratios.values()),
        against="mjml-python compiling the same MJML; the worst of 1, 10 and 50 stories",
        limit=LIMIT,
        **details,
        budget=100_000,
    )


def _edition(publisher: Publisher, count: int, *, mail_bytes: int) -> Edition:
    """Return an issue of so many stories in the shape and length of the seed article."""
    slug = f"issue-{count}"
    if not (publisher.settings.issues / slug).exists():
        write_folder_issue(publisher.settings.root, slug, stories=count)
    found = find_issue(publisher.settings, slug)
    if found is None:
        raise SystemExit("the benchmark's own issue is not found")
    edition = press_issue(publisher.settings, read(publisher.settings, found)[0])
    return replace(edition, masthead=replace(edition.masthead, mail_bytes=mail_bytes))


def _print(publisher: Publisher, edition: Edition) -> Part:
    (part,) = EmailOutput().render(edition, theme=publisher.theme, ink=INK)
    return part


def _mjml_of(publisher: Publisher, edition: Edition) -> str:
    """Return the MJML that our theme hands to the compiler for this edition."""
    with patch("mjml.mjml2html", wraps=mjml.mjml2html) as compiler:
        _print(publisher, edition)
    source: str = compiler.call_args.args[0]
    return source


def _npm_ms(source: str) -> float | None:
    """Return how long npm's mjml takes, warm and in process; None where node or the package is missing."""
    node = shutil.which("node")
    if node is None or not os.environ.get("NODE_PATH"):
        return None
    done = subprocess.run(  # noqa: S603 (the node that is on the path, and our own script)
        [node, "-e", _NODE], input=source, capture_output=True, text=True, check=False
    )
    return round(float(json.loads(done.stdout)), 1) if done.returncode == 0 else None


def _bytes(publisher: Publisher, count: int) -> int:
    """Return the bytes of the HTML with the longest values that readers can have, whole stories."""
    return _print(publisher, _edition(publisher, count, mail_bytes=10**9)).longest


def _excerpts(publisher: Publisher) -> dict[str, object]:
    """Return what becomes of 50 stories within the budget, and how long it takes to find that out."""
    edition = _edition(publisher, 50, mail_bytes=100_000)
    part = _print(publisher, edition)
    best = min(seconds(partial(_print, publisher, edition)) for _ in range(5))
    return {
        "bytes_50_with_excerpts": part.longest,
        "excerpts_of_50": len(part.shortened),
        "excerpts_ms_50": round(best * 1000, 1),
    }


if __name__ == "__main__":
    main()
