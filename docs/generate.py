"""Write the reference pages from the tables that the program itself works with: `make docs`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from inspect import cleandoc
from pathlib import Path
from typing import Final

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from docs import api_page
from publisher.check.codes import CODES, GROUPS
from publisher.cli.main import app
from publisher.content.fields import FIELDS, Where
from publisher.content.roles import HEADINGS
from publisher.model.delivery import DeliveryState
from publisher.model.filters import WORDS
from publisher.model.segment import DEEPEST, LONGEST
from publisher.model.story import Role
from publisher.settings import FREE, NAMED, Settings
from publisher.settings_types import FOREVER
from publisher.store.inventory import INVENTORY
from tests.delivery.transports.relay_matrix import ROWS

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


def headings() -> str:
    """Return the page of the headings that give a section its role."""
    rows = [
        (f"`{lang}`", *(" / ".join(names) for names in roles.values())) for lang, roles in HEADINGS.items()
    ]
    roles = tuple(f"`{role}`" for role in Role if role is not Role.PLAIN)
    return _page(
        "Headings",
        "A second-level heading (`##`) that stands here gives its section a role, in whichever language the "
        "story is. Capitals, punctuation and accents do not matter. Any other heading is a section of its "
        "own, in its place. A newsroom adds headings in `[content.headings]` of `publisher.toml`.",
        _table(("language", *roles), rows),
    )


def settings() -> str:
    """Return the page of `publisher.toml`."""
    parts = []
    for name, field in Settings.model_fields.items():
        if name == "root":
            continue
        if name in FREE:
            parts += [f"## `[{name}]`", FREE[name]]
            continue
        model, title = (NAMED[name], f"{name}.NAME") if name in NAMED else (field.annotation, name)
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise TypeError(name)
        rows = [(f"`{key}`", _default(row), row.description or "") for key, row in model.model_fields.items()]
        parts += [
            f"## `[{title}]`",
            cleandoc(model.__doc__ or ""),
            _table(("key", "default", "what it says"), rows),
        ]
    return _page(
        "Settings",
        "`publisher.toml` at the top of a newsroom. A wrong value is an error that names the line. The "
        "environment wins over the file: section and key in capitals after `PUBLISHER_`, as in "
        "`PUBLISHER_WEB_PORT=9000`. A time is a number and one of the units `s`, `m`, `h`, `d`.",
        *parts,
    )


def checks() -> str:
    """Return the page of the check's codes."""
    parts = []
    for digit, title in GROUPS.items():
        parts.append(f"## {digit}xx: {title}")
        for each in CODES.values():
            if each.code[1] == digit:
                parts += [f"### {each.code}", f"**{each.title}.** {each.why}"]
                parts += [f"*For example:* {each.example}", f"*What to do:* {each.fix}"]
    return _page(
        "The check",
        "What `publisher check` says of an issue. A code keeps its meaning for ever. Its first letter says "
        "how much it weighs: `E` is an error, and the issue cannot be approved; `W` is a warning, which "
        "somebody must mend or allow (`allow: [W306]` in the front matter); `I` is a remark. `[check]` in "
        "`publisher.toml` sets limits and switches codes off. `publisher check --explain CODE` prints what "
        "stands here about one of them, and the same check can run [before each commit and on a code "
        "host](../how-to/check-in-ci.md).",
        *parts,
    )


def filters() -> str:
    """Return the page of the language in which readers are chosen."""
    rows = [(f"`{word}`", f"`{example}`", f"the reader {says}") for word, (example, says) in WORDS.items()]
    return _page(
        "Filters",
        "A filter chooses some of the active readers of a list: for one issue (`segment` in its front "
        "matter), under a name for several (`[segments]` in `publisher.toml`), or to be counted (`publisher "
        "segment`). [How to choose the audience](../how-to/choose-the-audience.md) shows it at work.",
        _table(("word", "for example", "what it says"), rows),
        "Conditions are put together with `AND`, `OR`, `NOT` and brackets, in capitals or not; `NOT` binds "
        'closest, then `AND`. A value with blanks, or with one of `( ) : < > = "`, stands in double quotes, '
        'in which `""` means one of them. What is not known of a reader counts as not so: `NOT lang:de` '
        f"means also those who chose no language. A filter has at most {LONGEST:,} characters, and at most "
        f"{DEEPEST} brackets and NOTs stand in each other.",
    )


def commands() -> str:
    """Return the page of the command line."""
    parts = []
    for name, command in _commands():
        words = _words(command)
        usage = " ".join(("publisher", name, *(word for word in words if not word.startswith("-"))))
        rows = [(f"`{word}`", text) for word, text in words.items()]
        parts += [f"## {name}", f"```sh\n{usage}\n```", cleandoc(command.help or "")]
        parts += [_table(("word", "what it says"), rows)] if rows else []
    return _page(
        "Commands",
        "Exit code 0: fine. 1: something that you can mend, said in one sentence. 2: the command was not "
        "written as it must be. Before the command may stand `--newsroom FOLDER` (`-C`), which names the "
        "newsroom if it is neither this folder nor one above it, and `--version`.",
        *parts,
    )


