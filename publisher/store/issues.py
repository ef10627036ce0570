"""What the database knows of issues, beside what their files say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, case, exists, func, select

from publisher.errors import TransitionError
from publisher.model.addresses import last_part
from publisher.model.records import IssueRecord, PublicStory, Taken
from publisher.model.states import IssueState
from publisher.store.schema import editions, issues
from publisher.store.statements import insert, unless_taken

_ORDER = (
    IssueState.HELD,
    IssueState.QUEUED,
    IssueState.APPROVED,
    IssueState.READY,
    IssueState.DRAFT,
    IssueState.PUBLISHED,
    IssueState.ARCHIVED,
    IssueState.WITHDRAWN,
)
"""What an editor has to look at comes first."""

_PUBLIC = (IssueState.PUBLISHED, IssueState.ARCHIVED)

_FACTS = frozenset(
    {
        "reason",
        "edition",
        "approved_hash",
        "approved_by",
        "approved_at",
        "due_at",
        "number",
        "published_at",
        "seen_hash",
        "withdrawn_at",
    },
)
"""What may change together with an issue's state."""


def find(db: Connection, slug: str) -> IssueRecord | None:
    """Return the facts of issue `slug`, None if it was never seen."""
    row = db.execute(select(issues).where(issues.c.slug == slug)).mappings().first()
    return _record(row) if row else None


def listed(db: Connection) -> list[IssueRecord]:
    """Return all issues: those that wait for somebody first, the queue by moment, the public newest first."""
    rank = case({state.value: place for place, state in enumerate(_ORDER)}, value=issues.c.state)
    return _records(
        db,
        select(issues).order_by(
            rank, issues.c.due_at.nulls_last(), issues.c.published_at.desc().nulls_last(), issues.c.slug
        ),
    )


def add(  # noqa: PLR0913 - one argument a column
    db: Connection,
    *,
    slug: str,
    id: str | None,  # noqa: A002 - the field's name in front matter
    title: str,
    state: IssueState,
    reason: str | None,
    first_seen_at: datetime,
    signature: str,
    seen_hash: str | None,
    asked_for: str | None,
    lists: tuple[str, ...],
) -> bool:
    """Note an issue that was seen for the first time; return False, and change nothing, if it is known.

    Raises:
        TransitionError: another issue has the same id.
    """
    statement = insert(db, issues).on_conflict_do_nothing(index_elements=[issues.c.slug])
    values = {
        "slug": slug,
        "id": id,
        "title": title,
        "state": state.value,
        "reason": reason,
        "first_seen_at": first_seen_at,
        "signature": signature,
        "seen_hash": seen_hash,
        "asked_for": asked_for,
        "lists": list(lists),
    }
    with _unless_id_taken(db, slug, id):
        return db.execute(statement, values, execution_options={"preserve_rowcount": True}).rowcount == 1


def note_files(  # noqa: PLR0913 - one argument a column
    db: Connection,
    slug: str,
    *,
    signature: str,
    seen_hash: str | None,
    title: str,
    id: str | None,  # noqa: A002 - the field's name in front matter
    asked_for: str | None,
    lists: tuple[str, ...],
) -> None:
    """Note what the issue's files say now; its state stays as it is.

    Raises:
        TransitionError: another issue has the same id.
    """
    with _unless_id_taken(db, slug, id):
        db.execute(
            issues.update()
            .where(issues.c.slug == slug)
            .values(
                signature=signature,
                seen_hash=seen_hash,
                title=title,
                id=id,
                asked_for=asked_for,
                lists=list(lists),
            )
        )


def signatures(db: Connection) -> dict[str, str]:
    """Return the signature of each issue's files as they were last read."""
    return {row.slug: row.signature for row in db.execute(select(issues.c.slug, issues.c.signature))}


def change(db: Connection, slug: str, *, expected: IssueState, state: IssueState, **facts: object) -> bool:
    """Move the issue from `expected` to `state`, with `facts`, or return False if it is elsewhere by now.

    `facts` are `edition`, `approved_hash`, `approved_by`, `approved_at`, `due_at`, `number`, `published_at`,
    `seen_hash`, `withdrawn_at` and `reason`; the last is cleared unless it is given, the others stay.

    Raises:
        TransitionError: another issue has the same number.
    """
    if unknown := facts.keys() - _FACTS:
        raise ValueError(f"no facts of an issue: {sorted(unknown)}")
    values: dict[str, Any] = {"reason": None, **facts, "state": state.value}
    with unless_taken(
        db, f"issue number {facts.get('number')} is taken", fix=f"give '{slug}' another `number`"
    ):
        found = db.execute(
            issues.update().where(issues.c.slug == slug, issues.c.state == expected.value).values(values)
        )
    return found.rowcount == 1


def due(db: Connection, now: datetime) -> list[IssueRecord]:
    """Return the queued issues whose moment has come, earliest first."""
    return _records(
        db,
        select(issues)
        .where(issues.c.state == IssueState.QUEUED.value, issues.c.due_at <= now)
        .order_by(issues.c.due_at, issues.c.slug),
    )


