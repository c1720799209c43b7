"""Unknown identities and what was decided about them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pyais.util import get_country
from pydantic import Field, StringConstraints, model_validator

from fleet.api.schemas.base import Actor, In, Out, Said
from fleet.model import VesselClass
from fleet.store.reads import Row

Decided = Literal["boat", "net_beacon", "foreign", "merchant"]


class Nearest(Out):
    """The registered boat that was nearest at the same time, within three miles."""

    vessel: int
    reg_no: str
    name: str
    nm: float

    @classmethod
    def of(cls, row: Row) -> Nearest | None:
        if row["near_vessel"] is None:
            return None
        who = {name: row[f"near_{name}"] for name in ("vessel", "reg_no", "name")}
        return cls(nm=round(row["near_nm"], 2), **who)


class Stranger(Out):
    vessel: int
    kind: str = Field(description="of identity: mmsi, terminal, …")
    value: str
    country: str | None = Field(description="by the MID of the MMSI (ITU table)")
    name: str | None = Field(description="as it says itself")
    callsign: str | None
    ship_type: int | None = Field(description="AIS code as sent")
    class_guess: str = Field(description="by number, name and ship type")
    length_m: float | None
    first_heard: datetime
    last_heard: datetime | None
    lon: float | None
    lat: float | None
    sog_kn: float | None
    nearest: Nearest | None

    @classmethod
    def of(cls, row: Row) -> Stranger:
        plain = ("vessel", "kind", "value", "length_m", "first_heard", "last_heard", "lon", "lat",
                 "sog_kn", "ship_type")  # fmt: skip
        return cls(
            country=country(row["value"]) if row["kind"] == "mmsi" else None,
            class_guess=VesselClass(row["class"]).name.lower(),
            nearest=Nearest.of(row),
            name=row["name"] or None,
            callsign=row["callsign"] or None,
            **{name: row[name] for name in plain},
        )


def country(mmsi: str) -> str | None:
    """The country whose MID it bears; None where the number is of no ship station."""
    code, name = get_country(int(mmsi)) if len(mmsi) == 9 and mmsi.isdecimal() else ("NA", "")
    return None if code == "NA" else name


class DecisionOut(Out):
    id: int
    vessel: int
    kind: str
    value: str
    decision: Decided
    reg_no: str | None = Field(description="of the boat it was assigned to")
    reason: str
    at: datetime
    actor: Actor | None
    undone: datetime | None
    undone_by: Actor | None
    undone_why: str

    @classmethod
    def of(cls, row: Row) -> DecisionOut:
        plain = ("id", "vessel", "kind", "value", "decision", "reg_no", "reason", "at", "undone",
                 "undone_why")  # fmt: skip
        return cls(
            actor=_actor(row, "actor"),
            undone_by=_actor(row, "undone_by"),
            **{name: row[name] for name in plain},
        )


def _actor(row: Row, key: str) -> Actor | None:
    return Actor(id=row[key], name=row[f"{key}_name"] or "") if row[key] else None


class Strangers(Out):
    identities: list[Stranger]


class Decisions(Out):
    decisions: list[DecisionOut]


class Page(In):
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class QueuePage(Page):
    everybody: bool = Field(
        default=False, description="also who says it is a merchant ship, a beacon, a station"
    )


class DecideIn(In):
    decision: Decided
    reg_no: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        default=None, description="of the boat, where the decision is boat"
    )
    reason: Said

    @model_validator(mode="after")
    def _whose(self) -> Self:
        if (self.decision == "boat") != bool(self.reg_no):
            raise ValueError("reg_no names the boat: given with the decision boat, and only then")
        return self


class UndoIn(In):
    reason: Said
