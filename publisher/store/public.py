"""What the public may fetch, and the counter that rises with every change of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from sqlalchemy import BigInteger, Connection, LargeBinary, bindparam, func, literal, select

from publisher.errors import StoreError
from publisher.model.records import StoredArtefact
from publisher.model.rendered import Artefact
from publisher.store.compiled import Statement
from publisher.store.schema import artefacts, site
from publisher.store.statements import insert

_CHUNK = 500
"""Paths asked for in one statement."""

_AT_ONCE = 50
"""So many bodies are in memory at once."""

_MUTABLE = (
    *("media_type", "body", "etag", "modified_at", "generation", "issue"),
    *("status", "location", "link", "gzip", "brotli"),
)


_SERVED = (
    artefacts.c.path,
    artefacts.c.media_type,
    artefacts.c.body,
    artefacts.c.etag,
    artefacts.c.modified_at,
    artefacts.c.status,
    func.coalesce(artefacts.c.location, "").label("location"),
    func.coalesce(artefacts.c.link, "").label("link"),
    artefacts.c.gzip,
    func.nullif(artefacts.c.brotli, literal(b"", LargeBinary), type_=LargeBinary()).label("brotli"),
)


def generation(db: Connection) -> int:
    """Return the counter that tells one state of what is public from the next."""
    return int(db.execute(select(site.c.generation)).scalar_one())


def settled_generation(db: Connection) -> int:
    """Return the counter in a writing transaction, until whose end nobody else raises it."""
    return int(db.execute(select(site.c.generation).with_for_update()).scalar_one())


def raise_generation(db: Connection, *, expected: int) -> bool:
    """Raise the counter by one, or return False if it is not `expected` any more."""
    raised = db.execute(
        site.update().where(site.c.generation == expected).values(generation=site.c.generation + 1)
    )
    return raised.rowcount == 1


def put(
    db: Connection,
    new: Sequence[Artefact],
    *,
    generation: int,
    now: datetime,
    issue: str | None = None,
) -> None:
    """Make `new` what is served at its paths.

    What has not changed keeps its validators and its generation. A new ETag always comes with a
    Last-Modified that is later by a second at least (RFC 9110 section 8.8), also when two changes follow
    within a second or the clock was set back.

    Raises:
        StoreError: one of the paths belongs to another issue.
    """
    for start in range(0, len(new), _CHUNK):
        chunk = new[start : start + _CHUNK]
        old = _headers(db, chunk)
        for row in old.values():
            if row.issue not in (None, issue):
                raise StoreError(
                    f"the page {row.path} belongs to issue '{row.issue}'", fix="write another slug: slug: …"
                )
        rows = [
            {**row, "generation": generation, "issue": issue}
            for row in (_changed(artefact, old.get(artefact.path), now) for artefact in chunk)
            if row is not None
        ]
        if rows:
            db.execute(_upsert(db), rows)


def differing(db: Connection, new: Sequence[Artefact]) -> list[Artefact]:
    """Return those of `new` that are not served at their paths exactly as they are."""
    changed = []
    for start in range(0, len(new), _CHUNK):
        chunk = new[start : start + _CHUNK]
        old = _headers(db, chunk)
        changed += [each for each in chunk if each.path not in old or _facts(each) != _stored(old[each.path])]
    return changed


def hand_over(db: Connection, paths: Collection[str], *, issue: str) -> None:
    """Let the pages at these paths be those of another issue from now on."""
    db.execute(artefacts.update().where(artefacts.c.path.in_(paths)).values(issue=issue))


def owner(db: Connection, path: str) -> str | None:
    """Return the slug of the issue whose page stands at `path`, or leads elsewhere from there."""
    return db.execute(select(artefacts.c.issue).where(artefacts.c.path == path)).scalar()


def find(db: Connection, path: str) -> StoredArtefact | None:
    """Return what is served at `path`."""
    row = db.execute(select(*_SERVED).where(artefacts.c.path == path)).mappings().first()
    return StoredArtefact(**row) if row else None


def get(db: Connection, path: str) -> StoredArtefact:
    """Return what is served at `path`, where something is.

    Raises:
        StoreError: nothing is.
    """
    found = find(db, path)
    if found is None:
        raise StoreError(f"'{path}' is missing from the database", fix="restore a backup")
    return found


def programs(db: Connection, *, since: int) -> tuple[str, ...]:
    """Return the paths of what programs fetch (everything but pages) and has changed after a generation."""
    return tuple(
        db.scalars(
            select(artefacts.c.path).where(
                artefacts.c.generation > since,
                ~artefacts.c.path.endswith("/"),
                ~artefacts.c.path.endswith(".html"),
            )
        )
    )


def several(db: Connection, paths: Sequence[str]) -> Iterator[StoredArtefact]:
    """Yield what is served at these paths; of paths at which nothing is, nothing."""
    for start in range(0, len(paths), _AT_ONCE):
        chunk = paths[start : start + _AT_ONCE]
        rows = db.execute(select(*_SERVED).where(artefacts.c.path.in_(chunk)).order_by(artefacts.c.path))
        for row in rows.mappings():
            yield StoredArtefact(**row)


def states(db: Connection) -> dict[str, str]:
    """Return every path that is served, with its ETag, a blank and the generation of its last change."""
    rows = db.execute(select(artefacts.c.path, artefacts.c.etag, artefacts.c.generation))
    return {path: f"{etag} {generation}" for path, etag, generation in rows}


def departed(db: Connection) -> list[tuple[str, str]]:
    """Return the paths of what was withdrawn or has moved, each with where it leads, or nothing."""
    rows = db.execute(
        select(artefacts.c.path, artefacts.c.location)
        .where(artefacts.c.status != HTTPStatus.OK)
        .order_by(artefacts.c.path)
    )
    return [(path, location or "") for path, location in rows]


def ways(db: Connection, paths: Collection[str]) -> dict[str, tuple[str, str | None]]:
    """Return at which of these paths no page stands any more: where each leads, or "", and whose it is."""
    found: dict[str, tuple[str, str | None]] = {}
    asked = sorted(paths)
    for start in range(0, len(asked), _CHUNK):
        rows = db.execute(
            select(artefacts.c.path, artefacts.c.location, artefacts.c.issue).where(
                artefacts.c.path.in_(asked[start : start + _CHUNK]), artefacts.c.status != HTTPStatus.OK
            )
        )
        found |= {row.path: (row.location or "", row.issue) for row in rows}
    return found


def changed_since(db: Connection, generation: int) -> list[StoredArtefact]:
    """Return what has changed after that generation, by path."""
    rows = db.execute(
        select(*_SERVED).where(artefacts.c.generation > generation).order_by(artefacts.c.path)
    ).mappings()
    return [StoredArtefact(**row) for row in rows]


def unsqueezed(db: Connection, *, most: int) -> list[str]:
    """Return the paths of what nobody has tried to compress with brotli yet, what changed last first."""
    return list(
        db.scalars(
            select(artefacts.c.path)
            .where(artefacts.c.brotli.is_(None))
            .order_by(artefacts.c.generation.desc(), artefacts.c.path)
            .limit(most)
        )
    )


def still_unsqueezed(db: Connection, etags: Mapping[str, str]) -> frozenset[str]:
    """Return which of these paths still serve the bytes of that ETag, and have not been compressed."""
    rows = db.execute(
        select(artefacts.c.path, artefacts.c.etag).where(
            artefacts.c.path.in_(etags), artefacts.c.brotli.is_(None)
        )
    )
    return frozenset(path for path, etag in rows if etags[path] == etag)


def put_brotli(db: Connection, path: str, body: bytes, *, etag: str, generation: int) -> bool:
    """Keep the compressed bytes of what is served at `path`; empty ones say that they would not be smaller.

    Returns False, and changes nothing, if what is served has another ETag by now or was compressed already.
    """
    kept = db.execute(
        artefacts.update()
        .where(artefacts.c.path == path, artefacts.c.etag == etag, artefacts.c.brotli.is_(None))
        .values({"brotli": body} | ({"generation": generation} if body else {}))
    )
    return kept.rowcount == 1


def index(db: Connection, paths: Sequence[str] | None = None) -> dict[str, str]:
    """Return every path that is served, or those of `paths`, with its ETag."""
    statement = select(artefacts.c.path, artefacts.c.etag)
    if paths is None:
        return {row.path: row.etag for row in db.execute(statement)}
    found = {}
    for start in range(0, len(paths), _CHUNK):
        chunk = paths[start : start + _CHUNK]
        found.update({row.path: row.etag for row in db.execute(statement.where(artefacts.c.path.in_(chunk)))})
    return found


def etag_of(body: bytes) -> str:
    """Return the strong entity tag of these bytes, with its quotes."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def first_scan_at(db: Connection) -> datetime | None:
    """Return when all files were looked at for the first time."""
    first: datetime | None = db.execute(select(site.c.first_scan_at)).scalar_one()
    return first


