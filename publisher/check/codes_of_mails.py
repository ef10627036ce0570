"""The codes of what is checked in the mail that a newsroom's templates make."""

from __future__ import annotations

from typing import Final

from publisher.check.code import Code

CODES_OF_MAILS: Final = (
    Code(
        "E115",
        "No way out of the mail",
        "Readers and the law want a link to unsubscribe that can be seen; mailbox providers look for it too.",
        "a newsroom's own `footer.mjml` in which `{{ slots.unsubscribe }}` stands in a comment",
        'Write `<a href="{{ slots.unsubscribe }}">{{ words.unsubscribe }}</a>` in the footer.',
    ),
    Code(
        "E705",
        "A mail that cannot be walked through",
        "Screen readers go from heading to heading and read out links and pictures: they need one title, "
        "headings that skip no level, and words for everything.",
        "a newsroom's own `header.mjml` without an `<h1>`, an `<img>` without `alt`, a `<script>`",
        "Mend the block of the mail that the sentence speaks of, or take your own file away.",
    ),
)
