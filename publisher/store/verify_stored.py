"""Whether what is stored is whole: the database itself, and every byte that the public may fetch."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import Final
from xml.parsers import expat

import brotli  # type: ignore[import-untyped]  # it has no types
from sqlalchemy import Connection, RowMapping, select, text

from publisher.store.columns import metadata
from publisher.store.public import etag_of
from publisher.store.schema import artefacts, pictures

_AT_ONCE: Final = 20
"""So many bodies are in memory at once."""

_HASH: Final = 32
"""So many characters of the hash of a picture are its name."""


def database_faults(db: Connection) -> Iterator[str]:
    """Yield what the database says is wrong with itself."""
    return _of_sqlite(db) if db.dialect.name == "sqlite" else _of_postgresql(db)


def stored_faults(db: Connection) -> Iterator[str]:
    """Yield what is wrong with pages, feeds and pictures: broken bytes, a feed that no reader could parse."""
    columns = [artefacts.c[name] for name in ("path", "media_type", "body", "etag", "gzip", "brotli")]
    for row in db.execute(select(*columns), execution_options={"yield_per": _AT_ONCE}).mappings():
        if row["etag"] != etag_of(row["body"]):
            yield f"{row['path']} does not have the bytes of its ETag"
        elif trouble := _malformed(row["media_type"], row["body"]) or _badly_squeezed(row):
            yield f"{row['path']} {trouble}"
    pages = select(pictures.c.name, pictures.c.body)
    for picture in db.execute(pages, execution_options={"yield_per": _AT_ONCE}):
        name = picture.name.partition(".")[0]
        if len(name) == _HASH and name != sha256(picture.body).hexdigest()[:_HASH]:
            yield f"picture {picture.name} does not have the bytes of its name"


def _of_sqlite(db: Connection) -> Iterator[str]:
    for (said,) in db.execute(text("PRAGMA integrity_check(20)")):
        if said != "ok":
            yield f"the file is damaged: {said}"
    for row in db.execute(text("PRAGMA foreign_key_check")):
        yield f"row {row[1]} of {row[0]} points to a row of {row[2]} that does not exist"


def _of_postgresql(db: Connection) -> Iterator[str]:
    here = "connamespace = current_schema()::regnamespace"
    there = set(db.execute(text(f"SELECT conname FROM pg_constraint WHERE {here}")).scalars())  # noqa: S608 - a constant
    for table in metadata.sorted_tables:
        for constraint in table.constraints:
            if constraint.name is not None and constraint.name not in there:
                yield f"the constraint {constraint.name} of {table.name} is gone"
    unchecked = f"SELECT conname FROM pg_constraint WHERE {here} AND NOT convalidated"  # noqa: S608 - a constant
    for name in db.execute(text(unchecked)).scalars():
        yield f"the constraint {name} was never checked for all rows"
    for name in db.execute(
        text("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
    ).scalars():
        yield f"the index {name} is not complete"


def _malformed(media_type: str, body: bytes) -> str:
    """Return what is wrong with XML or JSON, an empty text if nothing is or it is something else."""
    try:
        if "xml" in media_type and "html" not in media_type:
            expat.ParserCreate().Parse(body, True)  # noqa: FBT003 - it takes no names
        elif "json" in media_type:
            json.loads(body)
    except (expat.ExpatError, ValueError) as error:
        return f"is not well-formed: {error}"
    return ""


def _badly_squeezed(row: RowMapping) -> str:
    try:
        is_whole = row["gzip"] is None or gzip.decompress(row["gzip"]) == row["body"]
        is_whole = is_whole and (not row["brotli"] or brotli.decompress(row["brotli"]) == row["body"])
    except (OSError, EOFError, zlib.error, brotli.error):
        is_whole = False
    return "" if is_whole else "does not have the same bytes when it is compressed"
