"""Where stories from elsewhere land: each is told from what is here already, written, noted and checked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from publisher.actions.already import Here, Keys, Ran, files_here, keys_of, slugs_here, what_ran
from publisher.actions.arrivals import Arrival, Fate
from publisher.actions.check import check_found
from publisher.actions.look import note
from publisher.actions.newsroom import Found, read, reading
from publisher.actions.placing import Names, place_in_inbox, place_issue, standing
from publisher.app import Publisher
from publisher.content.folder import slug_of
from publisher.content.importers.site import Prepared
from publisher.content.reading import ISSUE_FILE
from publisher.content.slugs import slug_of_name
from publisher.errors import PublisherError
from publisher.model.finding import Severity
from publisher.settings import Settings

_NO_MAIL: Final = ("email",)
"""What is printed to see whether the check passes."""

_INBOX: Final = "_inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Takes stories, one after the other. In a dry run `settings` are those of a copy that is thrown away."""

    publisher: Publisher
    settings: Settings
    here: Here
    ran: Ran
    names: Names
    dry_run: bool

    def slug_for(self, slug: str, keys: Keys) -> str:
        """Return the slug that a story will have: its own if it is here already, else one that is free."""
        path = self.here.find(keys)
        if path is None:
            return self.names.take(slug)
        file = Path(path)
        return slug_of_name(file.parent.name if file.name == ISSUE_FILE else file.name)

    def as_issue(
        self,
        source: str,
        prepared: Prepared,
        *,
        slug: str,
        by_link: bool = False,
        read_picture: Callable[[str], bytes] | None = None,
    ) -> Arrival:
        """Make an issue of its own of a story; what was public elsewhere is held at once, as a heap is.

        Raises:
            PublisherError: it cannot be written.
        """
        keys = keys_of(prepared.fields, prepared.title, day=prepared.when, by_link=by_link)
        if (known := self._known(source, prepared, keys)) is not None:
            return known
        publication = self.settings.publication
        stands = standing(
            prepared.when, prepared.why_draft, now=self.publisher.now(), zone=publication.timezone
        )
        path = place_issue(self.settings.issues, prepared, slug=slug, fate=stands.fate, read=read_picture)
        name = self._name(path)
        self.here.add(prepared.fields, prepared.title, name)
        remarks = list(self._ran(prepared))
        if stands.why:
            remarks.append(f"a draft, because {stands.why}")
        found = Found(slug=slug_of(path), path=path)
        if stands.fate is Fate.HELD and not self.dry_run:
            remarks += self._hold(found)
        return Arrival(
            source=source,
            fate=stands.fate,
            title=prepared.title,
            path=name,
            changes=prepared.changes,
            remarks=tuple(remarks),
            errors=self._errors(found),
        )

    def in_inbox(self, source: str, prepared: Prepared) -> Arrival:
        """Put a story into the inbox.

        Raises:
            PublisherError: it cannot be written.
        """
        keys = keys_of(prepared.fields, prepared.title, by_link=True)
        if (known := self._known(source, prepared, keys)) is not None:
            return known
        path = place_in_inbox(self.settings.issues, prepared, today=self.publisher.now().date())
        name = self._name(path)
        self.here.add(prepared.fields, prepared.title, name)
        return Arrival(
            source=source,
            fate=Fate.INBOX,
            title=prepared.title,
            path=name,
            changes=prepared.changes,
            remarks=self._ran(prepared),
        )

    def _known(self, source: str, prepared: Prepared, keys: Keys) -> Arrival | None:
        path = self.here.find(keys)
        where = self.ran.ids.get(str(prepared.fields.get("external_id", "")))
        if path is None and where is None:
            return None
        remark = f"it is here already: {path}" if path else f"it is public already, in {where}"
        if path and _INBOX in Path(path).parts:
            remark += "; to import it anew, delete that file, or move it into an issue and keep it"
        ran = self._ran(prepared)
        return Arrival(
            source=source, fate=Fate.HERE, title=prepared.title, path=path or "", remarks=(remark, *ran)
        )

    def _ran(self, prepared: Prepared) -> tuple[str, ...]:
        return self.ran.remarks(prepared.title, str(prepared.fields.get("link", "")))

    def _name(self, path: Path) -> str:
        return f"{self.settings.issues.name}/{path.relative_to(self.settings.issues).as_posix()}"

    def _hold(self, found: Found) -> tuple[str, ...]:
        """Note the issue as one of a heap, so that nothing can send it, whoever looks next."""
        try:
            issue, signature = read(self.settings, found)
            note(self.publisher, issue, found.slug, signature=signature, heap=True)
        except PublisherError as error:
            return (f"it cannot be looked at: {error}",)
        return ()

    def _errors(self, found: Found) -> tuple[str, ...]:
        """Return what the check says that would keep the issue from going online."""
        result = reading(self.settings, found)
        checked = check_found(
            self.settings, self.publisher.theme, found, ids={}, result=result, only=_NO_MAIL
        )
        return tuple(str(each) for each in checked.findings if each.severity is Severity.ERROR)


@contextmanager
def landing(publisher: Publisher, *, dry_run: bool) -> Iterator[Landing]:
    """Make ready for stories from elsewhere; a dry run writes into a folder that is gone afterwards."""
    settings = publisher.settings
    ran = what_ran(publisher)
    here, names = files_here(settings), Names(slugs_here(settings) | ran.slugs)
    place = Landing(publisher=publisher, settings=settings, here=here, ran=ran, names=names, dry_run=dry_run)
    if not dry_run:
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="publisher-") as folder:
        yield replace(place, settings=settings.model_copy(update={"root": Path(folder)}))
