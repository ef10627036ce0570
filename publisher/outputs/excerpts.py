"""How a mail becomes small enough to be shown whole: its last stories become excerpts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from publisher.model.edition import Printed, PrintedStory

_FRAME: Final = 2_000
"""Bytes of markup around what an excerpt leaves out: a first guess, soon better known."""


def excerpt(story: PrintedStory) -> PrintedStory:
    """Return the beginning of `story`: its lead, its takeaways and its sponsor.

    A story that has no more than these is its own excerpt, picture and all.
    """
    if not saving(story):
        return story
    kept = tuple(section for section in story.sections if section.takeaways)
    return replace(story, sections=kept, closing=Printed(), footnotes=(), picture=None)


def saving(story: PrintedStory) -> int:
    """Return how many bytes of a story's own HTML its excerpt leaves out."""
    sections = [section for section in story.sections if not section.takeaways]
    bodies = [part for section in sections for part in (section.body, *section.facts)]
    texts = [*(section.heading for section in sections)]
    texts += [part.html for part in (*bodies, story.closing, *story.footnotes)]
    return sum(len(text.encode()) for text in texts)


def fit(stories: Sequence[PrintedStory], *, limit: int, size: Callable[[int], int]) -> int:
    """Return how many of the last stories have to be excerpts so that the mail has at most `limit` bytes.

    `size` makes the mail with so many excerpts and tells its bytes, fewer the more there are; it is asked a
    few times only. If not even all of them are enough, the answer is still the number of the stories.
    """
    savings = [saving(story) for story in reversed(stories)]
    too_few, enough = -1, len(savings)
    before, frame = 0, _FRAME
    while enough - too_few > 1:
        tried = 0 if too_few < 0 else too_few + _needed(savings[too_few:enough], before - limit, frame)
        made = size(tried)
        if made > limit:
            too_few, before = tried, made
        else:
            enough = tried
            saved = before - made - sum(savings[too_few:enough])
            frame = max(0, saved // max(1, enough - too_few))
    return enough


def _needed(savings: Sequence[int], over: int, frame: int) -> int:
    """Return how many of the next excerpts save `over` bytes: at least one, and not the last of them."""
    count = 0
    while over > 0:
        over -= savings[count] + frame if count < len(savings) else over
        count += 1
    return min(max(count, 1), len(savings) - 1)
