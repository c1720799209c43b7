"""What rules need from outside 外部资料: groups, trips, permits, wind, depth, recall orders.

Immutable columns, as zones and register are; a new fact makes a new `Facts`. Invariant: a kind of
fact that nobody has entered is empty, and a rule that needs it is not evaluated and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import IntEnum, IntFlag
from typing import Any

import numpy as np

from fleet.model import Columns, Floats, Ints, Mask, Texts

FOREVER = 2**62


class Gear(IntFlag):
    """Registered fishing gear 渔具, as bits: a boat may hold several."""

    TRAWL_OTTER = 1  #: 单拖
    TRAWL_PAIR = 2  #: 双拖
    GILL_NET = 4  #: 刺网
    FALLING_NET = 8  #: 罩网 (light falling net)
    PURSE_SEINE = 16  #: 围网
    HOOK = 32  #: 钓具
    STOW_NET = 64  #: 张网
    TRAP = 128  #: 笼壶
    CARRIER = 256  #: 辅助船, carries fish and ice, catches nothing
    DREDGE = 512  #: 耙刺


GEARS: Mapping[str, Gear] = {
    "trawl": Gear.TRAWL_OTTER, "单拖": Gear.TRAWL_OTTER, "拖网": Gear.TRAWL_OTTER,
    "pair_trawl": Gear.TRAWL_PAIR, "双拖": Gear.TRAWL_PAIR,
    "gillnet": Gear.GILL_NET, "刺网": Gear.GILL_NET,
    "falling_net": Gear.FALLING_NET, "罩网": Gear.FALLING_NET, "灯光罩网": Gear.FALLING_NET,
    "purse_seine": Gear.PURSE_SEINE, "围网": Gear.PURSE_SEINE,
    "longline": Gear.HOOK, "hook": Gear.HOOK, "钓具": Gear.HOOK, "延绳钓": Gear.HOOK,
    "stow_net": Gear.STOW_NET, "张网": Gear.STOW_NET,
    "pot": Gear.TRAP, "笼壶": Gear.TRAP,
    "dredge": Gear.DREDGE, "耙刺": Gear.DREDGE,
    "carrier": Gear.CARRIER, "辅助船": Gear.CARRIER,
}  # fmt: skip
"""The gears that a register names, in English and Chinese."""


def gear_bits(names: Iterable[str]) -> int:
    """The gears as bits; one that is not known leaves the boat's gear unknown (0), for a rule
    that took it for another would accuse the wrong boat.
    """
    bits = 0
    for name in names:
        if name not in GEARS:
            return 0
        bits |= GEARS[name]
    return bits


BEAUFORT_MS = (0.3, 1.6, 3.4, 5.5, 8.0, 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7, 37.0, 41.5, 46.2,
               51.0, 56.1)  # fmt: skip
"""Wind speed (m/s) from which force 1, 2, … 17 is blowing (GB/T 28591-2012; domain E)."""


def beaufort(metres_per_second: Floats) -> Floats:
    """Wind speed as Beaufort force; NaN stays NaN."""
    force = np.searchsorted(np.array(BEAUFORT_MS), metres_per_second, side="right")
    return np.where(np.isnan(metres_per_second), np.nan, force)


class Tie(IntEnum):
    """Why boats belong together."""

    GROUP = 1  #: 编组 sailing group
    PAIR = 2  #: pair-trawl partners 对拖
    ATTENDED = 3  #: mother ship, light boat 灯船, tow


class Permit(IntEnum):
    """What a boat was allowed."""

    SAIL = 1  #: leave or move in the moratorium 休渔期离港
    ENTER = 2  #: be in a zone
    FISH = 3  #: fish where or when others may not 专项捕捞


class Answer(IntEnum):
    """How a boat answered a recall order 防台指令."""

    TO_COME = 0
    SHELTERING = 1  #: accepted 机动避风
    ASHORE = 2  #: crew ashore 人员上岸
    RELEASED = 3  #: exempted by the command centre


@dataclass(frozen=True, slots=True)
class Details(Columns):
    """Of each vessel, row = internal id, what its papers say."""

    gear: Ints  #: Gear bits, 0 unknown
    wind_limit: Ints  #: 抗风等级, Beaufort; 0 unknown
    nav_nm: Floats  #: 航区: how far from the coast it may go, nm; NaN unknown or without limit
    draught_m: Floats


@dataclass(frozen=True, slots=True)
class Ties(Columns):
    """Membership: every boat of a group is one row."""

    group: Ints
    vessel: Ints
    kind: Ints  #: Tie
    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Trips(Columns):
    """Declared trips 进出港报告. `back` 0: no return declared."""

    vessel: Ints
    out: Ints
    back: Ints


@dataclass(frozen=True, slots=True)
class Permits(Columns):
    vessel: Ints
    kind: Ints  #: Permit
    zone: Ints  #: 0: wherever
    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Recalls(Columns):
    """Recall orders in force: who is in `zone` (0: everywhere) is to be in shelter by then."""

    order: Ints
    zone: Ints
    issued: Ints
    deadline: Ints


@dataclass(frozen=True, slots=True)
class Answers(Columns):
    """What boats answered, by word of whoever took the call."""

    order: Ints
    vessel: Ints
    answer: Ints  #: Answer


@dataclass(frozen=True, slots=True)
class Berths(Columns):
    """How many boats a port or shelter holds."""

    zone: Ints
    places: Ints


@dataclass(frozen=True, slots=True)
class Expiries(Columns):
    """Certificates that expire, of each vessel and kind the newest."""

    vessel: Ints
    kind: Texts
    expires: Ints


@dataclass(frozen=True, slots=True)
class Wind:
    """Forecast or observed wind on a grid: `force[cycle, time, lat, lon]`, Beaufort, NaN unknown.

    Axes are sorted. `observed` marks cycles that are measurements.
    """

    issued: Ints
    observed: Mask
    times: Ints
    lats: Floats
    lons: Floats
    force: Floats

    def __len__(self) -> int:
        return self.force.size

    def at(self, lon: Floats, lat: Floats, time: int) -> Floats:
        """(cycles, n): the force at the nearest grid point and the last time not after `time`;
        NaN off the grid.
        """
        when = int(np.searchsorted(self.times, time, side="right")) - 1
        if when < 0 or not len(self):
            return np.full((len(self.issued), len(lon)), np.nan)
        y, on_y = nearest(self.lats, lat)
        x, on_x = nearest(self.lons, lon)
        return np.where(on_y & on_x, self.force[:, when, y, x], np.nan)


@dataclass(frozen=True, slots=True)
class Depth:
    """Charted depth on a grid, metres below datum, NaN unknown: `metres[lat, lon]`."""

    lats: Floats
    lons: Floats
    metres: Floats

    def __len__(self) -> int:
        return self.metres.size

    def at(self, lon: Floats, lat: Floats) -> Floats:
        """The depth at the nearest grid point; NaN off the grid."""
        if not len(self):
            return np.full(len(lon), np.nan)
        y, on_y = nearest(self.lats, lat)
        x, on_x = nearest(self.lons, lon)
        return np.where(on_y & on_x, self.metres[y, x], np.nan)


def gridded(points: Mapping[tuple[float, float], float]) -> tuple[Floats, Floats, Floats]:
    """Values at points (lat, lon) as (lats, lons, values[lat, lon]): the axes sorted, NaN where
    there is no point.
    """
    where = np.array(list(points), np.float64).reshape(-1, 2)
    lats, y = np.unique(where[:, 0], return_inverse=True)
    lons, x = np.unique(where[:, 1], return_inverse=True)
    values = np.full((len(lats), len(lons)), np.nan)
    values[y, x] = list(points.values())
    return lats, lons, values


def nearest(axis: Floats, values: Floats) -> tuple[Ints, Mask]:
    """Index of the nearest axis value, and whether it is within half a step of it."""
    at = np.clip(np.searchsorted(axis, values), 1, max(len(axis) - 1, 1)) if len(axis) > 1 else 0
    if isinstance(at, int):
        step = 0.5
        index = np.zeros(len(values), np.int64)
    else:
        index = at - (values - axis[at - 1] < axis[at] - values)
        step = float(np.diff(axis).max())
    good = np.abs(axis[index] - values) <= step / 2 + 1e-9
    return index, np.asarray(good)


def _no_wind() -> Wind:
    none = np.zeros(0, np.int64)
    empty = np.zeros(0)
    return Wind(none, np.zeros(0, np.bool_), none, empty, empty, np.zeros((0, 0, 0, 0)))


def _no_depth() -> Depth:
    return Depth(np.zeros(0), np.zeros(0), np.zeros((0, 0)))


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything from outside, at one revision."""

    details: Details = field(default_factory=lambda: Details.empty(0))
    ties: Ties = field(default_factory=lambda: Ties.empty(0))
    trips: Trips = field(default_factory=lambda: Trips.empty(0))
    permits: Permits = field(default_factory=lambda: Permits.empty(0))
    recalls: Recalls = field(default_factory=lambda: Recalls.empty(0))
    answers: Answers = field(default_factory=lambda: Answers.empty(0))
    berths: Berths = field(default_factory=lambda: Berths.empty(0))
    expiries: Expiries = field(default_factory=lambda: Expiries.empty(0))
    wind: Wind = field(default_factory=_no_wind)
    depth: Depth = field(default_factory=_no_depth)

    def lacks(self, needs: Iterable[str]) -> tuple[str, ...]:
        """Which of these kinds of fact (names of `WHAT`) nobody has entered."""
        return tuple(name for name in needs if not self._has(name))

    def _has(self, name: str) -> bool:
        """Whether there is one row of the fact, or one boat whose papers say this."""
        if name in PAPERS:
            column = getattr(self.details, name)
            return bool(((column == column) & (column != 0)).any())  # noqa: PLR0124 -- no NaN
        return bool(len(getattr(self, name)))

    def detail(self, name: str, vessel: Ints) -> Any:
        """One column of `details` for these vessels; "unknown" for those beyond it."""
        column = getattr(self.details, name)
        blank = np.nan if column.dtype.kind == "f" else 0
        return np.append(column, column.dtype.type(blank))[np.minimum(vessel, len(column))]

    def permitted(self, vessel: Ints, t: Ints, kind: Permit, zone: Ints | int = 0) -> Mask:
        """Who holds a permit of this kind at that time, for this zone or wherever."""
        p = self.permits.take(self.permits.kind == kind)
        zone = np.broadcast_to(np.asarray(zone, np.int64), vessel.shape)
        out = np.zeros(len(vessel), np.bool_)
        rows = np.flatnonzero(np.isin(vessel, p.vessel))
        hit = (
            (p.vessel == vessel[rows, None]) & (p.start <= t[rows, None]) & (t[rows, None] < p.end)
        )
        out[rows] = (hit & ((p.zone == 0) | (p.zone == zone[rows, None]))).any(axis=1)
        return out

    def tied(self, a: Ints, b: Ints, t: int) -> Mask:
        """Which pairs of vessels belong together now, for whatever reason."""
        if not len(self.ties) or not len(a):
            return np.zeros(len(a), np.bool_)
        meant = np.zeros(int(max(a.max(), b.max(), self.ties.vessel.max())) + 1, np.bool_)
        meant[a] = meant[b] = True
        now = (self.ties.start <= t) & (t < self.ties.end)
        ties = self.ties.take(now & meant[self.ties.vessel])
        return _share(ties.vessel, ties.group, a, b)


