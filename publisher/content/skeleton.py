"""New files: what `publisher new` writes. TK stands where an editor writes, and the check finds each TK."""

from __future__ import annotations

from typing import Final

from publisher.content.fields import Where
from publisher.content.importers.imported import imported
from publisher.content.roles import heading_for
from publisher.model.story import Role

_UNDER_HEADING: Final = {
    Role.KEY_TAKEAWAYS: "- **TK:** TK\n- **TK:** TK\n- **TK:** TK",
    Role.DEEP_ANALYSIS: "TK",
    Role.DID_YOU_KNOW: "- TK",
    Role.CLOSING: "TK",
}


def new_file(title: str, *, id: str, where: Where = Where.SINGLE, lang: str | None = None) -> str:  # noqa: A002 (the field's name)
    """Return the text of a new file: an issue in one file, an `issue.md`, or a story; an issue is a draft.

    Headings are in language `lang` (BCP 47), English if we have none in it; nothing is written about it.
    """
    blocks = ["TK"]
    if where & Where.STORY:
        for role, text in _UNDER_HEADING.items():
            blocks += [f"## {heading_for(role, lang)}", text]
    return imported(title, "\n\n".join(blocks), id=id, where=where).text
