"""No redirect from the internet reaches this machine or its network, however the target is written: judged by the URL
and by the address that the connection would go to, over real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from digest.arxiv.errors import FetchError
from digest.arxiv.http_client import ArxivHttpClient
from digest.arxiv.peer_address import is_inside, names_inside
from digest.settings import HttpSettings
from tests.fakes.clocks.still_clock import FakeClock

OUTSIDE = "papers.example.org"  # resolves to this machine, as a server on the internet that a test can run
ALSO_OUTSIDE = "cdn.example.org"
# Hosts that lead inside -> the address that a resolver gives for the name; None where the host is an address.
INSIDE: dict[str, str | None] = {
    "127.0.0.1": None, "127.1": None, "127.0.1": None, "127.255.255.254": None, "2130706433": None,
    "017700000001": None,
    "0x7f000001": None, "0x7f.0.0.1": None, "0x7f.1": None, "0177.0.0.1": None, "0177.1": None, "127.0.0.1.": None,
    "１２７.0.0.1": None, "１２７．０．０．１": None, "127。0。0。1": None, "①②⑦.0.0.1": None,
    "0.0.0.0": None, "0": None,
    "localhost": None, "LOCALHOST": None, "localhost.": None, "localhost.localdomain": None, "ip6-localhost": None,
    "anything.localhost": None, "ｌｏｃａｌｈｏｓｔ": None,
    "[::1]": None, "[::]": None, "[0:0:0:0:0:0:0:1]": None, "[::ffff:127.0.0.1]": None, "[::ffff:7f00:1]": None,
    "[::127.0.0.1]": None, "[64:ff9b::7f00:1]": None, "[64:ff9b::169.254.169.254]": None, "[2002:7f00:1::]": None,
    "[fe80::1]": None, "[fc00::1]": None, "[fd00:ec2::254]": None, "[ff02::1]": None,
    "169.254.169.254": None, "169.254.1.1": None, "2852039166": None, "0xa9fea9fe": None,
    "10.0.0.1": None, "10.1": None,
    "172.16.0.1": None, "172.31.255.255": None, "192.168.0.1": None, "192.168.0.1.": None, "192.168.1": None,
    "100.64.0.1": None, "100.100.100.200": None, "100.127.255.255": None, "192.0.0.1": None, "198.18.0.1": None,
    "224.0.0.1": None, "239.255.255.250": None, "240.0.0.1": None, "255.255.255.255": None,
    "router.lan": "192.168.0.1", "metadata.google.internal": "169.254.169.254", "db.default.svc": "10.96.0.1",
    "inside.example.net": "127.0.0.1", "mapped.example.net": "::ffff:10.0.0.1", "shared.example.net": "100.64.3.4",
    "both.example.net": "127.0.0.1",
}  # fmt: skip
PUBLIC = {ALSO_OUTSIDE: "151.101.3.42"}


class Loopback:
    """The servers of the test: one outside that redirects, and one inside that must not be reached."""

    def __init__(self) -> None:
        self.location = ""
        self.reached: list[bytes] = []
        self.outside = self.inside = 0

    async def _outside(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"GET /there"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\npaper")
        else:
            target = self.location.encode("utf-8", "surrogateescape")
            writer.write(
                b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: " + target + b"\r\n\r\n"
            )
        writer.close()

    async def _inside(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reached.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
        writer.close()

    async def get(self, location: str) -> bytes:
        self.location = location
        client = ArxivHttpClient(HttpSettings(max_attempts=1, connect_timeout=2.0), FakeClock(), min_interval=0.0)
        try:
            return (await client.get(f"http://{OUTSIDE}:{self.outside}/pdf/1", max_bytes=1000)).body
        finally:
            await client.aclose()


@pytest.fixture
async def servers(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Loopback]:
    """With a resolver that knows the names of the test, and no proxy."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    ours = Loopback()
    real = socket.getaddrinfo
    names = {OUTSIDE: "127.0.0.1", **{name: address for name, address in INSIDE.items() if address}}

    def resolve(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        found = real(names.get(name, name), *arguments, **options)
        return [*real("151.101.3.42", *arguments, **options), *found] if name == "both.example.net" else found

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    outside = await asyncio.start_server(ours._outside, "127.0.0.1", 0)
    inside = await asyncio.start_server(ours._inside, None, 0, family=socket.AF_INET)
    ours.outside, ours.inside = (server.sockets[0].getsockname()[1] for server in (outside, inside))
    yield ours
    outside.close()
    inside.close()


async def test_no_spelling_reaches_the_inside(servers: Loopback) -> None:
    """More than sixty forms, each over sockets: all are refused, none is reached."""
    assert len(INSIDE) >= 60
    for host in INSIDE:
        with pytest.raises(FetchError):
            await servers.get(f"http://{host}:{servers.inside}/latest/meta-data")
        assert servers.reached == [], host


async def test_the_same_host_is_followed(servers: Loopback) -> None:
    """A mirror in the operator's own network may redirect within itself."""
    assert await servers.get("/there") == b"paper"
    assert await servers.get(f"http://{OUTSIDE}:{servers.outside}/there") == b"paper"


@pytest.mark.parametrize("host", [host for host, address in INSIDE.items() if address is None])
def test_what_is_written_as_an_address_needs_no_resolver(host: str) -> None:
    assert names_inside(host)


@pytest.mark.parametrize("address", [address for address in INSIDE.values() if address])
def test_resolved_addresses_are_judged(address: str) -> None:
    assert is_inside(address)


@pytest.mark.parametrize(
    "host", ["arxiv.org", "export.arxiv.org", "151.101.3.42", "[2a04:4e42::42]", "localhost.example.org"]
)
def test_the_internet_is_outside(host: str) -> None:
    assert not names_inside(host)


@pytest.mark.parametrize("address", ["151.101.3.42", "2a04:4e42::42", "64:ff9b::9765:32a"])
def test_public_addresses_are_outside(address: str) -> None:
    assert not is_inside(address)
