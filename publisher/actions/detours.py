"""Detours: what stands at addresses that pages had before, and leads to where they are now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection

from publisher.actions.earlier import story_path
from publisher.actions.release import Release
from publisher.model.edition import Direction, Masthead
from publisher.model.rendered import Artefact, Site
from publisher.model.shelves import address
from publisher.outputs.head import HTML
from publisher.outputs.standin import moved_page
from publisher.store import public
from publisher.theme import Theme


def detour(  # noqa: PLR0913 (each is a word of the page)
    path: str,
    to: str,
    *,
    title: str,
    lang: str,
    dir: str,  # noqa: A002 (HTML's own name, as everywhere in editions)
    masthead: Masthead,
    theme: Theme,
) -> Artefact:
    """Return what is served at `path` when its page stands at the path `to` now.

    Raises:
        ThemeError: the template cannot be rendered.
    """
    url = masthead.home_url + address(to)
    body = moved_page(masthead=masthead, url=url, title=title, lang=lang, dir=Direction(dir), theme=theme)
    return Artefact(path=path, media_type=HTML, body=body, status=301, location=to)


def own_pages(
    release: Release, ways: Mapping[str, tuple[str, str | None]], theme: Theme
) -> tuple[Artefact, ...]:
    """Return all that a release puts at its own addresses, each once.

    Where another issue's address leads to the same page already, it goes on to do so.
    """
    pages: dict[str, Artefact] = {}
    for page in (*release.pages(), *detours(release, theme)):
        to, owner = ways.get(page.path, ("", None))
        does_so = owner not in (None, release.edition.issue) and to == page.location != ""
        if not does_so or page.path in release.earlier:
            pages.setdefault(page.path, page)
    return tuple(pages.values())


def detours(release: Release, theme: Theme) -> Iterator[Artefact]:
    """Yield what leads from a release's addresses, and those that its stories had before, to their pages."""
    stories = {str(story["id"]): story for story in release.edition.stories}
    for path, (id_, to) in paths_away(release).items():
        yield detour(
            path,
            to,
            title=str(stories[id_]["title"]),
            lang=str(stories[id_]["lang"]),
            dir=str(stories[id_]["dir"]),
            masthead=release.edition.masthead,
            theme=theme,
        )


def paths_away(release: Release) -> dict[str, tuple[str, str]]:
    """Return the paths that lead to stories of a release, which stand elsewhere, with their ids and paths."""
    slugs = {str(story["id"]): story["slug"] for story in release.edition.stories}
    taken = {story_path(slug) for id_, slug in slugs.items() if id_ not in release.elsewhere}
    paths = {story_path(slugs[id_]): id_ for id_ in release.elsewhere} | dict(release.earlier)
    there = {id_: story_path(slug) for id_, slug in (slugs | dict(release.elsewhere)).items()}
    return {
        path: (id_, there[id_]) for path, id_ in paths.items() if path not in taken and path != there[id_]
    }


def old_addresses(release: Release, theme: Theme) -> Iterator[Artefact]:
    """Yield what leads to stories from where they stood on an older site."""
    for story in () if release.leaves_at else release.edition.stories:
        paths = story.get("old_paths", ())
        for path in paths if isinstance(paths, list | tuple) else ():
            yield detour(
                str(path),
                story_path(release.elsewhere.get(str(story["id"]), story["slug"])),
                title=str(story["title"]),
                lang=str(story["lang"]),
                dir=str(story["dir"]),
                masthead=release.edition.masthead,
                theme=theme,
            )


def unused(db: Connection, old: Sequence[Artefact]) -> list[Artefact]:
    """Return what leads on from paths at which nothing stands yet, of each path the first.

    They belong to no issue, so that a page which is made later can stand there.
    """
    taken = public.index(db, [each.path for each in old])
    first = {each.path: each for each in reversed(old) if each.path not in taken}
    return list(first.values())


def moved(site: Site, theme: Theme) -> Iterator[Artefact]:
    """Yield what stands at the addresses of shared pages that are no more."""
    masthead, lang = site.masthead, site.masthead.lang
    for path, to in site.moved.items():
        title = to.strip("/").rpartition("/")[2]
        yield detour(path, to, title=title, lang=lang, dir=Direction.LTR, masthead=masthead, theme=theme)
