"""What comes back, in the shapes that servers really give it; every name and address is made up."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

TEXT = "Content-Type: text/plain; charset=utf-8\n\n"
ORIGINAL = """\
Return-Path: <{to}>
From: Heat <heat@news.example.net>
To: reader@example.org
Subject: A quiet machine
Message-ID: <abcdefghij@news.example.net>
"""


def mail(head: str, *parts: str, boundary: str = "=_cut", line: str = "\n") -> bytes:
    """Return a mail: of one body, or of several parts with their own heads."""
    if len(parts) == 1:
        text = f"{head}\n{parts[0]}"
    else:
        between = f"\n--{boundary}\n"
        text = f"{head}\nThis is a mail of several parts.\n{between}{between.join(parts)}\n--{boundary}--\n"
    return text.replace("\n", line).encode()


def postfix(to: str, *, status: str = "5.1.1", action: str = "failed", said: str = "") -> bytes:
    """Return a notification as Postfix writes it."""
    unknown = "Recipient address rejected: User unknown in\n    my table"
    said = said or f"smtp; 550 {status} <reader@example.org>: {unknown}"
    head = f"""\
Return-Path: <>
Delivered-To: {to}
Received: by mx.news.example.net (Postfix)
\tid 4F1D2; Tue,  6 Oct 2026 06:31:07 +0200 (CEST)
Date: Tue,  6 Oct 2026 06:31:07 +0200 (CEST)
From: MAILER-DAEMON@mx.news.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {to}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4F1D2.1759725067/mx.news.example.net"
Message-Id: <20261006043107.4F1D2@mx.news.example.net>
"""
    status_part = f"""\
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.news.example.net
X-Postfix-Queue-ID: 91F0A
X-Postfix-Sender: rfc822; {to}
Arrival-Date: Tue,  6 Oct 2026 06:31:02 +0200 (CEST)

Final-Recipient: rfc822; reader@example.org
Original-Recipient: rfc822;reader@example.org
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: {said}
"""
    return mail(
        head,
        TEXT + "I'm sorry to have to inform you that your message could not be delivered.\n",
        status_part,
        "Content-Description: Undelivered Message Headers\nContent-Type: text/rfc822-headers\n\n"
        + ORIGINAL.format(to=to),
        boundary="4F1D2.1759725067/mx.news.example.net",
    )


def exim(to: str) -> bytes:
    """Return a notification of Exim, whose status says nothing and whose diagnostic does; with CRLF."""
    head = f"""\
Return-path: <>
Envelope-to: {to}
X-Failed-Recipients: reader@example.org
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.example.com>
To: {to}
References: <abcdefghij@news.example.net>
Content-Type: multipart/report; report-type=delivery-status; boundary=1759725100-eximdsn-1804289383
MIME-Version: 1.0
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1v5abc-0001Xy-2b@mail.example.com>
"""
    return mail(
        head,
        TEXT + "A message that you sent could not be delivered to one or more of its recipients.\n",
        "Content-type: message/delivery-status\n\nReporting-MTA: dns; mail.example.com\n\n"
        "Action: failed\nFinal-Recipient: rfc822;reader@example.org\nStatus: 5.0.0\n"
        "Remote-MTA: dns; mx.example.org\n"
        "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.\n",
        "Content-type: message/rfc822\n\n" + ORIGINAL.format(to=to) + "\nThe whole mail.\n",
        boundary="1759725100-eximdsn-1804289383",
        line="\r\n",
    )


def exchange(to: str) -> bytes:
    """Return a notification of Exchange: parameters in its own spelling, the status in base64."""
    coded = (
        "UmVwb3J0aW5nLU1UQTogZG5zO1ZJMVBSMTAxLm91dGxvb2suZXhhbXBsZQoKRmluYWwtUmVjaXBp\n"
        "ZW50OiByZmM4MjI7cmVhZGVyQGV4YW1wbGUub3JnCkFjdGlvbjogRmFpbGVkClN0YXR1czogNS4x\n"
        "LjEwCkRpYWdub3N0aWMtQ29kZTogc210cDs1NTAgNS4xLjEwIFJFU09MVkVSLkFEUi5SZWNpcGll\n"
        "bnROb3RGb3VuZDsgUmVjaXBpZW50IG5vdCBmb3VuZAo=\n"
    )
    head = f"""\
