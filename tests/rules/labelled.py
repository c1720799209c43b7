"""Real tracks whose every fix somebody has labelled as fishing or not, and how `fishing` does.

Invariant: a fix counts once: trips that stand in two of the files are taken from the first.
`python -m tests.rules.labelled` prints the table of docs/real_data.md.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import numpy as np

from fleet.alerts.engine import Engine, Inputs, State, feed
from fleet.alerts.facts import Details, Facts, Gear
from fleet.alerts.parameters import defaults, typed
from fleet.alerts.rules import fishing
from fleet.geo import Zones
from fleet.model import HOUR, MINUTE, SECOND, Act, Batch, Change, Floats, Ints, Mask, Source
from fleet.vessels import Vessels
from tests.alerts.track import DAY0

FOLDER = (
    Path(os.environ.get("FLEET_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data")
    / "tracks"
)
GEARS = {
    "FPO": Gear.TRAP, "pots": Gear.TRAP, "creel": Gear.TRAP,
    "DRB": Gear.DREDGE, "dredge": Gear.DREDGE,
}  # fmt: skip
"""As the files name them (FAO gear codes, or plainly)."""
WORKS = {"fishing": True, "fish": True, "hauling": True, "shooting": True}
RESTS = {"not_fishing": False, "travel": False, "steaming": False}
LABELS: Mapping[str, bool] = WORKS | RESTS
"""What the observers wrote; anything else ("NA") is no label."""
PARAMS = typed(fishing.RULE, defaults()["fishing"].values)


@dataclass(frozen=True, slots=True)
class Track:
    """One boat of one file; arrays a fix a row, sorted by time."""

    study: str
    boat: str
    gear: Gear
    t: Ints  #: microseconds
    lon: Floats
    lat: Floats
    sog: Floats  #: knots; as told, or between this fix and the one before
    fished: Mask
    labelled: Mask

    def take(self, rows: Mask | slice) -> Track:
        columns = ("t", "lon", "lat", "sog", "fished", "labelled")
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})

    def thinned(self, every_s: float) -> Track:
        """As a terminal that reports at most so often would have told it; speeds as they were."""
        slot = (self.t - self.t[0]) // int(every_s * SECOND)
        return self.take(np.r_[True, np.diff(slot) > 0])


@dataclass(frozen=True, slots=True)
class Agreement:
    """Fixes by what the observer and the rule say."""

    both: int
    rule_only: int
    observer_only: int

    @property
    def precision(self) -> float:
        return self.both / (self.both + self.rule_only)

    @property
    def recall(self) -> float:
        return self.both / (self.both + self.observer_only)

    @property
    def f1(self) -> float:
        return 2 * self.both / (2 * self.both + self.rule_only + self.observer_only)


def read() -> list[Track]:
    """All labelled tracks. The IPMA trips BEN and CAR are in the workshop's file too, moved in
    time for anonymity; there their labels are dropped.
    """
    ipma = _file("ices_PT_IPM_2017_GP2.csv", "IPMA 2017", _ipma)
    shop = _file("ices_example_data_GPS.csv", "WKSSFGEO", _workshop)
    creel = _file("mendo_creel.csv", "Mendo 2019", _creel)
    known = {place for track in ipma for place in zip(track.lon, track.lat, strict=True)}
    return [*ipma, *(_unlabelled(track, known) for track in shop), *creel]


Row: TypeAlias = tuple[str, str, int, float, float, float, str]
"""Boat, gear, t, lon, lat, sog, label."""


def _ipma(r: Mapping[str, str]) -> Row:
    where = float(r["LONGITUDE"]), float(r["LATITUDE"]), float(r["SPEED"])
    return (r["BOAT_ID"], r["GEAR"], _time(r["DATE_TIME"]), *where, r["STATUS"])


def _workshop(r: Mapping[str, str]) -> Row:
    where = float(r["lon"]), float(r["lat"]), float(r["speed"])
    return (r["vessel_id"], r["gear"], _time(r["time"]), *where, r["fish.val"])


def _creel(r: Mapping[str, str]) -> Row:
    where = float(r["lon"]), float(r["lat"]), np.nan
    return (r["vessel_id"], "creel", _time(r["time_stamp"]), *where, r["behaviour"])


def _time(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


def _file(name: str, study: str, row: object) -> list[Track]:
    boats: dict[tuple[str, str], list[Row]] = defaultdict(list)
    assert callable(row)
    with (FOLDER / name).open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            made: Row = row(line)
            boats[made[0], made[1]].append(made)
    return [
        _track(study, boat, GEARS[gear], sorted(rows, key=lambda r: r[2]))
        for (boat, gear), rows in sorted(boats.items())
    ]


def _track(study: str, boat: str, gear: Gear, rows: Sequence[Row]) -> Track:
    t = np.array([r[2] for r in rows], np.int64)
    lon, lat, sog = (np.array([r[k] for r in rows], np.float64) for k in (3, 4, 5))
    if np.isnan(sog).all():
        sog = _speeds(t, lon, lat)
    labels = [LABELS.get(r[6]) for r in rows]
    fished = np.array([label is True for label in labels])
    labelled = np.array([label is not None for label in labels])
    return Track(study, boat, gear, t, lon, lat, sog, fished, labelled)


def _speeds(t: Ints, lon: Floats, lat: Floats) -> Floats:
    """Knots on the way to each fix; the first has the second's."""
    east = np.diff(lon) * np.cos(np.radians(lat[1:]))
    sog: Floats = np.hypot(east, np.diff(lat)) * 60 / (np.diff(t) / HOUR)
    return np.concatenate([sog[:1], sog])


