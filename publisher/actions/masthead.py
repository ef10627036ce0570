"""Who speaks has changed: what is public follows the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import Connection

from publisher.actions.going_public import go_public, rebuild
from publisher.actions.newsroom import find_issue, read
from publisher.actions.printing import Print, freeze_print, press_again, press_issue, render
from publisher.actions.release import Release, prepare_again
from publisher.actions.transition import known
from publisher.app import Publisher
from publisher.errors import ContentError, PublisherError
from publisher.model.records import EditionRecord
from publisher.store import audit, editions, issues

TOGETHER = 50
"""So many issues are made public anew in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anew:
    old: EditionRecord
    printed: Print


def follow_masthead(publisher: Publisher) -> tuple[str, ...]:
    """Print the pages and feed entries of public issues anew if title, address or look have changed since.

    Only what is said of who speaks changes: an issue whose files have changed as well, or are gone, stays as
    it is and is named in what is returned. Ids and dates stay; mailings keep what was approved. What pages
    and feeds share follows every setting; in a new database that is an empty front page and empty feeds.
    """
    with publisher.database.read() as db:
        outdated = editions.spoken_otherwise(db, publisher.settings.masthead())
    troubles: list[str] = []
    anew = _printed_anew(publisher, outdated, troubles)
    while together := tuple(islice(anew, TOGETHER)):
        _replace(publisher, together)
    rebuild(publisher)
    return tuple(troubles)


def _printed_anew(
    publisher: Publisher, outdated: Sequence[EditionRecord], troubles: list[str]
) -> Iterator[_Anew]:
    for old in outdated:
        try:
            yield _Anew(old=old, printed=_print(publisher, old))
        except PublisherError as error:
            troubles.append(f"the pages of '{old.issue}' keep their old masthead: {error}")


def _print(publisher: Publisher, old: EditionRecord) -> Print:
    """Print an issue with the masthead of now, if its files still say what was printed.

    Raises:
        ContentError: they do not, or are gone.
    """
    found = find_issue(publisher.settings, old.issue)
    if found is None:
        raise ContentError("its files are gone")
    issue, _ = read(publisher.settings, found)
    if press_again(issue, old).content_hash != old.content_hash:
        raise ContentError("its files have changed since it was printed")
    edition = replace(press_issue(publisher.settings, issue), corrections=old.corrections)
    return render(edition, publisher.theme)


def _replace(publisher: Publisher, together: Sequence[_Anew]) -> None:
    with publisher.database.begin() as db:
        numbers = [freeze_print(publisher, db, each.old.issue, each.printed) for each in together]

    def choose(db: Connection) -> tuple[Release, ...]:
        return tuple(
            prepare_again(db, number, like=each.old) for number, each in zip(numbers, together, strict=True)
        )

    def record(db: Connection, releases: tuple[Release, ...]) -> None:
        for release in releases:
            fact = known(db, release.edition.issue)
            issues.change(
                db,
                fact.slug,
                expected=fact.state,
                state=fact.state,
                edition=release.edition.id,
                seen_hash=release.edition.content_hash,
            )
            audit.write(
                db,
                at=publisher.now(db),
                actor=publisher.actor,
                verb="reprint",
                subject=fact.slug,
                from_state=fact.state.value,
                to_state=fact.state.value,
                detail={"because": "the masthead has changed"},
            )

    go_public(publisher, choose, record)
