"""Texts of sites for tests, prepared as an import would prepare them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from publisher.content.importers.shelf import Shelf
from publisher.content.importers.site import Prepared, Site, open_text, prepare

HOME = "https://news.example.net"


def prepared(
    text: str,
    *,
    name: str = "posts/first.md",
    others: Iterable[str] = (),
    home: str = "",
    notes: bool = False,
    broken: Iterable[str] = (),
) -> Prepared:
    """Prepare a text called `name` that came together with `others`; all texts are public."""
    troubles = dict.fromkeys(broken, "because it is broken")
    site = Site(
        shelf=Shelf((name, *others)),
        page=lambda found: f"{HOME}/stories/{found.rpartition('/')[2].removesuffix('.md')}/",
        trouble=lambda found: troubles.get(found, ""),
        home=home,
        notes=notes,
    )
    return prepare(open_text(name, text), site)


def body_of(text: str, **more: object) -> str:
    """Return the body that a text without front matter becomes."""
    return prepared(f"---\ntitle: Anything\n---\n{text}", **more).body  # type: ignore[arg-type]  # passed on as they are


def reported(made: Prepared) -> str:
    """Return all that the report says of a text."""
    return "\n".join(f"{change.what} {change.piece}" for change in made.changes)


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))
