"""How much was heard, hour by hour."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from fleet.api.schemas.base import Out
from fleet.store.reads import Row, Rows
from fleet.store.statistics import SOURCES


class FleetHour(Out):
    """One hour of all vessels in scope."""

    hour: datetime = Field(description="its beginning, UTC")
    reports: int = Field(description="positions, of all sources, each once")
    vessels: int = Field(description="heard at least once")
    distance_nm: float = Field(description="that they made, within the hour, without jumps")
    by_source: dict[str, int] = Field(
        description="vessels heard by ais, terminal, vms; one by two of them counts in both"
    )

    @classmethod
    def of(cls, row: Row) -> FleetHour:
        return cls(
            hour=row["hour"],
            reports=row["reports"],
            vessels=row["vessels"],
            distance_nm=round(row["distance_nm"], 1),
            by_source={name: row[name] for name in SOURCES},
        )


class Statistics(Out):
    """Hours in which something was heard, oldest first."""

    since: datetime
    until: datetime
    reports: int
    hours: list[FleetHour]

    @classmethod
    def of(cls, since: datetime, until: datetime, found: Rows) -> Statistics:
        reports = sum(row["reports"] for row in found)
        return cls(since=since, until=until, reports=reports, hours=[*map(FleetHour.of, found)])
