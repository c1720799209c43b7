"""Where a webhook may go: public addresses, and private networks that are named. Pure.

An address that carries another inside (IPv4-mapped, NAT64, 6to4, Teredo) is judged by both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network
Address: TypeAlias = IPv4Address | IPv6Address

NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
REFUSED = (
    IPv6Network("fec0::/10"),  # site-local of old
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
)


class Forbidden(Exception):
    """The address is not one that a webhook may reach."""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The named networks; ValueError for what is none."""
    return tuple(ip_network(text, strict=False) for text in texts)


def choose(found: Sequence[str], allowed: Sequence[Network]) -> tuple[str, bool]:
    """The address to connect to, and whether it is a named private one.

    One bad address among those of a name spoils the name: it is not for us to pick the good ones.
    """
    if not found:
        raise Forbidden("the name has no address")
    named = [_named(ip_address(text.partition("%")[0]), allowed) for text in found]
    return found[0], named[0]


def _named(address: Address, allowed: Sequence[Network]) -> bool:
    if any(address in network for network in allowed):
        return True
    for each in (address, *_inside(address)):
        if not _public(each):
            raise Forbidden(f"{address} is not a public address")
    return False


def _public(address: Address) -> bool:
    bad = address.is_multicast or any(address in network for network in REFUSED)
    return address.is_global and not bad


def _inside(address: Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        return []
    teredo = address.teredo or ()
    embedded = [a for a in (address.ipv4_mapped, address.sixtofour, *teredo) if a is not None]
    if any(address in network for network in NAT64):
        embedded.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return embedded
