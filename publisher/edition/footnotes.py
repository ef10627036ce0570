"""Footnotes of one text: defined anywhere in it, numbered as they are referred to, with ways back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from markdown_it.token import Token

Attributes = dict[str, str | int | float]

_REFERENCE_ROLE: Final = "doc-noteref"
_WAY_BACK_ROLE: Final = "doc-backlink"
"""DPUB-ARIA: tell screen readers, in no particular language, where these links go."""


class Footnotes:
    """Numbers references and collects the notes of one text.

    `url` is the page they stand on; `prefix`, in ASCII, begins their ids. The ids have a dot, which no name
    that `words.ascii_name` makes has, so they cannot meet the anchor of a section.
    """

    def __init__(self, *, url: str, prefix: str) -> None:
        self._url = url
        self._prefix = prefix
        self._defined: dict[str, tuple[list[Token], int]] = {}
        self._numbers: dict[str, int] = {}
        self._references: dict[int, int] = {}

    def define(self, label: str, tokens: list[Token], line: int) -> None:
        """Take a definition. One of a label that is taken is kept too, under a label nobody can write."""
        name = f"{label} {len(self._defined)}" if label in self._defined else label
        self._defined[name] = (tokens, line)

    def refer(self, token: Token) -> None:
        """Give a `footnote_ref` token its number and its link."""
        number = self._number(str(token.meta["label"]))
        token.content = str(number)
        time = self._references[number] = self._references.get(number, 0) + 1
        place = f"{self._prefix}.{_reference(number, time)}"
        token.attrs = {"href": self._here(_note(number)), "id": place, "role": _REFERENCE_ROLE}

    def notes(self, print_: Callable[[list[Token], int], object]) -> list[list[Token]]:
        """Return all notes: first those referred to, by number, then the others, without a way back.

        `print_` is given the tokens and the line of each and makes them fit for print in place; in doing so
        it may refer to further notes.
        """
        printed: dict[str, list[Token]] = {}
        while waiting := next(
            (label for label in (*self._numbers, *self._defined) if label not in printed), None
        ):
            self._number(waiting)
            printed[waiting], line = self._defined[waiting]
            print_(printed[waiting], line)
        return [self._whole(tokens, self._numbers[label]) for label, tokens in printed.items()]

    def _number(self, label: str) -> int:
        return self._numbers.setdefault(label, len(self._numbers) + 1)

    def _whole(self, tokens: list[Token], number: int) -> list[Token]:
        """Return a note in an element with its id, the ways back at the end of its last paragraph."""
        times = range(1, self._references.get(number, 0) + 1)
        ways = [self._way_back(_reference(number, time)) for time in times]
        if ways and tokens and tokens[-1].type == "paragraph_close":
            tokens[-2].children = [*(tokens[-2].children or ()), *ways]
        elif ways:
            tokens = [*tokens, *element("paragraph", "p", [Token("inline", "", 0, children=ways)])]
        return element("note", "div", tokens, {"id": f"{self._prefix}.{_note(number)}"})

    def _way_back(self, name: str) -> Token:
        return Token("footnote_anchor", "a", 0, {"href": self._here(name), "role": _WAY_BACK_ROLE})

    def _here(self, name: str) -> str:
        return f"{self._url}#{self._prefix}.{name}"


def apart(tokens: Iterable[Token]) -> tuple[list[Token], list[tuple[str, list[Token]]]]:
    """Part the definitions, label and tokens of each, from the text around them."""
    text: list[Token] = []
    notes: list[tuple[str, list[Token]]] = []
    within = [text]
    for token in tokens:
        if token.type == "footnote_reference_open":
            within.append([])
            notes.append((str(token.meta["label"]), within[-1]))
        elif token.type == "footnote_reference_close":
            within.pop()
        else:
            within[-1].append(token)
    return text, notes


def element(
    name: str, tag: str, content: Iterable[Token], attributes: Attributes | None = None
) -> list[Token]:
    """Return `content` between the tokens that open and close a block element."""
    opened = Token(f"{name}_open", tag, 1, attributes or {}, block=True)
    return [opened, *content, Token(f"{name}_close", tag, -1, block=True)]


def _note(number: int) -> str:
    return f"fn{number}"


def _reference(number: int, time: int) -> str:
    return f"fnref{number}" if time == 1 else f"fnref{number}.{time}"
