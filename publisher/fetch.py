"""The one HTTP client: it asks only what is public, and what it asks has an end."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
import threading
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlencode, urljoin

import httpx2

from publisher import __version__
from publisher.model.fetching import REDIRECTS, Fetched, FetchError, Hop, Target, Trouble, target_of
from publisher.model.networks import Address, is_public

_MOST_ENDPOINTS = 4
_GZIP = zlib.MAX_WBITS | 16
_UNPACKED: Final = ("", "identity")
_PACKED: Final = ("gzip", "x-gzip")
_NO_NAME: Final = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_KEEPING: Final = frozenset({307, 308})
_NO_WAY: Final = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a connection is opened: an address and a port."""

    address: Address
    port: int


Resolver = Callable[[str, int], Awaitable[Sequence[Endpoint]]]
"""Looks up a name with a port, as `getaddrinfo` does.

Raises:
    OSError: it cannot; `socket.gaierror` says why.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may cost, with all its redirects: seconds in all, bytes once unpacked."""

    seconds: float = 20.0
    connect_seconds: float = 5.0
    body_bytes: int = 5 * 1024 * 1024
    header_bytes: int = 64 * 1024
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is asked, wherever it leads: a form is sent along if there is one."""

    method: str
    wants_body: bool
    form: bytes | None = None

    @property
    def followed(self) -> frozenset[int]:
        """The redirects that are followed: with a form only those that keep the method (RFC 9110)."""
        return REDIRECTS if self.form is None else _KEEPING

    @property
    def headers(self) -> dict[str, str]:
        """The headers that come with a form."""
        return {} if self.form is None else {"Content-Type": "application/x-www-form-urlencoded"}


class Fetcher:
    """Asks other servers over HTTP/1.1, each time over a connection of its own that is closed afterwards.

    A name is looked up once for each hop; all that it stands for must be public, and the connection goes to
    what was checked. Certificates must be for the name. There are no cookies, credentials or proxies; what
    the environment says is not asked. `resolve`, `tls` and `inside`, the addresses that are allowed though
    they are not public, are for tests.
    """

    def __init__(
        self,
        *,
        home_url: str,
        limits: Limits | None = None,
        resolve: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
        inside: Collection[Address] = (),
    ) -> None:
        self._headers = {
            "User-Agent": f"Publisher/{__version__} (+{home_url})",
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        self._limits = limits or Limits()
        self._resolve = resolve or look_up
        self._tls = tls or ssl.create_default_context()
        self._inside = frozenset(inside)

    async def get(self, url: str) -> Fetched:
        """Return what an address holds, whatever its status; redirects are followed.

        Raises:
            FetchError: it may not be asked, gave no answer, or one beyond the limits.
        """
        return await self._follow(_Question(method="GET", wants_body=True), url)

    async def glance(self, url: str, *, method: str = "HEAD") -> Fetched:
        """Return the answer to HEAD or GET without its body; redirects are followed.

        Raises:
            FetchError: it may not be asked, gave no answer, or one beyond the limits.
        """
        return await self._follow(_Question(method=method, wants_body=False), url)

    async def submit(self, url: str, form: Mapping[str, str]) -> Fetched:
        """Return the answer to a form, without its body.

        Only redirects that ask for the same form elsewhere (307, 308) are followed; others are the answer.

        Raises:
            FetchError: it may not be asked, gave no answer, or one beyond the limits.
        """
        question = _Question(method="POST", wants_body=False, form=urlencode(form).encode("ascii"))
        return await self._follow(question, url)

    async def _follow(self, question: _Question, url: str) -> Fetched:
        asked: list[Target] = []
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._through(asked, question, target_of(url))
        except TimeoutError:
            what = f"there was no whole answer within {self._limits.seconds:g} seconds"
            raise FetchError(Trouble.TIME, what, asked=bool(asked)) from None
        except FetchError as error:
            error.asked = bool(asked)
            raise

    async def _through(self, asked: list[Target], question: _Question, target: Target) -> Fetched:
        """Follow redirects, and add to `asked` whatever is asked, before it answers."""
        hops: list[Hop] = []
        while True:
            endpoints = await self._endpoints(target)
            asked.append(target)
            answer = await self._ask(question, target, endpoints)
            location = answer.headers.get("location", "")
            if answer.status not in question.followed or not location:
                return replace(answer, hops=tuple(hops))
            if len(hops) == self._limits.redirects:
                what = f"it sends from one address to the next, more than {len(hops)} times"
                raise FetchError(Trouble.REDIRECTS, what)
            target = target_of(_joined(target.url, location))
            hops.append(Hop(status=answer.status, url=target.url))

    async def _endpoints(self, target: Target) -> Sequence[Endpoint]:
        """Return where a target may be reached.

        One inside address refuses a name altogether: honest names have none, and to use the others would let
        whoever answers for the name try again and again.
        """
        if target.address is not None:
            endpoints: Sequence[Endpoint] = [Endpoint(address=target.address, port=target.port)]
        else:
            try:
                endpoints = await self._resolve(target.host, target.port)
            except OSError as error:
                raise _unknown(target.host, error) from None
        if not endpoints:
            raise FetchError(Trouble.NO_HOST, f"there is no host '{target.host}'")
        if not all(each.address in self._inside or is_public(each.address) for each in endpoints):
            what = f"'{target.host}' leads to a machine that is not on the public internet"
            raise FetchError(Trouble.INSIDE, what)
        return endpoints[:_MOST_ENDPOINTS]

    async def _ask(self, question: _Question, target: Target, endpoints: Sequence[Endpoint]) -> Fetched:
        """Ask the first endpoint that takes a connection; nothing was said to those that do not."""
        failures = []
        for endpoint in endpoints:
            try:
                return await self._exchange(question, target, endpoint)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                failures.append(_failure(target, error))
            except (httpx2.HTTPError, OSError) as error:
                raise _failure(target, error) from error
        raise next((each for each in failures if each.trouble is not Trouble.OFFLINE), failures[-1])

    async def _exchange(self, question: _Question, target: Target, endpoint: Endpoint) -> Fetched:
        async with self._answer(question, target, endpoint) as response:
            if (
                sum(len(name) + len(value) for name, value in response.headers.raw)
                > self._limits.header_bytes
            ):
                raise FetchError(Trouble.BROKEN, "the head of its answer is too large")
            if response.status_code < 200:
                raise FetchError(Trouble.BROKEN, f"it wants another protocol ({response.status_code})")
            headers = {name.lower(): value for name, value in _read_headers(response)}
            body = b""
            if question.wants_body and response.status_code not in REDIRECTS:
                packing = headers.get("content-encoding", "").strip().lower()
                body = await _read(response, packing, self._limits.body_bytes)
        return Fetched(url=target.url, status=response.status_code, headers=headers, body=body)

    @asynccontextmanager
    async def _answer(
        self, question: _Question, target: Target, endpoint: Endpoint
    ) -> AsyncIterator[httpx2.Response]:
        """Open a connection to a checked address, ask in the name of the target, and close it at the end.

        The transport is used without the library's client, so there is nobody who could follow a redirect,
        keep a cookie, read `.netrc` or find a proxy.
        """
        connect = self._limits.connect_seconds
        request = httpx2.Request(
            question.method,
            httpx2.URL(f"{target.scheme}://{_literal(endpoint.address)}:{endpoint.port}{target.path}"),
            headers={"Host": target.authority, **self._headers, **question.headers},
            content=question.form,
            extensions={"sni_hostname": target.host, "timeout": {"connect": connect}},
        )
        limits = httpx2.Limits(max_connections=1, max_keepalive_connections=0)
        transport = httpx2.AsyncHTTPTransport(verify=self._tls, trust_env=False, http2=False, limits=limits)
        async with transport:
            response = await transport.handle_async_request(request)
            try:
                yield response
            finally:
                await response.aclose()


async def look_up(host: str, port: int) -> Sequence[Endpoint]:
    """Look a name up as the operating system does, without its list of local domains to try.

    It runs in a thread of its own that nobody waits for: a silent name server must not hold up the end.

    Raises:
        socket.gaierror: the name is not known, or nobody can be asked.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Sequence[Endpoint]] = loop.create_future()

    def settle(endpoints: Sequence[Endpoint], error: OSError | None) -> None:
        if found.cancelled():
            return
        if error is None:
            found.set_result(endpoints)
        else:
            found.set_exception(error)

    def work() -> None:
        endpoints: Sequence[Endpoint] = ()
        trouble: OSError | None = None
        try:
            rows = socket.getaddrinfo(f"{host}.", port, type=socket.SOCK_STREAM)
            endpoints = [Endpoint(address=ip_address(row[4][0]), port=port) for row in rows]
        except OSError as error:
            trouble = error
        except ValueError as error:  # a name the operating system cannot even spell
            trouble = socket.gaierror(socket.EAI_NONAME, str(error))
        with suppress(RuntimeError):  # nobody waits any more, and the loop is closed
            loop.call_soon_threadsafe(settle, endpoints, trouble)

    threading.Thread(target=work, name="look-up", daemon=True).start()
    return await found


