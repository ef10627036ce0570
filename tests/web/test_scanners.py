"""Programs that open every link of a mail before its reader does: nothing happens by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle

from starlette.testclient import TestClient

from publisher.actions.addressing import page_to_choose, page_to_leave
from publisher.actions.asking_readers import ask_to_count_clicks
from publisher.actions.letter import letter_of
from publisher.actions.release import prepare
from publisher.app import Publisher
from publisher.delivery import tokens
from publisher.delivery.template import Slots
from publisher.store import issues
from tests.editions import rich_edition
from tests.mails import bodies
from tests.web.newsroom import NOW
from tests.web.readers import OWN, READER, chosen, contents, mailed, token_for

HOME = "https://news.example.org"
SCANNERS = (
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0; SafeLinks)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0; Pro)",
    "Microsoft-URL-Preview/1.0",
    "SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "Microsoft-CryptoAPI/10.0",
    "BingPreview/1.0b",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "GoogleImageProxy",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Google-Safety; (+http://www.google.com/bot.html)",
    "Google-Read-Aloud",
    "Chrome-Lighthouse",
    "Mozilla/5.0 YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    "YahooCacheSystem; YahooWebServiceClient",
    "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
    "Barracuda Sentinel (EE)",
    "BarracudaCentral/1.0",
    "Mimecast-URL-Protect/1.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Mimecast",
    "Proofpoint URL Defense",
    "ProofpointBot/1.0",
    "Cisco-IronPort-WBRS",
    "Cisco Talos URL Scanner",
    "Symantec Email Security.cloud",
    "MessageLabs Link Following",
    "TrendMicro HES Link Scanner",
    "Sophos Email Time of Click",
    "SophosXL/1.0",
    "FireEye ETP URL Engine",
    "FortiMail Click Protect",
    "Zscaler Mail Scanner",
    "Kaspersky Secure Mail Gateway",
    "Avast Mail Shield/1.0",
    "AVG Link Scanner",
    "ESET Mail Security",
    "BitdefenderScanner/1.0",
    "WebexTeams",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "Twitterbot/1.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Applebot/0.1 (+http://www.apple.com/go/applebot)",
    "python-requests/2.31.0",
    "curl/8.4.0",
    "Wget/1.21.4",
    "",
)
"""How programs that open links of mails call themselves."""

OWN_PAGES = ("/unsubscribe/", "/preferences/", "/data/", "/erase/", "/change/", "/count/", "/remove-feed/")
FETCHES = ("GET", "HEAD")


def own_links(html: str) -> set[str]:
    """Return the paths of all links of a page that lead to this site."""
    found = re.findall(r"(?:href|src|action)=\"([^\"#]+)", html)
    return {link.removeprefix(HOME) for link in found if link.startswith(("/", HOME))}


def links_of_mail(publisher: Publisher) -> set[str]:
    """Return the paths of a reader's own mail: those in its bodies, and that of its header."""
    with publisher.database.read() as db:
        record = issues.find(db, rich_edition().slug)
        assert record is not None
        assert record.edition is not None
        release = prepare(db, record.edition, published_at=NOW, number=42)
    leave, choose = (token_for(publisher, each) for each in (tokens.UNSUBSCRIBE, tokens.PREFERENCES))
    template = letter_of(release).template(list="weekly", title="The Weekly", kid=1)
    mail = template.fill(
        Slots(
            to=READER,
            message_id="<1@example.org>",
            unsubscribe=page_to_leave(HOME, leave),
            preferences=page_to_choose(HOME, choose),
        )
    )
    text, html = bodies(mail)
    assert f"/unsubscribe/{leave}" in text
    return own_links(html) | {link.removeprefix(HOME) for link in re.findall(rf"{HOME}\S*", text)}


def links_of_notices(publisher: Publisher, reader: TestClient) -> set[str]:
    """Ask for everything that is confirmed by mail, and return the links of those mails."""
    token = token_for(publisher)
    for path in ("data", "erase", "address"):
        reader.post(f"/preferences/{token}/{path}", data={"address": "new@x.example"}, headers=OWN)
    for do in ("make", "remove"):
        reader.post(f"/preferences/{token}/feed", data={"do": do}, headers=OWN)
    ask_to_count_clicks(publisher, chosen(publisher, token))
    return {link for _, _, link in mailed(publisher)}


def fetched(reader: TestClient, links: set[str], agents: Iterator[str], *, all_of_them: bool) -> set[str]:
    """Open links as scanners do, and return the links of the pages behind them."""
    behind: set[str] = set()
    for link in sorted(links):
        for agent in SCANNERS if all_of_them else [next(agents)]:
            for method in FETCHES:
                answer = reader.request(method, link, headers={"user-agent": agent})
                assert answer.status_code in (200, 301, 304, 404, 405), (method, link)
        if answer.headers.get("content-type", "").startswith("text/html"):
            behind |= own_links(reader.get(link).text)
    return behind


def test_nothing_happens_when_programs_open_every_link_and_every_link_behind_it(
    publisher: Publisher, reader: TestClient
) -> None:
    links = links_of_mail(publisher) | links_of_notices(publisher, reader)
    personal = {link for link in links if link.startswith(OWN_PAGES)}
    before, agents = contents(publisher), cycle(SCANNERS)

    behind = fetched(reader, personal, agents, all_of_them=True)
    behind |= fetched(reader, links - personal, agents, all_of_them=False)
    fetched(reader, behind - links, agents, all_of_them=False)

    assert len(SCANNERS) >= 50
    assert all(any(link.startswith(place) for link in personal) for place in OWN_PAGES)
    assert links > personal
    assert any(link.endswith("/erase") for link in behind)
    assert contents(publisher) == before
