"""Fields and body -> Story and Issue."""

from __future__ import annotations

from publisher.content.article import Article, Frame
from publisher.content.frontmatter import FrontMatter
from publisher.errors import Place
from publisher.model.issue import Intent, Issue
from publisher.model.story import Image, Passage, Story


def story_from(front: FrontMatter, article: Article, *, folder: str, slug: str) -> Story:
    """Return the story that a file says; `folder` and `slug` are what its path gives."""
    return Story(
        place=Place(path=front.path, line=1),
        folder=folder,
        slug=front.text("slug") or slug,
        title=front.text("title") or "",
        id=front.text("id"),
        link=front.text("link"),
        source=front.text("source"),
        author=front.text("author"),
        source_date=front.day("source_date"),
        category=front.text("category"),
        external_id=front.text("external_id"),
        old_paths=front.names("old_paths") or (),
        tags=front.names("tags") or (),
        image=_image(front),
        weight=front.number("weight"),
        lang=front.text("lang"),
        summary=front.text("summary"),
        sponsor=front.text("sponsor"),
        allow=front.names("allow") or (),
        notes=front.text("notes"),
        lead=article.lead,
        sections=article.sections,
        closing=article.closing,
        footnotes=article.footnotes,
        lines=front.lines,
        moved=article.moved,
    )


def issue_from(front: FrontMatter, frame: Frame | None, stories: tuple[Story, ...], *, slug: str) -> Issue:
    """Return the issue that a file says; without a frame it is the short form, which is its only story."""
    status = front.values.get("status")
    return Issue(
        place=Place(path=front.path, line=1),
        slug=front.text("slug") or slug,
        title=front.text("title") or "",
        id=front.text("id"),
        subject=front.text("subject"),
        preheader=front.text("preheader"),
        number=front.number("number"),
        when=front.day("date"),
        timezone=front.text("timezone"),
        status=status if isinstance(status, Intent) else Intent.DRAFT,
        tags=front.names("tags") or (),
        lists=front.names("lists"),
        segment=front.text("segment"),
        lang=front.text("lang"),
        theme=front.text("theme"),
        sponsor=front.text("sponsor"),
        sponsor_after=front.number("sponsor_after"),
        allow=front.names("allow") or (),
        notes=front.text("notes"),
        stories=stories,
        single=frame is None,
        opening=frame.opening if frame else Passage(),
        closing=frame.closing if frame else Passage(),
        lines=front.lines,
        moved=frame.moved if frame else {},
    )


def _image(front: FrontMatter) -> Image | None:
    file = front.text("image")
    if file is None:
        return None
    return Image(
        file=file,
        alt=front.text("image_alt"),
        credit=front.text("image_credit"),
        decorative=bool(front.number("image_decorative")),
    )
