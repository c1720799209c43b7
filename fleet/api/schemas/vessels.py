"""Vessels: the static list, one vessel, its track."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from fleet.api.schemas.base import Named, Out, masked
from fleet.model import Flag, Source, VesselClass
from fleet.store.reads import Row, Rows

STATIC = (
    "id", "name", "reg_no", "registered", "mmsi", "length_m", "gear", "home_grid", "home_port",
    "association", "interval_s",
)  # fmt: skip


def class_name(number: int) -> str:
    """Name the class as people write it, such as fishing or merchant."""
    return VesselClass(number).name.lower() if number in set(VesselClass) else "unknown"


class VesselListed(Out):
    """What a map needs to name a boat."""

    id: int
    name: str
    reg_no: str | None
    registered: bool
    cls: str = Field(alias="class", description="fishing, merchant, beacon, …")
    mmsi: str | None
    length_m: float | None
    gear: list[str]
    home_grid: int | None
    home_port: str
    association: int | None
    interval_s: int | None


def listed(row: Row) -> dict[str, Any]:
    """VesselListed as it goes out; plain, for there may be 35,000."""
    return {**{name: row[name] for name in STATIC}, "class": class_name(row["class"])}


class Latest(Out):
    """The newest fix."""

    t: datetime = Field(description="fix time")
    received: datetime
    source: str = Field(description="ais, terminal or vms")
    lon: float | None
    lat: float | None
    sog_kn: float | None
    cog_deg: float | None
    heading_deg: float | None
    battery_pct: float | None
    status: int | None = Field(description="AIS navigational status 0-15")
    flags: list[str]

    @classmethod
    def of(cls, row: Row) -> Latest | None:
        if row["t"] is None:
            return None
        return cls(
            **{name: row[name] for name in ("t", "received", "lon", "lat")},
            source=Source(row["source"]).name.lower(),
            sog_kn=row["sog"],
            cog_deg=row["cog"],
            heading_deg=row["heading"],
            battery_pct=row["battery"],
            status=row["status"] if row["status"] >= 0 else None,
            flags=[str(f.name).lower() for f in Flag if row["flags"] & f],
        )


class Identity(Out):
    kind: str
    value: str
    valid_from: datetime | None
    valid_to: datetime | None
    confidence: float


class Transmitted(Out):
    """What its own transmitter says."""

    t: datetime
    body: dict[str, Any]


class Owner(Out):
    name: str
    phone_masked: str
    phone: str | None = Field(description="for the command centre and the lead of its open order")


class Vessel(VesselListed):
    wind_limit: int | None = Field(description="抗风等级, Beaufort")
    crew: int | None
    grid: Named | None
    association_name: str | None
    owner: Owner
    latest: Latest | None
    identities: list[Identity]
    transmitted: Transmitted | None

    @classmethod
    def of(cls, row: Row, identities: Rows, said: Row | None, *, phone: bool) -> Vessel:
        owner = {"name": row["owner_name"], "phone_masked": masked(row["owner_phone"])}
        grid = None
        if row["home_grid"] is not None:
            grid = {"id": row["home_grid"], "name": row["grid_name"]}
            grid["name_en"] = row["grid_name_en"] or ""
        return cls.model_validate(
            {
                **listed(row),
                **{name: row[name] for name in ("wind_limit", "crew", "association_name")},
                "grid": grid,
                "owner": {**owner, "phone": row["owner_phone"] if phone else None},
                "latest": Latest.of(row),
                "identities": identities,
                "transmitted": said,
            }
        )


class TrackLine(Out):
    type: Literal["LineString"] = "LineString"
    coordinates: list[tuple[float, float]]


class TrackProperties(Out):
    vessel: int
    coordTimes: list[datetime]  # noqa: N815 -- as GPX converters and map libraries call it
    sog: list[float | None] = Field(description="knots, one a position")
    cog: list[float | None] = Field(description="degrees, one a position")
    fixes: int = Field(description="how many were read before simplification")
    tolerance_m: float
    thinned_s: float | None = Field(description="at most one fix each so many seconds was read")


class Track(Out):
    """A GeoJSON Feature; the geometry is null where there are fewer than two fixes."""

    type: Literal["Feature"] = "Feature"
    geometry: TrackLine | None
    properties: TrackProperties


class Hour(Out):
    """One vessel's hour."""

    hour: datetime
    fixes: int
    distance_nm: float = Field(description="to the last fix of the hour, without jumps")
    sog_mean: float | None = Field(description="knots")
    sog_max: float | None = Field(description="knots")
    first_t: datetime
    first_lon: float
    first_lat: float
    last_t: datetime
    last_lon: float
    last_lat: float
    sources: list[str] = Field(description="ais, terminal, vms")

    @classmethod
    def of(cls, row: Row) -> Hour:
        return cls(**{**row, "sources": [Source(n).name.lower() for n in row["sources"]]})


class Hours(Out):
    hours: list[Hour]
