from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop

from publisher.delivery.transports.smtp import SmtpSettings, SmtpTransport, Tls
from publisher.model.delivery import DeliveryState, Outcome
from tests.delivery.transports.relay_matrix import LONG, ROWS, Paper, Row
from tests.delivery.transports.samples import message
from tests.smtp_script import Authority, ScriptedRelay

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


def papers(authority: Authority, paper: Paper) -> list[Path]:
    good = authority.issue("127.0.0.1")
    first = {
        Paper.NONE: None,
        Paper.GOOD: good,
        Paper.OTHER_NAME: authority.issue("relay.example"),
        Paper.EXPIRED: authority.issue("127.0.0.1", days=0),
        Paper.OWN: authority.issue("127.0.0.1", is_own=True),
    }[paper]
    return [first, good] if first is not None else []


def relay_of(row: Row, authority: Authority) -> ScriptedRelay:
    return ScriptedRelay(
        row.script,
        offers=row.offers,
        certificates=papers(authority, row.paper),
        is_implicit=row.tls is Tls.IMPLICIT,
    )


def settings(row: Row, relay: ScriptedRelay, authority: Authority) -> SmtpSettings:
    return SmtpSettings(
        name="main",
        host=relay.host,
        port=relay.port,
        tls=row.tls,
        username=row.username,
        password="secret",  # noqa: S106 - of the test
        ca_file=authority.path,
        helo_name="publisher.example",
        timeout=row.patience,
        final_timeout=row.patience,
    )


async def send_two(row: Row, relay: ScriptedRelay, authority: Authority) -> tuple[Outcome, int, Outcome]:
    """Send the row's message and a simple one; return their outcomes, and the copies between them."""
    transport = SmtpTransport(settings(row, relay, authority))
    try:
        async with asyncio.timeout(LONG * 0.8):  # nobody waits for an answer that cannot come any more
            first = await transport.send(row.message)
            copies = len(relay.taken)
            second = await transport.send(message(2))
    finally:
        await transport.close()
    return first, copies, second


def seen(outcome: Outcome) -> str:
    """Return what the editor reads of an outcome, without the name of the relay."""
    text = outcome.text.partition("): ")[2] if outcome.text.startswith("relay main (") else outcome.text
    return f"{outcome.code} {text}" if outcome.code else text


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.does.replace(" ", "-"))
def test_whatever_a_relay_does_its_message_is_told_rightly_and_the_next_one_goes_through(
    row: Row, loop: str, authority: Authority
) -> None:
    with relay_of(row, authority) as relay, asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        first, copies, second = runner.run(send_two(row, relay, authority))

    assert (first.state, first.stage, first.relay_fault) == (row.state, row.stage, row.fault)
    assert seen(first) == row.sees
    assert copies == row.copies
    assert (second.state, len(relay.taken)) == (DeliveryState.ACCEPTED, copies + 1)
    assert relay.connections == row.connections
