"""Sending notices: one by one, over the way out that mailings take, and before them."""

from __future__ import annotations

import asyncio
import random
import threading
from dataclasses import dataclass, replace

import structlog

from publisher.actions.addressing import address_hash, suppression_secret
from publisher.actions.relays import was_reached
from publisher.app import Publisher
from publisher.delivery import addresses
from publisher.delivery.addresses import AddressError
from publisher.delivery.dkim import Signer
from publisher.delivery.mime import MessageError, one_line
from publisher.delivery.notices import compose, form_of, next_step, subject_of
from publisher.delivery.prepared import signed
from publisher.delivery.reader_words import reader_words
from publisher.delivery.transports.transport import Transport
from publisher.edition.languages import direction
from publisher.errors import StoreError
from publisher.model.delivery import DeliveryState, Message, NextStep, Outcome, Stage
from publisher.model.edition import Masthead
from publisher.model.notices import Item, Payload
from publisher.model.phrases import phrases
from publisher.model.reader_notices import OF_ANYBODY, READER_KINDS
from publisher.model.records import Notice
from publisher.model.subscriber import OWN_WORD_LIFTS
from publisher.outputs.email import DARK, LIGHT, palette
from publisher.outputs.text import tidy
from publisher.store import keys, notices, subscribers
from publisher.theme import Theme

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """How many notices were accepted, and whether none was kept back by the way out or by the database."""

    accepted: int
    all_went: bool = True


async def send_due(
    publisher: Publisher,
    transport: Transport,
    stopping: threading.Event,
    *,
    signer: Signer | None = None,
) -> Sent:
    """Send the notices that are due, signed if there is a signer; tell what came of it.

    It ends when nothing is due, at a stop, or as soon as the way out cannot be reached. A crash between
    sending and recording lets a notice come twice, after the lease of a batch, with the same Message-ID.
    """
    accepted = 0
    try:
        while not stopping.is_set():
            taken = await asyncio.to_thread(_take, publisher, signer)
            if taken is None:
                break
            notice, message = taken
            outcome = message if isinstance(message, Outcome) else await transport.send(message)
            step = await asyncio.to_thread(_record, publisher, notice, outcome)
            accepted += step.state is DeliveryState.ACCEPTED
            if not was_reached(outcome):
                return Sent(accepted=accepted, all_went=False)
    except StoreError as error:
        _log.warning("notices cannot be recorded; they are tried again later", trouble=str(error))
        return Sent(accepted=accepted, all_went=False)
    return Sent(accepted=accepted)


def write(publisher: Publisher, notice: Notice, *, secret: bytes, signer: Signer | None = None) -> Message:
    """Return the mail of a notice, signed if there is a signer: the same bytes on each try.

    Raises:
        AddressError: nobody can be written to at its address.
        PublisherError: there is no such kind, or the masthead has what cannot stand in a header.
    """
    masthead = publisher.settings.masthead()
    subject, html, text = rendered(publisher.theme, masthead, notice)
    message = compose(
        notice,
        subject=subject,
        html=html,
        text=text,
        lang=language_of(notice),
        masthead=masthead,
        secret=secret,
    )
    if signer is None:
        return message
    return replace(message, body=signed(message.body, signer=signer, moment=notice.created_at))


def rendered(theme: Theme, masthead: Masthead, notice: Notice) -> tuple[str, str, str]:
    """Return subject, HTML and text of a notice.

    Raises:
        NotFoundError: there is no such kind.
        ThemeError: it lacks what its template needs.
    """
    template, values = _for_reader(masthead, notice) if notice.kind in READER_KINDS else _for_editor(notice)
    values |= {"masthead": masthead, "dir": direction(str(values["lang"]))}
    colours = {"light": palette(LIGHT, masthead.accent), "dark": palette(DARK, masthead.accent)}
    html = theme.mjml(f"notices/{template}.mjml", **values, **colours)
    return str(values["subject"]), html, tidy(theme.text(f"notices/{template}.txt", **values))


def language_of(notice: Notice) -> str:
    """Return the language in which a notice is written."""
    if notice.kind not in READER_KINDS:
        return "en"
    return reader_words(notice.kind, str(_payload(notice)["items"][0]["lang"]))[0]


