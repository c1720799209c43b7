"""The webhook: CloudEvents as JSON, signed as Standard Webhooks, to one configured address.

The name is resolved once a message and that very address is connected to; private addresses only
where named, no redirects, no proxies, three seconds in all.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from fleet.outbox import address
from fleet.outbox.address import Forbidden, Network
from fleet.outbox.channel import TIMEOUT_S, Undelivered
from fleet.store.outbox import Channel, Due, Message

PORTS = {"http": 80, "https": 443}
SOURCE = "/fleet"


class Webhook:
    channel = Channel.WEBHOOK
    most = 3

    def __init__(
        self,
        url: str,
        secret: str,
        allowed: Sequence[str] = (),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("must look like https://host/path")
        self.host, self.port = parts.hostname, parts.port or PORTS[parts.scheme]
        self.scheme, self.url = parts.scheme, httpx.URL(url)
        self.key = key_of(secret)
        self.allowed: tuple[Network, ...] = address.networks(allowed)
        self._client = httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=TIMEOUT_S,
            verify=tls or ssl.create_default_context(),
        )

    async def send(self, due: Due) -> None:
        body = orjson.dumps(due.body["event"])
        headers = {"content-type": "application/cloudevents+json; charset=utf-8"}
        headers |= signature(self.key, due.key, int(time.time()), body)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._post(await self._address(), headers, body)
        except TimeoutError:
            raise Undelivered(f"no answer within {TIMEOUT_S:g} s") from None
        except (httpx.HTTPError, OSError, Forbidden) as error:
            raise Undelivered(f"{type(error).__name__}: {error}") from None

    async def close(self) -> None:
        await self._client.aclose()

    async def _address(self) -> str:
        """The one address that this message goes to."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        chosen, named = address.choose([str(entry[4][0]) for entry in found], self.allowed)
        if self.scheme == "http" and not named:
            raise Forbidden("plain HTTP goes to a named private network only")
        return chosen

    async def _post(self, to: str, headers: Mapping[str, str], body: bytes) -> None:
        url = self.url.copy_with(host=to)
        host = {"host": self.url.netloc.decode("ascii").rpartition("@")[2]}
        extensions = {"sni_hostname": self.host}
        async with self._client.stream(
            "POST", url, headers={**headers, **host}, content=body, extensions=extensions
        ) as answer:
            if not answer.is_success:
                raise Undelivered(f"answered {answer.status_code}")


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def key_of(secret: str) -> bytes:
    """The signing key: `whsec_` and base64 as Standard Webhooks writes it, or any other text."""
    if not secret:
        raise ValueError("a webhook is signed: set webhook_secret")
    if not secret.startswith("whsec_"):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise ValueError("webhook_secret: what follows whsec_ is not base64") from None


def signature(key: bytes, name: str, at: int, body: bytes) -> dict[str, str]:
    """The three headers by which the receiver knows us, the moment, and a repetition."""
    signed = hmac.new(key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }


def message(row: Mapping[str, Any]) -> Message:
    """The message about one event of the history, with the alert as it stands."""
    about = "order" if row["work_order"] else "alert"
    kind, key = f"fleet.{about}.{row['act']}", f"event:{row['seq']}"
    envelope = ("seq", "at", "act")
    event = {
        "specversion": "1.0",
        "id": key,
        "source": SOURCE,
        "type": kind,
        "subject": f"{about}/{row['work_order'] or row['alert']}",
        "time": row["at"].isoformat(),
        "datacontenttype": "application/json",
        "data": {k: _json(v) for k, v in row.items() if k not in envelope},
    }
    body = {"type": kind, "event": event}
    return Message(key, "", body, row["alert"], row["work_order"], Channel.WEBHOOK)
