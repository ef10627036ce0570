"""Questions before something that nothing takes back."""

from __future__ import annotations

import sys

import typer

from publisher.errors import PublisherError


def ask(question: str, *, otherwise: str) -> None:
    """Ask once at a terminal; where nobody can answer, `--yes` has to be written.

    Raises:
        PublisherError: the answer is no, or nobody can answer; it says `otherwise`.
    """
    if not sys.stdin.isatty():
        raise PublisherError(f"{otherwise}, because nobody can be asked here", fix="write --yes")
    if not typer.confirm(question):
        raise PublisherError(otherwise)
