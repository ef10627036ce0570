"""What can be searched for: the pages of a public edition, with their words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from publisher.actions.site import New
from publisher.app import Publisher
from publisher.model.rendered import IssueCard, Part, StoryCard
from publisher.model.search import Searchable, Words, read_words
from publisher.store import editions, public, search, shelves

_TOGETHER = 20
"""So many issues are added to the index in one transaction."""


def searchable(new: New, parts: Sequence[Part]) -> tuple[Searchable, ...]:
    """Return what can be found of an issue that is about to be public: nothing once it is withdrawn.

    Stories that are public as another issue's are found there.
    """
    if new.card is None:
        return ()
    return _pages(new.card, new.edition, {filed.key for filed in new.filed}, parts)


def index_what_is_public(publisher: Publisher) -> None:
    """Let be found what an older version of this program made public; a new one finds that done.

    What was printed without its words, by such a version, is found by its title and summary alone. Of several
    programs that start at once, each finds done what another one did.
    """
    with publisher.database.read() as db:
        missing = [record.id for record in editions.unsearchable(db)]
    for start in range(0, len(missing), _TOGETHER):
        with publisher.database.begin() as db:
            public.settled_generation(db)
            for record in editions.unsearchable(db, among=missing[start : start + _TOGETHER]):
                keys = {filed.key for filed in shelves.of_issues(db, [record.issue])}
                parts = editions.parts(db, record.id, outputs=(search.OUTPUT,))
                pages = _pages(editions.card(record), record.id, keys, parts)
                search.put(db, pages, instead_of=record.issue)


def _pages(
    card: IssueCard, edition: int, keys: Collection[str], parts: Sequence[Part]
) -> tuple[Searchable, ...]:
    """Return the pages of an issue that stand on a shelf, that of the issue if it has words of its own."""
    printed = {part.key: read_words(part.body.decode()) for part in parts if part.output == search.OUTPUT}
    named: dict[str, IssueCard | StoryCard] = {"": card, **{story.slug: story for story in card.stories}}
    return tuple(
        Searchable(
            edition=edition,
            key=key,
            url=page.url,
            title=page.title,
            summary=page.summary,
            lang=page.lang,
            dir=page.dir,
            published=page.published,
            tags=page.tags,
            words=printed.get(key) or Words(title=page.title, lead=page.summary),
        )
        for key, page in named.items()
        if key in keys and (key or key in printed)
    )
