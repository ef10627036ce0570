"""Tables of HTML -> tables of Markdown, whose cells are one line each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from publisher.content.importers.change import Changes
from publisher.content.importers.escape import escaped

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]  # lxml has no types


def table_blocks(table: HtmlElement, write: Callable[[HtmlElement], str], changes: Changes) -> list[str]:
    """Return a table, and its caption above it; `write` gives a cell's text as one line of Markdown.

    A table of one column, as layouts have, is paragraphs.
    """
    captions = [text for each in table.findall("caption") if (text := write(each))]
    rows = [[write(cell) for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    rows = [row for row in rows if any(row)]
    if any(each.tag == "table" for each in table.iterdescendants()):
        changes.note("a table in a table is lines of text now")
        rows = [[write(row)] for row in table if row.tag != "caption"]
        rows = [row for row in rows if row[0]]
    captions += [text for each in _stray(table) if (text := escaped(" ".join(each.split())))]
    columns = max(map(len, rows), default=0)
    if columns <= 1:
        return captions + [cell for row in rows for cell in row]
    lines = [_row([cell.replace("|", "\\|") for cell in row], columns) for row in rows]
    rule = _row(["---"] * columns, columns)
    return [*captions, "\n".join([lines[0], rule, *lines[1:]])]


def _stray(table: HtmlElement) -> Iterator[str]:
    """Yield the words that stand in a table and in none of its cells."""
    for element in table.iter("table", "thead", "tbody", "tfoot", "tr"):
        nearest = next(element.iterancestors("td", "th", "caption", "table"), None)
        if element is table or nearest is table:
            yield element.text or ""
            yield from (child.tail or "" for child in element)


def _row(cells: list[str], columns: int) -> str:
    return f"| {' | '.join([*cells, *[''] * (columns - len(cells))])} |"