From: <postmaster@outlook.example>
To: <{to}>
Date: Tue, 6 Oct 2026 04:31:09 +0000
Content-Type: multipart/report; report-type="Delivery-Status"; boundary="_000_A(b)c+d?e_"
Content-Language: en-US
Message-ID: <b1c2d3@outlook.example>
Subject: Undeliverable: A quiet machine
Auto-Submitted: auto-replied
MIME-Version: 1.0
"""
    return mail(
        head,
        "Content-Type: multipart/alternative; boundary=inner\n\n--inner\nContent-Type: text/plain\n\n"
        "Your message couldn't be delivered.\n--inner--\n",
        "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n" + coded,
        "Content-Type: message/rfc822\n\n" + ORIGINAL.format(to=to),
        boundary="_000_A(b)c+d?e_",
    )


def gmail(to: str) -> bytes:
    """Return a notification that a mail is still being tried, as Gmail writes it."""
    head = f"""\
Delivered-To: {to}
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>
To: {to}
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Delay)
References: <abcdefghij@news.example.net>
Message-ID: <68e34567.delay@mx.example>
Content-Type: multipart/report; boundary="000000000000a1b2c3"; report-type=delivery-status
"""
    return mail(
        head,
        TEXT + "** Delivery incomplete **\n",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; googlemail.example\n"
        "Received-From-MTA: dns; heat@news.example.net\nArrival-Date: Mon, 05 Oct 2026 21:31:02 -0700 (PDT)\n"
        "\nFinal-Recipient: rfc822; reader@example.org\nAction: delayed\nStatus: 4.4.1\n"
        "Diagnostic-Code: smtp; The recipient server did not accept our requests to connect.\n"
        "Will-Retry-Until: Thu, 08 Oct 2026 21:31:02 -0700 (PDT)\n",
        "Content-Type: message/rfc822\n\n" + ORIGINAL.format(to=to),
        boundary="000000000000a1b2c3",
    )


def full_mailbox(to: str) -> bytes:
    """Return a bounce of a mailbox that is full."""
    return postfix(to, status="5.2.2", said="smtp; 552 5.2.2 mailbox is over quota")


def refused_by_policy(to: str) -> bytes:
    """Return a bounce for which no reader can be blamed."""
    return postfix(to, status="5.7.1", said="smtp; 550 5.7.1 we do not like your address")


def delivered(to: str) -> bytes:
    """Return a notification that a mail has arrived."""
    return postfix(to, status="2.0.0", action="delivered", said="smtp; 250 2.0.0 Ok")


def qmail(to: str) -> bytes:
    """Return a bounce in prose alone, as qmail writes it."""
    return mail(
        f"Return-Path: <>\nDelivered-To: {to}\nFrom: MAILER-DAEMON@mail.example.org\nTo: {to}\n"
        "Subject: failure notice\n",
        "Hi. This is the qmail-send program at mail.example.org.\nI'm afraid I wasn't able to deliver your"
        " message.\n\n<reader@example.org>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\n" + ORIGINAL.format(to=to),
    )


def yahoo(to: str, *, kind: str = "abuse") -> bytes:
    """Return a complaint as feedback loops send it: to a mailbox of their own, with the mail in it."""
    return mail(
        "From: Yahoo! Mail AntiSpam Feedback <feedback@arf.mail.example>\nTo: fbl@news.example.net\n"
        "Subject: FW: A quiet machine\nMIME-Version: 1.0\nMessage-ID: <fbl-1@arf.mail.example>\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=arf1\n",
        TEXT + "This is an email abuse report.\n",
        f"Content-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: Feedback/2.0\n"
        f"Version: 0.1\nOriginal-Mail-From: <{to}>\nOriginal-Rcpt-To: redacted@example.org\n",
        "Content-Type: message/rfc822\n\n" + ORIGINAL.format(to=to) + "\nThe whole mail.\n",
        boundary="arf1",
    )


def auto_reply(to: str, *, subject: str = "Re: A quiet machine", more: str = "") -> bytes:
    """Return the answer of a machine, with further header lines."""
    return mail(
        f"Delivered-To: {to}\nFrom: Reader <reader@example.org>\nTo: {to}\nSubject: {subject}\n{more}",
        "I am at the sea until Monday. My old address gives 550 5.1.1 now.\n",
    )


def letter(to: str) -> bytes:
    """Return what a person wrote, who quotes a bounce."""
    return mail(
        f"Delivered-To: {to}\nFrom: Reader <reader@example.org>\nTo: {to}\nSubject: Re: A quiet machine\n"
        "Content-Type: text/plain; charset=utf-8\n",
        dedent("""\
            Hello! My friend got this from you:

            > Action: failed
            > Status: 5.1.1
            > Final-Recipient: rfc822; friend@example.org
            Action: failed
            Status: 5.1.1
            """),
    )


BOUNCES: dict[str, Callable[[str], bytes]] = {
    "postfix": postfix,
    "exim": exim,
    "exchange": exchange,
    "gmail": gmail,
    "full mailbox": full_mailbox,
    "policy": refused_by_policy,
    "delivered": delivered,
}
"""Every notification by which a delivery is named."""
