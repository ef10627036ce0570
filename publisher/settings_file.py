"""Reading `publisher.toml`: every error names file, line and key, and the nearest right word."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError as EnvironmentProblem

from publisher.errors import Place, SettingsError
from publisher.settings import Settings

_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_.-]+))\s*=""")
_TOML_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")


def load_settings(root: Path) -> Settings:
    """Return the settings of the newsroom in folder `root`, the environment's included.

    Raises:
        SettingsError: there is no `publisher.toml`, or it or the environment cannot be understood.
    """
    path = root / Settings.FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(
            f"there is no {Settings.FILE} in '{root}'",
            fix="run `publisher init DIR` to make a newsroom, or name one with --newsroom",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path.name} cannot be read: {error}", place=Place(path=str(path)), fix="save it as UTF-8 text"
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
        return Settings(root=root.resolve(), **values)
    except ValidationError as error:
        raise _wrong(error, path, key_lines(text)) from None
    except EnvironmentProblem as error:
        raise SettingsError(f"a PUBLISHER_ environment variable cannot be read: {error}") from None
    except TypeError:
        raise SettingsError(
            "'root' cannot be set in the file", place=Place(path=path), fix="remove it"
        ) from None


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Return the line (from 1) of each table and key of a TOML text, by path of names."""
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
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
    return SettingsError(
        f"this is not TOML: {what}",
        place=Place(path=path, line=line, column=column),
        fix='texts need quotes, as in title = "My weekly"',
    )


def _wrong(error: ValidationError, path: str, lines: Mapping[tuple[str, ...], int]) -> SettingsError:
    """Turn one of pydantic's complaints, a misspelt key first, into a sentence with a place."""
    problem = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
    names = tuple(str(part) for part in problem["loc"])
    variable = "PUBLISHER_" + "_".join(names).upper()
    if variable in os.environ:
        return SettingsError(f"{variable}: {problem['msg'].removeprefix('Value error, ')}")
    known = next((lines[names[:end]] for end in range(len(names), 0, -1) if names[:end] in lines), None)
    key = ".".join(name for name in names if not name.isdigit()) or Settings.FILE
    match problem["type"]:
        case "extra_forbidden":
            return SettingsError(
                f"there is no setting '{key}'", place=Place(path=path, line=known), fix=_nearest(names)
            )
        case "missing":
            return SettingsError(f"'{key}' is missing", place=Place(path=path, line=known), fix="add it")
        case _:
            what = problem["msg"].removeprefix("Value error, ")
            given = "" if "secret" in key or "password" in key else _shown(problem["input"])
            return SettingsError(f"{key}{given}: {what}", place=Place(path=path, line=known))


def _shown(value: Any) -> str:  # noqa: ANN401 - whatever the file says
    return f" = {value!r}" if isinstance(value, str | int | float | bool) else ""


def _nearest(names: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(names[-1], sorted(_siblings(names)), n=1)
    return f"did you mean '{near[0]}'?" if near else "remove it, or see docs/reference/settings.md"


def _siblings(names: tuple[str, ...]) -> set[str]:
    """Return the keys that may stand where `names` stands."""
    model: type[BaseModel] = Settings
    for name in names[:-1]:
        field = model.model_fields.get(name)
        kind = field.annotation if field else None
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            model = kind
        elif name == "lists" or names[0] == "lists":
            model = Settings.model_fields["lists"].annotation.__args__[1]  # type: ignore[union-attr] # dict[str, ListSettings]
    return set(model.model_fields) - {"root"}
