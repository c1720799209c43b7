"""What rules need from outside, by codes as in files: what `fleet import` takes, and roll calls."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, StringConstraints

from fleet.alerts.roll_call import State
from fleet.api.schemas.base import Actor, In, Out, Text, Time

Code: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[^\s\x00-\x1f]{1,64}$")]
Crew: TypeAlias = Annotated[int, Field(ge=0, le=2000)]
MOST_ROWS = 5000


class GroupIn(In):
    group: Code
    kind: Literal["sailing", "pair_trawl", "light", "tow"]
    reg_no: Code
    role: Literal["lead", "member"] = "member"
    valid_from: Time | None = None
    valid_to: Time | None = None


class TripIn(In):
    trip: Code
    reg_no: Code
    port: Code | None = None
    departs: Time
    returns: Time | None = None
    crew_out: Crew | None = None
    crew_back: Crew | None = None
    reported_at: Time | None = None


class PermitIn(In):
    permit: Code
    reg_no: Code
    activity: Literal["enter", "fish", "leave_port"]
    zone: Code | None = Field(default=None, description="null: wherever")
    valid_from: Time | None = None
    valid_to: Time | None = None


class CertificateIn(In):
    reg_no: Code
    kind: Literal["nav_area", "wind", "fishing", "survey"]
    value: Annotated[float, Field(ge=0, le=10_000)] | None = Field(
        default=None, description="nav_area: nm from the coast; wind: Beaufort force"
    )
    issued: Time | None = None
    expires: Time | None = None


class PortIn(In):
    port: Code
    capacity: Annotated[int, Field(ge=0, le=100_000)] = Field(description="0: not known")


class RecallIn(In):
    order: Code
    title: Text = ""
    action: Literal["return", "manoeuvre", "stay", "ashore"] = "return"
    area: Code | None = Field(default=None, description="zone; null: all of the sea")
    issued: Time
    deadline: Time


class AnswerIn(In):
    reg_no: Code
    status: Literal["acknowledged", "manoeuvre", "ashore", "exempt"]
    at: Time | None = None
    note: Text = ""


class GroupsIn(In):
    rows: Annotated[list[GroupIn], Field(max_length=MOST_ROWS)]


class TripsIn(In):
    rows: Annotated[list[TripIn], Field(max_length=MOST_ROWS)]


class PermitsIn(In):
    rows: Annotated[list[PermitIn], Field(max_length=MOST_ROWS)]


class CertificatesIn(In):
    rows: Annotated[list[CertificateIn], Field(max_length=MOST_ROWS)]


class PortsIn(In):
    rows: Annotated[list[PortIn], Field(max_length=MOST_ROWS)]


class AnswersIn(In):
    rows: Annotated[list[AnswerIn], Field(max_length=MOST_ROWS)]


class Point(In):
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class WindPoint(Point):
    wind_ms: Annotated[float, Field(ge=0, le=120)]


class DepthPoint(Point):
    depth_m: Annotated[float, Field(ge=-9000, le=12_000)]


class WindIn(In):
    """One field: a forecast cycle or a measurement, on a regular grid."""

    kind: Literal["forecast", "observed"]
    issued: Time
    valid: Time
    points: Annotated[list[WindPoint], Field(min_length=1, max_length=20_000)]


class DepthIn(In):
    """The whole grid, metres below chart datum; land is negative."""

    points: Annotated[list[DepthPoint], Field(min_length=1, max_length=40_000)]


class FactRows(Out):
    kind: str
    rows: list[dict[str, Any]] = Field(description="columns as `fleet import` takes them")


class FactKind(Out):
    kind: str
    n: int
    at: datetime | None
    actor: Actor | None


class FactKinds(Out):
    facts: list[FactKind]


class Recall(Out):
    id: int
    order: str
    title: str
    action: str
    area: str | None
    issued: datetime
    deadline: datetime
    ended: datetime | None


class Recalls(Out):
    recalls: list[Recall]


class Called(Out):
    """One boat of a roll call."""

    vessel: int
    reg_no: str | None
    name: str
    state: State = Field(description="silent: no fix for half an hour; settled: answer accepted")
    answer: str | None
    answered: datetime | None
    last_fix: datetime | None


class RollCall(Recall):
    counts: dict[State, int]
    boats: list[Called]


class PortState(Out):
    id: int
    code: str
    name: str
    name_en: str
    places: int | None
    in_port: int
    berthed: int = Field(description="in port and slower than 0.5 kn by the last fix")
    arrivals: int = Field(description="since the day began, port time")
    departures: int


class PortStates(Out):
    since: datetime
    at_sea: int = Field(description="registered fishing boats in no port")
    ports: list[PortState]


class PortVisit(Out):
    vessel: int
    vessel_name: str
    reg_no: str | None
    port: int
    port_code: str
    port_name: str
    arrived: datetime
    departed: datetime | None


class PortVisits(Out):
    visits: list[PortVisit]
