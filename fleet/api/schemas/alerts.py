"""Alerts and work orders as every screen shows them; the live stream sends the same bodies."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from fleet.api.schemas.base import BigId, Happened, Id, In, Named, Out, Said, Text, Time, masked
from fleet.api.titles import title
from fleet.grid.lifecycle import OrderStatus
from fleet.grid.words import say
from fleet.store.reads import Row


class VesselRef(Out):
    id: int
    name: str
    mmsi: str | None


class Lead(Out):
    person: int
    name: str
    name_en: str
    phone_masked: str
    phone: str | None = Field(description="for the command centre and the lead themself")

    @classmethod
    def of(cls, row: Row, *, phone: bool) -> Lead | None:
        if row["lead"] is None:
            return None
        return cls(
            person=row["lead"],
            name=row["lead_name"],
            name_en=row["lead_name_en"],
            phone_masked=masked(row["lead_phone"]),
            phone=row["lead_phone"] if phone else None,
        )


class OrderRef(Out):
    """A work order inside its alert."""

    id: int
    status: str
    lead: Lead | None
    level: int = Field(description="1 grid member … 5 party committee")
    accept_by: datetime | None
    basis: str
    reason: str
    reason_zh: str
    reason_en: str

    @classmethod
    def of(cls, row: Row, *, phone: bool = False) -> OrderRef | None:
        return cls(**cls.columns(row, phone=phone)) if row["order_id"] else None

    @staticmethod
    def columns(row: Row, *, phone: bool) -> dict[str, Any]:
        return {
            "id": row["order_id"],
            "status": row["order_status"],
            "lead": Lead.of(row, phone=phone),
            **{k: row[k] for k in ("level", "accept_by", "basis")},
            "reason": row["order_reason"],
            "reason_zh": say(row["order_reason"], "zh"),
            "reason_en": say(row["order_reason"], "en"),
        }


PLAIN = (
    "id", "kind", "zone_name", "zone_name_en", "severity", "status", "opened", "episode",
    "last_seen", "occurrences", "cleared", "acknowledged", "closed", "lon", "lat",
    "shelved_until", "verdict", "reason", "parent", "version",
)  # fmt: skip


class Alert(Out):
    id: int
    kind: str
    title_zh: str
    title_en: str
    vessel: VesselRef
    other: int | None = Field(description="the zone or other vessel of the key")
    zone_name: str | None
    zone_name_en: str | None
    severity: int = Field(ge=1, le=4, description="1 蓝 information … 4 红 life")
    status: str
    opened: datetime = Field(description="when this service raised it")
    episode: datetime = Field(description="fix time at which it began")
    last_seen: datetime
    occurrences: int
    cleared: datetime | None
    acknowledged: datetime | None
    closed: datetime | None
    lon: float | None
    lat: float | None
    grid: Named | None
    shelved_until: datetime | None = Field(description="null and shelved: with this occurrence")
    verdict: Literal["true", "false_alarm", "test"] | None
    reason: str
    parent: int | None = Field(description="the alert that explains it; it then asks nobody")
    order: OrderRef | None
    late: bool = Field(description="raised by fixes that arrived late")
    version: int

    @classmethod
    def of(cls, row: Row, *, phone: bool = False) -> Alert:
        zh, en = title(row["kind"])
        return cls(
            **{name: row[name] for name in PLAIN},
            title_zh=zh,
            title_en=en,
            vessel=VesselRef(id=row["vessel"], name=row["vessel_name"], mmsi=row["mmsi"]),
            other=row["other"] or None,
            grid=Named.of(row, "grid"),
            order=OrderRef.of(row, phone=phone),
            late=bool(row["evidence"].get("late", False)),
        )


class Alerts(Out):
    alerts: list[Alert]
    next: str | None = Field(description="the cursor of the next page")


ORDER_PLAIN = ("created", "accepted", "progress", "outcome", "note")


class Order(OrderRef):
    """A work order with the alert it is about."""

    severity: int
    grid: Named | None
    created: datetime
    accepted: datetime | None
    progress: str
    closed: datetime | None
    outcome: str
    note: str
    version: int
    alert: Alert

    @classmethod
    def of(cls, row: Row, *, phone: bool = False) -> Order:
        alert = Alert.of(row).model_copy(update={"order": None})
        return cls(
            **OrderRef.columns(row, phone=phone),
            **{name: row[name] for name in ORDER_PLAIN},
            severity=row["order_severity"],
            grid=Named.of(row, "order_grid"),
            closed=row["order_closed"],
            version=row["order_version"],
            alert=alert,
        )


class Orders(Out):
    orders: list[Order]
    next: str | None = Field(description="the cursor of the next page")


class Assignment(Out):
    """One person who was asked."""

    person: int
    name: str
    name_en: str
    level: int
    offered: datetime
    answered: datetime | None
    answer: str
    reason: str


class AlertDetail(Out):
    alert: Alert
    children: int = Field(description="alerts that it explains, and that come up if it is closed")
    evidence: dict[str, Any]
    history: list[Happened]
    order: Order | None


class OrderDetail(Out):
    order: Order
    assignments: list[Assignment]
    history: list[Happened]


class AlertAnswer(Out):
    alert: Alert


class OrderAnswer(Out):
    order: Order


class AlertFilters(In):
    """Which alerts, as query parameters."""

    status: Literal["open", "all"] = "open"
    kind: Annotated[str, StringConstraints(pattern="^[a-z][a-z_]{0,31}$")] | None = None
    severity: Annotated[int, Field(ge=1, le=4, description="this or worse")] | None = None
    vessel: Id | None = None
    under: BigId | None = Field(default=None, description="explained by this alert (status=all)")
    since: Time | None = Field(default=None, alias="from", description="opened not before")
    until: Time | None = Field(default=None, alias="to", description="opened before")
    limit: Annotated[int, Field(ge=1, le=500)] = 200
    cursor: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_=-]{1,200}$")] | None = None


class OrderFilters(In):
    """Which orders, as query parameters."""

    mine: bool = Field(default=False, description="only those I lead or am asked to take")
    status: Annotated[list[OrderStatus], Field(max_length=10)] | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 200
    cursor: BigId | None = None


class AlertActIn(In):
    version: int | None = Field(default=None, ge=1, description="409 if the alert has moved on")


class AcknowledgeIn(AlertActIn):
    note: Text = ""


Period = Literal["occurrence", "1h", "2h", "6h", "12h", "1d", "1w", "1m", "1y"]
HOURS: dict[str, int] = {
    "1h": 1, "2h": 2, "6h": 6, "12h": 12, "1d": 24, "1w": 168, "1m": 30 * 24, "1y": 365 * 24,
}  # fmt: skip


class ShelveIn(AlertActIn):
    """Silence the key (kind, boat, zone): later episodes within the time are born shelved."""

    until: Time | None = None
    period: Period | None = Field(
        default=None, description="occurrence: until this one is over; 1m: 30 days; 1y: 365 days"
    )
    reason: Said

    def end(self, now: datetime) -> datetime | None:
        """When the silence ends; None with the occurrence."""
        if self.until is not None or self.period is None:
            return self.until
        return None if self.period == "occurrence" else now + timedelta(hours=HOURS[self.period])

    @model_validator(mode="after")
    def one_of(self) -> ShelveIn:
        if (self.until is None) == (self.period is None):
            raise ValueError("give either until or period")
        return self


class ReasonIn(AlertActIn):
    reason: Said


class NoteIn(AlertActIn):
    reason: Text = ""


class VerdictIn(AlertActIn):
    verdict: Literal["true", "false_alarm", "test"]
    reason: Said


class AcceptIn(In):
    version: int | None = Field(default=None, ge=1, description="409 if the order has moved on")


class DeclineIn(AcceptIn):
    reason: Said


class ProgressIn(AcceptIn):
    step: Literal["contacted", "en_route", "on_scene", "handed_over"]
    note: Text = ""


class PassOnIn(AcceptIn):
    person: Annotated[int, Field(ge=1, le=2**31 - 1)]
    reason: Said


class CloseIn(AcceptIn):
    outcome: Literal["resolved", "false_alarm", "test", "handed_to_sar", "no_action"]
    note: Annotated[Text, StringConstraints(max_length=500)] = ""
