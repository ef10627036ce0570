"""`/confirm/<token>`: GET shows, POST confirms."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from publisher.actions.join import Confirmation, confirm, confirmation_of, public_lists
from publisher.app import Publisher
from publisher.web.frame import reply
from publisher.web.same_site import refuse_other_sites
from publisher.web.words_of_help import help_words
from publisher.web.words_of_joining import joining_words


class Confirm:
    """The page behind the link of the mail that asks to confirm."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    async def page(self, request: Request) -> Response:
        """Show the lists and a button, or let the owner of the link join them; a second time changes nothing.

        Raises:
            HTTPException: 403, the form is of another site; 413, the body is too large.
            StoreError: the database does not answer; nothing has happened.
        """
        act = confirmation_of
        if request.method == "POST":
            refuse_other_sites(request, self._publisher.settings)
            await request.body()
            act = confirm
        found = await run_in_threadpool(act, self._publisher, request.path_params["token"])
        return self._show(found) if found else self._stale()

    def _show(self, found: Confirmation) -> Response:
        words = joining_words(found.lang)
        return reply(
            self._publisher,
            "confirm.html",
            title=words.done if found.is_done else words.confirm,
            lang=found.lang,
            join=words,
            is_done=found.is_done,
            titles=found.titles,
            choose=found.choose,
        )

    def _stale(self) -> Response:
        masthead = self._publisher.settings.masthead()
        return reply(
            self._publisher,
            "message.html",
            status=404,
            title=help_words(masthead.lang).used,
            text=joining_words(masthead.lang).old_text,
            join=joining_words(masthead.lang) if public_lists(self._publisher.settings) else None,
            write_to=masthead.reply_to,
        )
