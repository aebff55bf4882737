"""The polite client: everything that goes to arXiv goes through one `ArxivHttpClient` a process. httpx ends here.

One request at a time at arXiv's pace; failures that may pass are tried again, with growing pauses; redirects, sizes and
times have limits. Whatever goes wrong is a `FetchError` with a notice.
"""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Protocol
from urllib.parse import quote, urljoin, urlsplit

import httpx

from digest.arxiv.errors import FetchError
from digest.arxiv.peer_address import is_inside, is_loopback, names_inside
from digest.arxiv.retry import LONGEST_WAIT, TRANSIENT, retry_after_of, retry_pause
from digest.arxiv.throttle import MIN_INTERVAL, Throttle
from digest.models.notice import Notice
from digest.ports import Clock

__all__ = ["ArxivHttpClient", "FetchError", "HttpResponse", "user_agent"]

_MAX_REDIRECTS = 5
_REFUSALS = 3  # answers 403 in a row after which asking on would count as an attack (arXiv's robots page)
_REFUSED_FOR = 3600.0  # seconds
_TIMEOUTS = 2  # attempts that may run into a time limit: each keeps everybody waiting for as long
_CHECK_PEER = "check_peer"  # a request's extension: may its peer lie inside?
_LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer. `complete` says that its length is certain: the server named it, or marked the end."""

    status: int
    body: bytes
    etag: str | None = None
    last_modified: str | None = None
    content_type: str = ""
    url: str = ""
    complete: bool = True

    @property
    def not_modified(self) -> bool:
        return self.status == httpx.codes.NOT_MODIFIED


@dataclass(frozen=True, slots=True)
class _HttpRequest:
    """What is asked, the same for each attempt and each redirect."""

    url: str
    headers: dict[str, str]
    max_bytes: int
    interval: float  # seconds after the last request
    same_site: bool  # whether a redirect may not leave the host


class _PassingError(Exception):
    """A failure that may pass. `wait` is what the server asked for; `for_all` that nobody may ask before; `attempts`
    how many may end this way."""

    def __init__(
        self, notice: Notice, wait: float | None = None, *, for_all: bool = False, attempts: int | None = None
    ) -> None:
        self.notice, self.wait, self.for_all, self.attempts = notice, wait, for_all, attempts


class _PeerCheckingTransport(httpx.AsyncHTTPTransport):
    """Judges the addresses of a host when a connection is to be made, and connects to one of those that it has judged:
    a name that changes its address in between gains nothing. Only for requests that ask for it."""

    def __init__(self, trusted: ssl.SSLContext, limits: httpx.Limits) -> None:
        super().__init__(verify=trusted, limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not request.extensions.get(_CHECK_PEER):
            return await super().handle_async_request(request)
        host = request.url.raw_host.decode("ascii")
        addresses = await _resolved(host, request.url.port or {"http": 80, "https": 443}[request.url.scheme])
        if any(map(is_inside, addresses)):
            raise FetchError(Notice.of("fetch.redirect", host=host))
        *more_addresses, last = addresses
        for address in more_addresses:
            try:
                return await super().handle_async_request(_to_address(request, address, host))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await super().handle_async_request(_to_address(request, last, host))


async def _resolved(host: str, port: int) -> list[str]:
    try:
        address_infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpx.ConnectError(error.strerror or str(error)) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in address_infos))


def _to_address(request: httpx.Request, address: str, host: str) -> httpx.Request:
    """The same request, sent to an address; the certificate must still be the host's."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )


class HttpLimits(Protocol):
    """Times in seconds, and how often a request is tried (`[http]` of the configuration)."""

    @property
    def connect_timeout(self) -> float: ...

    @property
    def read_timeout(self) -> float: ...

    @property
    def total_timeout(self) -> float: ...

    @property
    def max_attempts(self) -> int: ...


