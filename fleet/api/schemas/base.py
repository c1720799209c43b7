"""The two kinds of body, and the small types every noun shares.

What comes in is strict: unknown fields, NaN and control characters are refused by name.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from fleet.store.reads import Row

BIGGEST_INT, BIGGEST_ID = 2**31 - 1, 2**63 - 1


class In(BaseModel):
    """A request body."""

    model_config = ConfigDict(
        extra="forbid", allow_inf_nan=False, str_strip_whitespace=True, strict=False
    )


class Out(BaseModel):
    """A response body; times are RFC 3339 in UTC, an unknown number is null."""

    model_config = ConfigDict(extra="forbid")


def printable(text: str) -> str:
    """Names and notes are shown and stored: no control characters but line breaks and tabs."""
    if any((ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 for c in text):
        raise ValueError("must not hold control characters")
    if any(0xD800 <= ord(c) < 0xE000 for c in text):
        raise ValueError("must be valid Unicode")
    return text


def utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


Text: TypeAlias = Annotated[str, StringConstraints(max_length=500), AfterValidator(printable)]
Said: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=500), AfterValidator(printable)
]
"""A text that must not be empty."""
Id: TypeAlias = Annotated[int, Field(ge=1, le=BIGGEST_INT)]
BigId: TypeAlias = Annotated[int, Field(ge=1, le=BIGGEST_ID)]
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
Time: TypeAlias = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST), AfterValidator(utc)]


class Named(Out):
    """A thing by number and name."""

    id: int
    name: str
    name_en: str = ""

    @classmethod
    def of(cls, row: Row, key: str) -> Named | None:
        """From columns key, key_name and key_name_en; None where there is none."""
        if row[key] is None:
            return None
        return cls(id=row[key], name=row[f"{key}_name"], name_en=row.get(f"{key}_name_en") or "")


class Actor(Out):
    """Who did it: an account."""

    id: int
    name: str


class Happened(Out):
    """One line of a history."""

    seq: int
    at: datetime
    act: str
    actor: Actor | None = Field(description="null: the service itself")
    reason: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, row: Row) -> Happened:
        actor = Actor(id=row["actor"], name=row["actor_name"] or "") if row["actor"] else None
        rest = {k: row[k] for k in ("seq", "at", "act", "reason", "detail")}
        return cls(actor=actor, **rest)


def masked(phone: str | None) -> str:
    """138****1234: enough to know it again, not enough to call it."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****"
