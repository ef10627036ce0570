"""Statements of the hot path: compiled once for each kind of database, then handed to the driver as they are.

SQLAlchemy takes 50 to 200 µs around a statement for which SQLite takes 6, and a sender executes several of
them for every few messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Delete, Dialect, Select, Update
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Values: TypeAlias = Mapping[str, Any]
Row: TypeAlias = dict[str, Any]

_Process: TypeAlias = Callable[[Any], Any]
_Shape: TypeAlias = tuple[object, ...]


class Statement:
    """A statement that is executed with named values; what it does and raises is what SQLAlchemy's would.

    A list must be bound as `expanding`, stand behind IN, and not be empty.
    """

    def __init__(self, clause: Select[Any] | Update | Delete) -> None:
        self._clause = clause
        self._compiled: dict[_Shape, _Compiled] = {}

    def rows(self, db: Connection, values: Values) -> list[Row]:
        """Return the rows that it finds, by the names of their columns."""
        values = {name: _filled(each) if isinstance(each, list) else each for name, each in values.items()}
        compiled = self._for(db, values)
        with _cursor(db, compiled.text) as cursor:
            cursor.execute(compiled.text, compiled.bound(values))
            return [compiled.row(found) for found in cursor.fetchall()]

    def change(self, db: Connection, *values: Values) -> int:
        """Execute it with each of these, which must have equal names; return how many rows it changed."""
        compiled = self._for(db, values[0])
        with _cursor(db, compiled.text) as cursor:
            cursor.executemany(compiled.text, [compiled.bound(each) for each in values])
            return cursor.rowcount

    def _for(self, db: Connection, values: Values) -> _Compiled:
        """Return it as it is for this database and these names, and for lists as long as these."""
        shape = (
            db.dialect.name,
            *((name, len(each)) if isinstance(each, list) else name for name, each in values.items()),
        )
        found = self._compiled.get(shape)
        if found is None:
            found = self._compiled[shape] = _compiled(self._clause, db.dialect, values)
        return found


def _filled(each: list[Any]) -> list[Any]:
    """Repeat the last value, which changes nothing behind IN, so that there are few lengths to compile."""
    return each + each[-1:] * ((1 << (len(each) - 1).bit_length()) - len(each))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    """The text for one driver, and how values become its parameters and its columns values.

    `constants` are parameters that the statement brings along, `places` the names of parameters in their
    order, or None if the driver knows them by name.
    """

    text: str
    constants: Row
    lists: Mapping[str, Sequence[str]]
    bind: Mapping[str, _Process]
    places: Sequence[str] | None
    columns: Sequence[str]
    read: Sequence[tuple[str, _Process]]

    def bound(self, values: Values) -> Any:  # noqa: ANN401 - a list or a dict, as the driver wants it
        """Return the parameters for these values."""
        given: Row = {**self.constants, **values}
        for name, process in self.bind.items():
            given[name] = process(given[name])
        for name, parts in self.lists.items():
            given.update(zip(parts, given.pop(name), strict=True))
        return given if self.places is None else [given[name] for name in self.places]

    def row(self, found: Sequence[Any]) -> Row:
        """Return what the driver found by the names of its columns."""
        row = dict(zip(self.columns, found, strict=True))
        for name, process in self.read:
            row[name] = process(row[name])
        return row


def _compiled(clause: Select[Any] | Update | Delete, dialect: Dialect, values: Values) -> _Compiled:
    compiled = clause.compile(dialect=dialect, column_keys=list(values))
    state = compiled.construct_expanded_state(dict(values), escape_names=False)
    lists = state.parameter_expansion
    expanded = {part for parts in lists.values() for part in parts}
    binds = {name: each.type for name, each in compiled.binds.items() if name not in lists}
    columns = (
        {str(each.key): each.type for each in clause.selected_columns} if isinstance(clause, Select) else {}
    )
    return _Compiled(
        text=state.statement,
        constants={
            name: value
            for name, value in state.parameters.items()
            if name not in values and name not in expanded
        },
        lists=lists,
        bind=_processes(binds, lambda each: each.bind_processor(dialect), dialect),
        places=state.positiontup if compiled.positional else None,
        columns=list(columns),
        read=list(_processes(columns, lambda each: each.result_processor(dialect, None), dialect).items()),
    )


def _processes(
    types: Mapping[str, TypeEngine[Any]],
    process_of: Callable[[TypeEngine[Any]], _Process | None],
    dialect: Dialect,
) -> dict[str, _Process]:
    """Return what has to be done with the values that are not left as they are."""
    found = {name: process_of(each.dialect_impl(dialect)) for name, each in types.items()}
    return {name: process for name, process in found.items() if process is not None}


@contextmanager
def _cursor(db: Connection, text: str) -> Iterator[DBAPICursor]:
    """Yield the driver's cursor; what it raises comes out as SQLAlchemy says it."""
    driver = db.dialect.loaded_dbapi
    cursor = db.connection.cursor()
    try:
        yield cursor
    except driver.Error as error:
        raise DBAPIError.instance(text, None, error, driver.Error, dialect=db.dialect) from error
    finally:
        cursor.close()
