"""A small port for the tests of dispatch: three grids in a row off Yazhou, eight people.

`roster("wang 03, li 03 backup, chen leads 03, sun 海事, qian chief")` says who is on duty.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import shapely

from fleet.grid.order import Desk, Order
from fleet.grid.policy import default
from fleet.grid.roster import Duty, Grid, Roster
from fleet.model import MINUTE, Case, Severity

T0 = 1_760_000_000_000_000
RED, ORANGE, YELLOW, BLUE = Severity(4), Severity(3), Severity(2), Severity(1)
PEOPLE = ("wang", "li", "zhao", "chen", "sun", "qian", "zhou", "hai")
ID = {name: i for i, name in enumerate(PEOPLE, 1)}
NAME = {i: name for name, i in ID.items()}
BOXES = {"03": (109.0, 109.2), "04": (109.2, 109.4), "05": (109.4, 109.6)}
GRID = {code: int(code) for code in BOXES}
IN_03, IN_04, FAR_SOUTH_OF_05 = (109.1, 18.3), (109.3, 18.3), (109.5, 17.5)
NOWHERE = (float("nan"), float("nan"))
LEADERS = {"03": "chen", "04": "wang", "05": None}
OFFICES = {"chief": 4, "committee": 5}

GRIDS = {
    GRID[code]: Grid(
        GRID[code],
        code,
        f"网格 {code}",
        ID.get(LEADERS[code] or ""),
        shapely.box(west, 18.2, east, 18.4),
    )
    for code, (west, east) in BOXES.items()
}


def duty(text: str) -> Duty:
    """`wang 03`, `li 03 backup`, `chen leads 03`, `sun 海事`, `qian chief`, `zhou committee`."""
    name, *words = text.split()
    blank = Duty(ID[name], 1, code=name, name=name)
    match words:
        case ["leads", code]:
            return replace(blank, level=2, grid=GRID[code])
        case [code, "backup"]:
            return replace(blank, grid=GRID[code], rank=2)
        case [office] if office in OFFICES:
            return replace(blank, level=OFFICES[office])
        case [code] if code in GRID:
            return replace(blank, grid=GRID[code])
        case [office]:
            return replace(blank, level=3, org=office)
    raise AssertionError(f"cannot read {text!r}")


def roster(
    text: str, load: dict[str, int] | None = None, asked: dict[str, int] | None = None
) -> Roster:
    """The people on duty, with their open orders and when they were last asked (minutes)."""
    duties = (duty(part) for part in text.split(",") if part.strip())
    return Roster(
        GRIDS,
        tuple(
            replace(
                d,
                load=(load or {}).get(d.code, 0),
                asked=(asked or {}).get(d.code, 0) * MINUTE,
            )
            for d in duties
        ),
    )


def case(
    kind: str = "speed",
    severity: Severity = YELLOW,
    at: tuple[float, float] = IN_03,
    home: str | None = None,
    alert: int = 1,
) -> Case:
    return Case(alert, kind, 7, severity, *at, GRID[home] if home else None)


def desk(c: Case, people: str, minute: float = 0, **more: Any) -> Desk:
    """The desk `minute` minutes after the alert."""
    return replace(Desk(c, roster(people), default(), T0 + round(minute * MINUTE)), **more)


def new(c: Case) -> Order:
    return Order(c.alert, c.severity, T0)
