"""Silenced keys as every screen shows them: what, by whom, why and until when."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from fleet.api.schemas.alerts import VesselRef
from fleet.api.schemas.base import Actor, In, Out
from fleet.api.titles import title
from fleet.store.reads import Row


class Shelf(Out):
    """One key (kind, boat, zone or other party) that is silent."""

    id: int
    kind: str
    title_zh: str
    title_en: str
    vessel: VesselRef
    other: int | None = Field(description="the zone or other vessel of the key")
    zone_name: str | None
    zone_name_en: str | None
    severity: int = Field(ge=1, le=3, description="silences this and milder; never red")
    reason: str
    by: Actor | None
    since: datetime
    until: datetime | None = Field(description="null: as long as this occurrence lasts")
    alert: int | None = Field(description="the alert that it was done to")
    shelved: int = Field(description="alerts that it keeps silent now")
    born: int = Field(description="further episodes that have opened since")

    @classmethod
    def of(cls, row: Row) -> Shelf:
        zh, en = title(row["kind"])
        plain = ("id", "kind", "zone_name", "zone_name_en", "severity", "reason", "since", "until",
                 "alert", "shelved")  # fmt: skip
        by = Actor(id=row["actor"], name=row["actor_name"] or "") if row["actor"] else None
        return cls(
            **{name: row[name] for name in plain},
            title_zh=zh,
            title_en=en,
            vessel=VesselRef(id=row["vessel"], name=row["vessel_name"], mmsi=row["mmsi"]),
            other=row["other"] or None,
            by=by,
            born=row["since_then"],
        )


class Shelves(Out):
    shelves: list[Shelf] = Field(description="in force, the next to end first")


class EndShelfIn(In):
    """Nothing is asked."""
