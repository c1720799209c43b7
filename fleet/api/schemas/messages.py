"""Safety texts as they go out, and how they are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from fleet.api.schemas.base import BigId, Id, In, Out, Text, Time
from fleet.store.reads import Row


class MessageFilters(In):
    """Which texts, as query parameters."""

    q: Text = ""
    vessel: Id | None = Field(default=None, description="who said it")
    since: Time | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: BigId | None = Field(default=None, description="`next` of the page before")


class Message(Out):
    id: int
    vessel: int
    vessel_name: str
    mmsi: str | None
    t: datetime
    received: datetime
    type: int = Field(description="12 addressed, 14 to all")
    to: int | None = Field(description="MMSI of who is addressed; null: all")
    text: str

    @classmethod
    def of(cls, row: Row) -> Message:
        rest = {k: v for k, v in row.items() if k != "addressee"}
        return cls(**rest, to=row["addressee"] or None)


class Messages(Out):
    messages: list[Message]
    next: int | None = Field(description="the cursor of the next page")