def _share(vessel: Ints, group: Ints, a: Ints, b: Ints) -> Mask:
    """Whether the two are in one group: every (group of a, b) is looked up among the members."""
    order = np.argsort(vessel, kind="stable")
    vessel, group = vessel[order], group[order]
    lo, hi = np.searchsorted(vessel, a, "left"), np.searchsorted(vessel, a, "right")
    count = hi - lo
    pair = np.repeat(np.arange(len(a)), count)
    nth = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
    wanted = np.stack([group[np.repeat(lo, count) + nth], b[pair]], axis=1)
    members = np.stack([group, vessel], axis=1)
    found = np.isin(_packed(wanted), _packed(members))
    out = np.zeros(len(a), np.bool_)
    out[pair[found]] = True
    return out


def _packed(pairs: Ints) -> Ints:
    return pairs[:, 0] << 32 | pairs[:, 1]


PAPERS = frozenset({"wind_limit", "nav_nm"})
"""Columns of `Details` that a rule may need at least one boat to have."""
WHAT: Mapping[str, tuple[str, str]] = {
    "details": ("没有船舶证书资料", "no particulars of vessels"),
    "ties": ("没有编组资料", "no sailing groups"),
    "trips": ("没有进出港报告", "no declared trips"),
    "permits": ("没有许可资料", "no permits"),
    "recalls": ("没有召回指令", "no recall order in force"),
    "answers": ("没有召回回复", "no answers to a recall"),
    "berths": ("没有港口容量", "no port capacities"),
    "expiries": ("没有证书有效期", "no certificate has a date of expiry"),
    "wind": ("没有风力预报", "no wind forecast"),
    "depth": ("没有水深资料", "no depths"),
    "wind_limit": ("没有渔船的抗风等级", "no boat's wind limit is known"),
    "nav_nm": ("没有渔船的核定航区", "no boat's certified area of navigation is known"),
}
"""Why a rule is not evaluated, in Chinese and English, by the name of the fact."""
assert set(WHAT) == {f.name for f in fields(Facts)} | PAPERS
