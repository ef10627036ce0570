"""Statements of the hot path: compiled once for each kind of database, then handed to the driver as they are.

SQLAlchemy takes 50 to 200 µs around a statement for which SQLite takes 6, and a sender executes several of
them for every few messages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, Delete, Dialect, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Values: TypeAlias = Mapping[str, Any]
Row: TypeAlias = dict[str, Any]
Clause: TypeAlias = Select[*tuple[Any, ...]] | Update | Delete

_Process: TypeAlias = Callable[[Any], Any]


class Statement:
    """A statement that is executed with named values; what it does and raises is what SQLAlchemy's would.

    A list must be bound as `expanding`, stand behind IN, and not be empty.
    """

    def __init__(self, clause: Clause) -> None:
        self._clause = clause
        self._compiled: dict[tuple[object, ...], _Compiled] = {}

    def rows(self, db: Connection, values: Values) -> list[Row]:
        """Return the rows that it finds, or gives back of those it changed, by the names of their columns."""
        lists = {name: _filled(each) for name, each in values.items() if isinstance(each, list)}
        given = {**values, **lists} if lists else values
        compiled = self._for(db, given, *map(len, lists.values()))
        cursor = db.connection.cursor()
        try:
            cursor.execute(compiled.text, compiled.bound(given))
            return [compiled.row(found) for found in cursor.fetchall()]
        except db.dialect.loaded_dbapi.Error as error:
            raise _said(db, compiled.text, error) from error
        finally:
            cursor.close()

    def change(self, db: Connection, *values: Values) -> int:
        """Execute it with each of these, which must have equal names; return how many rows it changed."""
        compiled = self._for(db, values[0])
        bound = compiled.bound
        cursor = db.connection.cursor()
        try:
            cursor.executemany(compiled.text, [bound(each) for each in values])
        except db.dialect.loaded_dbapi.Error as error:
            raise _said(db, compiled.text, error) from error
        else:
            return cursor.rowcount
        finally:
            cursor.close()

    def _for(self, db: Connection, values: Values, *lengths: int) -> _Compiled:
        """Return it as it is for this database and these names, and for lists as long as these."""
        shape = (db.dialect.name, *lengths, *values)
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

    `parameters` are in the order of their places, each with what has to be done to its value; `constants` are
    those that the statement brings along. `lists` are the parameters that become several.
    """

    text: str
    parameters: Sequence[tuple[str, _Process | None]]
    is_by_name: bool
    constants: Row
    lists: Mapping[str, Sequence[str]]
    columns: Sequence[str]
    read: Sequence[tuple[str, _Process]]
    pick: Callable[[Values], Any] | None
    """Takes the parameters out of the values where nothing else is to be done."""

    def bound(self, values: Values) -> Any:  # noqa: ANN401 - a sequence or a dict, as the driver wants it
        """Return the parameters for these values."""
        if self.pick is not None:
            return self.pick(values)
        given = {**self.constants, **values} if self.constants or self.lists else values
        for name, parts in self.lists.items():
            given = {**given, **dict(zip(parts, given[name], strict=True))}
        if self.is_by_name:
            return {
                name: process(given[name]) if process else given[name] for name, process in self.parameters
            }
        return [process(given[name]) if process else given[name] for name, process in self.parameters]

    def row(self, found: Sequence[Any]) -> Row:
        """Return what the driver found by the names of its columns."""
        row = dict(zip(self.columns, found, strict=True))
        for name, process in self.read:
            row[name] = process(row[name])
        return row


def _compiled(clause: Clause, dialect: Dialect, values: Values) -> _Compiled:
    compiled = clause.compile(dialect=dialect, column_keys=list(values))
    state = compiled.construct_expanded_state(dict(values), escape_names=False)
    lists = state.parameter_expansion
    types = {name: each.type for name, each in compiled.binds.items()}
    types |= {part: types[name] for name, parts in lists.items() for part in parts}
    columns = clause.exported_columns
    read = {str(each.key): _impl(each.type, dialect).result_processor(dialect, None) for each in columns}
    parameters = [
        (name, _impl(types[name], dialect).bind_processor(dialect))
        for name in (state.positiontup if compiled.positional else state.parameters) or ()
    ]
    constants = {name: value for name, value in compiled.params.items() if name not in values}
    is_as_given = not (constants or lists or any(process for _, process in parameters))
    return _Compiled(
        text=state.statement,
        parameters=parameters,
        pick=_picker([name for name, _ in parameters]) if compiled.positional and is_as_given else None,
        is_by_name=not compiled.positional,
        constants=constants,
        lists=lists,
        columns=list(read),
        read=[(name, process) for name, process in read.items() if process is not None],
    )


def _picker(names: Sequence[str]) -> Callable[[Values], Any] | None:
    return itemgetter(*names) if len(names) > 1 else None  # of one name it would give no sequence


def _impl(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)


def _said(db: Connection, text: str, error: Exception) -> BaseException:
    """Return what the driver raised as SQLAlchemy would say it."""
    return DBAPIError.instance(text, None, error, db.dialect.loaded_dbapi.Error, dialect=db.dialect)
