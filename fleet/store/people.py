"""The roster: who there is, who is on duty, which grids nobody watches.

Read once a decision, as of a moment that is given; nothing is kept but parsed geometry.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import shapely

from fleet.columns import from_datetime, to_datetime
from fleet.grid.roster import Duty, Grid, Hole, Roster, Shift, holes
from fleet.model import HOUR, NEVER
from fleet.store.db import Connection, queries, rows

SQL = queries("people")
COMMAND = (4,)
"""Levels above the grids that must always be staffed: the duty chief."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Where messages for one person go."""

    code: str
    name: str
    active: bool


async def roster(conn: Connection, now: int) -> Roster:
    """The organisation as it stands at `now`."""
    grids = {
        row["id"]: Grid(row["id"], row["code"], row["name"], row["leader"], _shape(row["geometry"]))
        for row in await rows(conn, SQL["grids"])
    }
    duties = tuple(
        Duty(
            row["person"], row["level"], row["grid"], row["rank"], row["code"], row["name"],
            row["org"], row["load"], from_datetime(row["asked"]) if row["asked"] else NEVER,
        )
        for row in await rows(conn, SQL["on_duty"], now=to_datetime(now))
    )  # fmt: skip
    return Roster(grids, duties)


async def uncovered(conn: Connection, now: int, hours: int = 24) -> list[tuple[str, Hole]]:
    """Stretches of the next hours without a grid member (by grid code) or a duty chief ("")."""
    until = now + hours * HOUR
    found = await rows(conn, SQL["shifts"], starts=to_datetime(now), ends=to_datetime(until))
    shifts = [
        Shift(r["level"], r["grid"], from_datetime(r["starts"]), from_datetime(r["ends"]))
        for r in found
    ]
    grids = await rows(conn, SQL["grids"])
    places = [(g["code"], 1, g["id"]) for g in grids] + [("", level, None) for level in COMMAND]
    return [
        (code, hole)
        for code, level, grid in places
        for hole in holes(shifts, level, grid, now, until)
    ]


async def contacts(conn: Connection, people: Collection[int]) -> dict[int, Contact]:
    found = await rows(conn, SQL["contacts"], people=sorted(people))
    return {r["id"]: Contact(r["code"], r["name"], r["active"]) for r in found}


async def terminals(conn: Connection, vessels: Collection[int], now: int) -> dict[int, list[str]]:
    """The terminals aboard, by vessel."""
    found = await rows(conn, SQL["terminals"], vessels=sorted(vessels), now=to_datetime(now))
    aboard: dict[int, list[str]] = {}
    for row in found:
        aboard.setdefault(row["vessel"], []).append(row["value"])
    return aboard


@lru_cache(maxsize=1024)
def _shape(text: str) -> shapely.Geometry:
    shape = shapely.make_valid(shapely.from_geojson(text))
    shapely.prepare(shape)
    return shape
