"""Whatever is published, corrected and withdrawn in whatever order: what feeds and addresses promise."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from publisher.actions.correct import correct
from publisher.actions.going_public import rebuild
from publisher.actions.scan import scan
from publisher.actions.send_now import publish_now
from publisher.actions.tick import tick
from publisher.actions.withdraw import withdraw
from publisher.app import Publisher
from publisher.errors import PublisherError
from publisher.model.states import IssueState
from publisher.store.database import open_database
from tests.newsrooms import HandClock, Newsroom, newsroom_in, state_of
from tests.public_issues import Folder, at, is_left_over, items, made_from_scratch, shared, statuses

ISSUES = ("heat", "rain")
STORIES = {slug: tuple(f"{slug}-{number}" for number in range(1, 5)) for slug in ISSUES}
DATES = ("date_published", "date_modified")
FEEDS = ("/feed.json", "/issues/feed.json", "/tags/energy/feed.json")

some_issue = st.sampled_from(ISSUES)
places = st.integers(0, 3)


class Press(RuleBasedStateMachine):
    """Two issues of up to four stories each, all that editors can do to them in public, and time."""

    def __init__(self) -> None:
        super().__init__()
        self.ends = contextlib.ExitStack()
        self.version = 0
        self.seen: dict[str, tuple[str, str]] = {}
        self.paths: set[str] = set()

    @initialize()
    def opens(self) -> None:
        root = Path(self.ends.enter_context(tempfile.TemporaryDirectory()))
        template = root / "template.db"
        open_database(f"sqlite:///{template}", clock=HandClock()).close()
        self.newsroom: Newsroom = newsroom_in(root / "newsroom", template)
        self.publisher: Publisher = self.ends.enter_context(self.newsroom.opened())
        self.folders = {
            slug: Folder(self.newsroom, name=slug).has(*STORIES[slug][:2], tags="[energy]") for slug in ISSUES
        }
        rebuild(self.publisher)
        scan(self.publisher, patient=False)
        self.an_issue_is_published("heat")

    def teardown(self) -> None:
        self.ends.close()

    @rule(slug=some_issue)
    def an_issue_is_published(self, slug: str) -> None:
        with contextlib.suppress(PublisherError):
            publish_now(self.publisher, slug)

    @rule(slug=some_issue, place=places, what=st.sampled_from(["words", "tags", "slug", "title"]))
    def a_story_is_edited(self, slug: str, place: int, what: str) -> None:
        self.version += 1
        folder = self.folders[slug]
        name = list(folder.stories)[place % len(folder.stories)]
        told = {
            "words": {"words": f"it grew by {self.version}"},
            "tags": {"tags": f"[energy, tag-{self.version % 3}]"},
            "slug": {"slug": f"{name}-{self.version}"},
            "title": {"title": f"Another story, {self.version}"},
        }[what]
        folder.stories[name] |= told
        folder.saves()

    @rule(slug=some_issue, order=st.permutations(range(4)), many=st.integers(1, 4))
    def stories_are_added_taken_out_and_put_into_another_order(
        self, slug: str, order: list[int], many: int
    ) -> None:
        folder = self.folders[slug]
        names = [STORIES[slug][number] for number in order[:many]]
        folder.stories = {name: folder.stories.get(name, {"tags": "[energy]"}) for name in names}
        folder.saves()

    @rule(slug=some_issue, minor=st.booleans())
    def an_issue_is_corrected(self, slug: str, *, minor: bool) -> None:
        before, told = self._moments(), self._told()
        with contextlib.suppress(PublisherError):
            correct(self.publisher, slug, minor=minor, note="" if minor else "It was wrong.")
            after, tells = self._moments(), self._told()
            moved = {id_ for id_ in before.keys() & after.keys() if before[id_] != after[id_]}
            assert moved <= (set() if minor else {id_ for id_ in moved if told[id_] != tells[id_]})

    @rule(slug=some_issue)
    def an_issue_is_withdrawn(self, slug: str) -> None:
        if self.version % 3 == 0:
            with contextlib.suppress(PublisherError):
                withdraw(self.publisher, slug, reason="It was made up.")

    @rule(days=st.sampled_from([0.00001, 0.5, 8, 31]))
    def time_passes(self, days: float) -> None:
        self.newsroom.clock.passes(days=days)

        assert tick(self.publisher).troubles == ()

    @invariant()
    def publication_never_changes_and_updates_never_go_back(self) -> None:
        now = f"{self.newsroom.clock.moment:%Y-%m-%dT%H:%M:%SZ}"
        for id_, (published, updated) in self._moments().items():
            before = self.seen.get(id_)
            if before is not None:
                assert published == before[0]
                assert updated >= before[1]
            assert published <= updated <= now
            self.seen[id_] = (published, updated)

    @invariant()
    def ids_are_those_of_the_files(self) -> None:
        known = {name for slug in ISSUES for name in STORIES[slug]}

        assert set(items(self.publisher)) <= known
        assert set(items(self.publisher, "/issues/feed.json")) <= {f"issue:{slug}-0" for slug in ISSUES}

    @invariant()
    def feeds_are_as_new_as_their_newest_entry(self) -> None:
        for path in FEEDS:
            entries = [entry["date_modified"] for entry in items(self.publisher, path).values()]
            assert entries == sorted(entries, reverse=True)
            atom = at(self.publisher, path.replace(".json", ".atom")).body.decode()
            newest = max(entries, default="1970-01-01T00:00:00Z")
            assert f"<updated>{newest}</updated>" in atom.partition("<entry")[0]

    @invariant()
    def no_address_is_ever_lost(self) -> None:
        found = statuses(self.publisher)
        self.paths |= set(found)
        for path in self.paths:
            assert found[path] in (200, 301, 410), path
            if found[path] == 301:
                assert found[at(self.publisher, path).location] in (200, 301, 410), path
        for slug in ISSUES:
            if state_of(self.publisher, slug) is IssueState.WITHDRAWN:
                assert found[f"/issues/{slug}/"] == 410

    @invariant()
    def what_is_shared_is_as_if_it_were_made_anew(self) -> None:
        served, made = shared(self.publisher), made_from_scratch(self.publisher)

        assert {path: served.get(path) for path in made} == made
        assert all(is_left_over(served[path]) for path in served.keys() - made.keys())

    def _moments(self) -> dict[str, tuple[str, str]]:
        return {
            id_: (entry["date_published"], entry["date_modified"])
            for path in FEEDS
            for id_, entry in items(self.publisher, path).items()
        }

    def _told(self) -> dict[str, dict[str, object]]:
        """Return what entries say, whatever their moments and addresses."""
        return {
            id_: {key: value for key, value in entry.items() if key not in ("url", *DATES)}
            for path in FEEDS
            for id_, entry in items(self.publisher, path).items()
        }


TestPress = Press.TestCase
TestPress.settings = settings(max_examples=4, stateful_step_count=12)
