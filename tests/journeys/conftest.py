"""A person at the command line, with a newsroom of their own."""

from __future__ import annotations

import contextlib
import json
import mailbox
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from publisher.actions.init import init_newsroom
from publisher.app import Publisher, open_publisher
from publisher.cli.main import app
from publisher.cli.newsroom import now
from publisher.errors import PublisherError
from publisher.settings_file import load_settings

READER = "ada@example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command prints
        return json.loads(self.out)


@dataclass(slots=True)
class Person:
    """Somebody who types commands in a newsroom."""

    root: Path
    runner: CliRunner = field(default_factory=CliRunner)

    def types(self, *words: str, code: int | None = 0, given: str | None = None) -> Said:
        """Run `publisher WORDS`; its exit code must be `code`, unless that is None."""
        result = self.runner.invoke(app, ["-C", str(self.root), *words], input=given, prog_name="publisher")
        error = result.exception
        if error is not None and not isinstance(error, SystemExit | PublisherError):
            raise error
        said = Said(
            code=1 if isinstance(error, PublisherError) else result.exit_code,
            out=result.stdout,
            err=f"{result.stderr}{error if isinstance(error, PublisherError) else ''}",
        )
        assert code is None or said.code == code, f"{words}: {said}"
        return said

    def writes(self, name: str, text: str) -> Path:
        """Save a file below the newsroom's folder."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def sets(self, before: str, after: str) -> None:
        """Change a line of `publisher.toml`."""
        path = self.root / "publisher.toml"
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), encoding="utf-8")

    def mails(self) -> list[EmailMessage]:
        """Read all mails that the transport `folder` has delivered."""
        folder = self.root / "var" / "mail"
        if not folder.is_dir():
            return []
        with contextlib.closing(mailbox.Maildir(folder, create=False)) as mails:
            parse = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes
            return [parse(mails.get_bytes(key)) for key in sorted(mails.keys())]

    def issue(self, slug: str) -> dict[str, Any]:
        """Return what `publisher status` says of an issue."""
        issues: list[dict[str, Any]] = self.types("status", "--json").json["issues"]
        return next(each for each in issues if each["slug"] == slug)

    @contextmanager
    def publisher(self, clock: Callable[[], Any] = now) -> Iterator[Publisher]:
        """Open the newsroom as a program would, with any clock."""
        publisher = open_publisher(load_settings(self.root), clock=clock, actor="tester")
        try:
            yield publisher
        finally:
            publisher.close()


@pytest.fixture
def editor(new_newsroom: Path, tmp_path: Path) -> Person:
    """Somebody with a new newsroom: one list, the sample issues, one reader."""
    return Person(shutil.copytree(new_newsroom, tmp_path / "newsroom"))


@pytest.fixture(scope="session")
def new_newsroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newsroom of every editor at the beginning, to be copied."""
    root = tmp_path_factory.mktemp("editor") / "newsroom"
    init_newsroom(root, clock=now, actor="tester")
    Person(root).types("subscribers", "add", READER)
    return root


READY = """\
---
id: {id}
title: "{title}"
status: ready
link: https://example.net/{slug}
source: Example Review
{more}---

A lead that says what happened to {title}.

## Key Takeaways

- **First point:** it grew.
- **Second point:** it will go on.
- **Third point:** nobody had thought so.

## Deep Analysis

The reasons are many, and this paragraph names one of them.

## Did You Know?

- It began in 1986.
"""


@pytest.fixture
def ready_issue(editor: Person) -> Callable[..., Path]:
    """Write a ready single-file issue that passes the check."""

    def write(slug: str, *, title: str = "A quiet machine", **fields: str) -> Path:
        if len(title) < 10:
            fields = {"subject": f"What is new in {title}"} | fields
        number = sum(slug.encode()) * 7919 % 10**12
        more = "".join(f"{key}: {value}\n" for key, value in fields.items())
        text = READY.format(id=f"0d0f4a0e-2b0b-4d7e-8e0f-{number:012d}", title=title, slug=slug, more=more)
        return editor.writes(f"issues/{slug}.md", text)

    return write
