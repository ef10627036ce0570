"""The index of words: what is public, found by what it says, on both databases the same in the same order.

Words come folded from `model.search`, so neither database decides what a word is. Nothing that somebody
writes into a search is ever more than letters and digits in quotes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from math import floor
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.exc import OperationalError

from publisher.errors import TooSlowError
from publisher.model.edition import Direction
from publisher.model.search import MOST_FOUND, Found, Query, Searchable, Term, pieces, read_words, words_of
from publisher.store.schema import editions, parts, search

OUTPUT: Final = "plain"
"""The output whose parts hold the words of an edition."""

PATIENCE: Final = timedelta(seconds=2)
"""A search that takes longer is given up."""

_CANCELLED: Final = "57014"
"""What PostgreSQL calls a statement that took too long."""

_A_SECOND: Final = 1_000_000
"""So many pages may be published within one second."""

_LARGEST: Final = 900_000
"""Bytes of a page's words; PostgreSQL takes a million."""

_LAST_PLACE: Final = 16_383
"""Words after this one are found, but not as part of a phrase: PostgreSQL counts no further."""

_BETWEEN: Final = 2
"""No phrase reaches from the title into what follows it."""

_sqlite = table(
    "search_words",
    *(column(name) for name in ("rowid", "title", "lead", "body", "search_words")),
)
"""The words as SQLite has them (FTS5): `rowid` is the number of the page, the last column what is matched."""

_postgresql = table(
    "search",
    *(column(each.name, each.type) for each in search.c),
    column("head", TSVECTOR),
    column("words", TSVECTOR),
)
"""The pages as PostgreSQL has them: `head` are the words of title (A) and lead (B), `words` all of them."""


def put(db: Connection, pages: Iterable[Searchable], *, instead_of: str) -> None:
    """Make pages what can be found of issue `instead_of`; whatever could be found of it goes first."""
    of_issue = select(editions.c.id).where(editions.c.issue == instead_of)
    db.execute(search.delete().where(search.c.edition.in_(of_issue)))
    for page in pages:
        _add(db, page)


def find(db: Connection, query: Query, *, patience: timedelta = PATIENCE) -> list[int]:
    """Return the numbers of the pages that have all that is asked for, at most one more than `MOST_FOUND`.

    Those with all of it in the title come first, then those with all of it in title and lead, then those with
    some of it in the title; the newest come first among equals. The cost is that of so many pages, however
    many there are. `patience` counts on PostgreSQL, for this and whatever follows in the transaction.

    Raises:
        TooSlowError: it takes longer than that.
    """
    if not query:
        return []
    if db.dialect.name == "postgresql":
        limit = str(round(patience / timedelta(milliseconds=1)))
        db.execute(select(func.set_config("statement_timeout", limit, True)))  # noqa: FBT003 - SQL's own order
    try:
        return _numbers(db, query)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _CANCELLED:
            raise
        raise TooSlowError("the search takes too long", fix="use more words") from error


def _numbers(db: Connection, query: Query) -> list[int]:
    ranks = _in_sqlite(query) if db.dialect.name == "sqlite" else _in_postgresql(query)
    newest = (rank.order_by(column("id").desc()).limit(MOST_FOUND + 1).subquery() for rank in ranks)
    ranked = union_all(
        *(select(each.c.id, literal_column(str(rank)).label("rank")) for rank, each in enumerate(newest))
    ).subquery()
    best = func.min(ranked.c.rank)
    return list(
        db.scalars(
            select(ranked.c.id).group_by(ranked.c.id).order_by(best, ranked.c.id.desc()).limit(MOST_FOUND + 1)
        )
    )


def read(db: Connection, numbers: Sequence[int]) -> list[Found]:
    """Return the pages of these numbers, in their order."""
    said = (parts.c.edition == search.c.edition) & (parts.c.key == search.c.key) & (parts.c.output == OUTPUT)
    rows = db.execute(
        select(search, parts.c.body).outerjoin_from(search, parts, said).where(search.c.id.in_(numbers))
    )
    found = {
        row.id: Found(
            url=row.url,
            title=row.title,
            lang=row.lang,
            dir=Direction(row.dir),
            published=row.published,
            tags=tuple(row.tags),
            text=row.summary if row.body is None else _told(row.body),
        )
        for row in rows
    }
    return [found[number] for number in numbers if number in found]


def _told(body: bytes) -> str:
    words = read_words(body.decode())
    return " ".join(f"{words.lead}\n{words.body}".split())


