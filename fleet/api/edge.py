"""The outermost layer: who is really asking, over what, from which page; and what leaves.

Every answer carries the security headers; a write or socket from a foreign page is refused before
anything reads its body; plain HTTP is served on loopback or by explicit setting only.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fleet.api.errors import Problem

SAFE = ("GET", "HEAD", "OPTIONS")
PROBES = ("/healthz", "/readyz")
COOKIES = ("__Host-fleet", "fleet")
"""Under TLS, and over plain HTTP."""

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'{socket}; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000"
FORWARDED = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded")
ZONES = "/api/v1/zones"
LARGEST, LARGEST_ZONES = 64 * 1024, 4 * 1024 * 1024
TOO_LARGE = "the request body is too large"
PLAIN = (
    "only over TLS; where a proxy ends it set trusted_proxy, or allow plain HTTP by insecure_http"
)
HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9a-f:]+\](:\d+)?")
AnyScope: TypeAlias = MutableMapping[str, Any]


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Edge:
    """ASGI middleware; two settings decide whom it believes."""

    app: ASGIApp
    trusted_proxy: bool
    insecure_http: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if self.trusted_proxy:
            _believe(scope, headers)
            headers = Headers(scope=scope)
        problem = self._refusal(scope, headers)
        if problem is None:
            await self.app(scope, _bounded(scope, receive), _dressed(scope, send))
        elif scope["type"] == "http":
            await problem.response()(scope, receive, _dressed(scope, send))
        else:
            await send({"type": "websocket.close", "code": 4403, "reason": problem.detail})

    def _refusal(self, scope: AnyScope, headers: Headers) -> Problem | None:
        tls = scope["scheme"] in ("https", "wss")
        client = (scope.get("client") or ("", 0))[0]
        plain_ok = self.insecure_http or is_loopback(client) or scope["path"] in PROBES
        if not tls and not plain_ok:
            return Problem(403, PLAIN)
        if _length(headers) > limit(scope):
            return Problem(413, TOO_LARGE)
        if scope["type"] == "http" and scope["method"] in SAFE:
            return None
        return _foreign(scope, headers)


def limit(scope: AnyScope) -> int:
    """The bytes a body may have: zones bring their coordinates."""
    return LARGEST_ZONES if scope["path"].startswith(ZONES) else LARGEST


def _length(headers: Headers) -> int:
    told = headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 20 else 0


def _bounded(scope: AnyScope, receive: Receive) -> Receive:
    """The same `receive`, which gives up on a body that turns out too large."""
    left = limit(scope)

    async def bounded() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413, TOO_LARGE)
        return message

    return bounded


def _foreign(scope: AnyScope, headers: Headers) -> Problem | None:
    """Refuse a write or socket that a page of another origin sends with our cookie."""
    origins = headers.getlist("origin")
    if not origins:
        cookie = headers.get("cookie", "")
        browser = any(f"{name}=" in cookie for name in COOKIES) or "sec-fetch-site" in headers
        return Problem(403, "a browser's write must carry its Origin") if browser else None
    if origins != [own_origin(scope, headers)]:
        return Problem(403, "this page is not of the same origin as the service")
    return None


def own_origin(scope: AnyScope, headers: Headers) -> str:
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    return f"{scheme}://{headers.get('host', '').lower()}"


def _believe(scope: AnyScope, headers: Headers) -> None:
    """Take address, host and scheme from the nearest proxy: only it can write the last entry."""
    address = _last(headers.getlist("x-forwarded-for"))
    host = _last(headers.getlist("x-forwarded-host"))
    scheme = _last(headers.getlist("x-forwarded-proto")).lower()
    if address:
        scope["client"] = (address, 0)
    if host:
        kept = [(name, value) for name, value in scope["headers"] if name != b"host"]
        scope["headers"] = [*kept, (b"host", host.encode("latin-1"))]
    if scheme in ("http", "https"):
        socket = {"http": "ws", "https": "wss"}
        scope["scheme"] = socket[scheme] if scope["type"] == "websocket" else scheme


def _last(values: Iterable[str]) -> str:
    return ",".join(values).rpartition(",")[2].strip()


def policy(scope: AnyScope) -> str:
    """The policy, with our own socket by name: Safari 14 does not count it among 'self'."""
    host = Headers(scope=scope).get("host", "")
    scheme = "wss" if scope["scheme"] == "https" else "ws"
    return POLICY.format(socket=f" {scheme}://{host}" if HOST.fullmatch(host) else "")


def _dressed(scope: AnyScope, send: Send) -> Send:
    """The same `send`, with the security headers on the answer."""

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Content-Security-Policy", policy(scope))
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if scope["scheme"] == "https":
                headers.setdefault("Strict-Transport-Security", HSTS)
            if scope["path"].startswith("/api/"):
                headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return dressed
