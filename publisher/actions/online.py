"""Asking the web for the links of issues: each address once, a few at a time, and each host slowly."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final
from urllib.parse import urldefrag

from publisher.check.proof import Proof
from publisher.check.rules import Rules
from publisher.edition.links import absolute
from publisher.fetch import Fetcher
from publisher.model.fetching import Fetched, FetchError, Trouble, target_of
from publisher.model.issue import Issue
from publisher.model.links import LinkAnswer
from publisher.settings import Settings

Progress = Callable[[int, int], None]
"""Is told how many addresses have been asked for, and of how many."""

_WEB: Final = ("http://", "https://")
_UNSURE: Final = frozenset({Trouble.OFFLINE, Trouble.TIME})
"""Trouble that may be ours: the next reader may have none."""
_NAMELESS: Final = frozenset({Trouble.NO_HOST, Trouble.OFFLINE})
"""Trouble with every name alike is not the names'."""
_NO_NAMES: Final = "no name could be looked up; is there a network?"
_AGAIN: Final = frozenset({Trouble.BROKEN})
"""Trouble that a second try, with GET, may not have: some servers only hang up on HEAD."""
_SHY: Final = {
    401: "it wants readers to sign in",
    402: "it wants readers to pay",
    403: "it turns programs away",
    405: "it turns programs away",
    406: "it turns programs away",
    407: "a proxy wants to be signed in to",
    408: "it took too long",
    425: "it wants to be asked later",
    429: "it was asked too often",
    451: "the law keeps it from us, though perhaps not from readers",
    999: "it turns programs away",
}
"""Statuses with which sites answer programs and not readers."""
_FINAL: Final = frozenset({401, 402, 407, 410, 429, 451, 999})
"""Statuses that GET would not change; asking again would only be rude."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How politely servers are asked: requests at one time, seconds between two to a host, seconds in all."""

    at_once: int = 8
    pause: float = 0.5
    seconds: float = 300.0


def fetcher_for(settings: Settings) -> Fetcher:
    """Return a client that asks in the name of this publication."""
    return Fetcher(home_url=settings.publication.home_url)


def ask_for_links(
    fetcher: Fetcher,
    issues: Iterable[Issue],
    *,
    manners: Manners | None = None,
    progress: Progress | None = None,
) -> Mapping[str, LinkAnswer]:
    """Return what became of asking for every http and https link of these issues, by address as written.

    It waits in an event loop of its own. Trouble is an answer, never an exception, and so is that there was
    no time left to ask.
    """
    written = {
        address: _asked_as(address)
        for issue in issues
        for address, _ in Proof(issue=issue, rules=Rules()).addresses
        if address.lower().startswith(_WEB)
    }
    round_ = _Round(fetcher=fetcher, manners=manners or Manners(), progress=progress)
    answers = asyncio.run(round_.ask(dict.fromkeys(written.values())))
    return {address: _as_written(address, answers[asked]) for address, asked in written.items()}


def judge(address: str, page: Fetched) -> LinkAnswer:
    """Return what an answer says about a link; 401, 403, 405, 429 and the like say nothing about readers."""
    trouble = ""
    if page.status in _SHY:
        trouble = f"{_SHY[page.status]} ({_status(page.status)})"
    elif page.status >= 400:
        trouble = f"the server answers {_status(page.status)}"
    return LinkAnswer(
        address=address,
        status=page.status,
        trouble=trouble,
        unsure=page.status in _SHY,
        moved_to="" if trouble else page.moved_to,
    )


@dataclass(slots=True, kw_only=True)
class _Round:
    """One round of asking; what it has heard so far is in `heard`.

    `nameless` are the addresses whose names nobody knew, which says something only if `knows_names`.
    """

    fetcher: Fetcher
    manners: Manners
    progress: Progress | None
    heard: dict[str, LinkAnswer] = field(default_factory=dict)
    nameless: set[str] = field(default_factory=set)
    knows_names: bool = False

    async def ask(self, addresses: Iterable[str]) -> Mapping[str, LinkAnswer]:
        by_host = defaultdict(list)
        every = list(addresses)
        for address in every:
            try:
                by_host[target_of(address).host].append(address)
            except FetchError as error:
                self.heard[address] = LinkAnswer(address=address, trouble=error.what)
        turns = asyncio.Semaphore(self.manners.at_once)
        self._tell(len(every))
        try:
            async with asyncio.timeout(self.manners.seconds), asyncio.TaskGroup() as group:
                for each in by_host.values():
                    group.create_task(self._ask_host(each, turns, total=len(every)))
        except TimeoutError:
            what = f"there was no time left to ask within {self.manners.seconds:g} seconds"
            for address in every:
                self.heard.setdefault(address, LinkAnswer(address=address, trouble=what, unsure=True))
        if not self.knows_names:
            for address in self.nameless:
                self.heard[address] = LinkAnswer(address=address, trouble=_NO_NAMES, unsure=True)
        return self.heard

    async def _ask_host(self, addresses: Sequence[str], turns: asyncio.Semaphore, *, total: int) -> None:
        """Ask one host for one address after the other; while it rests, others have their turn.

        A host that was not asked after all needs no rest.
        """
        tired = False
        for address in addresses:
            for method in ("HEAD", "GET"):
                if tired:
                    await asyncio.sleep(self.manners.pause)
                async with turns:
                    answer, tired = await self._try(address, method)
                if answer is not None:
                    break
            self.heard[address] = answer or LinkAnswer(address=address)
            self._tell(total)

    async def _try(self, address: str, method: str) -> tuple[LinkAnswer | None, bool]:
        """Return the answer, None where HEAD was not enough to know, and whether any server was asked."""
        is_first = method == "HEAD"
        try:
            page = await self.fetcher.glance(address, method=method)
        except FetchError as error:
            self._learn(address, error)
            if is_first and error.trouble in _AGAIN:
                return None, error.asked
            unsure = error.trouble in _UNSURE
            return LinkAnswer(address=address, trouble=error.what, unsure=unsure), error.asked
        self._learn(address, None)
        if is_first and page.status >= 400 and page.status not in _FINAL:
            return None, True
        return judge(address, page), True

    def _learn(self, address: str, error: FetchError | None) -> None:
        """Keep in mind whether names can be looked up at all."""
        if target_of(address).address is not None:
            return
        if error is None or error.asked or error.trouble is Trouble.INSIDE:
            self.knows_names = True
        elif error.trouble in _NAMELESS:
            self.nameless.add(address)

    def _tell(self, total: int) -> None:
        if self.progress is not None:
            self.progress(len(self.heard), total)


def _asked_as(address: str) -> str:
    """Return the address that readers get, without the place on the page; as written if there is none."""
    return urldefrag(absolute(address) or address).url


def _as_written(address: str, answer: LinkAnswer) -> LinkAnswer:
    """Return an answer for the address as it is written; a place on the page is kept, as browsers keep it."""
    place = urldefrag(address).fragment
    moved_to = f"{answer.moved_to}#{place}" if answer.moved_to and place else answer.moved_to
    return replace(answer, address=address, moved_to=moved_to)


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
