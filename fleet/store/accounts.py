"""Accounts, sessions and tokens, and the counters that slow down guessing.

Only SHA-256 of a token is stored, so the table opens no door. A session ends the moment its row
is gone or its account is disabled; a lock stops new sign-ins only, never a session at work.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fleet.store.db import Connection, queries
from fleet.store.scope import Scope

SQL = queries("accounts")
KEPT_SESSIONS = 20
"""Browser sessions an account may have; the one longest unused goes first."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who is asking."""

    id: int
    login: str
    role: str
    name: str  #: of the person, or the login where there is none
    person: int | None
    org: int | None
    language: str
    must_change: bool

    @property
    def scope(self) -> Scope:
        return Scope.of(self.role, self.person, self.org)


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser or program."""

    account: Account
    token_hash: bytes
    kind: str  #: browser or token
    expires: datetime


@dataclass(frozen=True, slots=True)
class Counter:
    """How tries are counted: the `limit`-th in a row locks, each later one twice as long."""

    limit: int
    first_s: float = 30
    longest_s: float = 900


def token() -> str:
    """256 random bits for a cookie or a program."""
    return secrets.token_urlsafe(32)


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _account(row: Mapping[str, Any]) -> Account:
    return Account(**{name: row[name] for name in Account.__slots__})


async def by_login(conn: Connection, login: str) -> tuple[Account, str, bool] | None:
    """The account, its password hash, and whether it is barred from signing in."""
    row = await (await conn.execute(SQL["by_login"], {"login": login})).fetchone()
    return (_account(row), row["password_hash"], row["barred"]) if row else None


async def by_id(conn: Connection, account: int) -> Account | None:
    row = await (await conn.execute(SQL["by_id"], {"account": account})).fetchone()
    return _account(row) if row else None


async def session(conn: Connection, token_hash: bytes, idle: timedelta) -> Session | None:
    """Whose token this is, while it is valid; its use is noted once a minute."""
    params = {"hash": token_hash, "idle": idle}
    row = await (await conn.execute(SQL["session"], params)).fetchone()
    if row is None:
        return None
    if row["untouched"]:
        await touch(conn, [token_hash])
    return Session(_account(row), token_hash, row["kind"], row["expires"])


async def valid(
    conn: Connection, hashes: Sequence[bytes], idle: timedelta
) -> dict[bytes, Scope | None]:
    """The present scope of each token that is still good; None while a password is due."""
    params = {"hashes": list(hashes), "idle": idle}
    rows = await (await conn.execute(SQL["sessions"], params)).fetchall()
    return {
        r["token_hash"]: None if r["must_change"] else Scope.of(r["role"], r["person"], r["org"])
        for r in rows
    }


async def touch(conn: Connection, hashes: Sequence[bytes]) -> None:
    await conn.execute(SQL["touch"], {"hashes": sorted(hashes)})


async def sign_in(
    conn: Connection, account: int, lifetime: timedelta, *, kind: str = "browser", label: str = ""
) -> tuple[str, dict[str, Any]]:
    """A fresh token and its row. Nothing the client sent goes into it: no fixation."""
    secret = token()
    await conn.execute(SQL["tidy_sessions"], {"account": account, "keep": KEPT_SESSIONS - 1})
    params = {"hash": digest(secret), "account": account, "kind": kind, "label": label}
    cursor = await conn.execute(SQL["sign_in"], {**params, "lifetime": lifetime})
    row = await cursor.fetchone()
    assert row is not None, "insert … returning gives its row"
    return secret, row


async def sign_out(conn: Connection, token_hash: bytes) -> None:
    await conn.execute(SQL["sign_out"], {"hash": token_hash})


async def tokens(conn: Connection, account: int) -> list[dict[str, Any]]:
    return await (await conn.execute(SQL["tokens"], {"account": account})).fetchall()


async def revoke(conn: Connection, account: int, token_id: str) -> bool:
    """Whether there was such a token of this account."""
    params = {"account": account, "id": token_id}
    return (await conn.execute(SQL["revoke"], params)).rowcount > 0


async def password_hash(conn: Connection, account: int) -> str:
    row = await (await conn.execute(SQL["password_hash"], {"account": account})).fetchone()
    return str(row["password_hash"]) if row else ""


async def set_password(
    conn: Connection, account: int, new_hash: str, *, keep: bytes | None = None
) -> int:
    """Store it and end every session and token but `keep`; return how many were ended."""
    await conn.execute(SQL["set_password"], {"account": account, "password_hash": new_hash})
    others = SQL["sign_out_others"] if keep else SQL["sign_out_all"]
    return (await conn.execute(others, {"account": account, "hash": keep})).rowcount


async def admit(conn: Connection, key: str, counter: Counter) -> bool:
    """Count a try under this key before it is made; False while the key is locked.

    Counted first and forgiven after a success, so that many tries at once gain nothing; a try
    during a lock does not make the lock longer.
    """
    limits = {name: getattr(counter, name) for name in Counter.__slots__}
    return (await conn.execute(SQL["count"], {"key": key, **limits})).rowcount > 0


async def known_place(conn: Connection, key: str) -> bool:
    """Whether this account has signed in from this address within the month."""
    return (await conn.execute(SQL["known_place"], {"key": key})).rowcount > 0


async def forgive(conn: Connection, own: str, shared: Sequence[str], place: str) -> None:
    """After a success: clear its own counter, take it off the shared ones, remember the place."""
    await conn.execute(SQL["tidy_attempts"])
    await forget(conn, own)
    await conn.execute(SQL["discount"], {"keys": sorted(shared)})
    await conn.execute(SQL["remember_place"], {"key": place})


async def forget(conn: Connection, key: str) -> None:
    await conn.execute(SQL["forget"], {"key": key})


async def create(conn: Connection, **columns: Any) -> int:
    """A new account: login, password_hash, role and what else its row has."""
    rest = {"person": None, "org": None, "language": "zh", "must_change": True, "demo": False}
    row = await (await conn.execute(SQL["create"], {**rest, **columns})).fetchone()
    assert row is not None, "insert … returning gives its row"
    return int(row["id"])
