"""Somebody who types commands, through the very door that the program `publisher` has."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from publisher.cli.main import run
from tests.newsrooms import Newsroom, newsroom_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command prints
        return json.loads(self.out)


Types = Callable[..., Said]


@pytest.fixture
def newsroom(tmp_path: Path, sqlite_template: Path) -> Newsroom:
    return newsroom_in(tmp_path / "newsroom", sqlite_template)


@pytest.fixture
def types(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Types:
    """Return a function that types `publisher WORDS` in the newsroom; the exit code must be `code`."""

    def command(*words: str, code: int | None = 0, given: bytes = b"") -> Said:
        monkeypatch.chdir(newsroom.root)
        monkeypatch.setattr(sys, "argv", ["publisher", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        capsys.readouterr()
        try:
            run()
        except SystemExit as end:
            ended = end.code
        else:
            ended = 0
        printed = capsys.readouterr()
        assert isinstance(ended, int)
        said = Said(code=ended, out=printed.out, err=printed.err)
        assert code is None or said.code == code, f"{words}: {said}"
        assert "Traceback" not in said.err
        return said

    return command
