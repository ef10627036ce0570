"""What each table holds, why, and for how long: the page of what is stored is made of this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One table: what it holds, what for, until when; `about_readers` if something in it is a reader's own.

    `erased` says what becomes of it when a reader is erased.
    """

    table: str
    what: str
    why: str
    until: str
    about_readers: bool = False
    erased: str = ""


_GONE: Final = "removed"
_ALWAYS: Final = "for good"
_WITH_READER: Final = "as long as the reader"
_ISSUE: Final = "as long as the issue is public"

_ROWS: Final = (
    Holding(
        table="subscribers",
        what="the address as it was typed, a folded form of it, a random name for links, the language; "
        "whether it is an office's or a throw-away one, has bounced or complained, and whether the reader "
        "agreed that clicks are counted",
        why="to send mail, and to stop when it does not arrive",
        until="until the reader is erased; without any list, `[privacy] pending`",
        about_readers=True,
        erased=_GONE,
    ),
    Holding(
        table="subscriptions",
        what="which list, in which state, since when, how it came about, and when a pause ends",
        why="to send what was asked for and nothing else",
        until=f"{_WITH_READER}; never confirmed, `[privacy] pending`",
        about_readers=True,
        erased=_GONE,
    ),
    Holding(
        table="topics",
        what="the topics that the reader chose",
        why="to choose issues, and the stories of the reader's own feed",
        until=_WITH_READER,
        about_readers=True,
        erased=_GONE,
    ),
    Holding(
        table="consents",
        what="list, moment, version of the text, page, and the network without the part that tells a machine "
        "(the first 24 bits of an IPv4 address, 48 of an IPv6 one)",
        why="the law asks for a proof of consent",
        until=_WITH_READER,
        about_readers=True,
        erased=_GONE,
    ),
    Holding(
        table="consent_texts",
        what="the sentences that readers agreed to",
        why="to know what a version said",
        until=_ALWAYS,
    ),
    Holding(
        table="reader_tokens",
        what="hashes of the links that confirm, change or erase something or are the address of an own feed; "
        "what such a link will do, which may be an address to be added, and its folded form",
        why="so that only who has the link can use it, once",
        until="until it is used or its time is over, then `[privacy] links`; that of a feed until it is "
        "removed",
        about_readers=True,
        erased=_GONE,
    ),
    Holding(
        table="former_ids",
        what="the random names by which links in mails to earlier addresses call a reader, and when that "
        "moved",
        why="so that whoever has an old mail can still leave",
        until=_WITH_READER,
        about_readers=True,
        erased=_GONE,
    ),
    Holding(
        table="suppressions",
        what="a keyed hash of an address that must not be mailed, why, and since when; no address",
        why="so that nobody adds again who complained, bounced, moved or was erased",
        until=_ALWAYS,
        about_readers=True,
        erased="stays: it is what keeps an erased address from being mailed again",
    ),
    Holding(
        table="deliveries",
        what="which mailing went to which reader's number, whether it was accepted, when, after how many "
        "tries",
        why="so that nobody is lost or gets an issue twice, and reports can be believed",
        until="`[privacy] deliveries` after the end of the mailing",
        about_readers=True,
        erased="stays under a number that leads to nobody any more",
    ),
    Holding(
        table="delivery_errors",
        what="what a mail server answered about one reader's mail",
        why="to tell a full mailbox from one that is gone",
        until="the words `[privacy] words`, the code as long as the delivery",
        about_readers=True,
        erased="words removed",
    ),
    Holding(
        table="reports",
        what="bounces and complaints that came back for a delivery, with the server's words",
        why="to stop mailing who does not want it or cannot be reached",
        until="the words `[privacy] words`, the kind as long as the delivery",
        about_readers=True,
        erased="words removed",
    ),
    Holding(
        table="notices",
        what="single mails about somebody's own affairs: the address, the reader's number, and until it is "
        "sent what it says",
        why="to send a confirmation or what an editor has to know, also after a crash",
        until="`[privacy] notices` after the last word; what it says only until it is sent",
        about_readers=True,
        erased=_GONE,
    ),
    Holding(
        table="rates",
        what="when the next mail may go to a relay or domain, and budgets of forms by keyed hashes",
        why="so that nobody can have strangers flooded with mail",
        until="one day after it is full again",
        about_readers=True,
        erased=_GONE,
    ),
    Holding(
        table="requests",
        what="what the API answered to a request with an idempotency key, which may have an address in it",
        why="so that a program can ask again without doing it twice",
        until="`[privacy] requests`",
        about_readers=True,
        erased=_GONE,
    ),
    Holding(
        table="audit",
        what="who did what to what, when; readers are numbers",
        why="to find out what happened",
        until="`[privacy] audit`",
        about_readers=True,
        erased="stays under a number that leads to nobody any more",
    ),
    Holding(
        table="links",
        what="the addresses behind the links of a mailing that counts clicks, and how often each was opened",
        why="to see which stories are read; by whom is stored nowhere",
        until=_ALWAYS,
    ),
    Holding(
        table="imports",
        what="names of files of addresses, how far each was read, how many rows were taken; no address",
        why="to go on after a crash, and to know where readers came from",
        until=_ALWAYS,
    ),
    Holding(
        table="api_tokens",
        what="names of programs that use the API, hashes of their tokens, what they may do",
        why="so that only they can",
        until=_ALWAYS,
    ),
    Holding(
        table="mailings",
        what="one mail of an issue to its lists, how far it has come",
        why="to send it to everybody once",
        until=_ALWAYS,
    ),
    Holding(
        table="mailing_templates",
        what="the mail of a mailing with places for what is a reader's own",
        why="so that a second try is the same mail",
        until=_ALWAYS,
    ),
    Holding(
        table="batches",
        what="ranges of a mailing's deliveries, counted",
        why="to share work, and to go on after a crash",
        until="as long as the deliveries",
    ),
    Holding(table="accounts", what="the last counts of a mailing", why="to report them", until=_ALWAYS),
    Holding(
        table="audiences", what="how many readers a list has", why="to show it", until="until counted again"
    ),
    Holding(table="relays", what="whether a relay works", why="to try another", until="until it works"),
    Holding(
        table="report_mailboxes",
        what="how far a mailbox of reports was read",
        why="to read each mail once",
        until="until it is read again",
    ),
    Holding(table="site", what="the publication's own facts", why="to keep servers in step", until=_ALWAYS),
    Holding(
        table="keys",
        what="secrets that sign links and hash addresses",
        why="so that nobody can make up a link",
        until=_ALWAYS,
    ),
    Holding(table="editions", what="printed issues", why="to publish what was approved", until=_ALWAYS),
    Holding(table="parts", what="printed issues in each format", why="the same", until=_ALWAYS),
    Holding(table="pictures", what="pictures of stories", why="to show them", until=_ALWAYS),
    Holding(table="edition_pictures", what="which issue shows which", why="the same", until=_ALWAYS),
    Holding(table="issues", what="states of issues", why="to keep the queue", until=_ALWAYS),
    Holding(table="occurrences", what="which issue has which slot", why="the same", until=_ALWAYS),
    Holding(table="artefacts", what="public pages and feeds", why="to serve them", until=_ISSUE),
    Holding(table="shelves", what="which story is in which feed", why="to make feeds", until=_ISSUE),
    Holding(table="search", what="words of public pages", why="to find them", until=_ISSUE),
    Holding(table="hubs", what="whether a WebSub hub works", why="to name it in feeds", until=_ALWAYS),
    Holding(table="pings", what="what a hub has to be told", why="to tell it", until="until it is told"),
)

INVENTORY: Final[Mapping[str, Holding]] = {row.table: row for row in _ROWS}
"""Every table, what is about readers first."""
