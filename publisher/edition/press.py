"""The press: an issue as written becomes an edition that every output can render as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

from publisher.edition.fingerprint import content_hash
from publisher.edition.languages import direction, language
from publisher.edition.links import Standpoint, absolute, file_key, permalink, tag_uri
from publisher.edition.markup import Typesetter, tools
from publisher.edition.pictures import Album
from publisher.edition.words import Names, ascii_name, beginning, one_line, sentences
from publisher.errors import Place
from publisher.model.edition import (
    DEFAULT_THEME,
    Edition,
    Masthead,
    Printed,
    PrintedPicture,
    PrintedSection,
    PrintedStory,
    PrintedTakeaway,
)
from publisher.model.issue import Issue
from publisher.model.length import count, cut, minutes
from publisher.model.segment import written_out
from publisher.model.story import Passage, Role, Section, Story

PREHEADER_COLUMNS: Final = 140
SUMMARY_COLUMNS: Final = 300
TITLE_COLUMNS: Final = 70

NO_SEGMENTS: Final[Mapping[str, str]] = MappingProxyType({})


def press(
    issue: Issue,
    masthead: Masthead,
    *,
    default_lists: tuple[str, ...],
    segments: Mapping[str, str] = NO_SEGMENTS,
) -> Edition:
    """Print `issue` as `masthead` speaks; if it names no lists, it is for `default_lists`.

    `segments` are the filters that it may name.

    Equal arguments give an equal edition in any process, locale, time zone and hash seed.

    Raises:
        ContentError: a picture cannot be printed or blocks are nested too deep; its place says where.
    """
    room = _Room(issue, masthead)
    printed = [room.story(story, prefix) for story, prefix in zip(issue.stories, room.prefixes, strict=True)]
    stories = tuple(story for story, _ in printed)
    frame = room.frame()
    opening, spoken = frame.lead(issue.opening, level=2)
    sponsor = frame.phrase(_passage(issue.sponsor, issue.line_of("sponsor")))
    closing = frame.blocks_and_notes(issue.closing, level=2)
    lead = spoken or next((lead for _, lead in printed), "")
    title = one_line(issue.title) or next((story.title for story in stories), cut(lead, TITLE_COLUMNS))
    edition = Edition(
        id=tag_uri(masthead.tag, issue.id, path=_key(issue.place, _folder(issue)), kind="issue:"),
        slug=issue.slug,
        url=room.url,
        title=title or issue.slug,
        subject=one_line(issue.subject) or title or issue.slug,
        preheader=one_line(issue.preheader) or cut(next(sentences(lead), ""), PREHEADER_COLUMNS),
        lang=room.lang,
        dir=direction(room.lang),
        lists=tuple(dict.fromkeys(default_lists if issue.lists is None else issue.lists)),
        masthead=masthead,
        content_hash="",
        stories=stories,
        opening=opening,
        closing=closing,
        segment=written_out(issue.segment, segments),
        tags=_lines(issue.tags, *(story.tags for story in stories)),
        number=issue.number,
        theme=issue.theme or DEFAULT_THEME,
        sponsor=sponsor,
        sponsor_after=issue.sponsor_after,
        minutes=max(1, sum(story.minutes for story in stories)),
        pictures=room.album.pictures,
    )
    return replace(edition, content_hash=content_hash(edition))


class _Room:
    """Where one issue is printed: what all of its texts share."""

    def __init__(self, issue: Issue, masthead: Masthead) -> None:
        self._issue = issue
        self._home = masthead.home_url.rstrip("/")
        self._tag = masthead.tag
        self._tools = tools()
        self._names = Names()
        self.lang = language(issue.lang, masthead.lang)
        self.url = permalink(self._home, "issues", issue.slug)
        self.album = Album(issue.pictures, home_url=self._home)
        self.prefixes = [
            self._names.take(ascii_name(story.slug, otherwise="story")) for story in issue.stories
        ]
        self._pages = {_key(issue.place, _folder(issue)): self.url} | {
            _key(story.place, story.folder): permalink(self._home, "stories", story.slug)
            for story in issue.stories
        }

    def frame(self) -> Typesetter:
        """Return the typesetter of the issue's own words."""
        return Typesetter(
            self._tools,
            place=self._issue.place,
            standpoint=Standpoint(url=self.url, folder=_folder(self._issue), pages=self._pages),
            album=self.album,
            prefix=self._names.take("issue"),
            passages=(self._issue.opening, self._issue.closing),
            dir=direction(self.lang),
        )

    def story(self, story: Story, prefix: str) -> tuple[PrintedStory, str]:
        """Print a story; return it and the running words of its lead."""
        url = permalink(self._home, "stories", story.slug)
        key = _key(story.place, story.folder)
        lang = language(story.lang, self.lang)
        setter = Typesetter(
            self._tools,
            place=story.place,
            standpoint=Standpoint(url=url, folder=story.folder, pages=self._pages),
            album=self.album,
            prefix=prefix,
            passages=_passages(story),
            dir=direction(lang),
        )
        picture = self._picture(story)
        lead, spoken = setter.lead(story.lead, level=3)
        sections = tuple(self._section(setter, section, prefix) for section in story.sections)
        closing = setter.blocks(story.closing, level=3)
        sponsor = setter.phrase(_passage(story.sponsor, story.line_of("sponsor")))
        footnotes = setter.footnotes()
        length = count(_texts(lead, sections, closing, footnotes))
        return PrintedStory(
            id=one_line(story.external_id) or tag_uri(self._tag, story.id, path=key),
            slug=story.slug,
            url=url,
            title=one_line(story.title) or cut(spoken, TITLE_COLUMNS) or story.slug,
            lang=lang,
            dir=direction(lang),
            summary=one_line(story.summary) or beginning(spoken, SUMMARY_COLUMNS),
            minutes=minutes(*length),
            words=sum(length),
            link=absolute(story.link or "") or "",
            source=one_line(story.source),
            author=one_line(story.author),
            source_date=story.source_date,
            category=one_line(story.category),
            tags=_lines(story.tags),
            old_paths=story.old_paths,
            picture=picture,
            lead=lead,
            sections=sections,
            closing=closing,
            sponsor=sponsor,
            footnotes=footnotes,
        ), spoken

    def _section(self, setter: Typesetter, section: Section, prefix: str) -> PrintedSection:
        heading = setter.heading(Passage(markdown=section.heading, line=section.line))
        name = ascii_name(heading, otherwise="section") if section.role is Role.PLAIN else section.role.value
        return PrintedSection(
            role=section.role,
            heading=heading,
            anchor=self._names.take(f"{prefix}-{name}"),
            body=setter.blocks(section.body, level=4),
            takeaways=tuple(
                PrintedTakeaway(
                    lead=setter.phrase(_passage(item.lead, item.line)),
                    colon=item.colon,
                    text=setter.item(_passage(item.text, item.line), level=4),
                )
                for item in section.takeaways
            ),
            facts=tuple(setter.blocks(_passage(fact.text, fact.line), level=4) for fact in section.facts),
        )

    def _picture(self, story: Story) -> PrintedPicture | None:
        if story.image is None:
            return None
        return self.album.picture(
            story.image.file,
            folder=story.folder,
            place=replace(story.place, line=story.line_of("image")),
            alt="" if story.image.decorative else one_line(story.image.alt),
            credit=one_line(story.image.credit),
        )


