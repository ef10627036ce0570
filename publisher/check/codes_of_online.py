"""The codes of what `publisher check --online` finds by asking for links."""

from __future__ import annotations

from typing import Final

from publisher.check.code import Code

CODES_OF_ONLINE: Final = (
    Code(
        "W404",
        "A dead link",
        "Readers would meet an error page, or nothing. Only `publisher check --online` asks; it never asks "
        "machines that are not on the public internet.",
        "a page that was taken down (404, 410), a name that nobody has, a certificate that has run out",
        "Write an address that works, or allow it if the page will be there when readers come.",
    ),
    Code(
        "I411",
        "A link that has moved for good",
        "The old address sends readers on for now, and one day it will not.",
        "`http://…` that has become `https://…`",
        "Write the new address, which the finding names.",
    ),
    Code(
        "I412",
        "A link of which nobody knows",
        "Some sites turn programs away or are slow, and without a network nobody can be asked. That says "
        "nothing about what readers will find.",
        "a newspaper that answers 403 to everything but a browser",
        "Open it yourself.",
    ),
)
