"""What other programs understand and our readers would see as litter: errors that say what to write."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from publisher.content.blocks import Prose
from publisher.content.code import without_code
from publisher.errors import Place
from publisher.model.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class _Construct:
    """`in_items` limits it to the first paragraphs of list items."""

    code: str
    pattern: re.Pattern[str]
    what: str
    fix: str
    in_items: bool = False


_CONSTRUCTS: Final = (
    _Construct(
        code="E014",
        pattern=re.compile(r"!?\[\[[^\[\]\n]+\]\](?!\()"),
        what="[[…]] is another program's link",
        fix="write [words](https://…) for a link, ![what it shows](file.jpg) for a picture",
    ),
    _Construct(
        code="E015",
        pattern=re.compile(r"\A\[[ xX]\](?:\s|\Z)"),
        what="a box to tick has no use in a newsletter",
        fix="write a plain bullet: - text",
        in_items=True,
    ),
    _Construct(
        code="E016",
        pattern=re.compile(r"(?<![=\w])==(?=[^\s=])[^=\n]*(?<=[^\s=])==(?![=\w])"),
        what="==…== marks nothing here",
        fix="write **…** for strong words",
    ),
    _Construct(
        code="E017",
        pattern=re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>|<![A-Za-z\[]|<\?"),
        what="HTML tags are not read",
        fix="write Markdown, or put a tag that readers should see in backticks: `<meta>`",
    ),
    _Construct(
        code="E018",
        pattern=re.compile(r"<!--|%%"),
        what="this note has no end, or it cannot be told from code",
        fix="close it with --> or %%; write \\%% where readers should see the signs",
    ),
)


def forbidden(prose: Sequence[Prose], *, path: str, first_line: int) -> Iterator[Finding]:
    """Yield one error for each kind of construct that stands in the prose, at its first place."""
    texts = [(piece, without_code(piece.text)) for piece in prose]
    for construct in _CONSTRUCTS:
        found = [
            (piece.line, text, match.start())
            for piece, text in texts
            if piece.begins_item or not construct.in_items
            for match in construct.pattern.finditer(text)
        ]
        if found:
            line, text, start = found[0]
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            place = Place(path=path, line=first_line + line + text.count("\n", 0, start))
            yield Finding(code=construct.code, what=construct.what + more, fix=construct.fix, place=place)