def _literal(address: Address) -> str:
    return f"[{address}]" if address.version == 6 else str(address)


def _joined(base: str, location: str) -> str:
    """Return where a redirect leads. Blanks in it are common, and programs read them as `%20`."""
    try:
        return urljoin(base, location.strip().replace(" ", "%20")).partition("#")[0]
    except ValueError:
        raise FetchError(Trouble.BROKEN, "it sends to something that is no address") from None


def _read_headers(response: httpx2.Response) -> Iterator[tuple[str, str]]:
    for name, value in response.headers.raw:
        try:
            yield name.decode("ascii"), value.decode("utf-8")
        except UnicodeDecodeError:
            yield name.decode("latin-1"), value.decode("latin-1")


async def _read(response: httpx2.Response, packing: str, most: int) -> bytes:
    """Return a body, unpacked, of at most `most` bytes."""
    if packing not in (*_UNPACKED, *_PACKED):
        raise FetchError(Trouble.BROKEN, f"its answer is packed as '{packing[:40]}', which nobody asked for")
    unpacker = zlib.decompressobj(_GZIP) if packing in _PACKED else None
    body = bytearray()
    chunk = b""
    async for chunk in response.aiter_raw():
        try:
            body += unpacker.decompress(chunk, most - len(body) + 1) if unpacker else chunk
        except zlib.error:
            raise FetchError(Trouble.BROKEN, "its answer cannot be unpacked") from None
        if len(body) > most:
            raise FetchError(Trouble.SIZE, f"its answer has more than {most:,} bytes")
        if unpacker and unpacker.unused_data:
            raise FetchError(Trouble.BROKEN, "its answer goes on after its end")
    if unpacker and chunk and not unpacker.eof:
        raise FetchError(Trouble.BROKEN, "its answer breaks off in the middle")
    return bytes(body)


