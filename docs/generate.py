"""Write the reference pages from the tables that the program itself works with: `make docs`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from publisher.content.fields import FIELDS, Where
from publisher.settings import ListSettings, Settings

REFERENCE: Final = Path(__file__).resolve().parent / "reference"


def front_matter() -> str:
    """Return the page of the fields that stand above a text."""
    where = {Where.ISSUE: "issue", Where.STORY: "story", Where.SINGLE: "both"}
    rows = [
        (
            f"`{field.name}`",
            where[field.where],
            field.kind.value,
            field.help,
            f"`{field.example}`",
            ", ".join(f"`{alias}`" for alias in field.aliases),
        )
        for field in FIELDS
    ]
    return _page(
        "Front matter",
        "The fields between the two lines `---` at the top of a file. They are flat: no field contains "
        "others. An `issue.md` takes those of an issue, the file of a story those of a story, and an issue "
        "of one file takes both. A name that is not here is a finding, except names that begin with `x_`: "
        "those are yours.",
        _table(("field", "in", "value", "what it says", "example", "also read as"), rows),
    )


def settings() -> str:
    """Return the page of `publisher.toml`."""
    parts = []
    for name, field in Settings.model_fields.items():
        if name == "root":
            continue
        model, title = (ListSettings, "lists.NAME") if name == "lists" else (field.annotation, name)
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise TypeError(name)
        rows = [(f"`{key}`", _default(row), row.description or "") for key, row in model.model_fields.items()]
        parts += [
            f"## `[{title}]`",
            (model.__doc__ or "").strip(),
            _table(("key", "default", "what it says"), rows),
        ]
    return _page(
        "Settings",
        "`publisher.toml` at the top of a newsroom. A wrong value is an error that names the line. The "
        "environment wins over the file: section and key in capitals after `PUBLISHER_`, as in "
        "`PUBLISHER_WEB_PORT=9000`. A time is a number and one of the units `s`, `m`, `h`, `d`.",
        *parts,
    )


PAGES: Final[dict[str, Callable[[], str]]] = {
    "front-matter.md": front_matter,
    "settings.md": settings,
}
"""Each generated page: its name under `docs/reference/`, and the function that makes it."""


def main() -> None:
    """Write every page."""
    REFERENCE.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")


def _page(title: str, opening: str, *parts: str) -> str:
    note = "<!-- Made by `make docs`; change the table in the program, not this page. -->"
    return "\n\n".join((f"# {title}", note, opening, *parts)) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    cells = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_cell(text) for text in row) + " |" for row in cells)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return f"`{_toml(field.get_default(call_default_factory=True))}`"


def _toml(value: object) -> str:
    """Return a default as one would write it in the file."""
    return json.dumps("" if value is None else value, default=_spelling)


def _spelling(value: object) -> str:
    if isinstance(value, timedelta):
        seconds, units = int(value.total_seconds()), {"d": 86400, "h": 3600, "m": 60, "s": 1}
        return next(f"{seconds // size}{unit}" for unit, size in units.items() if seconds % size == 0)
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


if __name__ == "__main__":
    main()
