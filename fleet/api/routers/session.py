"""Sign in, sign out, one's own password, and tokens for programs.

A wrong login, a wrong password and a locked account get the same answer after the same work; a
success makes a fresh token and ends the session the browser came with.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Request, Response

from fleet.api import auth
from fleet.api.auth import Browser, Conn, Here, Service, Signed, Who
from fleet.api.errors import Problem
from fleet.api.passwords import weakness
from fleet.api.schemas.accounts import (
    AccountOut,
    PasswordChange,
    PasswordChanged,
    SessionOut,
    SignIn,
    TokenIn,
    TokenMade,
    TokenOut,
    Tokens,
)
from fleet.store import accounts
from fleet.store.accounts import Account, Counter

router = APIRouter(tags=["session"])
TokenId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]

PAIR = Counter(limit=5)
"""One login from one address."""
ACCOUNT = Counter(limit=20)
"""One login from anywhere; does not hold where it signed in from before."""
ADDRESS = Counter(limit=30)
"""Any login from one address."""
CHANGE = Counter(limit=5)
MOST_TOKENS = 20
REFUSED = "login or password is wrong; after several failures even the right one must wait a while"


@router.post("/session", summary="Sign in")
async def sign_in(body: SignIn, request: Request, response: Response, here: Here) -> SessionOut:
    """Sets the session cookie. Repeated failures lock for longer and longer, never for good."""
    account = await _checked(body, auth.address(request), here)
    lifetime = timedelta(hours=here.settings.session_max_h)
    async with here.pool.connection() as conn:
        old = auth.presented(request)
        if old and old[1] == "browser":
            await accounts.sign_out(conn, accounts.digest(old[0]))
        token, row = await accounts.sign_in(conn, account.id, lifetime)
    auth.set_cookie(request, response, token, lifetime)
    return SessionOut(account=AccountOut.of(account), expires=row["expires"])


async def _checked(body: SignIn, address: str, here: Service) -> Account:
    """The account whose login and password these are, or Problem."""
    log = structlog.get_logger("fleet.auth")
    name = body.login.casefold()
    pair, place = f"pair:{name}:{address}", f"place:{name}:{address}"
    shared = [f"address:{address}"]
    async with here.pool.connection() as conn:
        if not await accounts.admit(conn, shared[0], ADDRESS):
            raise Problem(429, "too many tries from here; wait", headers={"Retry-After": "60"})
        admitted = await accounts.admit(conn, pair, PAIR)
        if admitted and not await accounts.known_place(conn, place):
            shared.append(f"account:{name}")
            admitted = await accounts.admit(conn, shared[1], ACCOUNT)
        found = await accounts.by_login(conn, body.login)
    account, stored, barred = found or (None, None, True)
    right = await here.passwords.verify(stored, body.password)
    if account is None or barred or not admitted or not right:
        log.warning("sign_in_refused", address=address)  # no login: it may be a mistyped password
        raise Problem(401, REFUSED)
    log.info("signed_in", account=account.id, address=address)
    async with here.pool.connection() as conn:
        await accounts.forgive(conn, pair, shared, place)
    return account


@router.get("/session", summary="Who is signed in")
async def session(me: Who) -> SessionOut:
    return SessionOut(account=AccountOut.of(me.account), expires=me.expires)


@router.delete("/session", status_code=204, summary="Sign out")
async def sign_out(request: Request, response: Response, conn: Conn) -> None:
    """Ends the session of the request; harmless without one."""
    presented = auth.presented(request)
    if presented:
        await accounts.sign_out(conn, accounts.digest(presented[0]))
    auth.drop_cookie(request, response)


@router.post("/session/password", summary="Change one's own password")
async def change_password(body: PasswordChange, me: Who, here: Here) -> PasswordChanged:
    """Ends every other session and token of the account."""
    if me.kind != "browser":
        raise Problem(403, "only after signing in with a password")
    weak = weakness(body.new, me.account.login)
    if weak or body.new == body.old:
        raise Problem.of(422, "body.new", weak or "must be another one")
    key = f"change:{me.account.id}"
    async with here.pool.connection() as conn:
        if not await accounts.admit(conn, key, CHANGE):
            raise Problem(429, "too many wrong tries; wait", headers={"Retry-After": "60"})
        stored = await accounts.password_hash(conn, me.account.id)
    if not await here.passwords.verify(stored, body.old):
        raise Problem.of(422, "body.old", "is not your password")
    new = await here.passwords.hash(body.new)
    async with here.pool.connection() as conn:
        if await accounts.password_hash(conn, me.account.id) != stored:
            raise Problem(409, "the password was changed meanwhile")
        ended = await accounts.set_password(conn, me.account.id, new, keep=me.token_hash)
        await accounts.forget(conn, key)
    return PasswordChanged(signed_out=ended)


@router.get("/tokens", summary="One's own tokens for programs")
async def tokens(me: Signed, conn: Conn) -> Tokens:
    rows = await accounts.tokens(conn, me.account.id)
    return Tokens(tokens=[TokenOut.model_validate(r) for r in rows])


@router.post("/tokens", status_code=201, summary="Make a token for a program")
async def make_token(body: TokenIn, me: Browser, conn: Conn) -> TokenMade:
    """It may do what its account may do, until it expires or is revoked."""
    if len(await accounts.tokens(conn, me.account.id)) >= MOST_TOKENS:
        raise Problem(409, f"at most {MOST_TOKENS} tokens; revoke one first")
    lifetime = timedelta(days=body.days)
    token, row = await accounts.sign_in(
        conn, me.account.id, lifetime, kind="token", label=body.label
    )
    return TokenMade(token=token, **row)


@router.delete("/tokens/{token_id}", status_code=204, summary="Revoke a token")
async def revoke_token(token_id: TokenId, me: Signed, conn: Conn) -> None:
    if not await accounts.revoke(conn, me.account.id, token_id):
        raise Problem(404, "no such token of yours")
