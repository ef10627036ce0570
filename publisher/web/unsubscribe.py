"""`/unsubscribe/<token>`: GET shows, POST acts at once (RFC 8058)."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from publisher.actions.subscribe import is_of_a_test, subscription_of, unsubscribe
from publisher.app import Publisher
from publisher.model.phrases import phrases
from publisher.model.subscriber import Subscription, SubscriptionState
from publisher.web.frame import reply
from publisher.web.sentences import sentences


class Unsubscribe:
    """The page behind the link of every mail: no cookie, no script, no redirect."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    async def page(self, request: Request) -> Response:
        """Show the subscription and a button, or end it; doing it again changes nothing.

        The link of a test mail says that it was one, however it is used.

        A mail program sends `List-Unsubscribe=One-Click`, the button an empty form: both mean the same, so
        the body is read only to see that it is small.

        Raises:
            HTTPException: 413, the body is too large.
            StoreError: the database does not answer; nothing has happened.
        """
        await request.body()
        act = unsubscribe if request.method == "POST" else subscription_of
        token = request.path_params["token"]
        found = await run_in_threadpool(act, self._publisher, token)
        if found is not None:
            return self._show(found)
        is_test = await run_in_threadpool(is_of_a_test, self._publisher, token)
        return self._tested() if is_test else self._stale()

    def _show(self, found: Subscription) -> Response:
        lang = self._publisher.settings.publication.language
        ended = found.state is SubscriptionState.UNSUBSCRIBED
        return reply(
            self._publisher,
            "unsubscribe.html",
            title=sentences(lang).done if ended else phrases(lang).unsubscribe,
            ended=ended,
            address=masked(found.address),
            list_title=self._publisher.settings.list_title(found.list),
        )

    def _tested(self) -> Response:
        told = sentences(self._publisher.settings.publication.language)
        return reply(self._publisher, "message.html", title=told.tested, text=told.tested_text, write_to="")

    def _stale(self) -> Response:
        told = sentences(self._publisher.settings.publication.language)
        return reply(
            self._publisher,
            "message.html",
            status=404,
            title=told.stale,
            text=told.stale_text,
            write_to=self._publisher.settings.masthead().reply_to,
        )


def masked(address: str) -> str:
    """Return an address that its owner recognises and nobody else learns: "a…@example.org"."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"
