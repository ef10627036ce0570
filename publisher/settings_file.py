"""Reading `publisher.toml`: every error names file, line and key, and the nearest right word."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError as EnvironmentProblem

from publisher.errors import Place, SettingsError
from publisher.settings import NAMED, Settings

_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_.-]+))\s*=""")
_PREFIX = "PUBLISHER_"
_WORDS = {
    "tuple_type": 'write a list: ["one", "two"]',
    "int_type": "write a number",
    "int_parsing": "write a number",
    "int_from_float": "write a whole number",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "string_type": 'write a text in quotes: "like this"',
    "model_type": "this is a section, with keys of its own",
    "literal_error": "write {expected}",
    "enum": "write {expected}",
    "less_than_equal": "write a number up to {le}",
    "greater_than_equal": "write a number from {ge} on",
    "string_too_long": "write at most {max_length} characters",
}
"""Type of a complaint -> better words than pydantic's, with what the complaint says in braces."""
_OPEN_QUOTE = re.compile(r"""(Illegal|Found invalid) character '\\n'|Unterminated string|Expected "'"$""")
"""What the parser says of a text whose quotation mark is missing at its end."""
_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


def load_settings(root: Path) -> Settings:
    """Return the settings of the newsroom in folder `root`, the environment's included.

    Raises:
        SettingsError: there is no `publisher.toml`, or it or the environment cannot be understood.
    """
    path = root / Settings.FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(
            f"there is no {Settings.FILE} in '{root}'",
            fix="run `publisher init DIR` to make a newsroom, or name one with --newsroom",
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(
            "this file is not UTF-8", place=Place(path=str(path)), fix="save it as UTF-8 text"
        ) from None
    except OSError as error:
        raise SettingsError(
            f"this file cannot be read: {(error.strerror or str(error)).lower()}",
            place=Place(path=str(path)),
            fix="look at its rights",
        ) from None
    return parse_settings(text, root=root)


def parse_settings(text: str, *, root: Path) -> Settings:
    """Return the settings that `text` and the environment say.

    Raises:
        SettingsError: with file, line and key.
    """
    path = str(root / Settings.FILE)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(error, path, text) from None
    try:
        found = Settings(root=root.resolve(), **values)
        return found.model_copy(update={"root": root.resolve()})  # the environment has no say in where we are
    except ValidationError as error:
        raise _wrong(error, path, key_lines(text)) from None
    except EnvironmentProblem as error:
        raise _no_json(error) from None
    except TypeError:
        raise SettingsError(
            "'root' cannot be set in the file", place=Place(path=path), fix="remove it"
        ) from None


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line (from 1) of each table and key of a TOML text, by path of names."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            name = key[1] or key[2]
            names = (name,) if name else tuple(key[3].split("."))
            lines.setdefault((*table, *names), number)
    return lines


def _broken(error: tomllib.TOMLDecodeError, path: str, text: str) -> SettingsError:
    where = _TOML_PLACE.search(str(error))
    line = int(where[1]) if where and where[1] else text.count("\n") + 1
    column = int(where[2]) if where and where[2] else None
    what = _TOML_PLACE.sub("", str(error))
    quotes = 'texts need quotes, as in title = "My weekly"'
    if _OPEN_QUOTE.match(what):
        return SettingsError(
            "a quotation mark is not closed",
            place=Place(path=path, line=line, column=column),
            fix="close it on the same line",
        )
    return SettingsError(
        f"this is not TOML: {what}",
        place=Place(path=path, line=line, column=column),
        fix=quotes if "alue" in what else "mend this line or the one before",
    )


def _no_json(error: EnvironmentProblem) -> SettingsError:
    """Name the variables of the section about which pydantic complains without saying which it was."""
    section = re.search(r'field "(\w+)"', str(error))
    prefix = f"{_PREFIX}{section[1] if section else ''}".upper()
    names = sorted(name for name in os.environ if name.upper().startswith(prefix))
    return SettingsError(
        f"{' or '.join(names)} cannot be read", fix='lists and tables are written as JSON: ["a", "b"]'
    )


def _wrong(error: ValidationError, path: str, lines: Mapping[tuple[str, ...], int]) -> SettingsError:
    """Turn one of pydantic's complaints, a misspelt key first, into a sentence with a place."""
    problem = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
    names = tuple(str(part) for part in problem.get("ctx", {}).get("names", problem["loc"]))
    what, fix = _sentence(problem, names)
    if variable := _variable(names):
        return SettingsError(f"{variable}: {what}", fix=fix)
    return SettingsError(what, place=Place(path=path, line=_line(names, lines)), fix=fix)


def _line(names: tuple[str, ...], lines: Mapping[tuple[str, ...], int]) -> int | None:
    """Return the first line about the setting, or about the section nearest above it."""
    for end in range(len(names), 0, -1):
        if found := [line for path, line in lines.items() if path[:end] == names[:end]]:
            return min(found)
    return None


def _sentence(problem: ErrorDetails, names: tuple[str, ...]) -> tuple[str, str | None]:
    """Return what is wrong, and the cure where it is not in the same words."""
    key = ".".join(name for name in names if not name.isdigit())
    match problem["type"]:
        case "extra_forbidden":
            return f"there is no setting '{key}'", _nearest(names)
        case "missing":
            return f"'{key}' is missing", "add it"
        case "model_type" if len(names) > 1 and names[0] in NAMED:
            fix = f"write [{names[0]}.NAME] with a name of your choice above it"
            return f"'{key}' stands under [{names[0]}], which has only sections with names", fix
        case _:
            return f"{key}{_shown(problem['input'], names)}: {_said(problem)}", None


def _said(problem: ErrorDetails) -> str:
    """Return a complaint in our words if we have some; choices stand in the quotes of the file."""
    words = _WORDS.get(problem["type"])
    if words is None:
        return problem["msg"].removeprefix("Value error, ")
    said = {name: str(value).replace("'", '"') for name, value in problem.get("ctx", {}).items()}
    return words.format_map(said)


def _variable(names: tuple[str, ...]) -> str | None:
    """Return the environment variable that gave the setting, if one did."""
    given = {name.upper(): name for name in os.environ}
    wanted = (f"{_PREFIX}{'_'.join(names[:end])}".upper() for end in range(len(names), 0, -1))
    return next((given[name] for name in wanted if name in given), None)


def _shown(value: Any, names: tuple[str, ...]) -> str:  # noqa: ANN401 - whatever the file says
    """Return the beginning of what was given, unless it is a list or might be a secret."""
    field = _model(names[:-1]).model_fields.get(names[-1])
    secret = field is not None and field.annotation is SecretStr
    return f" = {repr(value)[:80]}" if isinstance(value, str | int | float) and not secret else ""


def _nearest(names: tuple[str, ...]) -> str:
    siblings = sorted(set(_model(names[:-1]).model_fields) - {"root"})
    near = difflib.get_close_matches(names[-1], siblings, n=1)
    return f"did you mean '{near[0]}'?" if near else "remove it, or see docs/reference/settings.md"


def _model(names: tuple[str, ...]) -> type[BaseModel]:
    """Return the section to which `names` lead, or the nearest above it."""
    model: type[BaseModel] = Settings
    for name in names:
        field = model.model_fields.get(name)
        if names[0] in NAMED:
            model = NAMED[names[0]]
        elif field is not None and isinstance(field.annotation, type):
            model = field.annotation if issubclass(field.annotation, BaseModel) else model
    return model
