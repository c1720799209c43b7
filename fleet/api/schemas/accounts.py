"""Sign-in, the signed-in account, and its tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from fleet.api.passwords import LONGEST
from fleet.api.schemas.base import In, Out, Text
from fleet.store import accounts

Secret = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, strip_whitespace=False)]


class SignIn(In):
    login: Annotated[Text, StringConstraints(min_length=1, max_length=64)]
    password: Secret


class PasswordChange(In):
    old: Secret
    new: Secret


class AccountOut(Out):
    id: int
    login: str
    role: Literal["commander", "member", "association", "admin"]
    name: str
    person: int | None
    org: int | None
    language: Literal["zh", "en"]
    must_change: bool = Field(description="true: nothing else works until the password is changed")

    @classmethod
    def of(cls, a: accounts.Account) -> AccountOut:
        return cls.model_validate({name: getattr(a, name) for name in a.__slots__})


class SessionOut(Out):
    account: AccountOut
    expires: datetime


class PasswordChanged(Out):
    signed_out: int = Field(description="other sessions and tokens that were ended")


class TokenIn(In):
    label: Annotated[Text, StringConstraints(min_length=1, max_length=80)]
    days: int = Field(default=90, ge=1, le=366)


class TokenOut(Out):
    id: str
    label: str
    created: datetime
    last_seen: datetime
    expires: datetime


class TokenMade(TokenOut):
    token: str = Field(description="shown this once; send it as Authorization: Bearer …")


class Tokens(Out):
    tokens: list[TokenOut]
