"""What rules need from outside, out of the tables into columns.

Invariant: whoever writes a fact says so with `changed` in the same transaction, and the workers
read all of them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from fleet.alerts.facts import (
    FOREVER,
    Answer,
    Answers,
    Berths,
    Depth,
    Details,
    Expiries,
    Facts,
    Permit,
    Permits,
    Recalls,
    Tie,
    Ties,
    Trips,
    Wind,
    gear_bits,
)
from fleet.columns import from_datetime
from fleet.model import Floats, Ints
from fleet.store.db import Connection, one, queries, rows

SQL = queries("facts")
Rows = Sequence[Mapping[str, Any]]
TIES = {"sailing": Tie.GROUP, "pair_trawl": Tie.PAIR, "light": Tie.ATTENDED, "tow": Tie.ATTENDED}
PERMITS = {"enter": Permit.ENTER, "fish": Permit.FISH, "leave_port": Permit.SAIL}
ANSWERS = {
    "acknowledged": Answer.TO_COME, "manoeuvre": Answer.SHELTERING, "ashore": Answer.ASHORE,
    "exempt": Answer.RELEASED,
}  # fmt: skip

TABLES = (
    "details", "ties", "trips", "permits", "recalls", "answers", "berths", "expiries", "wind",
)  # fmt: skip


async def load(conn: Connection) -> Facts:
    """Everything that is entered and not over."""
    found = {name: await rows(conn, SQL[name]) for name in TABLES}
    depth = await rows(conn, SQL["depth"])
    return Facts(
        details=details(found["details"]),
        ties=ties(found["ties"]),
        trips=trips(found["trips"]),
        permits=permits(found["permits"]),
        recalls=recalls(found["recalls"]),
        answers=answers(found["answers"]),
        berths=Berths(_ints(found["berths"], "id"), _ints(found["berths"], "places")),
        expiries=expiries(found["expiries"]),
        wind=wind(found["wind"]),
        depth=_depth(depth[0]) if depth else Facts().depth,
    )


async def fingerprint(conn: Connection) -> str:
    """Something that differs whenever a fact was changed."""
    return str((await one(conn, SQL["fingerprint"]))["revisions"])


async def changed(conn: Connection, kind: str, actor: int | None = None) -> None:
    """Facts of this kind were changed in this transaction."""
    await conn.execute(SQL["changed"], {"kind": kind, "actor": actor})


def details(found: Rows) -> Details:
    """By vessel id; those in no register have none."""
    out = Details.empty(int(found[-1]["id"]) + 1 if found else 0)
    ids = _ints(found, "id")
    out.gear[ids] = [gear_bits(row["gear"]) for row in found]
    out.wind_limit[ids] = _ints(found, "wind_limit")
    out.nav_nm[ids] = [row["nav_nm"] for row in found]
    out.draught_m[ids] = [row["draught_m"] for row in found]
    return out


def _ints(found: Rows, name: str) -> Ints:
    return np.array([int(row[name]) for row in found], np.int64)


def _times(found: Rows, name: str, absent: int = 0) -> Ints:
    return np.array([_time(row[name], absent) for row in found], np.int64)


def _time(at: datetime | None, absent: int) -> int:
    """Microseconds; infinity is what psycopg cannot say, so the queries leave it to `absent`."""
    return absent if at is None else from_datetime(at)


def ties(found: Rows) -> Ties:
    kinds = np.array([int(TIES[row["kind"]]) for row in found], np.int64)
    return Ties(
        _ints(found, "grp"), _ints(found, "vessel"), kinds, _times(found, "starts"),
        _times(found, "ends", FOREVER),
    )  # fmt: skip


def trips(found: Rows) -> Trips:
    return Trips(_ints(found, "vessel"), _times(found, "departs"), _times(found, "returns"))


def permits(found: Rows) -> Permits:
    kinds = np.array([int(PERMITS[row["activity"]]) for row in found], np.int64)
    return Permits(
        _ints(found, "vessel"), kinds, _ints(found, "zone"), _times(found, "starts"),
        _times(found, "ends", FOREVER),
    )  # fmt: skip


def expiries(found: Rows) -> Expiries:
    kinds = np.array([row["kind"] for row in found], "U16")
    return Expiries(_ints(found, "vessel"), kinds, _times(found, "expires", FOREVER))


def recalls(found: Rows) -> Recalls:
    return Recalls(
        _ints(found, "id"), _ints(found, "zone"), _times(found, "issued"),
        _times(found, "deadline"),
    )  # fmt: skip


def answers(found: Rows) -> Answers:
    answers = np.array([int(ANSWERS[row["answer"]]) for row in found], np.int64)
    return Answers(_ints(found, "recall"), _ints(found, "vessel"), answers)


def wind(found: Rows) -> Wind:
    """Cycles on one grid, that of the newest; a cycle on another grid is left out."""
    if not found:
        return Facts().wind
    lats, lons = found[-1]["lats"], found[-1]["lons"]
    alike = [r for r in found if r["lats"] == lats and r["lons"] == lons]
    cycles = sorted({(r["observed"], from_datetime(r["issued"])) for r in alike})
    times = sorted({from_datetime(r["valid"]) for r in alike})
    force: Floats = np.full((len(cycles), len(times), len(lats), len(lons)), np.nan)
    for r in alike:
        at = cycles.index((r["observed"], from_datetime(r["issued"])))
        grid = np.array(r["force_bf"], np.float64).reshape(len(lats), len(lons))
        force[at, times.index(from_datetime(r["valid"]))] = grid
    issued = np.array([c[1] for c in cycles], np.int64)
    observed = np.array([c[0] for c in cycles], np.bool_)
    return Wind(issued, observed, np.array(times, np.int64), np.array(lats), np.array(lons), force)


def _depth(row: Mapping[str, Any]) -> Depth:
    lats, lons = np.array(row["lats"]), np.array(row["lons"])
    return Depth(lats, lons, np.array(row["metres"], np.float64).reshape(len(lats), len(lons)))
