"""An article in the plain-text shape, in our own words, and files for a newsroom in a temporary folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

TITLE: Final = "Night Trains Return to Europe, Slowly"
LEAD: Final = (
    'After two decades of closures, sleeping cars are "back on the map": 1,200 berths a night in 2024.',
    "Operators say that demand is not the problem. Locomotives, paths and rules are.",
)
TAKEAWAYS: Final = (
    ("Demand Is There", "Most routes sell out weeks ahead, and prices have followed."),
    ("Rolling Stock Is Scarce", "A new sleeping car takes four years from order to first night."),
    (
        "Borders Still Cost Time",
        "A change of locomotives takes up to 40 minutes (source: operators).",
    ),
    ("Cities Compete", "Stations that offer showers & breakfast win the morning arrivals."),
)
ANALYSIS: Final = (
    "The economics of a night train are those of a hotel that moves, with one guest a day in each bed.",
    "Infrastructure managers sell paths by the minute; at night, works on the line come first.",
    "A common ticket would help. Today a journey through three countries can need 3 bookings.",
    "None of this is new. What is new is that ministers ride these trains, and talk about it.",
)
FACTS: Final = (
    "The first sleeping car ran in 1837, between Harrisburg and Chambersburg.",
    "Agatha Christie's famous train was stuck in snow for real, in 1929, for five days.",
    "Some sleeping cars of the 1950s are still in service, with new bogies.",
)
CLOSING: Final = "The timetable of next December will show who meant it."

PLAIN: Final = "\n".join(
    [
        TITLE,
        TITLE,
        *LEAD,
        "Key Takeaways",
        *(line for lead, text in TAKEAWAYS for line in ("-", f"{lead}: {text}")),
        "Deep Analysis",
        *ANALYSIS,
        "Did You Know?",
        *(line for fact in FACTS for line in ("-", fact)),
        CLOSING,
        "",
    ]
)

STORY: Final = """---
id: {id}
title: {title}
source: Example Review
---

A lead of {title}.

## Key Takeaways

- **Price:** it fell.

## Closing

The end of {title}.
"""


def story(title: str) -> str:
    """Return the text of a small story without faults."""
    return STORY.format(title=title, id=f"id-{title}")


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by their paths under `root`/issues, and return that folder."""
    issues = root / "issues"
    issues.mkdir(exist_ok=True)
    for name, content in files.items():
        path = issues / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return issues