class ArxivHttpClient:
    """Gets URLs of arXiv, or of a stand-in on loopback, which alone may be asked faster than every 3 seconds.

    Use one for the whole process: the pace is its own.
    """

    def __init__(
        self,
        limits: HttpLimits,
        clock: Clock,
        *,
        contact: str = "",
        min_interval: float = MIN_INTERVAL,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._limits = limits
        self._clock = clock
        self._min_interval = min_interval
        self._chance = chance
        self._pace = Throttle(clock)
        self._refusals = 0
        self.their_time: datetime | None = None  # the last answer's `Date`, and when it came by our clock
        self.our_time: datetime | None = None
        trusted = httpx.create_ssl_context()
        connections = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        self._client = httpx.AsyncClient(
            headers={"User-Agent": user_agent(contact)},
            timeout=httpx.Timeout(limits.read_timeout, connect=limits.connect_timeout),
            limits=connections,
            verify=trusted,  # for proxies of the environment, which resolve names themselves
            transport=_PeerCheckingTransport(trusted, connections),
            # This machine is never asked through a proxy of the environment.
            mounts={pattern: httpx.AsyncHTTPTransport(verify=trusted) for pattern in _LOOPBACK},
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def get(
        self,
        url: str,
        *,
        max_bytes: int,
        accept: str = "*/*",
        etag: str | None = None,
        last_modified: str | None = None,
        interval: float = 0.0,
        same_site: bool = False,
    ) -> HttpResponse:
        """The answer to a GET, whatever its status, after up to `max_attempts` tries where trying again may help.

        With `etag` or `last_modified` the answer may be `not_modified`, without a body. `interval` is the least number
        of seconds since the last request, where that is longer than the usual one; `same_site` refuses redirects to
        other hosts (arXiv's own are one site). Raises `FetchError`.
        """
        headers = {"Accept": accept, "If-None-Match": etag, "If-Modified-Since": last_modified}
        ask = _HttpRequest(
            url, {name: value for name, value in headers.items() if value}, max_bytes, interval, same_site
        )
        waited, attempt, limited = 0.0, 1, 0
        while True:
            if self._pace.paused_until > LONGEST_WAIT:
                raise FetchError(Notice.of("fetch.held", minutes=round(self._pace.paused_until / 60)))
            try:
                return await self._follow(ask)
            except _PassingError as failure:
                limited += failure.for_all
                nth = limited if failure.for_all else attempt  # a failing server says nothing of how often to ask it
                if attempt >= self._limits.max_attempts:
                    nth = 1  # the last one asks no more of others than a first failure would
                wait = self._wait(failure, nth, self._interval(url))
                waited += wait
                most = min(self._limits.max_attempts, failure.attempts or attempt + 1)
                if attempt >= most or waited > LONGEST_WAIT:
                    raise FetchError(failure.notice) from failure
            attempt += 1
            await self._clock.sleep(wait)

    def _wait(self, failure: _PassingError, nth: int, interval: float) -> float:
        """The seconds until the next attempt, after the `nth` failure of its kind."""
        wait = failure.wait
        if wait is None:
            wait = retry_pause(nth, interval, self._chance, rate_limited=failure.for_all)
        if failure.for_all:
            self._pace.pause_until(wait)
        return wait

    def _interval(self, url: str) -> float:
        return self._min_interval if _is_local(url) else max(self._min_interval, MIN_INTERVAL)

    async def _follow(self, ask: _HttpRequest) -> HttpResponse:
        """One attempt, with its redirects; each hop is a request and takes its turn."""
        url = ask.url
        is_public = not names_inside(_host(url))
        for _ in range(_MAX_REDIRECTS + 1):
            # The configured host may stand in the operator's own network; a host that the internet names may not.
            check_peer = is_public and _host(url) != _host(ask.url)
            async with self._pace.acquire(max(self._interval(url), 0.0 if _is_local(url) else ask.interval)):
                answer = await self._once(url, ask, check_peer=check_peer)
            if isinstance(answer, HttpResponse):
                return answer
            target = redirect_target(url, answer)
            if ask.same_site and not _is_same_site(url, target):
                raise FetchError(Notice.of("fetch.redirect", host=_host(url)))
            url = target
        raise FetchError(Notice.of("fetch.too_many_redirects", host=_host(ask.url)))

    async def _once(self, url: str, ask: _HttpRequest, *, check_peer: bool) -> HttpResponse | str:
        """One request: its answer, or where it redirects to."""
        try:
            async with asyncio.timeout(self._limits.total_timeout):
                return await self._request(url, ask, check_peer)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise _PassingError(Notice.of("fetch.timeout", host=_host(url)), attempts=_TIMEOUTS) from error
        except (httpx.RemoteProtocolError, httpx.ReadError) as error:
            raise _PassingError(Notice.of("fetch.cut_off", host=_host(url))) from error
        except httpx.TransportError as error:
            raise _PassingError(Notice.of("fetch.unreachable", host=_host(url), problem=_problem(error))) from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise FetchError(Notice.of("fetch.unreadable", host=_host(url), problem=_problem(error))) from error

    async def _request(self, url: str, ask: _HttpRequest, check_peer: bool) -> HttpResponse | str:
        extensions = {_CHECK_PEER: check_peer}
        async with self._client.stream("GET", url, headers=ask.headers, extensions=extensions) as response:
            if response.has_redirect_location:
                return response.headers["location"]
            self._compare_clocks(response)
            self._judge(response)
            body = await _read(response, ask.max_bytes)
        headers = response.headers
        return HttpResponse(
            status=response.status_code,
            body=body,
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            content_type=headers.get("content-type", ""),
            url=url,
            complete="content-length" in headers or "chunked" in headers.get("transfer-encoding", ""),
        )

    def _compare_clocks(self, response: httpx.Response) -> None:
        with suppress(ValueError):
            self.their_time = parsedate_to_datetime(response.headers.get("date", ""))
            self.our_time = self._clock.now()

    def _judge(self, response: httpx.Response) -> None:
        """Raises for the statuses that say nothing about what was asked for."""
        status, host = response.status_code, response.url.host
        self._refusals = self._refusals + 1 if status == httpx.codes.FORBIDDEN else 0
        if status == httpx.codes.FORBIDDEN:
            if self._refusals >= _REFUSALS:
                self._pace.pause_until(_REFUSED_FOR)
            raise FetchError(Notice.of("fetch.refused", host=host))
        if status in TRANSIENT:
            rate_limited = status == httpx.codes.TOO_MANY_REQUESTS
            code = "fetch.rate_limited" if rate_limited else "fetch.server"
            wait = retry_after_of(response.headers, self._clock.now())
            raise _PassingError(
                Notice.of(code, host=host, status=status), wait, for_all=rate_limited or wait is not None
            )


def user_agent(contact: str) -> str:
    """`Broadsheet/0.1.0 (+contact)`: who asks, and where to write to. Only signs that a header may hold."""
    quoted_contact = quote(contact.strip(), safe="@:/?#[]!$&'*+,;=%.~_- ")
    name = f"Broadsheet/{version('broadsheet')}"
    return f"{name} (+{quoted_contact.removeprefix('+')})" if quoted_contact else name


async def _read(response: httpx.Response, max_bytes: int) -> bytes:
    """The body, decoded, as long as it stays within the limit."""
    too_large = FetchError(Notice.of("fetch.too_large", host=response.url.host, megabytes=round(max_bytes / 1e6, 1)))
    named = response.headers.get("content-length", "")
    if named.isdigit() and int(named) > max_bytes:
        raise too_large
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > max_bytes:
            raise too_large
    return bytes(body)


def redirect_target(url: str, location: str) -> str:
    """Where a redirect leads, if that may be followed: http(s) only, never from https to http, and never from the
    internet into this machine or its network, as far as the URL itself shows. What a name stands for is judged when the
    connection is made."""
    refused = FetchError(Notice.of("fetch.redirect", host=_host(url)))
    try:
        target = urljoin(url, location)
        scheme = urlsplit(target).scheme
    except ValueError as error:
        raise refused from error
    allowed = scheme in ("http", "https") and not (urlsplit(url).scheme == "https" and scheme == "http")
    if not allowed or (names_inside(_host(target)) and not names_inside(_host(url))):
        raise refused
    return target


def _is_same_site(url: str, target: str) -> bool:
    """Whether two addresses are of one host, or both of arXiv."""
    hosts = _host(url), _host(target)
    return hosts[0] == hosts[1] or all(f".{host}".endswith(".arxiv.org") for host in hosts)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_local(url: str) -> bool:
    """Whether a URL leads to this machine."""
    return is_loopback(_host(url))


def _problem(error: Exception) -> str:
    """What a library's exception says, shortly: never a URL's query or a header."""
    return str(error).partition("\n")[0][:120] or type(error).__name__