def relays() -> str:
    """Return the page of what relays do, and what becomes of a message then."""
    parts = []
    for state, what in _ENDS.items():
        rows = [
            (row.does, f"`{row.sees}`", row.stage.value, "us or the relay" if row.fault else "this message")
            for row in ROWS
            if row.state is state
        ]
        table = _table(("the relay", "what you see", "stage", "it is about"), rows)
        parts += [f"## {state.capitalize()}", what, table]
    return _page(
        "Relays",
        "What a relay may do, and what becomes of the message then. Each line is a test, on which a relay "
        "does just that; after each of them the next message goes through once the relay is well again. "
        "Before what you see stands the relay's name, as in `relay smtp (smtp.example.com:587): it hung up`. "
        "A relay's own words are shown as it said them.",
        *parts,
    )


def api() -> str:
    """Return the page of the API."""
    return _page("The API", api_page.OPENING, *api_page.parts())


def stored() -> str:
    """Return the page of what the database holds."""
    own = [row for row in INVENTORY.values() if row.about_readers]
    others = [row for row in INVENTORY.values() if not row.about_readers]
    return _page(
        "What is stored",
        "Every table of the database: what it holds, why, and how long. `[privacy]` in `publisher.toml` sets "
        "the times. [Privacy](../privacy.md) says the same in the order in which a reader would ask.",
        "## About readers",
        _table(
            ("table", "what", "why", "how long", "when the reader is erased"),
            [(f"`{row.table}`", row.what, row.why, row.until, row.erased) for row in own],
        ),
        "## About nobody",
        _table(
            ("table", "what", "why", "how long"),
            [(f"`{row.table}`", row.what, row.why, row.until) for row in others],
        ),
    )


def command_names() -> list[str]:
    """Return the first word of every command."""
    return list(dict.fromkeys(name.partition(" ")[0] for name, _ in _commands()))


_ENDS: Final = {
    DeliveryState.ACCEPTED: "The relay has the message, once.",
    DeliveryState.DEFERRED: (
        "The relay does not have the message. It is tried again after 1, 5, 15, 60 minutes and so on, for 48 "
        "hours; and at once over a new connection, if the one that was lost had been used before."
    ),
    DeliveryState.REJECTED: (
        "The relay does not have the message and does not want it. If it says so of us, or of the message "
        "as such, no reader is counted as rejected: the delivery stays open, and the mailing pauses when it "
        "happens often."
    ),
    DeliveryState.UNCERTAIN: (
        "The connection was lost between the end of the message and the answer to it, so nobody knows "
        "whether the relay has it. `[delivery] uncertain` decides what happens then."
    ),
}

PAGES: Final[dict[str, Callable[[], str]]] = {
    "front-matter.md": front_matter,
    "headings.md": headings,
    "settings.md": settings,
    "stored.md": stored,
    "checks.md": checks,
    "filters.md": filters,
    "commands.md": commands,
    "relays.md": relays,
    "api.md": api,
}
"""Each generated page: its name under `docs/reference/`, and the function that makes it."""


def main() -> None:
    """Write every page."""
    REFERENCE.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")


def _commands() -> Iterator[tuple[str, TyperCommand]]:
    """Yield every command that does something, with its words: "subscribers add"."""
    waiting: list[tuple[str, object]] = [("", get_command(app))]
    while waiting:
        name, command = waiting.pop(0)
        if isinstance(command, TyperGroup):
            waiting[:0] = [(f"{name} {word}".strip(), each) for word, each in command.commands.items()]
        elif isinstance(command, TyperCommand):
            yield name, command


def _words(command: TyperCommand) -> dict[str, str]:
    """Return what may follow a command, with its help: `FOLDER`, `[ISSUES...]`, `--port VALUE`."""
    context = command.context_class(command)
    words = {}
    for each in command.params:
        if isinstance(each, TyperOption):
            kind = each.display_type(ctx=context).strip("<>")
            value = "" if each.is_flag else f" {kind}" if "|" in kind else " VALUE"
            spelling = ", ".join(each.opts) + value
        else:
            name = (each.name or "").upper() + ("..." if each.nargs != 1 else "")
            spelling = name if each.required else f"[{name}]"
        record = each.get_help_record(context)
        words[spelling] = record[1].removesuffix("[required]") if record else ""
    return words


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
    if value == FOREVER:
        return "forever"
    if isinstance(value, timedelta):
        seconds, units = int(value.total_seconds()), {"d": 86400, "h": 3600, "m": 60, "s": 1}
        return next(f"{seconds // size}{unit}" for unit, size in units.items() if seconds % size == 0)
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


if __name__ == "__main__":
    main()
