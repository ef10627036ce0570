"""Code in running text: where Markdown means letters and nothing else."""

from __future__ import annotations

import re
from bisect import bisect_right

_RUNS = re.compile(r"`+")
_PARAGRAPH_END = re.compile(r"\n[ \t]*(?=\n)")
_TOKEN = re.compile(r"\\[!-/:-@\[-`{-~]|`+")
_ADDRESS = re.compile(r"https?://[^\s<>()]+")


class CodeSpans:
    """Finds the end of a code span in time that does not grow with the number of stray backticks."""

    def __init__(self, text: str) -> None:
        self._runs: dict[int, list[int]] = {}
        for run in _RUNS.finditer(text):
            self._runs.setdefault(len(run[0]), []).append(run.start())
        self._breaks = [match.start() for match in _PARAGRAPH_END.finditer(text)]

    def end(self, start: int, length: int) -> int | None:
        """Return where the span opened by a run of `length` backticks at `start` ends, None if it never does.

        A span ends with its paragraph at the latest.
        """
        runs = self._runs.get(length, [])
        following = bisect_right(runs, start)
        if following == len(runs):
            return None
        closing = runs[following]
        crossed = bisect_right(self._breaks, closing) > bisect_right(self._breaks, start)
        return None if crossed else closing + length


def without_code(text: str) -> str:
    """Return the Markdown of one paragraph with code spans, escapes and addresses blanked out.

    Every other character keeps its place, and so do line ends.
    """
    spans = CodeSpans(text)
    pieces: list[str] = []
    position = 0
    while (token := _TOKEN.search(text, position)) is not None:
        end = token.end()
        if token[0][0] == "`":
            end = spans.end(token.start(), len(token[0])) or end
        pieces += [text[position : token.start()], _blank(text[token.start() : end])]
        position = end
    pieces.append(text[position:])
    return _ADDRESS.sub(lambda found: _blank(found[0]), "".join(pieces))


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
