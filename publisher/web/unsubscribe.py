"""`/unsubscribe/<token>`: GET shows, POST acts at once (RFC 8058); afterwards it can be taken back."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from publisher.actions import leaving
from publisher.actions.subscribe import is_of_a_test, subscription_of, unsubscribe
from publisher.app import Publisher
from publisher.model.leaving import LeavingReason
from publisher.model.phrases import phrases
from publisher.model.subscriber import Subscription, SubscriptionState
from publisher.web.fields import first, posted
from publisher.web.frame import reply
from publisher.web.replies import brief, message, stale, tested
from publisher.web.replies import masked as masked  # noqa: PLC0414 - known under this name
from publisher.web.same_site import refuse_other_sites
from publisher.web.sentences import sentences
from publisher.web.words_of_help import help_words
from publisher.web.words_of_leaving import leaving_words

_ONE_CLICK: Final = b"One-Click"
"""What is in the body that a mail program sends, in whichever of the two forms it may have (RFC 8058)."""


class Unsubscribe:
    """The page behind the link of every mail: no cookie, no script, no redirect."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._lang = publisher.settings.publication.language

    def routes(self) -> tuple[BaseRoute, ...]:
        """Return the addresses of leaving."""
        return (
            Route("/unsubscribe/{token}", self.page, methods=["GET", "POST"]),
            Route("/unsubscribe/{token}/undo", self.undo, methods=["POST"]),
            Route("/unsubscribe/{token}/reason", self.reason, methods=["POST"]),
        )

    async def page(self, request: Request) -> Response:
        """Show the subscription and a button, or end it; doing it again changes nothing.

        The link of a test mail says that it was one, however it is used. One that we have made for a reader
        who is not known any more is as good as used.

        A mail program sends `List-Unsubscribe=One-Click`, the button an empty form: both mean the same. Only
        the answer differs, since no mail program shows it to anybody.

        Raises:
            HTTPException: 413, the body is too large.
            StoreError: the database does not answer; nothing has happened.
        """
        is_one_click = _ONE_CLICK in await request.body() and request.method == "POST"
        act = unsubscribe if request.method == "POST" else subscription_of
        token = request.path_params["token"]
        found = await run_in_threadpool(act, self._publisher, token)
        if is_one_click and found is not None:
            return brief(sentences(self._lang).done)
        return await run_in_threadpool(self._shown, token, found)

    async def undo(self, request: Request) -> Response:
        """Let the subscription go on.

        Raises:
            HTTPException: 403, another site has sent the form.
            StoreError: the database does not answer; nothing has happened.
        """
        refuse_other_sites(request, self._publisher.settings)
        token = request.path_params["token"]
        found = await run_in_threadpool(leaving.undo, self._publisher, token)
        if found is None or found.state is SubscriptionState.UNSUBSCRIBED:
            return await run_in_threadpool(self._shown, token, found)
        lang = await run_in_threadpool(self._language, found)
        own = leaving_words(lang)
        return message(self._publisher, title=own.undone, text=own.undone_text, lang=lang)

    async def reason(self, request: Request) -> Response:
        """Keep why somebody has left; who chooses no reason gets the page again.

        Raises:
            HTTPException: 403, another site has sent the form; 413, the body is too large.
            StoreError: the database does not answer; nothing has happened.
        """
        refuse_other_sites(request, self._publisher.settings)
        token, said = request.path_params["token"], first(await posted(request), "reason")
        if said not in set(LeavingReason):
            found = await run_in_threadpool(subscription_of, self._publisher, token)
            return await run_in_threadpool(self._shown, token, found)
        found = await run_in_threadpool(leaving.say_why, self._publisher, token, LeavingReason(said))
        if found is None:
            return await run_in_threadpool(self._shown, token, None)
        lang = await run_in_threadpool(self._language, found)
        own = leaving_words(lang)
        return message(self._publisher, title=own.thanks, text=own.thanks_text, lang=lang)

    def _language(self, found: Subscription) -> str:
        """Return the reader's language, else the publication's."""
        return leaving.language_of(self._publisher, found) or self._lang

    def _shown(self, token: str, found: Subscription | None) -> Response:
        told = sentences(self._lang)
        if found is not None:
            return self._show(token, found)
        if is_of_a_test(self._publisher, token):
            return tested(self._publisher)
        if leaving.is_genuine(self._publisher, token):
            return message(self._publisher, title=told.done, text=told.done_text)
        return stale(self._publisher)

    def _show(self, token: str, found: Subscription) -> Response:
        ended = found.state is SubscriptionState.UNSUBSCRIBED
        lang = self._language(found)
        return reply(
            self._publisher,
            "unsubscribe.html",
            title=sentences(lang).done if ended else phrases(lang).unsubscribe,
            lang=lang,
            ended=ended,
            goes_on=leaving.page_of_others(self._publisher, found) if ended else "",
            help=help_words(lang),
            undoable=leaving.can_be_undone(self._publisher, found),
            own=leaving_words(lang),
            token=token,
            address="" if found.is_former else masked(found.address),
            list_title=self._publisher.settings.list_title(found.list),
        )
