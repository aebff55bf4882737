"""Which addresses lie inside: this machine, its network, or what only providers of clouds can reach. Pure.

Names prove nothing: what counts is the address that a connection goes to. A host that is written as an address, in any
of the spellings that resolvers take (`127.1`, `0x7f000001`, full-width digits), is judged without asking a resolver.
"""

from __future__ import annotations

import socket
import unicodedata
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_NAT64 = ip_network("64:ff9b::/96")
_LOCAL_NAMES = frozenset(("localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"))
_DOTS = str.maketrans("。．｡", "...")


def is_inside(address: str) -> bool:
    """Whether an IP address is anything but one of the public internet; True for what is no address."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return True
    if isinstance(parsed, IPv6Address) and (embedded := _embedded(parsed)):
        parsed = embedded
    return not parsed.is_global or parsed.is_multicast or parsed.is_reserved or parsed.is_unspecified


def names_inside(host: str) -> bool:
    """Whether a host is this machine by name, or is written as an address that lies inside."""
    plain = unicodedata.normalize("NFKC", host).translate(_DOTS).strip("[]").rstrip(".").lower()
    if not plain or plain in _LOCAL_NAMES or plain.endswith(".localhost"):
        return True
    address = _written_address(plain)
    return address is not None and is_inside(address)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by name or address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which an IPv6 address leads: mapped, by NAT64, by 6to4."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour


def _written_address(host: str) -> str | None:
    """The address that a host is written as, in the forms of inet_aton too; None for a name."""
    try:
        return str(ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeError, ValueError):
        return None
