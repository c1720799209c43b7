"""The rate budget as every screen shows it: how much was told, how much of it was true."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, model_validator

from fleet.api.schemas.base import In, Out, Time
from fleet.api.titles import title
from fleet.grid.policy import Budget
from fleet.store.load import Load, Stretch, precision
from fleet.store.reads import Row

LONGEST = timedelta(days=366)


class Worst(Out):
    """The most alerts within any ten minutes."""

    alerts: int
    since: datetime | None = Field(description="the first of those ten minutes; null: none")
    until: datetime | None
    flood: bool = Field(description="more than a person can take in (`flood_over`)")

    @classmethod
    def of(cls, row: Row, budget: Budget) -> Worst:
        at, n = row["worst_at"], row["worst"] or 0
        return cls(
            alerts=n,
            since=at and at - budget.window,
            until=at,
            flood=n > budget.flood_over,
        )


class Verdicts(Out):
    """What people made of the alerts."""

    true: int
    false_alarm: int
    test: int
    unsaid: int = Field(description="nobody has said")

    @classmethod
    def of(cls, row: Row) -> Verdicts:
        said = {k: row.get(k, 0) for k in ("true", "false_alarm", "test")}
        return cls(**said, unsaid=row.get("alerts", 0) - sum(said.values()))


class KindLoad(Out):
    kind: str
    title_zh: str
    title_en: str
    alerts: int
    per_operator_hour: float
    worst: Worst
    verdicts: Verdicts
    precision: float | None = Field(description="true / (true + false alarms); null: none judged")


class LoadStep(Out):
    """An hour (or day) of the stretch in which something was told."""

    at: datetime
    alerts: int
    worst: int = Field(description="the most within ten minutes ending in it")
    flood: bool


class AlertLoad(Out):
    """What the command centre was told in a stretch of time."""

    since: datetime
    until: datetime
    operators: int
    alerts: int = Field(description="told; children of a root and what is born shelved are not")
    per_operator_hour: float
    budget_per_operator_hour: float = Field(description="EEMUA 191 / ISA-18.2: 6")
    flood_over: int = Field(description="more within ten minutes are a flood: 10")
    within_budget: bool = Field(description="the average is within it, and there was no flood")
    worst: Worst
    under_roots: int = Field(description="stand under a root that told of all of them")
    silenced: int = Field(description="were born shelved")
    verdicts: Verdicts
    precision: float | None
    kinds: list[KindLoad] = Field(description="the most frequent first")
    steps: list[LoadStep]
    step_s: int

    @classmethod
    def of(cls, found: Load, stretch: Stretch, operators: int, budget: Budget) -> AlertLoad:
        rate, worst = _rate(found.total, stretch, operators), Worst.of(found.total, budget)
        kinds = [_kind(r, stretch, operators, budget) for r in found.kinds]
        return cls(
            since=stretch.since,
            until=stretch.until,
            operators=operators,
            alerts=found.total["alerts"],
            per_operator_hour=rate,
            budget_per_operator_hour=budget.per_operator_hour,
            flood_over=budget.flood_over,
            within_budget=rate <= budget.per_operator_hour and not worst.flood,
            worst=worst,
            under_roots=found.unheard["under_roots"],
            silenced=found.unheard["silenced"],
            verdicts=Verdicts.of(found.total),
            precision=precision(found.total),
            kinds=sorted(kinds, key=lambda k: (-k.alerts, k.kind)),
            steps=[_step(r, budget) for r in found.steps],
            step_s=int(stretch.step.total_seconds()),
        )


def _rate(row: Row, stretch: Stretch, operators: int) -> float:
    return float(row["alerts"] / (stretch.hours * operators))


def _kind(row: Row, stretch: Stretch, operators: int, budget: Budget) -> KindLoad:
    zh, en = title(row["kind"])
    return KindLoad(
        kind=row["kind"],
        title_zh=zh,
        title_en=en,
        alerts=row["alerts"],
        per_operator_hour=_rate(row, stretch, operators),
        worst=Worst.of(row, budget),
        verdicts=Verdicts.of(row),
        precision=precision(row),
    )


def _step(row: Row, budget: Budget) -> LoadStep:
    n = row["worst"]
    return LoadStep(at=row["at"], alerts=row["alerts"], worst=n, flood=n > budget.flood_over)


class LoadFilters(In):
    """Which stretch, as query parameters; without one the last 24 hours."""

    since: Time | None = Field(default=None, alias="from")
    until: Time | None = Field(default=None, alias="to")
    operators: Annotated[int, Field(ge=1, le=100)] = 1

    @model_validator(mode="after")
    def in_order(self) -> LoadFilters:
        if self.since and self.until and not self.since < self.until <= self.since + LONGEST:
            raise ValueError("from must be before to, by a year at most")
        return self

    def stretch(self, now: datetime) -> Stretch:
        """The stretch meant; one end alone is a day from there, never beyond now."""
        day = timedelta(days=1)
        until = self.until or min(self.since + LONGEST if self.since else now, now)
        since = self.since or until - day
        return Stretch(since, max(until, since + timedelta(minutes=10)))
