"""What the store remembers, as values that doors may show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from publisher.model.delivery import DeliveryState, MailingState, UncertainPolicy
from publisher.model.edition import Correction, Masthead
from publisher.model.pace import Pace
from publisher.model.states import IssueState


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRecord:
    """The facts of an issue. `edition` is the frozen print that will go out or is public.

    `signature` and `seen_hash` are of the files as last read; `asked_for` is the file's date (ISO 8601).
    """

    slug: str
    id: str | None
    title: str
    state: IssueState
    reason: str | None
    first_seen_at: datetime
    signature: str
    seen_hash: str | None
    asked_for: str | None
    lists: tuple[str, ...]
    edition: int | None
    approved_hash: str | None
    approved_by: str | None
    approved_at: datetime | None
    due_at: datetime | None
    number: int | None
    published_at: datetime | None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What other issues have for themselves, each with the slug of the issue that has it.

    `ids` are front-matter ids, `stories` and `pages` the slugs of permalinks of printed stories and issues,
    `story_ids` the slugs of these stories with their ids instead, `content` the hashes of content that is
    public.
    """

    ids: Mapping[str, str]
    numbers: Mapping[int, str]
    stories: Mapping[str, str]
    story_ids: Mapping[str, str]
    pages: Mapping[str, str]
    content: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicStory:
    """A story that is public: its id in feeds, slug, source's address (may be empty), issue and title."""

    id: str
    slug: str
    link: str
    issue: str
    number: int | None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastMail:
    """A mailing as later issues are compared with it.

    `readers` is how many of its lists its segment chose, whatever topics they chose themselves.
    """

    issue: str
    lists: tuple[str, ...]
    segment: str | None
    readers: int
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionRecord:
    """A frozen print as the store holds it; `fillins` are set once it is public."""

    id: int
    issue: str
    entry_id: str
    content_hash: str
    nonce: str
    printed_at: datetime
    url: str
    title: str
    subject: str
    summary: str
    lang: str
    dir: str
    minutes: int
    number: int | None
    lists: tuple[str, ...]
    tags: tuple[str, ...]
    stories: tuple[Mapping[str, object], ...]
    masthead: Masthead
    published_at: datetime | None = None
    updated_at: datetime | None = None
    fillins: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    segment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """A slot that an issue has taken: wall-clock day and hour of a timetable."""

    timetable: str
    day: date
    hour: time
    issue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArtefact:
    """A public artefact with its validators; `etag` is strong and has its quotes.

    `gzip` and `brotli` are the same bytes compressed, where that was done and is smaller.
    """

    path: str
    media_type: str
    body: bytes = field(repr=False)
    etag: str
    modified_at: datetime
    status: int = 200
    location: str = ""
    link: str = ""
    gzip: bytes | None = field(default=None, repr=False)
    brotli: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A hub that has to be told, not before `due_at`, that the feed at `path` has changed."""

    hub: str
    path: str
    due_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRecord:
    """Whether a WebSub hub works, since when (None: it never failed); `waiting` feeds it is to be told of."""

    url: str
    works: bool
    since: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayRecord:
    """Whether a relay can be reached, since when, what it complained of last, and its slower pace if any."""

    name: str
    works: bool
    since: datetime
    said: str
    pace: Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingRecord:
    """An edition on its way to a frozen audience, and how far it has come.

    The seven counts add up to `audience` at any time. `next_try` is when something can be sent next, None
    when nothing is left to do. `rate` is how many messages were handed over in a thousand seconds, as of
    `rate_at`; `model.progress` makes sense of it.
    """

    id: int
    issue: str
    edition: int
    state: MailingState
    reason: str | None
    uncertain: UncertainPolicy
    kid: int
    audience: int
    created_at: datetime
    not_before: datetime
    started_at: datetime | None
    finished_at: datetime | None
    counts: Mapping[DeliveryState, int]
    next_try: datetime | None
    rate: int | None = None
    rate_at: datetime | None = None

    @property
    def adds_up(self) -> bool:
        """Whether everybody of the audience is in exactly one count; `publisher verify` says more."""
        return sum(self.counts.values()) == self.audience

    @property
    def done(self) -> int:
        """How many deliveries are final or uncertain."""
        still_open = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.DEFERRED)
        return self.audience - sum(self.counts.get(state, 0) for state in still_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingTemplate:
    """The message of a mailing for one of its lists, as stored bytes.

    `counting` is the one for readers who agreed that clicks are counted, if the list counts them.
    """

    mailing: int
    position: int
    list: str
    title: str
    template: bytes = field(repr=False)
    counting: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryTrouble:
    """A delivery that is not simply pending or accepted, with the peer's last words."""

    mailing: int
    issue: str
    address: str
    state: DeliveryState
    attempts: int
    next_try: datetime | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A mail about somebody's own affairs; `payload` is what its template needs, `attempts` earlier tries."""

    id: int
    kind: str
    address: str
    state: DeliveryState
    attempts: int
    created_at: datetime
    due_at: datetime | None
    payload: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """Who did what to what, when."""

    at: datetime
    actor: str
    verb: str
    subject: str
    from_state: str | None
    to_state: str | None
    detail: Mapping[str, object]
