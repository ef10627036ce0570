"""A correction before it is made: what the files of a public issue say now, checked, printed and compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from publisher.actions.check import Checked, check_for_approval
from publisher.actions.difference import for_readers
from publisher.actions.earlier import story_path
from publisher.actions.printing import Print, press_again, render
from publisher.actions.public_issue import look_at_public
from publisher.actions.release import edition_of
from publisher.actions.revision import Revision, in_order_of, looks_the_same, paths_of, revision
from publisher.app import Publisher
from publisher.errors import ContentError, PublisherError
from publisher.model.edition import Correction, Edition
from publisher.model.issue import Issue
from publisher.model.phrases import phrases
from publisher.model.records import EditionRecord, IssueRecord
from publisher.model.rendered import Part
from publisher.model.states import IssueState, Verb
from publisher.outputs.feed import FORMATS
from publisher.store import editions

OF_MAILS = ("W103", "W110", "W111", "W112")
"""Warnings about who gets a mail, and when: of a correction there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """What a correction changes, or did once it `is_public`.

    `changed`, `added` and `removed` are slugs of stories, which `titles` and `files` (paths of those that are
    there) tell apart; `moved` are old paths with those of now, `difference` the lines in which readers find
    something else. `is_same` says that nothing differs, and so nothing is written; `is_minor` that readers
    of feeds are not told, `is_reordered` that the same stories stand in another order.
    """

    issue: str
    is_same: bool
    is_minor: bool
    is_reordered: bool = False
    is_public: bool = False
    note: str = ""
    changed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    difference: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A correction that is printed, but not stored."""

    record: IssueRecord
    old: EditionRecord
    printed: Print
    what: Revision
    at: datetime
    note: str
    allowed: tuple[str, ...]
    former: tuple[EditionRecord, ...]
    result: Corrected


def draft(publisher: Publisher, name: str, *, minor: bool, note: str, allow: Collection[str]) -> Draft:
    """Read, check and print an issue as a correction of what is public of it; nothing is stored.

    Raises:
        NotFoundError: there is no such issue, or it has no files.
        TransitionError: it is not public.
        CheckFailedError: the check finds something that blocks.
        ContentError: the files give the issue another id or number than it has in public.
        PublisherError: a story is taken out without a reason, or in a minor correction.
    """
    record = look_at_public(publisher, name, Verb.CORRECT)
    checked = check_for_approval(publisher, record.slug)
    issue = _checked(record, checked, allow)
    with publisher.database.read() as db:
        old, at = edition_of(db, record.edition or 0), publisher.now(db).replace(microsecond=0)
        parts, former = editions.parts(db, old.id), tuple(editions.former(db, record.slug))
    own_voice = press_again(issue, old)
    _refuse_other_names(issue, own_voice, old)
    same_voice = in_order_of(old, _filed_as_before(own_voice, old))
    what = revision(old, parts, render(same_voice, publisher.theme, only=FORMATS))
    _refuse_unexplained(record.slug, what, minor=minor, note=note)
    edition = press_again(issue, old, masthead=publisher.settings.masthead())
    edition = replace(edition, corrections=old.corrections, number=old.number if edition.number else None)
    printed = render(edition, publisher.theme)
    is_same = own_voice.content_hash == old.content_hash and looks_the_same(old, parts, printed)
    is_minor = minor or not what.is_significant
    if not is_minor:
        printed = render(_told(edition, what, old, at=at, note=note), publisher.theme)
    return Draft(
        record=record,
        old=old,
        printed=printed,
        what=what,
        at=at,
        note=note,
        allowed=checked.acknowledged(allow),
        former=former,
        result=_result(issue, old, parts, printed, what, is_same=is_same, is_minor=is_minor, note=note),
    )


def _checked(record: IssueRecord, checked: Checked, allow: Collection[str]) -> Issue:
    """Return the issue that its files make, if it may be public.

    Raises:
        CheckFailedError: something blocks; of an archived issue, that is an error.
    """
    checked.to_print(
        (*allow, *OF_MAILS),
        warnings_block=record.state is not IssueState.ARCHIVED,
        command=Verb.CORRECT,
    )
    if checked.issue is None:
        raise ContentError(f"the files of '{record.slug}' cannot be read", fix="run `publisher check`")
    return checked.issue


def _refuse_other_names(issue: Issue, edition: Edition, old: EditionRecord) -> None:
    """Refuse an issue that would be another one for readers of feeds, or that has another number."""
    if edition.id != old.entry_id:
        raise ContentError(
            f"the issue is public with the id {old.entry_id}, and now has {edition.id}",
            place=issue.place,
            fix="give it back its id; with another one feed readers show it a second time",
        )
    if edition.number not in (None, old.number):
        was = f"with the number {old.number}" if old.number else "without a number"
        raise ContentError(
            f"the issue went out {was}, and now has {edition.number}",
            place=issue.place,
            fix=f"write number: {old.number}" if old.number else "take the number away",
        )


def _refuse_unexplained(slug: str, what: Revision, *, minor: bool, note: str) -> None:
    if minor and (what.added or what.removed):
        raise PublisherError(
            f"stories are added to '{slug}' or taken out: that is no minor correction",
            fix="leave out --minor",
        )
    if what.removed and not note:
        raise PublisherError(
            f"a story is taken out of '{slug}', and its page will say why",
            fix="write --note TEXT, or put its file back",
        )


def _filed_as_before(edition: Edition, old: EditionRecord) -> Edition:
    """Return the edition with the tags and corrections of the public one: neither is a change of a story."""
    before: Sequence[Mapping[str, Any]] = old.stories
    tags = {str(story["id"]): tuple(story["tags"]) for story in before}
    stories = tuple(replace(story, tags=tags.get(story.id, story.tags)) for story in edition.stories)
    return replace(edition, stories=stories, tags=old.tags, corrections=old.corrections)


def _told(edition: Edition, what: Revision, old: EditionRecord, *, at: datetime, note: str) -> Edition:
    """Return the edition with what is corrected now.

    Where stories are taken out, the note is about them alone: the issue names them with it, and stories that
    changed beside them say only that they were corrected.
    """
    changed = tuple(story.id for story in edition.stories if story.id in what.changed)
    removed = [str(story["title"]) for story in old.stories if story["id"] in what.removed]
    new = [Correction(at=at, note="" if removed else note, stories=changed)]
    if removed:
        names = ", ".join(
            f"\N{LEFT SINGLE QUOTATION MARK}{title}\N{RIGHT SINGLE QUOTATION MARK}" for title in removed
        )
        said = Correction(at=at, note=f"{phrases(edition.lang).withdrawn.format(names)}. {note}")
        new = [*new, said] if changed else [said]
    return replace(edition, corrections=(*edition.corrections, *new))


def _result(  # noqa: PLR0913 (each is one thing to tell)
    issue: Issue,
    old: EditionRecord,
    parts: Sequence[Part],
    printed: Print,
    what: Revision,
    *,
    is_same: bool,
    is_minor: bool,
    note: str,
) -> Corrected:
    if is_same:
        return Corrected(issue=old.issue, is_same=True, is_minor=True)
    now = {story.id: story.slug for story in printed.edition.stories}
    before = {str(story["id"]): str(story["slug"]) for story in old.stories}
    paths = {id_: story_path(slug) for id_, slug in now.items()}
    paths[printed.edition.id] = f"/issues/{printed.edition.slug}/"
    return Corrected(
        issue=old.issue,
        is_same=False,
        is_minor=is_minor,
        is_reordered=before.keys() == now.keys() and [*before] != [*now],
        note=note,
        changed=tuple(now[id_] for id_ in what.changed if id_ in now),
        added=tuple(now[id_] for id_ in what.added),
        removed=tuple(before[id_] for id_ in what.removed),
        titles={str(story["slug"]): str(story["title"]) for story in old.stories}
        | {story.slug: story.title for story in printed.edition.stories},
        files={story.slug: story.place.path for story in issue.stories},
        moved={
            path: paths[id_] for id_, path in paths_of(old).items() if id_ in paths and paths[id_] != path
        },
        difference=tuple(for_readers(old, parts, printed, changed=what.changed)),
    )