_STEP = Statement(
    site.update().values(steps=site.c.steps + bindparam("one", type_=BigInteger)).returning(site.c.steps)
)


def forget_first_scan(db: Connection) -> None:
    """Let the next look at the files be the first complete one again."""
    db.execute(site.update().values(first_scan_at=None))


def count_step(db: Connection) -> int:
    """Count one more thing that a sender has done, and return how many there were."""
    (counted,) = _STEP.rows(db, {"one": 1})
    return int(counted["steps"])


def steps(db: Connection) -> int:
    """Return how many steps senders have taken: how often one of them has written the ledger."""
    return int(db.execute(select(site.c.steps)).scalar_one())


def catch_up_steps(db: Connection, seen: int) -> None:
    """Go on counting from `seen`."""
    db.execute(site.update().values(steps=seen))


def note_first_scan(db: Connection, now: datetime) -> None:
    """Note that all files were looked at; only the first time counts."""
    db.execute(site.update().where(site.c.first_scan_at.is_(None)).values(first_scan_at=now))


def ticked_at(db: Connection) -> datetime | None:
    """Return when the scheduler last looked for what is due."""
    last: datetime | None = db.execute(select(site.c.ticked_at)).scalar_one()
    return last


def note_tick(db: Connection, now: datetime) -> None:
    """Note that the scheduler looked for what is due."""
    db.execute(site.update().values(ticked_at=now))