def _unknown(host: str, error: OSError) -> FetchError:
    if isinstance(error, socket.gaierror) and error.errno in _NO_NAME:
        return FetchError(Trouble.NO_HOST, f"there is no host '{host}'")
    return FetchError(Trouble.OFFLINE, f"the name '{host}' cannot be looked up now")


def _failure(target: Target, error: httpx2.HTTPError | OSError) -> FetchError:
    """Return what the library's error means for a person; the cause below it says more than its class."""
    if isinstance(error, (httpx2.TimeoutException, TimeoutError)):
        return FetchError(Trouble.TIME, f"'{target.host}' did not take a connection in time")
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            what = f"the certificate of '{target.host}' is not to be trusted: {cause.verify_message}"
            return FetchError(Trouble.TLS, what)
        if isinstance(cause, ssl.SSLError):
            return FetchError(Trouble.TLS, f"no safe connection to '{target.host}' could be made")
        if isinstance(cause, ConnectionRefusedError):
            return FetchError(Trouble.CLOSED, f"nobody listens at '{target.host}' (connection refused)")
        if isinstance(cause, OSError) and cause.errno in _NO_WAY:
            return FetchError(Trouble.OFFLINE, f"there is no way to '{target.host}' from here")
    return FetchError(Trouble.BROKEN, f"'{target.host}' hung up, or its answer is not HTTP")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _causes(each)
        error = error.__cause__ or error.__context__
