"""Dry runs as they are asked for and told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from fleet.api.schemas.base import Actor, In, Out, Time
from fleet.api.schemas.places import ZoneDocument
from fleet.store.reads import Row


class DryRunIn(In):
    """What to try, and on which stretch of stored history (fix time, `to` not included)."""

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,31}$")] | None = Field(
        default=None, description="left out: a zone alone is tried"
    )
    params: Annotated[dict[str, Any], Field(max_length=100)] | None = Field(
        default=None, description="every key of the kind; left out: as in force"
    )
    scopes: Annotated[list[Any], Field(max_length=100)] | None = Field(
        default=None, description="overrides, as of rules; left out: as in force"
    )
    zone: ZoneDocument | None = Field(
        default=None, description="a GeoJSON Feature; one in force with its code is replaced"
    )
    start: Time = Field(alias="from")
    end: Time = Field(alias="to")


class DryRun(Out):
    id: int
    kind: str | None
    zone: str | None = Field(description="code of the zone that was tried")
    start: datetime = Field(alias="from")
    end: datetime = Field(alias="to")
    asked: dict[str, Any]
    status: Literal["running", "done", "failed", "cancelled"]
    share: float = Field(description="of the stretch, 0 to 1")
    message: str = Field(description="why it failed")
    actor: Actor | None
    at: datetime
    ended: datetime | None
    result: dict[str, Any] | None = Field(
        description="by kind: would raise, in force replayed, was raised; how they differ; what"
        " history cannot show. Of one run alone, once it is done"
    )

    @classmethod
    def of(cls, row: Row) -> DryRun:
        asked = row["asked"]
        actor = Actor(id=row["actor"], name=row["actor_name"] or "") if row["actor"] else None
        plain = ("id", "asked", "status", "share", "message", "at", "ended", "result")
        return cls(
            kind=asked["kind"] or None,
            zone=asked["zone"]["code"] if asked["zone"] else None,
            actor=actor,
            **{"from": asked["start"], "to": asked["end"]},
            **{name: row[name] for name in plain},
        )


class DryRuns(Out):
    runs: list[DryRun]
