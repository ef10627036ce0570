"""Correcting: pages and feeds follow the files of a public issue; what was mailed stays as it was."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from publisher.actions.correction import Corrected, Draft, draft
from publisher.actions.detours import detour
from publisher.actions.earlier import earlier
from publisher.actions.going_public import go_public
from publisher.actions.printing import freeze_print
from publisher.actions.release import Release, edition_of, elsewhere, kept
from publisher.actions.revision import (
    former_paths,
    known_moments,
    moments,
    moments_of_removed,
    paths_of,
)
from publisher.actions.transition import known, transition
from publisher.actions.withdrawal import (
    TIME,
    Takeover,
    detours,
    filled,
    gone,
    heirs,
    note_takeover,
    one_line_of,
    prepare_takeovers,
    refuse_others,
    release_of,
    taken_over,
    unless_others_change,
)
from publisher.app import Publisher
from publisher.errors import TransitionError
from publisher.model import fillins
from publisher.model.fillins import Moments
from publisher.model.records import EditionRecord
from publisher.model.rendered import Artefact
from publisher.model.states import Verb
from publisher.store import editions


def correct(  # noqa: PLR0913 (each is one thing that an editor says)
    publisher: Publisher,
    name: str,
    *,
    minor: bool = False,
    note: str = "",
    allow: Collection[str] = (),
    dry_run: bool = False,
) -> Corrected:
    """Make pages and feeds of a public issue say what its files say now, in one transaction.

    Ids and moments of publication stay, and so does the mailing. Unless it is `minor`, the issue and the
    stories that really changed are updated now, and a correction with the `note` is told on their pages. A
    story that is not in the files any more is withdrawn, with the note as the reason. With `dry_run`, or if
    nothing differs, nothing is written.

    Raises:
        NotFoundError: there is no such issue, or it has no files.
        TransitionError: it is not public, or has changed meanwhile.
        CheckFailedError: the check finds something that blocks.
        ContentError: the files give the issue another id or number than it has in public.
        PublisherError: a story is taken out without a reason, or in a minor correction.
    """
    made = draft(publisher, name, minor=minor, note=one_line_of(note, what="note"), allow=allow)
    if made.result.is_same or dry_run:
        return made.result
    unless_others_change(lambda: _store(publisher, made), lambda stored: _go_public(publisher, stored))
    return replace(made.result, is_public=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """A correction that is stored, but not public.

    `moments` are those of the new edition, `known` the last ones of every entry. `gone` is what is left of
    stories that are taken out, `pages` stand where they stood.
    """

    draft: Draft
    edition: int
    gone: Release | None
    pages: tuple[Artefact, ...]
    moments: tuple[Moments, ...]
    known: Mapping[str, Moments]
    heirs: Mapping[str, int | None]
    takeovers: tuple[Takeover, ...]


def _store(publisher: Publisher, made: Draft) -> _Stored:
    """Store the print, and what is left of stories that are taken out; none of it is public yet."""
    old, slug, edition = made.old, made.record.slug, made.printed.edition
    with publisher.database.read() as db:
        those = heirs(db, old, made.what.removed)
        before = {**earlier(db, made.what.added).moments, **known_moments(made.former)}
    removed = [id_ for id_ in made.what.removed if id_ in those and those[id_] is None]
    new = moments(edition, made.what, known=before, now=made.at, is_minor=made.result.is_minor)
    leaving = moments_of_removed(removed, known=before, now=made.at, stories=len(edition.stories))
    with publisher.database.begin() as db:
        takeovers = prepare_takeovers(publisher, db, those)
        left, pages = _stub(publisher, db, made, (new[0], *leaving), removed) if removed else (None, ())
        number = freeze_print(publisher, db, slug, made.printed)
    return _Stored(
        draft=made,
        edition=number,
        gone=left,
        pages=(*pages, *detours(publisher, old, taken_over(takeovers))),
        moments=new,
        known=before,
        heirs=those,
        takeovers=takeovers,
    )


def _stub(
    publisher: Publisher,
    db: Connection,
    made: Draft,
    own: tuple[Moments, ...],
    removed: Collection[str],
) -> tuple[Release, tuple[Artefact, ...]]:
    """Store what is left of stories that are taken out, filled in already; return it with their pages."""
    old = made.old
    printed = gone(publisher, old, reason=made.note, at=made.at, stories=removed)
    values = fillins.values(moments=own, number=old.number, date_text="")
    done = filled(printed, values)
    number = freeze_print(publisher, db, old.issue, done)
    release = Release(
        edition=edition_of(db, number),
        parts=done.parts,
        moments=own,
        number=old.number,
        corrections=old.corrections,
        leaves_at=made.at + TIME,
    )
    return release, tuple(page for page in release.pages() if page.path != paths_of(old)[old.entry_id])


def _go_public(publisher: Publisher, stored: _Stored) -> None:
    slug, old = stored.draft.record.slug, stored.draft.old

    def choose(db: Connection) -> tuple[Release, ...]:
        refuse_others(db, old, stored.heirs)
        others = (release_of(db, each, moments=stored.known, issue=slug) for each in stored.takeovers)
        return (_release(publisher, db, stored), *others)

    def record(db: Connection, _releases: tuple[Release, ...]) -> None:
        fact, edition = known(db, slug), stored.draft.printed.edition
        if fact.edition != old.id:
            raise TransitionError(f"issue '{slug}' has changed meanwhile", fix="try again")
        transition(
            publisher,
            db,
            fact,
            Verb.CORRECT,
            detail=_detail(stored.draft),
            edition=stored.edition,
            approved_hash=edition.content_hash,
            approved_by=publisher.actor,
            approved_at=publisher.now(db),
            seen_hash=edition.content_hash,
        )
        if stored.gone is not None:
            editions.publish(
                db,
                stored.gone.edition.id,
                published_at=stored.gone.published_at,
                updated_at=stored.gone.moments[0].updated,
                number=old.number,
                fillins=stored.gone.fillins,
                corrections=old.corrections,
            )
        for takeover in stored.takeovers:
            note_takeover(publisher, db, takeover, issue=slug)

    go_public(publisher, choose, record)


def _release(publisher: Publisher, db: Connection, stored: _Stored) -> Release:
    made, record = stored.draft, edition_of(db, stored.edition)
    there = elsewhere(db, record)
    stood = earlier(db, [id_ for id_ in paths_of(record) if id_ not in there]).paths
    left = [filed for filed in stored.gone.filed() if filed.key] if stored.gone else []
    return Release(
        edition=record,
        parts=tuple(editions.parts(db, stored.edition)),
        moments=stored.moments,
        number=made.old.number,
        elsewhere=there,
        corrections=made.printed.edition.corrections,
        kept=(*kept(db, record), *left),
        also=(*stored.pages, *_moved(publisher, made.former, record)),
        earlier=stood,
    )


def _moved(
    publisher: Publisher, former: tuple[EditionRecord, ...], record: EditionRecord
) -> Iterator[Artefact]:
    """Yield what leads from each path that a page of the issue ever had to the one that it has now."""
    now = paths_of(record)
    words = {record.entry_id: (record.title, record.lang, record.dir)} | {
        str(story["id"]): (str(story["title"]), str(story["lang"]), str(story["dir"]))
        for story in record.stories
    }
    for path, id_ in former_paths(former).items():
        if id_ in now and path not in now.values():
            title, lang, direction = words[id_]
            yield detour(
                path,
                now[id_],
                title=title,
                lang=lang,
                dir=direction,
                masthead=record.masthead,
                theme=publisher.theme,
            )


def _detail(made: Draft) -> dict[str, object]:
    """Return what the audit keeps of a correction."""
    result = made.result
    return {
        "hash": made.printed.edition.content_hash,
        "minor": result.is_minor,
        "note": result.note,
        "changed": list(result.changed),
        "added": list(result.added),
        "removed": list(result.removed),
        "moved": dict(result.moved),
        "allowed": sorted(made.allowed),
        "difference": list(result.difference),
    }