def _passages(story: Story) -> Iterator[Passage]:
    """Yield all of a story in which a link or a footnote may be defined."""
    yield story.lead
    for section in story.sections:
        yield section.body
        yield from (_passage(item.text, item.line) for item in section.takeaways)
        yield from (_passage(fact.text, fact.line) for fact in section.facts)
    yield from (story.closing, story.footnotes)


def _texts(
    lead: Printed, sections: Iterable[PrintedSection], closing: Printed, footnotes: Iterable[Printed]
) -> Iterator[str]:
    """Yield what a reader of the story reads below its title."""
    yield lead.text
    for section in sections:
        yield section.heading
        yield section.body.text
        yield from (part.text for item in section.takeaways for part in (item.lead, item.text))
        yield from (fact.text for fact in section.facts)
    yield closing.text
    yield from (note.text for note in footnotes)


def _passage(text: str | None, line: int | None) -> Passage:
    return Passage(markdown=text or "", line=line or 1)


def _lines(*groups: Iterable[str]) -> tuple[str, ...]:
    """Return the clean lines of `groups`, each once, in order."""
    lines = (one_line(text) for group in groups for text in group)
    return tuple(dict.fromkeys(line for line in lines if line))


def _key(place: Place, folder: str) -> str:
    """Return the file of a place, relative to `issues/`, wherever the program was started."""
    return file_key(folder, PurePosixPath(place.path).name)


def _folder(issue: Issue) -> str:
    """Return the issue's folder relative to `issues/`: "" for the short form, which lies there itself."""
    return "" if issue.single else PurePosixPath(issue.place.path).parent.name
