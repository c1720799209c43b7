"""Who asks: the cookie of a browser or the bearer token of a program, looked up once a request.

Default is deny: a route that names no `Signed` or `allow` is public, and a test lists the few
that are. The answer to a missing, wrong, expired or revoked token is the same.
"""

from __future__ import annotations

import ipaddress
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, TypeAlias, cast

from fastapi import Depends, Request, Response
from starlette.requests import HTTPConnection

from fleet.api.edge import COOKIES
from fleet.api.errors import Problem
from fleet.api.live.hub import Hub
from fleet.api.passwords import Passwords
from fleet.settings import Settings
from fleet.store import accounts
from fleet.store.accounts import Session
from fleet.store.db import Connection, Pool
from fleet.store.scope import Scope

MUST_CHANGE = "/problems/password-change-required"
STATEMENT_TIMEOUT = "set local statement_timeout = '10s'"


@dataclass(frozen=True, slots=True)
class Service:
    """What the routes work with; built once in create_app."""

    settings: Settings
    pool: Pool
    passwords: Passwords
    hub: Hub


def service(request: HTTPConnection) -> Service:
    return cast("Service", request.app.state.service)


async def connection(request: HTTPConnection) -> AsyncIterator[Connection]:
    """One transaction a request: committed before the answer leaves, rolled back on an error."""
    async with service(request).pool.connection() as conn:
        await conn.execute(STATEMENT_TIMEOUT)
        yield conn


Conn: TypeAlias = Annotated[Connection, Depends(connection, scope="function")]
Here: TypeAlias = Annotated[Service, Depends(service)]


def idle(settings: Settings) -> timedelta:
    return timedelta(minutes=settings.session_idle_min)


def presented(request: HTTPConnection) -> tuple[str, str] | None:
    """The token and the kind it must be of: a bearer token in a cookie is worth nothing."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip(), "token"
    cookie = request.cookies.get(cookie_name(request))
    return (cookie, "browser") if cookie else None


def secure(request: HTTPConnection) -> bool:
    return bool(request.scope["scheme"] in ("https", "wss"))


def cookie_name(request: HTTPConnection) -> str:
    return COOKIES[0] if secure(request) else COOKIES[1]


def set_cookie(request: Request, response: Response, token: str, lifetime: timedelta) -> None:
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=secure(request),
        httponly=True,
        samesite="strict",
    )


def drop_cookie(request: Request, response: Response) -> None:
    set_cookie(request, response, "", timedelta(0))


def address(request: HTTPConnection) -> str:
    """Whose tries are counted together: an IPv4 address, or the /64 one IPv6 customer has."""
    host = request.client.host if request.client else "unknown"
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return host[:64]
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)


async def identify(request: HTTPConnection, conn: Connection) -> Session | None:
    """The session behind what the request presents, if it is good."""
    token = presented(request)
    if token is None:
        return None
    limit = idle(service(request).settings)
    found = await accounts.session(conn, accounts.digest(token[0]), limit)
    return found if found and found.kind == token[1] else None


async def who(request: HTTPConnection, conn: Conn) -> Session:
    """Whoever is signed in, even while a password change is due."""
    session = await identify(request, conn)
    if session is None:
        raise Problem(401, "sign in first", headers={"WWW-Authenticate": "Bearer"})
    return session


Who: TypeAlias = Annotated[Session, Depends(who)]


async def signed(session: Who) -> Session:
    """Whoever is signed in and may work."""
    if session.account.must_change:
        raise Problem(403, "change your password first", kind=MUST_CHANGE)
    return session


Signed: TypeAlias = Annotated[Session, Depends(signed)]


def scope_of(session: Signed) -> Scope:
    return session.account.scope


See: TypeAlias = Annotated[Scope, Depends(scope_of)]


def allow(*roles: str) -> Any:
    """Only these roles; the others learn that they may not, never what there is."""

    async def check(session: Signed) -> Session:
        if session.account.role not in roles:
            raise Problem(403, "your role may not do this")
        return session

    return Depends(check)


def browser_only(session: Signed) -> Session:
    """A program's token makes no tokens and changes no passwords."""
    if session.kind != "browser":
        raise Problem(403, "only after signing in with a password")
    return session


Browser: TypeAlias = Annotated[Session, Depends(browser_only)]
Commander: TypeAlias = Annotated[Session, allow("commander")]
Editor: TypeAlias = Annotated[Session, allow("commander", "admin")]
Worker: TypeAlias = Annotated[Session, allow("commander", "member")]
"""Whoever takes part in dispatch: admins and associations look on."""
