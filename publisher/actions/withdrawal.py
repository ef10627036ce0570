"""What stands where something was withdrawn: entries that say so, pages that are gone, and who takes over."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import Connection

from publisher.actions.detours import detour
from publisher.actions.earlier import story_path
from publisher.actions.printing import Print
from publisher.actions.release import Release, edition_of, elsewhere, kept
from publisher.actions.transition import known
from publisher.app import Publisher
from publisher.edition.withdrawal import alone, withdrawn
from publisher.errors import PublisherError, TransitionError
from publisher.model.characters import clean_line
from publisher.model.edition import Edition, PrintedStory
from publisher.model.fillins import Ink, Moments, moments_in
from publisher.model.records import EditionRecord
from publisher.model.rendered import Artefact, Part
from publisher.outputs.all import render_all
from publisher.outputs.feed import FORMATS
from publisher.outputs.head import HTML
from publisher.outputs.standin import withdrawn_page
from publisher.store import audit, editions, issues, public

TIME: Final = timedelta(days=30)
"""So long withdrawn entries stay in feeds, so that feed readers take notice."""

LONGEST: Final = 300
"""Characters of a reason or a note."""


_TRIES: Final = 5

_Prepared = TypeVar("_Prepared")


class OthersChangedError(TransitionError):
    """Other issues with the same stories have come or changed while a withdrawal of them was prepared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """A public edition that goes on with stories which are taken away from another issue, by their ids."""

    like: EditionRecord
    edition: int
    stories: frozenset[str]


def one_line_of(text: str, *, what: str) -> str:
    """Return the text of a reason or a note, which is one line of plain text.

    Raises:
        PublisherError: it has several lines, or is too long.
    """
    line = clean_line(text)
    if len(text.strip().splitlines()) > 1:
        raise PublisherError(f"the {what} has more than one line", fix="say it in one")
    if len(line) > LONGEST:
        raise PublisherError(f"the {what} has {len(line)} characters", fix=f"say it in {LONGEST} at most")
    return line


def gone(
    publisher: Publisher, old: EditionRecord, *, reason: str, at: datetime, stories: Collection[str]
) -> Print:
    """Print what is left of a public edition: entries of the issue and of these stories, and their pages.

    Raises:
        ThemeError: a template cannot be rendered.
    """
    edition, ink = withdrawn(old, reason=reason, stories=stories), Ink(nonce=secrets.token_hex(8))
    entries = [
        part
        for told, is_issue in ((alone(edition), True), (edition, False))
        for part in render_all(told, theme=publisher.theme, ink=ink, only=FORMATS)
        if (part.key == "") == is_issue
    ]
    pages = _pages(publisher, old, edition, reason=reason, at=at)
    return Print(edition=edition, ink=ink, parts=(*entries, *pages))


def filled(printed: Print, values: Mapping[str, str]) -> Print:
    """Return a print with its fill-ins put in."""
    parts = tuple(replace(part, body=printed.ink.fill(part.body, values)) for part in printed.parts)
    return replace(printed, parts=parts)


def heirs(db: Connection, old: EditionRecord, stories: Collection[str]) -> dict[str, int | None]:
    """Return the numbers of the editions that go on with `stories` which are taken away from a public one.

    None stands for a story that no other public issue has; one that is another issue's already is left out.
    """
    found: dict[str, int | None] = dict.fromkeys(sorted(set(stories) - elsewhere(db, old).keys()))
    for record in reversed(editions.with_stories(db, found, besides=old.issue)):
        found |= {str(story["id"]): record.id for story in record.stories if story["id"] in found}
    return found


def unless_others_change(
    prepare: Callable[[], _Prepared], make_public: Callable[[_Prepared], None]
) -> _Prepared:
    """Prepare what takes stories away and make it public, again while other issues with them come or change.

    Raises:
        OthersChangedError: they have changed each time.
    """
    for _ in range(_TRIES - 1):
        with suppress(OthersChangedError):
            make_public(prepared := prepare())
            return prepared
    make_public(prepared := prepare())
    return prepared


def refuse_others(db: Connection, old: EditionRecord, prepared: Mapping[str, int | None]) -> None:
    """Refuse to take away stories for which other issues run than those for which it was prepared.

    Raises:
        OthersChangedError: another issue with the same stories has become public meanwhile, or has changed.
    """
    if heirs(db, old, prepared) != prepared:
        raise OthersChangedError("another issue with the same stories has changed meanwhile", fix="try again")


