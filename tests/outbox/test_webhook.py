"""The webhook against a real HTTP server that misbehaves by script."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import shutil
import ssl
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from fleet.outbox import webhook
from fleet.outbox.channel import Undelivered
from fleet.outbox.webhook import Webhook, key_of
from fleet.store.outbox import Due
from tests.outbox.receiver import receiving

LOCAL = ["127.0.0.0/8", "::1"]


def due(**event: Any) -> Due:
    return Due(1, "event:17", "", {"type": "fleet.alert.open", "event": event}, 1, 0.0)


def hook(port: int, allowed: Sequence[str] = LOCAL, host: str = "127.0.0.1") -> Webhook:
    return Webhook(f"http://{host}:{port}/in?team=1", "secret", allowed)


async def test_a_signed_cloudevent_arrives() -> None:
    async with receiving() as receiver:
        sender = hook(receiver.port, host="localhost")
        await sender.send(due(id="event:17", type="fleet.alert.open", 名="琼"))
        await sender.close()
    ((headers, body),) = receiver.requests
    assert headers["request"] == "POST /in?team=1 HTTP/1.1"
    assert headers["host"] == f"localhost:{receiver.port}", "the name, though we dialled an address"
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert orjson.loads(body)["名"] == "琼"
    stamp = headers["webhook-timestamp"]
    assert abs(int(stamp) - time.time()) < 5
    signed = hmac.new(b"secret", f"event:17.{stamp}.".encode() + body, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(signed).decode()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("500", "answered 500"),
        ("404", "answered 404"),
        ("302", "answered 302"),
        ("drop", "RemoteProtocolError|ReadError"),
        ("hang", "no answer within"),
    ],
)
async def test_everything_but_a_2xx_is_undelivered(
    script: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_S", 0.3)
    async with receiving([script]) as receiver:
        sender = hook(receiver.port)
        with pytest.raises(Undelivered, match=said):
            await sender.send(due())
        await sender.send(due())
        await sender.close()
        assert receiver.ids[-1:] == ["event:17"]


async def test_loopback_is_refused_unless_named() -> None:
    async with receiving() as receiver:
        for host in ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"):
            sender = hook(receiver.port, (), host)
            with pytest.raises(Undelivered, match="not a public address"):
                await sender.send(due())
            await sender.close()
        assert receiver.requests == []


async def test_plain_http_never_leaves_the_named_networks() -> None:
    sender = Webhook("http://8.8.8.8/x", "secret")
    with pytest.raises(Undelivered, match="plain HTTP"):
        await sender.send(due())
    await sender.close()


async def test_a_name_that_does_not_resolve_is_undelivered() -> None:
    sender = Webhook("https://no-such-host.invalid/x", "secret")
    with pytest.raises(Undelivered, match="gaierror"):
        await sender.send(due())
    await sender.close()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
async def test_the_certificate_must_be_that_of_the_name_not_of_the_address(tmp_path: Path) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = await asyncio.create_subprocess_exec(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await made.wait() == 0
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(cert, key)
    trusting = ssl.create_default_context(cafile=str(cert))
    async with receiving(tls=server) as receiver:
        right = Webhook(f"https://localhost:{receiver.port}/", "secret", LOCAL, trusting)
        await right.send(due())
        await right.close()
        wrong = Webhook(f"https://127.0.0.1:{receiver.port}/", "secret", LOCAL, trusting)
        with pytest.raises(Undelivered, match="CERTIFICATE_VERIFY_FAILED"):
            await wrong.send(due())
        await wrong.close()
        stranger = Webhook(f"https://localhost:{receiver.port}/", "secret", LOCAL)
        with pytest.raises(Undelivered, match="CERTIFICATE_VERIFY_FAILED"):
            await stranger.send(due())
        await stranger.close()
    assert len(receiver.requests) == 1


def test_what_is_not_a_webhook_is_named() -> None:
    for url in ("ftp://x/y", "https://", "x"):
        with pytest.raises(ValueError, match="must look like"):
            Webhook(url, "secret")
    with pytest.raises(ValueError, match="webhook_secret"):
        Webhook("https://example.org/", "")
    with pytest.raises(ValueError, match="base64"):
        key_of("whsec_!!")
    assert key_of("whsec_" + base64.b64encode(b"k" * 24).decode()) == b"k" * 24


def test_the_message_of_an_event() -> None:
    row = {
        "seq": 9, "at": datetime(2026, 1, 2, tzinfo=UTC), "act": "accept", "alert": 3,
        "work_order": 5, "kind": "gap", "severity": 3,
    }  # fmt: skip
    message = webhook.message(row)
    event = message.body["event"]
    assert (message.key, message.channel) == ("event:9", "webhook")
    assert (event["type"], event["subject"]) == ("fleet.order.accept", "order/5")
    assert event["time"] == "2026-01-02T00:00:00+00:00"
    assert event["data"] == {"alert": 3, "work_order": 5, "kind": "gap", "severity": 3}