def _payload(notice: Notice) -> Payload:
    return notice.payload


def _for_editor(notice: Notice) -> tuple[str, dict[str, object]]:
    form, payload = form_of(notice.kind), _payload(notice)
    return form.template, {
        "subject": subject_of(form, payload),
        "items": payload["items"],
        "count": payload["count"],
        "more": payload["count"] - len(payload["items"]),
        "lang": "en",
    }


def _for_reader(masthead: Masthead, notice: Notice) -> tuple[str, dict[str, object]]:
    item: Item = _payload(notice)["items"][0]
    lang, words = reader_words(notice.kind, str(item["lang"]))
    fields = {"publication": masthead.title, **item}
    return "reader", {
        "subject": one_line(words.subject.format(**fields)),
        "text": [sentence.format(**fields) for sentence in words.text],
        "button": words.button,
        "small": words.small.format(**fields),
        "url": item["url"],
        "ways": [(said, item[name]) for name, said in _ways(lang).items() if item.get(name)],
        "lang": lang,
        "more": 0,
    }


def _ways(lang: str) -> dict[str, str]:
    """Return what the links are called with which a reader leaves a list, or chooses what comes."""
    said = phrases(lang)
    return {"leave": said.unsubscribe, "choose": said.preferences}


def _take(publisher: Publisher, signer: Signer | None) -> tuple[Notice, Message | Outcome] | None:
    """Claim the notice that has waited longest, and write its mail.

    Where nobody can be written to, or nobody may be any more, or with what cannot stand in a mail, it is
    refused. Anything else that keeps it from being written may be mended by another version, so it is tried
    again.
    """
    with publisher.database.read() as db:
        if not notices.due(db, publisher.now(db), limit=1):
            return None
    with publisher.database.begin() as db:
        now = publisher.now(db)
        lease_until = now + publisher.settings.delivery.lease
        claimed = notices.claim(db, now=now, lease_until=lease_until, limit=1)
        secrets = keys.every(db)
    if not claimed:
        return None
    (notice,) = claimed
    try:
        if notice.kind in OF_ANYBODY and _is_forbidden(publisher, notice.address):
            return notice, Outcome(state=DeliveryState.REJECTED, text="must not be mailed", stage=Stage.RCPT)
        return notice, write(publisher, notice, secret=secrets[min(secrets)], signer=signer)
    except (AddressError, MessageError) as error:
        return notice, Outcome(state=DeliveryState.REJECTED, text=str(error), stage=Stage.RCPT)
    except Exception as error:  # noqa: BLE001 - a bug that one notice meets keeps no other back
        _log.exception("a notice could not be written", notice=notice.id, kind=notice.kind)
        return notice, Outcome(state=DeliveryState.DEFERRED, text=str(error), stage=Stage.RCPT)


def _is_forbidden(publisher: Publisher, address: str) -> bool:
    """Tell whether an address must not be mailed, whatever its owner has asked for."""
    key = addresses.normalise(addresses.parse(address))
    with publisher.database.read() as db:
        hashed = address_hash(suppression_secret(keys.every(db)), key)
        return subscribers.suppression(db, hashed) not in (None, *OWN_WORD_LIFTS)


def _record(publisher: Publisher, notice: Notice, outcome: Outcome) -> NextStep:
    """Write down what came of a notice; what will not be tried again is told to the log, without address."""
    with publisher.database.begin() as db:
        now = publisher.now(db)
        step = next_step(
            outcome,
            attempts=notice.attempts,
            created_at=notice.created_at,
            now=now,
            jitter=random.random(),  # noqa: S311 - spreads retries, guards nothing
        )
        notices.mark(db, notice, step, now=now)
    if step.retry_at is None and step.state is not DeliveryState.ACCEPTED:
        code = outcome.enhanced or outcome.code or outcome.stage.value  # the words may repeat the address
        said = ": ".join(str(part) for part in (step.reason, code) if part)
        _log.warning("a notice was not delivered", notice=notice.id, kind=notice.kind, why=said)
    return step
