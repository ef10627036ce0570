"""What an edit changes for readers, shown as they would read it."""

from __future__ import annotations

from difflib import unified_diff

from publisher.actions.printing import Print, press_issue, render
from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.model.fillins import Ink
from publisher.model.issue import Issue
from publisher.model.records import EditionRecord, IssueRecord
from publisher.model.rendered import Part
from publisher.store import editions

_OUTPUT = "text"


def difference(publisher: Publisher, record: IssueRecord, issue: Issue) -> list[str]:
    """Return the lines in which the text mail of `issue` differs from the frozen print, as a unified diff."""
    if record.edition is None:
        return []
    with publisher.database.read() as db:
        frozen = editions.find(db, record.edition)
        parts = editions.parts(db, record.edition, outputs=(_OUTPUT,))
    if frozen is None or not parts:
        return []
    try:
        printed = render(press_issue(publisher.settings, issue), publisher.theme)
    except PublisherError as error:
        return [str(error)]
    return between(frozen, parts[0], printed)


def between(frozen: EditionRecord, text: Part, printed: Print) -> list[str]:
    """Return the lines in which the text mail of a print differs from `text`, that of a frozen one."""
    before = _lines(f"Subject: {frozen.subject}", text.body, Ink(nonce=frozen.nonce))
    after = _lines(f"Subject: {printed.edition.subject}", printed.part(_OUTPUT), printed.ink)
    return list(unified_diff(before, after, "as printed", "as it is now", lineterm="", n=1))


def _lines(subject: str, body: bytes, ink: Ink) -> list[str]:
    blank = dict.fromkeys(ink.names(body), "…")
    return [subject, *ink.fill(body, blank).decode().splitlines()]
