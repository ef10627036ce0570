"""Group 4: links, as far as they can be judged without asking the web."""

from __future__ import annotations

from typing import Final

from publisher.check.code import Code

CODES_OF_LINKS: Final = (
    Code(
        "E401",
        "A link that leads nowhere",
        "A mail and a feed have no page beside them from which `../heat` could lead anywhere. Only the files "
        "of the issue (`chip-heat.md`) and places on the same page (`#notes`) are understood.",
        "`[the report](report.html)`, `[them](www.example.org)`",
        "Write the whole address, beginning with `https://`.",
    ),
    Code(
        "E402",
        "A link that readers cannot follow",
        "Only links to the web, mailboxes and telephones are printed. Others mean a file on your machine, or "
        "a script, or a program that readers may not have.",
        "`file:///home/ana/report.pdf`, `javascript:…`, `ftp://…`, `tel:call me`",
        "Link to a page on the web, a mailbox or a telephone: `https:`, `mailto:`, `tel:` and `sms:`.",
    ),
    Code(
        "E403",
        "A link into a house",
        "The address means the reader's own machine, or is known in one network only.",
        "`http://localhost:8000/heat`, `http://192.168.0.7/`, `http://intranet/`",
        "Write the address of the public web.",
    ),
    Code(
        "W405",
        "Words that do not say where a link leads",
        "Screen readers list the links of a page: ten times “here” says nothing.",
        "`[Click here](https://…)`",
        "Let the link's words name what is there: `[the ministry's report](https://…)`.",
    ),
    Code(
        "W406",
        "The same link twice",
        "Two stories about one page, or one address under two names, are mostly slips of copying; readers "
        "are led to the wrong page or to one they have just read. The same words for one source are fine, "
        "and so are a story that links to its own source, and two places on one page.",
        "`[The ministry](https://a.example/1)` and `[Its critics](https://a.example/1)`",
        "Correct one of the two, or use the same words for the same page.",
    ),
    Code(
        "W407",
        "It ran before",
        "Readers remember, and a feed shows both.",
        "a story with the `link` of a story in issue 41",
        "Leave it out, or allow it and say what is new.",
    ),
    Code(
        "W408",
        "A link that watches readers",
        "Such parameters tell a site which mail a reader came from, sometimes even which reader.",
        "`https://example.org/heat?utm_source=mail`, `?fbclid=…`",
        "Run `publisher check --fix`: it removes them and nothing else, and leaves alone what it cannot.",
    ),
    Code(
        "W409",
        "A link without encryption",
        "Others on the way can see and change what readers get; browsers warn of it.",
        "`http://example.org/`",
        "Write `https://`, and look whether the page opens.",
    ),
    Code(
        "W410",
        "A shortened link",
        "Nobody can see where it leads, it counts readers, and it dies with its service.",
        "`https://bit.ly/3xYz`",
        "Write the address to which it leads.",
    ),
    Code(
        "W413",
        "Words that name another place",
        "Readers believe an address that they read, and are led elsewhere: that is how passwords are "
        "stolen. What stands before an `@` in an address is not where it leads.",
        "`[https://bank.example/](https://other.example/)`, `https://bank.example@other.example/`",
        "Let the words name the page to which the link leads.",
    ),
)
