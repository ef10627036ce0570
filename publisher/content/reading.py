"""The files of one issue -> Issue, and what is wrong with each of them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from publisher.content.article import read_article, read_frame
from publisher.content.blocks import Target
from publisher.content.fields import Where
from publisher.content.files import Files, copy_finding, is_copy, is_ignored, nfc
from publisher.content.frontmatter import FrontMatter, read_front_matter
from publisher.content.notes import without_notes
from publisher.content.slugs import slug_of_name
from publisher.content.stories import issue_from, story_from
from publisher.content.text import body_lines
from publisher.content.trouble import UnreadableError
from publisher.model.finding import Finding, in_order
from publisher.model.issue import Issue, PictureFile, Reading, picture_path
from publisher.model.story import Role, Story

ISSUE_FILE: Final = "issue.md"
STORIES: Final = 200
ISSUE_BYTES: Final = 100 * 1024 * 1024


def read_path(
    root: Path, path: Path, *, headings: Mapping[str, Role] | None = None, lang: str | None = None
) -> Reading:
    """Read the issue at `path`, a file or folder in `root`; see `folder.read_issue`."""
    reader = _Reader(Files(root), headings, lang)
    slug = slug_of_name(path.name)
    try:
        issue = reader.folder(path.name, slug) if path.is_dir() else reader.single(path.name, slug)
    except UnreadableError as error:
        reader.findings.append(error.finding())
        issue = None
    return Reading(
        slug=slug,
        issue=None if reader.broken else issue,
        findings=in_order(reader.findings),
        elsewhere=tuple(sorted(reader.elsewhere)),
    )


class _Reader:
    """Reads the files of one issue. `broken` tells that one of them cannot be understood."""

    def __init__(self, files: Files, headings: Mapping[str, Role] | None, lang: str | None) -> None:
        self.findings: list[Finding] = []
        self.elsewhere: set[str] = set()
        self.broken = False
        self._own = ""
        self._files = files
        self._headings = headings
        self._lang = lang
        self._pictures: dict[str, PictureFile] = {}
        self._bytes = 0

    def single(self, name: str, slug: str) -> Issue:
        """Read the short form: one file that is the issue and its only story."""
        front = self._front(name, Where.SINGLE)
        story = self._story(front, folder="", slug=slug)
        issue = issue_from(front, None, (replace(story, sponsor=None),), slug=slug)
        return replace(issue, sponsor=story.sponsor, pictures=self._pictures)

    def folder(self, folder: str, slug: str) -> Issue:
        """Read an issue that is a folder with `issue.md` and a file for each story."""
        self._own = f"{folder}/"
        names = self._own_names(folder)
        if ISSUE_FILE not in names:
            raise UnreadableError(
                "E001",
                f"the folder has no {ISSUE_FILE}",
                place=self._files.place(folder),
                fix="write one with a title, or let the name of the folder begin with _",
            )
        front = self._front(f"{folder}/{ISSUE_FILE}", Where.ISSUE)
        frame = read_frame(front.body, path=front.path, first_line=front.body_line, headings=self._headings)
        self.findings += frame.findings
        self._add_pictures(frame.pictures, folder, front)
        self._lang = front.text("lang") or self._lang
        issue = issue_from(front, frame, self._stories(front, folder, names), slug=slug)
        return replace(issue, sponsor=self._sponsor(front), pictures=self._pictures)

    def _own_names(self, folder: str) -> list[str]:
        """Return the Markdown files of a folder that may be stories, and complain of copies."""
        names = [name for name in self._files.names(folder) if name.endswith(".md") and not is_ignored(name)]
        siblings = frozenset(names)
        copies = {name for name in names if is_copy(name, siblings)}
        self.findings += [copy_finding(self._files, f"{folder}/{name}") for name in copies]
        return [name for name in names if name not in copies]

    def _stories(self, front: FrontMatter, folder: str, names: list[str]) -> tuple[Story, ...]:
        own = [f"{folder}/{name}" for name in names if name != ISSUE_FILE]
        listed = front.names("stories")
        paths = own if listed is None else self._listed(front, listed, folder, own)
        if len(paths) > STORIES:
            what = f"{len(paths)} stories are more than the {STORIES} that one issue may have"
            self._add("E027", what, front, "stories", "make two issues of it")
            paths = paths[:STORIES]
        stories = [story for path in paths if (story := self._story_file(path)) is not None]
        if listed is None:
            stories.sort(key=lambda story: (story.weight is None, story.weight or 0))
        if not paths:
            self._add(
                "E028", "the issue has no stories", front, "stories", "write one in a file beside this one"
            )
        self._refuse_twins(stories)
        return tuple(stories)

    def _listed(self, front: FrontMatter, listed: Iterable[str], folder: str, own: list[str]) -> list[str]:
        """Return the paths that `stories` names, in its order."""
        paths: list[str] = []
        for name in listed:
            path = self._story_path(name, folder, own)
            if path is None:
                close = get_close_matches(name, [_stem(other) for other in own], n=1)
                fix = f"did you mean {close[0]}?" if close else "write the name of its file without .md"
                self._add("E022", f"there is no story '{name}'", front, "stories", fix)
            elif path in paths:
                self._add("E030", f"the story '{name}' is listed twice", front, "stories", "take one away")
            else:
                paths.append(path)
        for path in own:
            if path not in paths:
                what = f"the story '{_stem(path)}' is in the folder and not in the list"
                self._add("W023", what, front, "stories", "add it, or let the name of its file begin with _")
        return paths

    def _story_path(self, name: str, folder: str, own: list[str]) -> str | None:
        """Return the path of the file that an item of `stories` means, None if there is none."""
        wanted = nfc(name.removesuffix(".md"))
        if "/" not in wanted:
            beside = [*own, *(f"{folder}/{other}" for other in self._files.names(folder) if other[0] == "_")]
            return next((path for path in beside if nfc(_stem(path)) == wanted), None)
        other, _, story = wanted.partition("/")
        if other in ("", ".", "..") or "/" in story:
            return None
        path = f"{self._folder_name(other)}/{story}.md"
        self.elsewhere.add(path)
        return path if self._files.is_file(path) else None

    def _folder_name(self, name: str) -> str:
        """Return the folder that `name` means: a shared one, or an issue's by its name or slug."""
        if name.startswith("_") or (self._files.root / name).is_dir():
            return name
        return next((other for other in self._files.names("") if slug_of_name(other) == name), name)

    def _story_file(self, path: str) -> Story | None:
        """Read the file of one story; if it cannot be understood, go on and tell what else is wrong."""
        try:
            front = self._front(path, Where.STORY)
            return self._story(
                front, folder=posixpath.dirname(path), slug=slug_of_name(posixpath.basename(path))
            )
        except UnreadableError as error:
            if self._bytes > ISSUE_BYTES:
                raise
            self.findings.append(error.finding())
            self.broken = True
            return None

    def _story(self, front: FrontMatter, *, folder: str, slug: str) -> Story:
        article = read_article(
            front.body,
            path=front.path,
            first_line=front.body_line,
            lang=front.text("lang") or self._lang,
            headings=self._headings,
        )
        self.findings += article.findings
        self._add_pictures(article.pictures, folder, front)
        image = front.text("image")
        if image is not None and picture_path(folder, image) is None:
            self._add("E502", "the picture is not a file", front, "image", "save it beside the text")
        elif image is not None:
            self._add_pictures([Target(address=image, line=front.lines["image"])], folder, front)
        story = story_from(front, article, folder=folder, slug=slug)
        return replace(story, sponsor=self._sponsor(front))

    def _front(self, path: str, where: Where) -> FrontMatter:
        text = self._files.text(path)
        self._weigh(len(text), path)
        front = read_front_matter(text, path=self._files.place(path).path, where=where)
        self.findings += front.findings
        complained = {finding.place.line for finding in front.findings}
        if front.text("title") is None and front.lines.get("title") not in complained:
            self._add("E029", "there is no title", front, "title", "write title: … between the lines of ---")
        return front

    def _sponsor(self, front: FrontMatter) -> str | None:
        """Return the sponsor's words: those of a file in `_sponsors/`, or those in the field itself."""
        value = front.text("sponsor")
        if value is None or value != slug_of_name(value):
            return value
        path = f"_sponsors/{value}.md"
        self.elsewhere.add(path)
        if not self._files.is_file(path):
            known = [_stem(name) for name in self._files.names("_sponsors")]
            close = get_close_matches(value, known, n=1)
            fix = (
                f"did you mean {close[0]}?"
                if close
                else "write the file, or the sponsor's words in the field"
            )
            self._add("E034", f"there is no {path}", front, "sponsor", fix)
            return None
        text = self._files.text(path)
        if text.startswith("---"):
            head = read_front_matter(text, path=self._files.place(path).path, where=Where.STORY)
            text = head.body
            if head.lines:
                what = f"the fields of a sponsor's file are not printed: {', '.join(head.lines)}"
                fix = "write all that readers shall see below them, such as [Acme](https://…)"
                self.findings.append(
                    Finding(code="I038", what=what, fix=fix, place=head.place(next(iter(head.lines))))
                )
        return without_notes("\n".join(body_lines(text))).text.strip()

    def _add_pictures(self, targets: Iterable[Target], folder: str, front: FrontMatter) -> None:
        for target in targets:
            path = picture_path(folder, target.address)
            if path is None or path in self._pictures:
                continue
            if not self._own or not path.startswith(self._own):
                self.elsewhere.add(path)
            try:
                picture = self._files.picture(path)
            except UnreadableError as error:
                self.findings.append(self._picture_trouble(error.finding(), path, front, target.line))
            else:
                self._weigh(len(picture.body), path)
                self._pictures[path] = picture

    def _picture_trouble(self, finding: Finding, path: str, front: FrontMatter, line: int) -> Finding:
        """Return the finding at the place that asks for the picture; a missing one with the nearest name."""
        place = replace(front.place("title"), line=line)
        if finding.code != "E001":
            return replace(finding, place=place)
        folder, name = posixpath.split(path)
        close = get_close_matches(name, self._files.names(folder), n=1)
        fix = f"did you mean '{close[0]}'?" if close else "put the file beside the text"
        return Finding(code="E502", what=f"picture '{name}' is not in the folder", fix=fix, place=place)

    def _weigh(self, size: int, path: str) -> None:
        self._bytes += size
        if self._bytes > ISSUE_BYTES:
            raise UnreadableError(
                "E027",
                f"the issue has more than {ISSUE_BYTES // 1024 // 1024} MiB of texts and pictures",
                place=self._files.place(path),
                fix="save the pictures smaller, or make two issues of it",
            )

    def _refuse_twins(self, stories: Iterable[Story]) -> None:
        seen: dict[str, Story] = {}
        for story in stories:
            first = seen.setdefault(story.slug, story)
            if first is not story:
                what = f"the story is called '{story.slug}' like {first.place.path}"
                fix = "give one of them another slug"
                self.findings.append(Finding(code="E026", what=what, fix=fix, place=story.place))

    def _add(self, code: str, what: str, front: FrontMatter, field: str, fix: str) -> None:
        self.findings.append(Finding(code=code, what=what, fix=fix, place=front.place(field)))


def _stem(path: str) -> str:
    return posixpath.basename(path).removesuffix(".md")
