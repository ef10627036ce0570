"""Many rows of one shape: an INSERT that takes its values column by column, handed to the driver at once.

SQLAlchemy converts every value of every row; of a thousand rows most values of a column are the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, TypeAlias

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

Insert: TypeAlias = sqlite.Insert | postgresql.Insert
_Process: TypeAlias = Callable[[Any], Any]


class Rows:
    """An INSERT for many rows at once; `make` returns it as it is for the database of a connection."""

    def __init__(self, make: Callable[[Connection], Insert]) -> None:
        self._make = make
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def add(self, db: Connection, each: Mapping[str, Sequence[Any]], same: Mapping[str, Any]) -> int:
        """Add rows: `each` has their columns, all equally long, `same` what all rows have in common.

        Returns how many rows were added or changed.
        """
        shape = (db.dialect.name, *each, *same)
        found = self._compiled.get(shape)
        if found is None:
            found = self._compiled[shape] = _compiled(self._make(db), db, [*each, *same])
        cursor = db.connection.cursor()
        try:
            cursor.executemany(found.text, found.rows(each, same))
        except db.dialect.loaded_dbapi.Error as error:
            raise DBAPIError.instance(
                found.text, None, error, db.dialect.loaded_dbapi.Error, dialect=db.dialect
            ) from error
        else:
            return cursor.rowcount
        finally:
            cursor.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    """The text for one driver, its parameters in order with what is done to their values, and constants."""

    text: str
    parameters: Sequence[tuple[str, _Process | None]]
    is_by_name: bool
    constants: Mapping[str, Any]

    def rows(self, each: Mapping[str, Sequence[Any]], same: Mapping[str, Any]) -> list[Any]:
        """Return the parameters of all rows."""
        shared = {**self.constants, **same}
        columns: list[Any] = []
        for name, process in self.parameters:
            if name in each:
                columns.append(map(process, each[name]) if process else each[name])
            else:
                value = shared[name]
                columns.append(repeat(process(value) if process else value))
        rows = zip(*columns, strict=False)  # what is repeated has no end
        if not self.is_by_name:
            return list(rows)
        names = [name for name, _ in self.parameters]
        return [dict(zip(names, row, strict=True)) for row in rows]


def _compiled(clause: Insert, db: Connection, names: list[str]) -> _Compiled:
    compiled = clause.compile(dialect=db.dialect, column_keys=names)
    order = compiled.positiontup if compiled.positional else list(compiled.params)
    kinds = {name: bind.type.dialect_impl(db.dialect) for name, bind in compiled.binds.items()}
    return _Compiled(
        text=str(compiled),
        parameters=[(name, kinds[name].bind_processor(db.dialect)) for name in order or ()],
        is_by_name=not compiled.positional,
        constants={name: value for name, value in compiled.params.items() if name not in names},
    )
