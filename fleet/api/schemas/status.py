"""How the service itself is: monitoring, feeds, readiness."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from fleet.api.schemas.base import Out
from fleet.api.schemas.rules import RuleState


class MonitoringOut(Out):
    ok: bool
    since: datetime | None = Field(description="not ok: nothing has been watched since then")
    lag_s: float
    reason: Literal["", "never_started", "no_heartbeat", "behind", "no_input", "clock", "database"]


class FeedState(Out):
    name: str
    state: str
    last_message: datetime | None
    last_fix: datetime | None


class StatusOut(Out):
    monitoring: MonitoringOut
    feeds: list[FeedState]
    rules: list[RuleState] = Field(description="those that are not, or not wholly, evaluated")
    unassigned: int
    version: str
    demo: bool
    now: datetime
    event_seq: int
    tick: int


class Feed(FeedState):
    kind: str
    address: str
    format: str
    detail: str
    messages: int
    fixes: int
    rejects: dict[str, int]
    updated: datetime


class Feeds(Out):
    feeds: list[Feed]


class Check(Out):
    name: str
    ok: bool
    detail: str = ""


class Readiness(Out):
    ready: bool
    checks: list[Check]


class Health(Out):
    ok: Literal[True] = True


class LiveEvents(Out):
    """What the socket would have sent as text frames since a sequence number."""

    event_seq: int
    reset: bool = Field(description="too far behind: read the lists again")
    frames: list[dict[str, Any]]
