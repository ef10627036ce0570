"""Every code of the check, with what the docs say of it; the reference page is made from this table."""

from __future__ import annotations

from typing import Final

from publisher.check.code import Code
from publisher.check.codes_of_files import CODES_OF_FILES
from publisher.check.codes_of_issues import CODES_OF_ISSUES
from publisher.check.codes_of_links import CODES_OF_LINKS
from publisher.check.codes_of_mails import CODES_OF_MAILS
from publisher.check.codes_of_online import CODES_OF_ONLINE
from publisher.check.codes_of_words import CODES_OF_WORDS

GROUPS: Final = {
    "0": "Files that cannot be read, and how text is read",
    "1": "Identity and safety",
    "2": "The subject row",
    "3": "Unfinished",
    "4": "Links",
    "5": "Pictures",
    "6": "Size",
    "7": "Accessibility",
    "8": "Style",
    "9": "Feeds",
}
"""What the first digit of a code says."""

_TABLES: Final = (
    CODES_OF_FILES,
    CODES_OF_ISSUES,
    CODES_OF_LINKS,
    CODES_OF_ONLINE,
    CODES_OF_WORDS,
    CODES_OF_MAILS,
)

CODES: Final[dict[str, Code]] = {
    row.code: row for row in sorted((row for table in _TABLES for row in table), key=lambda row: row.code[1:])
}
"""Code -> its explanation, in the order of the reference page."""
