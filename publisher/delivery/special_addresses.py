"""Addresses that are no one person's, or are made to be thrown away: editors see it, nobody is refused."""

from __future__ import annotations

from typing import Final

from publisher.delivery.addresses import Address

ROLES: Final = frozenset(
    {
        *("abuse", "accounting", "accounts", "admin", "administrator", "all", "billing", "careers"),
        *("compliance", "contact", "customerservice", "dev", "devnull", "dns", "editor", "enquiries"),
        *("everyone", "feedback", "finance", "ftp", "hello", "help", "helpdesk", "hostmaster", "hr", "info"),
        *("inoc", "inquiries", "invoices", "ispfeedback", "ispsupport", "it", "jobs", "kontakt", "legal"),
        *("list", "list-request", "mail", "mailer-daemon", "marketing", "media", "news", "newsletter"),
        *("no-reply", "noc", "noreply", "null", "office", "orders", "phish", "phishing", "postmaster"),
        *("press", "privacy", "redaktion", "registrar", "remove", "root", "sales", "security", "service"),
        *("spam", "staff", "support", "sysadmin", "team", "tech", "undisclosed-recipients", "unsubscribe"),
        *("usenet", "uucp", "webmaster", "www"),
    }
)
"""Local parts that stand for an office and not for a person: those of RFC 2142, and what companies use."""

DISPOSABLE: Final = frozenset(
    {
        *("10minutemail.com", "10minutemail.net", "anonbox.net", "burnermail.io", "byom.de", "discard.email"),
        *("discardmail.com", "dispostable.com", "dropmail.me", "emailondeck.com", "fakeinbox.com"),
        *("fakemail.net", "getairmail.com", "getnada.com", "grr.la", "guerrillamail.biz"),
        *("guerrillamail.com", "guerrillamail.de", "guerrillamail.info", "guerrillamail.net"),
        *("guerrillamail.org", "guerrillamailblock.com", "harakirimail.com", "incognitomail.org"),
        *("inboxkitten.com", "jetable.org", "mail-temp.com", "mailcatch.com", "maildrop.cc"),
        *(
            "mailinator.com",
            "mailinator.net",
            "mailnesia.com",
            "mailnull.com",
            "mailsac.com",
            "minuteinbox.com",
        ),
        *("mintemail.com", "moakt.com", "mohmal.com", "mytemp.email", "nada.email", "pokemail.net"),
        *("sharklasers.com", "smailpro.com", "spam4.me", "spambog.com", "spamgourmet.com", "temp-mail.io"),
        *("temp-mail.org", "tempail.com", "tempinbox.com", "tempmail.dev", "tempmail.plus", "tempmailo.com"),
        *("tempr.email", "throwawaymail.com", "trash-mail.com", "trashmail.com", "trashmail.de"),
        *("trashmail.me", "trashmail.net", "wegwerfmail.de", "wegwerfmail.net", "yopmail.com", "yopmail.fr"),
        *("yopmail.net",),
    }
)
"""Domains whose mailboxes last for minutes or are open to everybody; also what is below them."""


def is_role(address: Address) -> bool:
    """Return whether an address is an office's, such as `info@`, with or without something after a "+"."""
    return address.local.casefold().partition("+")[0] in ROLES


def is_disposable(address: Address) -> bool:
    """Return whether an address is at a domain that hands out mailboxes to be thrown away."""
    labels = address.domain.split(".")
    return any(".".join(labels[start:]) in DISPOSABLE for start in range(len(labels) - 1))
