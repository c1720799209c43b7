"""A roster written as a pattern (TOML) laid out into shifts around a day.

Invariant: the same pattern laid out on overlapping days gives the same shifts, so that rolling it
forward only adds.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field, ValidationError

from fleet.commands.importing.problem import DataError, Problem
from fleet.commands.importing.records import Record
from fleet.commands.importing.tables import decoded

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Span = tuple[Clock, Clock]


class Duty(BaseModel, extra="forbid"):
    level: Annotated[int, Field(ge=1, le=5)]
    grids: Literal["all"] | tuple[str, ...] | None = None
    people: Literal["members", "leader"] | tuple[str, ...]
    at_once: Annotated[int, Field(ge=1)] = 1


class Pattern(BaseModel, extra="forbid"):
    timezone: str = "Asia/Shanghai"
    days_before: Annotated[int, Field(ge=0, le=31)] = 1
    days_after: Annotated[int, Field(ge=0, le=366)] = 7
    shifts: Annotated[dict[str, Span], Field(min_length=1)]
    duty: Annotated[tuple[Duty, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Crew:
    """Who may be on duty for a grid: members in order of rank, and its leader."""

    members: tuple[str, ...]
    leader: str | None


def read_pattern(path: Path) -> Pattern:
    try:
        body = tomllib.loads(decoded(path))
        pattern = Pattern.model_validate(body)
        ZoneInfo(pattern.timezone)
    except tomllib.TOMLDecodeError as error:
        raise DataError([Problem(path.name, 0, "", "", f"is not TOML: {error}")]) from None
    except ValidationError as error:
        raise DataError([_problem(path, e) for e in error.errors(include_url=False)]) from None
    except (KeyError, ValueError):
        raise DataError([Problem(path.name, 0, "timezone", "", "is no time zone")]) from None
    return pattern


def _problem(path: Path, error: Any) -> Problem:
    where = ".".join(str(part) for part in error["loc"])
    return Problem(path.name, 0, where, str(error.get("input", ""))[:60], error["msg"])


def crews(members: Sequence[Mapping[str, Any]]) -> dict[str, Crew]:
    """Crews by grid, from rows of the register's `member` noun."""
    found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in members:
        found[row["grid"]].append((row["rank"], row["person"]))
    return {
        grid: Crew(
            tuple(p for rank, p in sorted(people) if rank),
            next((p for rank, p in people if not rank), None),
        )
        for grid, people in found.items()
    }


def lay_out(
    file: str, pattern: Pattern, grids: Mapping[str, Crew], today: date, days: int | None
) -> list[Record]:
    """Every shift from `days_before` to `days_after` (or `days`) around today."""
    last = pattern.days_after if days is None else days
    around = [today + timedelta(d) for d in range(-pattern.days_before, last + 1)]
    return [
        Record(file, number, {"person": person, "grid": grid, "level": duty.level, **span})
        for number, duty in enumerate(pattern.duty, 1)
        for day in around
        for turn, span in _spans(pattern, day)
        for person, grid in _people(duty, grids, turn, day, len(pattern.shifts))
    ]


def _spans(pattern: Pattern, day: date) -> Iterator[tuple[int, dict[str, datetime]]]:
    zone = ZoneInfo(pattern.timezone)
    for turn, (start, end) in enumerate(pattern.shifts.values()):
        starts = _at(day, start, zone)
        over = day + timedelta(days=end <= start)
        yield turn, {"starts": starts, "ends": _at(over, end, zone)}


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def _people(
    duty: Duty, grids: Mapping[str, Crew], turn: int, day: date, turns: int
) -> Iterator[tuple[str, str | None]]:
    if isinstance(duty.people, tuple):
        first = (turns * day.toordinal() + turn) * duty.at_once
        for k in range(min(duty.at_once, len(duty.people))):
            yield duty.people[(first + k) % len(duty.people)], None
        return
    wanted = grids if duty.grids in {"all", None} else duty.grids or ()
    for grid in wanted:
        crew = grids.get(grid, Crew((), None))
        if duty.people == "leader" and crew.leader:
            yield crew.leader, grid
        elif duty.people == "members" and crew.members:
            yield crew.members[(turn + day.toordinal()) % len(crew.members)], grid
