"""Whatever editors, files and the clock do in whatever order, the facts of issues stay consistent."""

from __future__ import annotations

import contextlib
import tempfile
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from publisher.actions.approve import approve
from publisher.actions.archive import archive
from publisher.actions.hold import hold, release
from publisher.actions.queue import Place, queue, unqueue
from publisher.actions.scan import scan
from publisher.actions.tick import tick
from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.model.states import TRANSITIONS, IssueState, Verb
from publisher.store import issues, mailings, slots
from publisher.store.database import open_database
from tests.newsrooms import HandClock, Newsroom, history_of, newsroom_in

SLUGS = ("heat", "rain", "snow")
some_issue = st.sampled_from(SLUGS)
places = st.sampled_from(
    [
        Place(),
        Place(first=True),
        Place(now=True),
        Place(at="+1h"),
        Place(at="+3d"),
        Place(at="2026-10-08T06:30"),
        *(Place(before=slug) for slug in SLUGS),
    ]
)
edits = st.sampled_from(
    ["status: draft", "status: ready", "status: archived", "date: 2026-10-15", "TK", "another"]
)


class Newsdesk(RuleBasedStateMachine):
    """Three issues, and everything that can happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.ends = contextlib.ExitStack()
        self.version = 0

    @initialize()
    def opens(self) -> None:
        folder = Path(self.ends.enter_context(tempfile.TemporaryDirectory()))
        template = folder / "template.db"
        open_database(f"sqlite:///{template}", clock=HandClock()).close()
        self.newsroom: Newsroom = newsroom_in(folder / "newsroom", template)
        self.publisher: Publisher = self.ends.enter_context(self.newsroom.opened())
        for slug in SLUGS:
            self.newsroom.writes(slug, title=f"About {slug}")
        scan(self.publisher, patient=False)

    def teardown(self) -> None:
        self.ends.close()

    @rule(slug=some_issue, place=places)
    def somebody_queues(self, slug: str, place: Place) -> None:
        with contextlib.suppress(PublisherError):
            queue(self.publisher, slug, place)

    @rule(slug=some_issue)
    def somebody_unqueues(self, slug: str) -> None:
        with contextlib.suppress(PublisherError):
            unqueue(self.publisher, slug)

    @rule(slug=some_issue)
    def somebody_approves(self, slug: str) -> None:
        with contextlib.suppress(PublisherError):
            approve(self.publisher, slug)

    @rule(slug=some_issue)
    def somebody_holds(self, slug: str) -> None:
        with contextlib.suppress(PublisherError):
            hold(self.publisher, slug, reason="wait")

    @rule(slug=some_issue, reprint=st.booleans())
    def somebody_releases(self, slug: str, *, reprint: bool) -> None:
        with contextlib.suppress(PublisherError):
            release(self.publisher, slug, reprint=reprint)

    @rule(slug=some_issue)
    def somebody_archives(self, slug: str) -> None:
        archive(self.publisher, [slug])

    @rule(slug=some_issue, what=edits)
    def somebody_edits(self, slug: str, what: str) -> None:
        self.version += 1
        fields = dict([what.split(": ")]) if ": " in what else {}
        self.newsroom.writes(slug, title=f"About {slug}, {self.version}", **fields)
        if what == "TK":
            self.newsroom.edits(slug, "it grew", "TK")

    @rule()
    def a_scan(self) -> None:
        scan(self.publisher, patient=False)

    @rule(late=st.sampled_from([0, 0, 0, 1, 7]))
    def the_next_moment_comes(self, late: int) -> None:
        with self.publisher.database.read() as db:
            due = issues.next_due(db)
        moment = self.newsroom.clock.moment
        self.newsroom.clock.moment = max(moment, due or moment) + timedelta(hours=late)
        self.the_clock_ticks()

    @rule()
    def the_clock_ticks(self) -> None:
        ticked = tick(self.publisher)

        assert not [trouble for trouble in ticked.troubles if "bug" in trouble]

    @invariant()
    def facts_are_consistent(self) -> None:
        with self.publisher.database.read() as db:
            records = {record.slug: record for record in issues.listed(db)}
            taken = slots.taken(db, "weekly")
            mailed = [mailing.issue for mailing in mailings.listed(db)]
        for slug, record in records.items():
            if record.state is IssueState.QUEUED:
                assert record.due_at is not None
                assert record.edition is not None
            assert (slug in mailed) == (record.state is IssueState.PUBLISHED)
            assert (record.published_at is not None) == (
                record.state in (IssueState.PUBLISHED, IssueState.ARCHIVED)
            )
        assert len(mailed) == len(set(mailed))
        assert len(set(taken.values())) == len(taken)
        for issue in taken.values():
            assert records[issue].state not in (IssueState.DRAFT, IssueState.APPROVED, IssueState.ARCHIVED)

    @invariant()
    def the_audit_tells_an_unbroken_story(self) -> None:
        for slug in SLUGS:
            rows = history_of(self.publisher, slug)
            for before, after in pairwise(rows):
                assert before.to_state == after.from_state
            for row in rows:
                assert TRANSITIONS[IssueState(row.from_state or ""), Verb(row.verb)] == row.to_state


TestNewsdesk = Newsdesk.TestCase
TestNewsdesk.settings = settings(max_examples=8, stateful_step_count=20)
