"""Facts of a folder as the rules take them, at one moment: what was not reported yet is not known.

Invariant: the same folder and the same moment give the same columns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np

from fleet.alerts.facts import (
    Answers,
    Berths,
    Depth,
    Expiries,
    Facts,
    Recalls,
    Trips,
    beaufort,
    gridded,
)
from fleet.columns import from_datetime
from fleet.commands.importing.facts import Folder, depths, fields, known_by, moments
from fleet.model import Ints
from fleet.store import facts as columns

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Outside:
    """A folder with the ids that its boats and zones were given."""

    folder: Folder
    vessels: Mapping[str, int]  #: by reg_no
    zones: Mapping[str, int]  #: by code

    @cached_property
    def changes(self) -> list[int]:
        """When what is known changes, microseconds."""
        return [from_datetime(at) for at in moments(self.folder)]

    def state(self, now: int) -> int:
        """How many of the changes are past: facts are the same while this is."""
        return bisect_right(self.changes, now)

    def at(self, now: int) -> Facts:
        """What was known then."""
        at = datetime.fromtimestamp(now / 1e6, UTC)
        return Facts(
            details=columns.details(self._details(at)),
            ties=self._ties,
            trips=self._trips(now),
            permits=self._permits,
            recalls=self._recalls(at),
            answers=self._answers(at),
            berths=self._berths,
            expiries=self._expiries(at),
            wind=columns.wind(self._wind(at)),
            depth=self._depth,
        )

    def _details(self, at: datetime) -> list[Row]:
        """Of every boat: a certificate in force counts before the register."""
        papers: dict[tuple[str, str], float | None] = {
            (row["reg_no"], row["kind"]): row["value"]
            for row in known_by(self.folder.values("certificates"), "issued", at)
            if row.get("expires") is None or row["expires"] > at
        }
        return [self._papers(record.values, papers) for record in self.folder.vessels]

    def _papers(self, row: Row, papers: Mapping[tuple[str, str], float | None]) -> Row:
        reg_no = row["reg_no"]
        wind, area = papers.get((reg_no, "wind")), papers.get((reg_no, "nav_area"))
        return {
            "id": self.vessels[reg_no],
            "gear": row.get("gear") or [],
            "wind_limit": wind or row.get("wind_limit") or 0,
            "nav_nm": np.nan if area is None else area,
            "draught_m": row.get("draught_m") or np.nan,
        }

    @cached_property
    def _ties(self) -> Any:
        rows = self.folder.values("groups")
        numbers = {code: n for n, code in enumerate(sorted({r["group"] for r in rows}), 1)}
        return columns.ties([
            {"grp": numbers[r["group"]], "vessel": self.vessels[r["reg_no"]], "kind": r["kind"],
             "starts": r.get("valid_from"), "ends": r.get("valid_to")}
            for r in rows
        ])  # fmt: skip

    @cached_property
    def _reported(self) -> tuple[Trips, Ints]:
        """All trips by boat and departure, and when each was reported."""
        order = [(self.vessels[r["reg_no"]], r["departs"], r) for r in self.folder.values("trips")]
        rows = [
            {"vessel": vessel, "departs": departs, "returns": r.get("returns"),
             "reported": r.get("reported_at")}
            for vessel, departs, r in sorted(order, key=lambda entry: entry[:2])
        ]  # fmt: skip
        reported = [0 if r["reported"] is None else from_datetime(r["reported"]) for r in rows]
        return columns.trips(rows), np.array(reported, np.int64)

    def _trips(self, now: int) -> Trips:
        trips, reported = self._reported
        return trips.take(reported <= now)

    @cached_property
    def _permits(self) -> Any:
        return columns.permits([
            {"vessel": self.vessels[r["reg_no"]], "activity": r["activity"],
             "zone": self.zones.get(r.get("zone") or "", 0), "starts": r.get("valid_from"),
             "ends": r.get("valid_to")}
            for r in self.folder.values("permits")
        ])  # fmt: skip

    def _in_force(self, at: datetime) -> list[Row]:
        """Orders that recall somebody; `id` is their place in the file, from 1."""
        rows = [{**r, "id": n} for n, r in enumerate(self.folder.values("orders"), 1)]
        return [r for r in known_by(rows, "issued", at) if r["action"] != "stay"]

    def _recalls(self, at: datetime) -> Recalls:
        return columns.recalls([
            {"id": r["id"], "zone": zone, "issued": r["issued"], "deadline": r["deadline"]}
            for r in self._in_force(at)
            for zone in [self.zones.get(code, 0) for code in r.get("areas") or ()] or [0]
        ])  # fmt: skip

    def _answers(self, at: datetime) -> Answers:
        """What boats answered, the newest; whom an order is not for is as if released from it."""
        numbers = {r["order"]: r["id"] for r in self._in_force(at)}
        said = {
            (numbers[r["order"]], self.vessels[r["reg_no"]]): r["status"]
            for r in sorted(self.folder.values("order_status"), key=lambda r: r["at"])
            if r["at"] <= at and r["order"] in numbers
        }
        spared = {(r["id"], v): "exempt" for r in self._in_force(at) for v in self._spared(r)}
        rows = [
            {"recall": order, "vessel": vessel, "answer": answer}
            for (order, vessel), answer in sorted({**said, **spared}.items())
        ]
        return columns.answers(rows)

    def _spared(self, order: Row) -> list[int]:
        """Boats of another class or length than the order names."""
        least, most = order.get("length_min_m") or 0, order.get("length_max_m") or np.inf
        return [
            self.vessels[r.values["reg_no"]]
            for r in self.folder.vessels
            if not least <= (r.values.get("length_m") or least) <= most
        ]

    @cached_property
    def _berths(self) -> Berths:
        rows = self.folder.values("ports")
        zone = [self.zones[r["port"]] for r in rows]
        return Berths(np.array(zone, np.int64), np.array([r["capacity"] for r in rows], np.int64))

    def _expiries(self, at: datetime) -> Expiries:
        """Of each boat and kind the certificate issued last."""
        newest = {
            (self.vessels[r["reg_no"]], r["kind"]): r.get("expires")
            for r in known_by(self.folder.values("certificates"), "issued", at)
        }
        return columns.expiries([
            {"vessel": vessel, "kind": kind, "expires": expires}
            for (vessel, kind), expires in sorted(newest.items()) if expires is not None
        ])  # fmt: skip

    def _wind(self, at: datetime) -> list[Row]:
        """The fields known by then, as the store keeps them: the newest two forecast cycles."""
        known = known_by(self._fields, "issued", at)
        cycles = sorted({r["issued"] for r in known if not r["observed"]})[-2:]
        return [r for r in known if r["observed"] or r["issued"] in cycles]

    @cached_property
    def _fields(self) -> list[Row]:
        """One row a field: forces in the order of latitude, then longitude."""
        points = fields(self.folder.values("wind"))
        return [
            {"observed": key[0], "issued": key[1], "valid": key[2], **_field(points[key])}
            for key in sorted(points)
        ]

    @cached_property
    def _depth(self) -> Depth:
        rows = self.folder.values("depth")
        if not rows:
            return Facts().depth
        lats, lons, grid = gridded(depths(rows))
        return Depth(lats, lons, grid)


def _field(points: Mapping[tuple[float, float], float]) -> Row:
    lats, lons, grid = gridded(points)
    return {"lats": lats.tolist(), "lons": lons.tolist(), "force_bf": beaufort(grid).ravel()}
