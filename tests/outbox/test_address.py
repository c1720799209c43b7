"""Where a webhook may not go, in every way of writing it."""

from __future__ import annotations

import socket

import pytest

from fleet.outbox.address import Forbidden, choose, networks

PRIVATE = networks(["10.1.0.0/16", "127.0.0.1", "fd00::/8"])


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0",  # noqa: S104 - refused, not bound "10.0.0.1", "172.16.3.4", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "192.88.99.1", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fe80::1%eth0", "fe80::1", "fec0::1", "fc00::1",
        "fd12::1", "ff02::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(Forbidden, match="not a public address"):
        choose([text], ())


@pytest.mark.parametrize("text", ["8.8.8.8", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public(text: str) -> None:
    assert choose([text], ()) == (text, False)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"])
def test_other_spellings_of_loopback_are_seen_through(host: str) -> None:
    found = [str(e[4][0]) for e in socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM)]
    with pytest.raises(Forbidden):
        choose(found, ())


def test_a_named_network_is_allowed_and_nothing_beside_it() -> None:
    assert choose(["10.1.2.3"], PRIVATE) == ("10.1.2.3", True)
    assert choose(["fd00::5"], PRIVATE) == ("fd00::5", True)
    for text in ("10.2.0.1", "127.0.0.2", "::ffff:10.2.0.1"):
        with pytest.raises(Forbidden):
            choose([text], PRIVATE)


def test_one_bad_address_spoils_the_name() -> None:
    with pytest.raises(Forbidden):
        choose(["8.8.8.8", "127.0.0.1"], ())
    with pytest.raises(Forbidden, match="no address"):
        choose([], ())
