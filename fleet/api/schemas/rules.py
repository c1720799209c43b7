"""Rules as people read and set them: words, numbers, how far evaluated, how often raised."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from fleet.alerts.rule import Rule as Kind
from fleet.alerts.standing import Standing, about
from fleet.api.schemas.base import Actor, In, Out, Said, Text
from fleet.api.schemas.load import Verdicts
from fleet.store.load import precision
from fleet.store.reads import Row


class DataState(Out):
    """How far a rule is evaluated, and why not wholly."""

    state: Literal["evaluated", "in_part", "not_evaluated"]
    missing: list[str] = Field(description="what nobody has entered: trips, wind, depth, …")
    why_zh: str = Field(description='"未评估，因为…"; empty where all is well')
    why_en: str

    @classmethod
    def of(cls, found: Standing) -> DataState:
        zh, en = found.said()
        return cls(state=found.state, missing=list(found.missing), why_zh=zh, why_en=en)


class Scope(Out):
    """Numbers that differ for some boats, somewhere, or for a time; null: all of them."""

    cls: str | None = Field(default=None, alias="class", examples=["fishing_small"])
    zone: str | None = Field(default=None, description="a zone's code")
    season: str | None = Field(default=None, description="of the calendar, or a zone's code")
    params: dict[str, Any] = Field(description="the numbers that differ")


class RuleVersion(Out):
    """One version of a kind's numbers."""

    version: int
    params: dict[str, Any]
    scopes: list[Scope] = Field(description="overrides; the most specific that fits wins")
    source: str = Field(description="where the numbers come from")
    enabled: bool
    at: datetime | None = Field(description="null: they ship with the service")
    actor: Actor | None
    reason: str

    @classmethod
    def fields_of(cls, row: Row) -> dict[str, Any]:
        actor = Actor(id=row["actor"], name=row["actor_name"] or "") if row["actor"] else None
        plain = ("version", "params", "scopes", "source", "enabled", "at", "reason")
        return {"actor": actor, **{name: row[name] for name in plain}}

    @classmethod
    def of(cls, row: Row) -> RuleVersion:
        return cls(**cls.fields_of(row))


class Rule(RuleVersion):
    kind: str
    title_zh: str
    title_en: str
    about_zh: str = Field(description="what the watch officer reads")
    about_en: str
    log: bool = Field(description="what it says is kept and shown, and alerts nobody")
    data: DataState
    open: int = Field(description="alerts (or log entries) in the caller's scope, going on")
    day: int = Field(description="begun within 24 hours")
    verdicts: Verdicts = Field(description="on the alerts of the last 90 days")
    precision: float | None = Field(description="true / (true + false alarms); null: none judged")

    @classmethod
    def build(cls, kind: Kind, row: Row, data: Standing, counts: Row, judged: Row) -> Rule:
        zh, en = about(kind.key)
        return cls(
            kind=kind.key,
            title_zh=kind.title_zh,
            title_en=kind.title_en,
            about_zh=zh,
            about_en=en,
            log=kind.log,
            data=DataState.of(data),
            open=counts.get("open", 0),
            day=counts.get("day", 0),
            verdicts=Verdicts.of(judged),
            precision=precision(judged),
            **cls.fields_of(row),
        )


class Rules(Out):
    rules: list[Rule]


class RuleVersions(Out):
    versions: list[RuleVersion]


class RuleIn(In):
    """The next version of a kind's numbers."""

    params: Annotated[dict[str, Any], Field(max_length=100)] | None = Field(
        default=None, description="every key of the kind; left out: the numbers stay"
    )
    scopes: Annotated[list[Any], Field(max_length=100)] | None = Field(
        default=None,
        description="overrides: {class?, zone?, season?, params}; left out: they stay",
    )
    reason: Said
    enabled: bool = True
    source: Text = Field(default="", description="where the numbers come from")
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        default=None, description="409 unless it is the newest"
    )


class RuleRestoreIn(In):
    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    reason: Said


class RuleState(Out):
    """A rule in force that is not, or not wholly, evaluated."""

    kind: str
    title_zh: str
    title_en: str
    data: DataState