def _add(db: Connection, page: Searchable) -> None:
    number = _number(db, page)
    row = {
        "id": number,
        "edition": page.edition,
        "key": page.key,
        "url": page.url,
        "title": page.title,
        "summary": page.summary,
        "lang": page.lang,
        "dir": page.dir.value,
        "published": page.published,
        "tags": list(page.tags),
    }
    title, lead, body = (
        words_of(tuple(pieces(said))) for said in (page.words.title, page.words.lead, page.words.body)
    )
    if db.dialect.name == "sqlite":
        db.execute(search.insert().values(row))
        words = {"title": " ".join(title), "lead": " ".join(lead), "body": " ".join(body)}
        db.execute(_sqlite.insert().values({"rowid": number, **words}))
    else:
        row["head"] = cast(_vector(("A", title), ("B", lead)), TSVECTOR)
        row["words"] = cast(_vector(("A", title), ("B", lead), ("D", body)), TSVECTOR)
        db.execute(_postgresql.insert().values(row))


def _number(db: Connection, page: Searchable) -> int:
    """Return a free number for a page; the order of numbers is that of publication."""
    first = floor(page.published.timestamp()) * _A_SECOND
    taken = db.scalar(select(func.max(search.c.id)).where(search.c.id.between(first, first + _A_SECOND - 1)))
    return first if taken is None else int(taken) + 1


def _vector(*weighted: tuple[str, Sequence[str]]) -> str:
    """Return words with their places and weights as PostgreSQL writes them, as far as it has room."""
    places: dict[str, list[str]] = {}
    size = place = 0
    for weight, words in weighted:
        place += _BETWEEN
        for word in words:
            place += 1
            size += len(word.encode()) + _A_PLACE
            if size < _LARGEST:
                places.setdefault(word, []).append(f"{min(place, _LAST_PLACE)}{weight}")
    return " ".join(f"'{word}':{','.join(found)}" for word, found in places.items())


_A_PLACE: Final = 8
"""Bytes that PostgreSQL needs beside a word."""


def _in_sqlite(query: Query) -> Iterator[Select[Any]]:
    """Yield the questions of the ranks, best first; a later one also finds what an earlier one does."""
    terms = [_match(term) for term in query.terms]
    every, some = f"({' AND '.join(terms)})", f"({' OR '.join(terms)})"
    without = f" NOT ({' OR '.join(map(_match, query.without))})" if query.without else ""
    ranks = [f"{{title}} : {every}", f"{{title lead}} : {every}", f"{every} AND {{title}} : {some}", every]
    for match in ranks:
        matching = _sqlite.c.search_words.op("MATCH")(f"({match}){without}")
        yield select(_sqlite.c.rowid.label("id")).where(matching)


def _match(term: Term) -> str:
    """Return a term in the language of FTS5: words in quotes, the last perhaps the beginning of one."""
    return f'"{" ".join(term.words)}"{" *" if term.ends_open else ""}'


def _in_postgresql(query: Query) -> Iterator[Select[Any]]:
    """Yield the questions of the ranks, best first; a later one also finds what an earlier one does.

    All words include those of the head: what is all there need not be looked for among all, which is slow.
    """
    terms = [_lexemes(term) for term in query.terms]
    titles = [_lexemes(term, weight="A") for term in query.terms]
    every = " & ".join(terms)
    without = "".join(f" & !{_lexemes(term)}" for term in query.without)
    head, words = _postgresql.c.head, _has(_postgresql.c.words, every + without)
    others = words if without else true()
    ranks = [
        (_has(head, " & ".join(titles)), others),
        (_has(head, every), others),
        (_has(head, " | ".join(titles)), words),
        (words,),
    ]
    yield from (select(_postgresql.c.id).where(*rank) for rank in ranks)


def _has(vector: ColumnElement[Any], question: str) -> ColumnElement[bool]:
    return vector.op("@@", is_comparison=True)(cast(literal(question), TSQUERY))


def _lexemes(term: Term, *, weight: str = "") -> str:
    """Return a term in the language of `tsquery`: words in quotes, one after the other."""
    *before, last = term.words
    ending = f"{'*' if term.ends_open else ''}{weight}"
    words = [f"'{word}':{weight}" if weight else f"'{word}'" for word in before]
    words.append(f"'{last}':{ending}" if ending else f"'{last}'")
    return f"({' <-> '.join(words)})"