def next_due(db: Connection) -> datetime | None:
    """Return the earliest moment of the queue."""
    return db.execute(
        select(func.min(issues.c.due_at)).where(issues.c.state == IssueState.QUEUED.value)
    ).scalar()


def next_number(db: Connection) -> int:
    """Return the number after the highest one so far that no printed issue has fixed for itself."""
    highest = db.execute(select(func.max(issues.c.number))).scalar() or 0
    fixed = set(db.execute(_with_edition(editions.c.number).where(issues.c.number.is_(None))).scalars())
    number = highest + 1
    while number in fixed:
        number += 1
    return number


def changed_since(db: Connection) -> frozenset[str]:
    """Return the public issues whose files, as last read, say something else than what is public."""
    changed = _with_edition(issues.c.slug).where(
        issues.c.state.in_([state.value for state in _PUBLIC]), issues.c.seen_hash != editions.c.content_hash
    )
    return frozenset(db.scalars(changed))


def taken(db: Connection, *, besides: str) -> Taken:
    """Return what all issues but `besides` have for themselves; what was an address once stays taken."""
    ids = select(issues.c.id, issues.c.slug).where(issues.c.id.is_not(None), issues.c.slug != besides)
    numbers = func.coalesce(issues.c.number, editions.c.number)
    printed = db.execute(
        _with_edition(
            issues.c.slug,
            issues.c.state,
            numbers.label("number"),
            editions.c.url,
            editions.c.stories,
            editions.c.content_hash,
        ).where(issues.c.slug != besides)
    ).all()
    once = db.execute(
        select(editions.c.issue.label("slug"), editions.c.url, editions.c.stories)
        .where(
            editions.c.published_at.is_not(None),
            editions.c.issue != besides,
            ~exists().where(issues.c.edition == editions.c.id),
        )
        .order_by(editions.c.id)
    ).all()
    stories = [(story, row.slug) for row in (*once, *printed) for story in row.stories]
    return Taken(
        ids={row.id: row.slug for row in db.execute(ids)},
        numbers={row.number: row.slug for row in printed if row.number is not None},
        stories={story["slug"]: slug for story, slug in stories},
        story_ids={story["slug"]: story["id"] for story, _ in stories},
        pages={last_part(row.url): row.slug for row in (*once, *printed)},
        content={row.content_hash: row.slug for row in printed if row.state in _PUBLIC},
    )


def public_stories(db: Connection) -> tuple[PublicStory, ...]:
    """Return all stories that are public, those of the newest issue first.

    Prints of older versions of this program do not say the addresses of their sources.
    """
    rows = db.execute(
        _with_edition(issues.c.slug, issues.c.number, editions.c.stories)
        .where(issues.c.state.in_([state.value for state in _PUBLIC]))
        .order_by(issues.c.published_at.desc().nulls_last(), issues.c.slug)
    )
    return tuple(
        PublicStory(
            id=story["id"],
            slug=story["slug"],
            title=story.get("title", ""),
            link=story.get("link", ""),
            issue=row.slug,
            number=row.number,
        )
        for row in rows
        for story in row.stories
    )


def moments(db: Connection) -> dict[str, tuple[tuple[str, ...], datetime]]:
    """Return of each issue that is queued or was published its lists and when it goes or went out."""
    moment = func.coalesce(issues.c.published_at, issues.c.due_at)
    rows = db.execute(
        select(issues.c.slug, issues.c.lists, moment.label("moment")).where(
            issues.c.state.in_([IssueState.QUEUED.value, IssueState.PUBLISHED.value]), moment.is_not(None)
        )
    )
    return {row.slug: (tuple(row.lists), row.moment) for row in rows}


def _with_edition(*columns: Any) -> Select[Any]:  # noqa: ANN401 - SQLAlchemy's own type of a column list
    return select(*columns).join_from(issues, editions, issues.c.edition == editions.c.id)


@contextmanager
def _unless_id_taken(db: Connection, slug: str, id_: str | None) -> Iterator[None]:
    """Do the statements inside, or none of them and say which issue has the id already."""
    fix = "`publisher check --fix` gives the newer file an id of its own"
    try:
        with unless_taken(db, f"issue '{slug}' has the id of another issue", fix=fix):
            yield
    except TransitionError as error:
        other = db.execute(select(issues.c.slug).where(issues.c.id == id_, issues.c.slug != slug)).scalar()
        if other is None:
            raise
        raise TransitionError(f"issue '{slug}' has the same id as issue '{other}'", fix=fix) from error


def _records(db: Connection, statement: Select[Any]) -> list[IssueRecord]:
    return [_record(row) for row in db.execute(statement).mappings()]


def _record(row: RowMapping) -> IssueRecord:
    facts = dict(row)
    return IssueRecord(**{**facts, "state": IssueState(facts["state"]), "lists": tuple(facts["lists"])})
