"""Test mails: what readers would get, sent to a few who are not counted, with links that act on nobody."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from publisher.actions.addressing import page_to_choose, page_to_leave
from publisher.actions.check import CheckFailedError, check_for_approval
from publisher.actions.facts import samples_in
from publisher.actions.letter import NOBODY, Letter, letter_now, letter_of
from publisher.actions.newsroom import find_issue
from publisher.actions.relays import UNREACHED
from publisher.actions.release import prepare
from publisher.actions.signing import read_signer
from publisher.actions.transport import open_transport
from publisher.app import Publisher
from publisher.delivery import addresses, tokens
from publisher.delivery.addresses import Address, AddressError
from publisher.delivery.message import message_id
from publisher.delivery.mime import mailto
from publisher.delivery.prepared import PreparedMail, prepared
from publisher.delivery.template import Slots
from publisher.delivery.transports.transport import Transport
from publisher.errors import NotFoundError, Place, PublisherError, SettingsError
from publisher.model.delivery import DeliveryState, Message, Outcome
from publisher.model.finding import Finding
from publisher.model.records import IssueRecord
from publisher.settings import Settings, is_of_sample
from publisher.store import audit, editions, issues, keys

MARK = "[Test] "
"""What stands before the subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of the test mail to one address."""

    address: str
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTest:
    """A test: which issue as a mail of which list, and what became of it.

    `frozen` says that it was the print that goes out or is public, and not the files as they are now;
    `findings` are what keeps those files from going out, `hidden_pictures` how many pictures nobody can load
    before the issue is public.
    """

    issue: str
    list: str
    subject: str
    frozen: bool
    findings: tuple[Finding, ...]
    hidden_pictures: int
    answers: tuple[Answer, ...]

    @property
    def is_accepted(self) -> bool:
        """Whether each mail was accepted."""
        return all(each.outcome.state is DeliveryState.ACCEPTED for each in self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """The mail of an issue as it would be now, its lists, and what the check says against it."""

    letter: Letter
    lists: tuple[str, ...]
    frozen: bool
    pictures: frozenset[str]
    findings: tuple[Finding, ...] = ()


def send_test(
    publisher: Publisher,
    name: str,
    to: Sequence[str],
    *,
    list: str | None = None,  # noqa: A002 (our word)
) -> SentTest:
    """Send the issue of that slug or path, in any state, to some addresses; nothing but an audit row is kept.

    It is the frozen print if there is one, else one of the files as they are, whatever the check says.
    Without `list` it is the mail of the issue's first list. Nothing is sent if one of the addresses is wrong.

    Raises:
        NotFoundError: there is no such issue or list.
        AddressError: an address cannot be written to.
        CheckFailedError: the files cannot be printed.
        SettingsError: the sender is still the sample's, or transport or signatures cannot be opened.
        PublisherError: the transport cannot be reached.
    """
    readers = _distinct(to)
    found = find_issue(publisher.settings, name)
    slug = found.slug if found else name
    sample = _sample(publisher, slug)
    _refuse_sample_sender(publisher.settings, sample.letter)
    chosen = _list(publisher.settings, sample.lists, list)
    letter = replace(sample.letter, subject=MARK + sample.letter.subject)
    messages = _messages(publisher, letter, chosen, readers)
    outcomes = asyncio.run(_send(open_transport(publisher.settings), messages))
    sent = SentTest(
        issue=slug,
        list=chosen,
        subject=letter.subject,
        frozen=sample.frozen,
        findings=sample.findings,
        hidden_pictures=_hidden(publisher, sample.pictures),
        answers=tuple(
            Answer(address=str(reader), outcome=outcome)
            for reader, outcome in zip(readers, outcomes, strict=True)
        ),
    )
    _note(publisher, sent)
    if not _is_reached(outcomes[0]):
        raise PublisherError(
            f"no test mail was sent: {outcomes[0].text}",
            fix=f"look at [{publisher.settings.delivery.transport}] in publisher.toml",
        )
    return sent


def _distinct(texts: Sequence[str]) -> tuple[Address, ...]:
    """Return the addresses, each once, however often and in whichever spelling it was given."""
    if not texts:
        raise AddressError("there is no address to send a test to", fix="name at least one")
    distinct: dict[str, Address] = {}
    for address in map(addresses.parse, texts):
        distinct.setdefault(addresses.normalise(address), address)
    return tuple(distinct.values())


def _sample(publisher: Publisher, slug: str) -> _Sample:
    with publisher.database.read() as db:
        record, number, now = issues.find(db, slug), issues.next_number(db), publisher.now(db)
    if record is not None and record.edition is not None:
        return _frozen(publisher, record, record.edition, number=number, now=now)
    checked = check_for_approval(publisher, slug)
    if checked.printed is None:
        raise CheckFailedError(slug, checked.blocking())
    return _Sample(
        letter=letter_now(checked.printed, number=number, now=now),
        lists=checked.printed.edition.lists,
        frozen=False,
        pictures=frozenset(picture.name for picture in checked.printed.edition.pictures),
        findings=checked.blocking(),
    )


def _frozen(
    publisher: Publisher, record: IssueRecord, edition: int, *, number: int, now: datetime
) -> _Sample:
    """Return the print that goes out with number and date of now, or with its own once it is public."""
    with publisher.database.read() as db:
        release = prepare(
            db, edition, published_at=record.published_at or now, number=record.number or number
        )
        pictures = editions.picture_names(db, edition)
    letter = replace(letter_of(release), date=now)
    return _Sample(letter=letter, lists=release.edition.lists, frozen=True, pictures=pictures)


def _hidden(publisher: Publisher, pictures: frozenset[str]) -> int:
    """Return how many of these pictures the site does not show yet."""
    if not pictures:
        return 0
    with publisher.database.read() as db:
        return len(pictures - set(editions.public_pictures(db).values()))


def _refuse_sample_sender(settings: Settings, letter: Letter) -> None:
    if settings.delivery.transport != "folder" and is_of_sample(letter.masthead.sender_address):
        names = samples_in(letter.masthead)
        said = f"{', '.join(names[:-1])} and {names[-1]} are" if len(names) > 1 else f"{names[0]} is"
        raise SettingsError(
            f"E104 {said} still the sample newsroom's",
            place=Place(path=Settings.FILE),
            fix="write your own under [publication]",
        )


def _list(settings: Settings, lists: Sequence[str], asked: str | None) -> str:
    known = tuple(dict.fromkeys((*lists, *settings.lists)))
    if asked is not None and asked not in known:
        raise NotFoundError(f"there is no list '{asked}'", fix=f"the lists are: {', '.join(known)}")
    return asked or (*lists, *settings.default_lists)[0]


def _messages(
    publisher: Publisher, letter: Letter, name: str, readers: Sequence[Address]
) -> tuple[Message, ...]:
    """Return a message to each address; their links say only that this was a test."""
    with publisher.database.read() as db:
        kid, secret = keys.current(db)
    title = publisher.settings.list_title(name)
    template = letter.template(list=name, title=title, kid=kid, is_test=True)
    mail = prepared(template, signer=read_signer(publisher.settings), moment=letter.date)
    token = tokens.make(secret, kid=str(kid), public_id=NOBODY, list=name, purpose=tokens.TEST)
    messages = (_message(letter, mail, token, address, number) for number, address in enumerate(readers, 1))
    bounces = publisher.settings.reports.return_path
    return tuple(replace(each, envelope_from=bounces or each.envelope_from) for each in messages)


def _message(letter: Letter, mail: PreparedMail, token: str, address: Address, number: int) -> Message:
    masthead = letter.masthead
    domain = masthead.sender_address.rpartition("@")[2]
    identity = message_id(secrets.token_bytes(32), mailing=0, subscriber=number, domain=domain)
    slots = Slots(
        to=str(address),
        message_id=identity,
        unsubscribe=page_to_leave(masthead.home_url, token),
        preferences=page_to_choose(masthead.home_url, token),
        unsubscribe_mail=mailto(masthead.reply_to, "test"),
    )
    return Message(
        key=f"test-{number}",
        message_id=identity,
        envelope_from=masthead.sender_address,
        envelope_to=str(address),
        body=mail.fill(slots),
        is_clean=str(address).isascii(),
    )


async def _send(transport: Transport, messages: Sequence[Message]) -> tuple[Outcome, ...]:
    """Send one after another; once the transport cannot be reached, nothing more is tried."""
    outcomes: list[Outcome] = []
    try:
        for message in messages:
            gone = outcomes and not _is_reached(outcomes[-1])
            outcomes.append(outcomes[-1] if gone else await transport.send(message))
    finally:
        await transport.close()
    return tuple(outcomes)


def _is_reached(outcome: Outcome) -> bool:
    return not (outcome.relay_fault and outcome.stage in UNREACHED)


def _note(publisher: Publisher, sent: SentTest) -> None:
    """Write into the audit who sent a test of what to how many; to whom is nobody's business."""
    accepted = sum(each.outcome.state is DeliveryState.ACCEPTED for each in sent.answers)
    with publisher.database.begin() as db:
        audit.write(
            db,
            at=publisher.now(db),
            actor=publisher.actor,
            verb="send-test",
            subject=sent.issue,
            detail={"list": sent.list, "addresses": len(sent.answers), "accepted": accepted},
        )