def prepare_takeovers(
    publisher: Publisher, db: Connection, those: Mapping[str, int | None]
) -> tuple[Takeover, ...]:
    """Store a copy of each public edition that goes on with stories which are taken away (see `heirs`)."""
    return tuple(
        Takeover(
            like=edition_of(db, number),
            edition=editions.again(db, number, printed_at=publisher.now(db)),
            stories=frozenset(id_ for id_, heir in those.items() if heir == number),
        )
        for number in sorted({heir for heir in those.values() if heir is not None})
    )


def taken_over(takeovers: Iterable[Takeover]) -> dict[str, str]:
    """Return the stories that go on elsewhere, with their slugs there."""
    return {
        str(story["id"]): str(story["slug"])
        for each in takeovers
        for story in each.like.stories
        if story["id"] in each.stories
    }


def detours(publisher: Publisher, old: EditionRecord, there: dict[str, str]) -> tuple[Artefact, ...]:
    """Return what leads from the pages of stories to where they go on, by their ids and slugs `there`."""
    return tuple(
        detour(
            story_path(story["slug"]),
            story_path(there[str(story["id"])]),
            title=str(story["title"]),
            lang=str(story["lang"]),
            dir=str(story["dir"]),
            masthead=old.masthead,
            theme=publisher.theme,
        )
        for story in old.stories
        if there.get(str(story["id"]), story["slug"]) != story["slug"]
    )


def release_of(db: Connection, takeover: Takeover, *, moments: Mapping[str, Moments], issue: str) -> Release:
    """Return the release of an edition that goes on with stories of `issue`, which keep their `moments`."""
    record, like = edition_of(db, takeover.edition), takeover.like
    own = moments_in(like.fillins)
    ids = [str(story["id"]) for story in record.stories]
    return Release(
        edition=record,
        parts=tuple(editions.parts(db, record.id)),
        moments=(
            own[0],
            *(
                _joined(each, moments[id_]) if id_ in takeover.stories else each
                for id_, each in zip(ids, own[1:], strict=True)
            ),
        ),
        number=like.number,
        elsewhere={
            id_: slug
            for id_, slug in elsewhere(db, record, besides=issue).items()
            if id_ not in takeover.stories
        },
        corrections=like.corrections,
        kept=kept(db, record),
    )


def note_takeover(publisher: Publisher, db: Connection, takeover: Takeover, *, issue: str) -> None:
    """Write what a takeover changes besides what is public: the other issue's edition, and who has the pages.

    Raises:
        OthersChangedError: the other issue has changed meanwhile.
    """
    fact = known(db, takeover.like.issue)
    if fact.edition != takeover.like.id or not issues.change(
        db, fact.slug, expected=fact.state, state=fact.state, reason=fact.reason, edition=takeover.edition
    ):
        raise OthersChangedError(f"issue '{fact.slug}' has changed meanwhile", fix="try again")
    paths = [story_path(slug) for slug in taken_over([takeover]).values()]
    public.hand_over(db, paths, issue=fact.slug)
    audit.write(
        db,
        at=publisher.now(db),
        actor=publisher.actor,
        verb="reprint",
        subject=fact.slug,
        from_state=fact.state.value,
        to_state=fact.state.value,
        detail={"because": f"stories of '{issue}' go on here", "stories": sorted(takeover.stories)},
    )


def _joined(own: Moments, before: Moments) -> Moments:
    return Moments(published=before.published, updated=max(own.updated, before.updated))


def _pages(
    publisher: Publisher, old: EditionRecord, edition: Edition, *, reason: str, at: datetime
) -> Iterator[Part]:
    """Yield the page of the issue and those of its stories, under the titles that they had."""
    titles = {"": old.title} | {str(story["slug"]): str(story["title"]) for story in old.stories}
    pages: list[tuple[str, str, Edition | PrintedStory]] = [("", f"/issues/{edition.slug}/", edition)]
    pages += [(story.slug, story_path(story.slug), story) for story in edition.stories]
    for key, path, text in pages:
        body = withdrawn_page(
            masthead=edition.masthead,
            url=text.url,
            title=titles[key],
            lang=text.lang,
            dir=text.dir,
            reason=reason,
            at=at,
            theme=publisher.theme,
        )
        yield Part(output="page", key=key, media_type=HTML, body=body, path=path)
