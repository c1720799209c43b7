"""argon2id, in a thread and two at a time, so that a flood of sign-ins cannot stop the API.

Whoever must wait behind too many is told so at once. An unknown login costs the same time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from fleet.api.errors import unavailable

T = TypeVar("T")
SHORTEST, LONGEST = 10, 256
AT_ONCE, WAITING = 2, 32
#: OWASP's first choice for argon2id: 46 MiB, one pass.
MEMORY_KIB, PASSES, LANES = 46 * 1024, 1, 1


@cache
def hasher() -> PasswordHasher:
    return PasswordHasher(PASSES, MEMORY_KIB, LANES, type=Type.ID)


def hashed(password: str) -> str:
    """For commands and tests; the API uses Passwords."""
    return hasher().hash(password)


def weakness(password: str, login: str) -> str:
    """Why a new password will not do, or nothing."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"must have {SHORTEST} to {LONGEST} characters"
    if len(set(password)) < 5:
        return "must have at least five different characters"
    if login.lower() in password.lower():
        return "must not contain the login"
    return ""


class Passwords:
    """The two slots that hashing has in this process."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._nobody = hashed("nobody's password")

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether it is the one; without a stored hash the work is done all the same."""
        return await self._run(lambda: self._verify(stored, password))

    async def hash(self, password: str) -> str:
        return await self._run(lambda: hashed(password))

    def _verify(self, stored: str | None, password: str) -> bool:
        try:
            hasher().verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING:
            raise unavailable("too many sign-ins at once")
        self._waiting += 1
        try:
            async with self._slots:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1
