"""Zones, sea grids and their people, as GeoJSON (RFC 7946) and lists."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, StringConstraints

from fleet.api.schemas.base import Actor, In, Named, Out, Text, masked
from fleet.store.reads import Row
from fleet.store.zone_edits import FIELDS

Code: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$")]
Kind: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,31}$")]
Name: TypeAlias = Annotated[Text, StringConstraints(min_length=1, max_length=120)]


class Season(In):
    """In force every year from one local moment to another, or once where a year is given."""

    from_: Annotated[str, Field(alias="from", max_length=40)] = Field(examples=["05-01T12:00"])
    to: Annotated[str, Field(max_length=40)] = Field(examples=["08-16T12:00"])
    tz: Annotated[str, Field(max_length=64)] = "Asia/Shanghai"


class ZoneFields(In):
    """What an author decides about a zone."""

    code: Code
    kind: Kind = Field(description="port, reserve, restricted, moratorium, boundary, coverage, …")
    name: Name
    name_en: Annotated[Text, StringConstraints(max_length=120)] = ""
    rule: Literal["keep_out", "keep_in", "line", "area"]
    severity: Annotated[int, Field(ge=1, le=4)] = 2
    season: Annotated[list[Season], Field(max_length=20)] | None = None
    classes: Annotated[list[str], Field(max_length=20)] = Field(
        default=[], description="vessel classes it concerns; empty: fishing"
    )
    limit_kn: Annotated[float, Field(gt=0, le=100)] | None = None
    dwell_min: Annotated[float, Field(ge=1, le=10_000)] | None = Field(
        default=None, description="minutes that a boat may stay inside"
    )
    legal_basis: Text = ""
    version: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="in PUT: 409 unless it is the newest"
    )
    revision: int | None = Field(default=None, description="set by the service")
    ended: datetime | None = Field(default=None, description="set by the service")


class ZoneGeometry(Out):
    type: Literal["Polygon", "MultiPolygon", "LineString"]
    coordinates: list[Any]


class ZoneProperties(Out):
    code: str
    kind: str
    name: str
    name_en: str
    rule: str
    severity: int
    season: list[dict[str, str]] | None
    classes: list[str]
    limit_kn: float | None
    dwell_min: float | None
    legal_basis: str
    version: int
    revision: int
    ended: datetime | None


class Zone(Out):
    type: Literal["Feature"] = "Feature"
    id: int
    geometry: ZoneGeometry
    properties: ZoneProperties

    @classmethod
    def of(cls, row: Row) -> Zone:
        wanted = {*FIELDS, "version", "revision", "ended"} - {"geometry"}
        return cls.model_validate(
            {
                "id": row["id"],
                "geometry": {k: row["geometry"][k] for k in ("type", "coordinates")},
                "properties": {name: row[name] for name in wanted},
            }
        )


class Zones(Out):
    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Zone]


class ZoneDocument(In):
    """A GeoJSON Feature or FeatureCollection; its parts are checked one by one, by name.

    Other members of the document itself (bbox, name, what drawing programs add) say nothing about
    a zone and are passed over; other properties of a feature are refused.
    """

    model_config = ConfigDict(extra="ignore")

    type: Literal["Feature", "FeatureCollection"]
    geometry: Any = None
    properties: Any = None
    features: Any = None
    crs: Any = None


class RestoreIn(In):
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    reason: Text = ""


class ZoneVersion(Out):
    version: int
    revision: int
    at: datetime
    actor: Actor | None
    reason: str

    @classmethod
    def of(cls, row: Row) -> ZoneVersion:
        actor = Actor(id=row["actor"], name=row["actor_name"] or "") if row["actor"] else None
        return cls(actor=actor, **{k: row[k] for k in ("version", "revision", "at", "reason")})


class ZoneVersions(Out):
    versions: list[ZoneVersion]


class GridMember(Out):
    person: int
    name: str
    rank: int = Field(description="1 member, 2 backup")


class OnDuty(Out):
    person: int
    name: str
    level: int


class GridProperties(Out):
    code: str
    name: str
    name_en: str
    leader: Named | None
    members: list[GridMember]
    on_duty: list[OnDuty]


class GridGeometry(Out):
    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]


class Grid(Out):
    type: Literal["Feature"] = "Feature"
    id: int
    geometry: GridGeometry
    properties: GridProperties

    @classmethod
    def of(cls, row: Row) -> Grid:
        plain = ("code", "name", "name_en", "members", "on_duty")
        properties = {name: row[name] for name in plain} | {"leader": Named.of(row, "leader")}
        shape = {k: row["geometry"][k] for k in ("type", "coordinates")}
        return cls.model_validate({"id": row["id"], "geometry": shape, "properties": properties})


class Grids(Out):
    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Grid]


class MemberGrid(Named):
    rank: int | None
    leader: bool


class Member(Out):
    person: int
    name: str
    name_en: str
    phone_masked: str
    phone: str | None = Field(description="for the command centre and the person themself")
    org: str | None
    grids: list[MemberGrid]
    on_duty: bool
    open_orders: int

    @classmethod
    def of(cls, row: Row, *, phone: bool) -> Member:
        shown = {"phone_masked": masked(row["phone"]), "phone": row["phone"] if phone else None}
        return cls.model_validate({**row, **shown})


class Members(Out):
    members: list[Member]