def _unlabelled(track: Track, known: set[tuple[float, float]]) -> Track:
    there = [place in known for place in zip(track.lon, track.lat, strict=True)]
    return replace(track, labelled=track.labelled & ~np.array(there))


def judged(tracks: Sequence[Track]) -> list[tuple[Mask, Mask]]:
    """Of each track which fixes the rule calls work, and which it had called so by then.

    Work is what the log tells afterwards: from the beginning of the episode (it opens when the
    speed has been in the band for `window_min`) to its end (it closes `clear_min` after), at the
    working speed. By then: the episode was open.
    """
    changes = _fed(tracks)
    return [
        _of(track, [c for c in changes if c.vessel == number])
        for number, track in enumerate(tracks, 1)
    ]


def _fed(tracks: Sequence[Track]) -> list[Change]:
    """All boats through one engine, each on the clock of its own first fix."""
    n = len(tracks) + 1
    details = Details.empty(n)
    details.gear[1:] = [int(t.gear) for t in tracks]
    known = Vessels.empty(n)
    known.cls[1:], known.registered[1:] = 1, True
    engine = Engine(
        (fishing.RULE,), {"fishing": PARAMS}, Zones.build([]), known, Facts(details=details)
    )
    state, out = State.empty(n, engine.rules), []
    for piece in _pieces(tracks):
        state, more = feed(engine, state, Inputs(piece), 0)
        out += more
    return out


def _pieces(tracks: Sequence[Track], size: int = 2000) -> Iterator[Batch]:
    """The fixes of all boats in the order in which they would come."""
    parts = []
    for number, track in enumerate(tracks, 1):
        part = Batch.empty(len(track.t))
        part.vessel[:], part.source[:], part.status[:] = number, Source.TERMINAL, -1
        part.t[:] = part.received[:] = DAY0 + track.t - track.t[0]
        part.lon[:], part.lat[:], part.sog[:] = track.lon, track.lat, track.sog
        parts.append(part)
    whole = Batch.concat(parts)
    whole = whole.take(np.argsort(whole.t, kind="stable"))
    for start in range(0, len(whole), size):
        yield whole.take(slice(start, start + size))


def _of(track: Track, changes: Sequence[Change]) -> tuple[Mask, Mask]:
    since = DAY0 + track.t - track.t[0]
    worked, told = np.zeros(len(since), np.bool_), np.zeros(len(since), np.bool_)
    for opened, closed in _episodes(changes):
        began = opened - int(PARAMS.window_min * MINUTE)
        ended = closed - int(PARAMS.clear_min * MINUTE) if closed else since[-1] + 1
        worked |= (since >= began) & (since < ended)
        told |= (since >= opened) & (since < (closed or ended))
    low, high = PARAMS.band(np.array([int(track.gear)]))
    return worked & (track.sog >= low) & (track.sog <= high), told


def _episodes(changes: Iterable[Change]) -> list[tuple[int, int]]:
    closed = {c.episode: c.t for c in changes if c.act == Act.CLEAR}
    return [(c.t, closed.get(c.episode, 0)) for c in changes if c.act == Act.OPEN]


def agreement(tracks: Sequence[Track], said: Sequence[Mask]) -> Agreement:
    """Counted over the labelled fixes."""
    mine = np.concatenate([s[t.labelled] for t, s in zip(tracks, said, strict=True)])
    true = np.concatenate([t.fished[t.labelled] for t in tracks])
    return Agreement(int((mine & true).sum()), int((mine & ~true).sum()), int((~mine & true).sum()))


def groups(tracks: Sequence[Track]) -> dict[tuple[str, str], list[Track]]:
    """The tracks by study and gear."""
    out: dict[tuple[str, str], list[Track]] = defaultdict(list)
    for track in tracks:
        out[track.study, track.gear.name or ""].append(track)
    return dict(out)


def table(tracks: Sequence[Track]) -> list[str]:
    """One line a study, gear and interval between reports."""
    out = ["study      gear   boats every  fixes    work P     R    F1   when told P     R    F1"]
    for every_s in (0, 180):
        some = [t.thinned(every_s) if every_s else t for t in tracks]
        for (study, gear), mine in groups(some).items():
            both = judged(mine)
            fixes = sum(int(t.labelled.sum()) for t in mine)
            work, told = (agreement(mine, [b[k] for b in both]) for k in (0, 1))
            out.append(
                f"{study:10} {gear:6} {len(mine):5} {every_s or 'all':>5} {fixes:6}    "
                f"{_shown(work)}      {_shown(told)}"
            )
    return out


def _shown(a: Agreement) -> str:
    return f"{a.precision:.3f} {a.recall:.3f} {a.f1:.3f}"


if __name__ == "__main__":
    sys.stdout.write("\n".join([*table(read()), ""]))
