"""Group 6: size. Gmail hides what is above 102 kB of a mail, and with it the way to unsubscribe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from publisher.check.proof import Proof, at
from publisher.model.finding import Finding

MOST_TAGS: Final = 50
"""So many tags may an issue or a story have: each has pages and feeds of its own."""


def fits_a_mail(proof: Proof) -> Iterator[Finding]:
    """The HTML, with the longest values that readers can have in it, is small enough to be shown whole."""
    if proof.mail is not None and proof.mail.longest > proof.rules.mail_bytes:
        what = f"the mail has {proof.mail.longest:,} bytes, more than {proof.rules.mail_bytes:,}"
        if proof.mail.shortened:
            what += ", even with its stories as excerpts"
        fix = "shorten it, or make two issues of it"
        yield Finding(code="E610", what=what, fix=fix, place=proof.at_issue("title"))


def has_whole_stories(proof: Proof) -> Iterator[Finding]:
    """No story was made an excerpt to keep the mail small enough."""
    if proof.mail is None:
        return
    for story in proof.issue.stories:
        if story.slug in proof.mail.shortened:
            what = f"the mail has only lead and takeaways of '{story.title}', and the way to the rest"
            fix = "shorten the issue, or allow: [W611] if that will do; page and feeds have all of it"
            yield Finding(code="W611", what=what, fix=fix, place=at(story, "title"))


def has_few_tags(proof: Proof) -> Iterator[Finding]:
    """Neither the issue nor a story has more tags than can be published in a moment."""
    tagged = [(proof.issue.tags, proof.at_issue("tags"), "the issue")]
    tagged += [(story.tags, at(story, "tags"), f"'{story.title}'") for story in proof.issue.stories]
    for tags, place, who in dict.fromkeys(tagged):
        if len(tags) > MOST_TAGS:
            what = f"{who} has {len(tags):,} tags, more than {MOST_TAGS}"
            yield Finding(code="E612", what=what, fix="keep those that readers look for", place=place)


CHECKS: Final = (fits_a_mail, has_whole_stories, has_few_tags)