def _headers(db: Connection, chunk: Sequence[Artefact]) -> dict[str, Any]:
    """Return what is known of the artefacts that are served at these paths, without their bytes."""
    columns = ("path", "etag", "media_type", "modified_at", "issue", "status", "location", "link")
    paths = [artefact.path for artefact in chunk]
    rows = db.execute(select(*(artefacts.c[name] for name in columns)).where(artefacts.c.path.in_(paths)))
    return {row.path: row for row in rows}


def _facts(artefact: Artefact) -> tuple[object, ...]:
    etag, location, link = etag_of(artefact.body), artefact.location or None, artefact.link or None
    return (etag, artefact.media_type, artefact.status, location, link)


def _stored(row: Any) -> tuple[object, ...]:  # noqa: ANN401 - a row
    return (row.etag, row.media_type, row.status, row.location, row.link)


def _changed(artefact: Artefact, old: Any, now: datetime) -> dict[str, Any] | None:  # noqa: ANN401 - a row
    """Return the new row of an artefact, None if it stays as it is."""
    new = _facts(artefact)
    if old is not None and _stored(old) == new:
        return None
    etag, _, _, location, link = new
    modified_at = now.replace(microsecond=0)
    if old is not None:
        modified_at = max(modified_at, old.modified_at + timedelta(seconds=1))
    return {
        "path": artefact.path,
        "media_type": artefact.media_type,
        "body": artefact.body,
        "etag": etag,
        "modified_at": modified_at,
        "status": artefact.status,
        "location": location,
        "link": link,
        "gzip": artefact.gzip,
        "brotli": None,
    }


def _upsert(db: Connection) -> Any:  # noqa: ANN401 - one of two dialects' INSERT
    statement = insert(db, artefacts)
    return statement.on_conflict_do_update(
        index_elements=[artefacts.c.path],
        set_={name: statement.excluded[name] for name in _MUTABLE},
    )
