"""Frozen prints: what was approved, byte for byte, with everything that outputs made of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, exists, literal, select, true

from publisher.errors import TransitionError
from publisher.model.edition import Correction, Direction, Edition, Masthead
from publisher.model.fillins import Moments, moments_in
from publisher.model.records import EditionRecord
from publisher.model.rendered import IssueCard, Part, StoryCard
from publisher.model.shelves import Filed
from publisher.model.states import IssueState
from publisher.store import schema
from publisher.store import schema_sending as sending
from publisher.store.statements import insert, new_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """The lists of an edition, and the filter that chooses among their readers."""

    lists: tuple[str, ...]
    segment: str | None


_PUBLIC = (IssueState.PUBLISHED.value, IssueState.ARCHIVED.value)


def add(  # noqa: PLR0913 - all that a print is
    db: Connection,
    edition: Edition,
    *,
    issue: str,
    nonce: str,
    parts: Sequence[Part],
    printed_at: datetime,
) -> int:
    """Store a print with its parts and pictures, and return the number by which it is known from now on.

    `issue` is the slug under which the issue's facts are kept; `edition.slug` is that of its page.

    A picture is kept once, however many prints show it.
    """
    values = _columns(edition) | {"issue": issue, "nonce": nonce, "printed_at": printed_at}
    number = new_row(db, schema.editions, values)
    if parts:
        db.execute(schema.parts.insert(), [_part_columns(number, part) for part in parts])
    pictures = {picture.name: picture for picture in edition.pictures}
    if pictures:
        db.execute(
            insert(db, schema.pictures).on_conflict_do_nothing(index_elements=[schema.pictures.c.name]),
            [
                {"name": name, "media_type": picture.media_type, "body": picture.body, "public": False}
                for name, picture in pictures.items()
            ],
        )
        db.execute(schema.edition_pictures.insert(), [{"edition": number, "name": name} for name in pictures])
    return number


def find(db: Connection, edition: int) -> EditionRecord | None:
    """Return the edition of that number, without its parts."""
    row = db.execute(select(schema.editions).where(schema.editions.c.id == edition)).mappings().first()
    return _record(row) if row else None


def addressed(db: Connection, numbers: Collection[int]) -> dict[int, Addressed]:
    """Return whom these editions are for, by their numbers."""
    table = schema.editions
    rows = db.execute(select(table.c.id, table.c.lists, table.c.segment).where(table.c.id.in_(numbers)))
    return {row.id: Addressed(lists=tuple(row.lists), segment=row.segment) for row in rows}


def parts(
    db: Connection,
    edition: int,
    *,
    outputs: Collection[str] | None = None,
) -> list[Part]:
    """Return what outputs (by name; None means all) made of an edition, its fill-ins still open."""
    table = schema.parts
    statement = select(table).where(table.c.edition == edition).order_by(table.c.output, table.c.key)
    if outputs is not None:
        statement = statement.where(table.c.output.in_(outputs))
    return [
        Part(output=row.output, key=row.key, media_type=row.media_type, body=row.body, path=row.path)
        for row in db.execute(statement)
    ]


def publish(  # noqa: PLR0913 - one argument a column
    db: Connection,
    edition: int,
    *,
    published_at: datetime,
    updated_at: datetime,
    number: int | None,
    fillins: Mapping[str, str],
    corrections: Sequence[Correction] = (),
) -> None:
    """Make an edition and its pictures public, with the values of its fill-ins, once and for all.

    Raises:
        TransitionError: it is public already, or there is no such edition.
    """
    table = schema.editions
    published = db.execute(
        table.update()
        .where(table.c.id == edition, table.c.published_at.is_(None))
        .values(
            published_at=published_at,
            updated_at=updated_at,
            number=number,
            fillins=dict(fillins),
            corrections=[_told(each) for each in corrections],
        )
    )
    if published.rowcount != 1:
        raise TransitionError(f"edition {edition} is public already, or there is none")
    shown = select(schema.edition_pictures.c.name).where(schema.edition_pictures.c.edition == edition)
    db.execute(schema.pictures.update().where(schema.pictures.c.name.in_(shown)).values(public=True))


def again(db: Connection, edition: int, *, printed_at: datetime) -> int:
    """Store a public edition a second time, with all that outputs made of it; return the copy's number.

    The copy has the ink of the original and is not public; so its fill-ins can be filled in otherwise.
    """
    table, left_out = schema.editions, {"id", "printed_at", "published_at", "updated_at", "fillins"}
    row = db.execute(select(table).where(table.c.id == edition)).mappings().one()
    values = {name: value for name, value in row.items() if name not in left_out}
    number = new_row(db, table, values | {"printed_at": printed_at})
    for other in (schema.parts, schema.edition_pictures):
        columns = [column for column in other.c if column.name != "edition"]
        rows = select(literal(number), *columns).where(other.c.edition == edition)
        db.execute(other.insert().from_select(["edition", *(column.name for column in columns)], rows))
    return number


def former(db: Connection, issue: str) -> list[EditionRecord]:
    """Return all editions of an issue that have ever been public, oldest first, with that of now."""
    table = schema.editions
    rows = db.execute(
        select(table).where(table.c.issue == issue, table.c.published_at.is_not(None)).order_by(table.c.id)
    ).mappings()
    return [_record(row) for row in rows]


def with_stories(db: Connection, ids: Collection[str], *, besides: str) -> list[EditionRecord]:
    """Return the public editions of issues besides one that have one of these stories, newest first."""
    if not ids:
        return []
    records = map(_record, db.execute(_newest_first().where(schema.editions.c.issue != besides)).mappings())
    return [record for record in records if any(story["id"] in ids for story in record.stories)]


def earlier_with(db: Connection, ids: Collection[str]) -> list[EditionRecord]:
    """Return all editions that have ever been public of issues in whose past one of these stories is.

    They are in the order in which they were printed. What only runs in editions of now has no past.
    """
    table = schema.editions
    is_public = exists().where(schema.issues.c.edition == table.c.id, schema.issues.c.state.in_(_PUBLIC))
    past = select(table.c.issue, table.c.stories).where(table.c.published_at.is_not(None), ~is_public)
    lost = {row.issue for row in db.execute(past) if any(story["id"] in ids for story in row.stories)}
    return sorted((record for issue in lost for record in former(db, issue)), key=lambda record: record.id)


def card(record: EditionRecord) -> IssueCard:
    """Return the card of an edition that is public, or that has been given all that makes it so."""
    return _card(record)


def recent(db: Connection, *, issues: int) -> tuple[IssueCard, ...]:
    """Return the newest public issues, newest first, at most so many."""
    rows = db.execute(_newest_first().limit(issues)).mappings()
    return tuple(_card(_record(row)) for row in rows)


def stories(db: Connection, filed: Sequence[Filed]) -> dict[tuple[int, str], StoryCard]:
    """Return the cards of the stories that stand on a shelf, by edition and slug."""
    numbers = {each.edition for each in filed}
    rows = db.execute(select(schema.editions).where(schema.editions.c.id.in_(numbers))).mappings()
    return {
        (record.id, story.slug): story for record in map(_record, rows) for story in _card(record).stories
    }


def of_year(db: Connection, year: int) -> tuple[IssueCard, ...]:
    """Return the public issues of a year (in UTC), newest first, without entries."""
    published_at = schema.editions.c.published_at
    first, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    rows = db.execute(_newest_first().where(published_at >= first, published_at < end)).mappings()
    return tuple(_card(_record(row)) for row in rows)


def years(db: Connection) -> tuple[int, ...]:
    """Return the years (in UTC) that have public issues, newest first."""
    moments = db.execute(_newest_first(schema.editions.c.published_at)).scalars()
    return tuple(dict.fromkeys(moment.year for moment in moments))


def unfiled(db: Connection) -> list[EditionRecord]:
    """Return the public editions that stand on no shelf, oldest first."""
    stands = exists().where(schema.shelves.c.edition == schema.editions.c.id)
    rows = db.execute(_newest_first().where(~stands)).mappings()
    return [_record(row) for row in rows][::-1]


def unsearchable(db: Connection, *, among: Collection[int] | None = None) -> list[EditionRecord]:
    """Return the public editions, or some of them, of which a search finds nothing, oldest first."""
    found = exists().where(schema.search.c.edition == schema.editions.c.id)
    wanted = true() if among is None else schema.editions.c.id.in_(among)
    rows = db.execute(_newest_first().where(~found, wanted)).mappings()
    return [_record(row) for row in rows][::-1]


def spoken_otherwise(db: Connection, masthead: Masthead) -> list[EditionRecord]:
    """Return the public editions in which somebody else speaks than `masthead` says.

    How large a mail may be does not matter on a page.
    """
    records = map(_record, db.execute(_newest_first()).mappings())
    return [
        record for record in records if replace(record.masthead, mail_bytes=masthead.mail_bytes) != masthead
    ]


def public_pictures(db: Connection) -> dict[str, str]:
    """Return the public path of each picture that may be fetched, with a text that stands for its content."""
    names = select(schema.pictures.c.name).where(schema.pictures.c.public)
    return {f"/media/{name}": name for name in db.scalars(names)}


def picture_names(db: Connection, edition: int) -> frozenset[str]:
    """Return the names of the pictures that an edition shows."""
    table = schema.edition_pictures
    return frozenset(db.scalars(select(table.c.name).where(table.c.edition == edition)))


def picture(db: Connection, name: str, *, public_only: bool = True) -> tuple[str, bytes] | None:
    """Return the media type and the bytes of a picture; one that no public edition shows only if asked so."""
    table = schema.pictures
    statement = select(table.c.media_type, table.c.body).where(table.c.name == name)
    if public_only:
        statement = statement.where(table.c.public)
    row = db.execute(statement).first()
    return (row.media_type, row.body) if row else None


def discard_unused(db: Connection, *, before: datetime) -> int:
    """Delete prints that were never public and that no issue or mailing needs; return how many.

    Younger ones than `before` stay: somebody may be about to use them. Their parts go with
    them, and pictures that no print shows.
    """
    table, shown = schema.editions, schema.edition_pictures
    unused = db.execute(
        table.delete().where(
            table.c.published_at.is_(None),
            table.c.printed_at < before,
            ~exists().where(schema.issues.c.edition == table.c.id),
            ~exists().where(sending.mailings.c.edition == table.c.id),
        )
    )
    db.execute(schema.pictures.delete().where(~exists().where(shown.c.name == schema.pictures.c.name)))
    return unused.rowcount


def _columns(edition: Edition) -> dict[str, Any]:
    return {
        "entry_id": edition.id,
        "content_hash": edition.content_hash,
        "url": edition.url,
        "title": edition.title,
        "subject": edition.subject,
        "summary": edition.preheader,
        "lang": edition.lang,
        "dir": edition.dir.value,
        "minutes": edition.minutes,
        "number": edition.number,
        "lists": list(edition.lists),
        "segment": edition.segment,
        "tags": list(edition.tags),
        "stories": [
            {
                "id": story.id,
                "slug": story.slug,
                "url": story.url,
                "title": story.title,
                "lang": story.lang,
                "dir": story.dir.value,
                "summary": story.summary,
                "minutes": story.minutes,
                "tags": list(story.tags),
                "link": story.link,
                "old_paths": list(story.old_paths),
            }
            for story in edition.stories
        ],
        "masthead": asdict(edition.masthead),
    }


def _part_columns(edition: int, part: Part) -> dict[str, object]:
    return {
        "edition": edition,
        "output": part.output,
        "key": part.key,
        "media_type": part.media_type,
        "path": part.path,
        "body": part.body,
    }


def _newest_first(*columns: Any) -> Select[Any]:  # noqa: ANN401 - SQLAlchemy's own type of a column
    """Select (columns of) the edition that each public issue has now, by its moment of publication."""
    issues, editions = schema.issues, schema.editions
    return (
        select(*columns or (editions,))
        .join_from(
            editions, issues, (issues.c.slug == editions.c.issue) & (issues.c.edition == editions.c.id)
        )
        .where(issues.c.state.in_(_PUBLIC), editions.c.published_at.is_not(None))
        .order_by(editions.c.published_at.desc(), editions.c.issue.desc())
    )


def _record(row: RowMapping) -> EditionRecord:
    values = dict(row)
    return EditionRecord(
        **values
        | {name: tuple(values[name]) for name in ("lists", "tags", "stories")}
        | {
            "fillins": values["fillins"] or {},
            "corrections": tuple(map(_correction, values["corrections"] or ())),
            "masthead": Masthead(**values["masthead"]),
        },
    )


def _card(record: EditionRecord) -> IssueCard:
    issue, *stories = moments_in(record.fillins)
    return IssueCard(
        id=record.entry_id,
        slug=record.issue,
        url=record.url,
        title=record.title,
        number=record.number,
        lang=record.lang,
        dir=Direction(record.dir),
        summary=record.summary,
        minutes=record.minutes,
        published=issue.published,
        updated=issue.updated,
        lists=record.lists,
        stories=tuple(
            _story_card(story, moments) for story, moments in zip(record.stories, stories, strict=True)
        ),
        tags=record.tags,
    )


def _story_card(story: Mapping[str, Any], moments: Moments) -> StoryCard:
    return StoryCard(
        id=story["id"],
        slug=story["slug"],
        url=story["url"],
        title=story["title"],
        lang=story["lang"],
        dir=Direction(story["dir"]),
        summary=story["summary"],
        minutes=story["minutes"],
        published=moments.published,
        updated=moments.updated,
        tags=tuple(story["tags"]),
    )


def _told(correction: Correction) -> dict[str, object]:
    return asdict(correction) | {"at": correction.at.isoformat(), "stories": list(correction.stories)}


def _correction(told: Mapping[str, Any]) -> Correction:
    return Correction(
        at=datetime.fromisoformat(told["at"]), note=told["note"], stories=tuple(told["stories"])
    )
