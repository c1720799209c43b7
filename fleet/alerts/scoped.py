"""A kind's numbers with its overrides, resolved for whole columns: each row by its own numbers.

Which overrides concern a row is a bit mask over them; a rule is asked once for every mask that
occurs, and of each answer only the rows of that mask are kept. So a rule knows nothing of
overrides, and a kind without any costs nothing. Invariant: a mask depends on the fix (place and
time), the register and the zones alone, so cuts and restarts change nothing.

A kind whose episodes hang on a zone takes the numbers of that zone; for every other kind the zone
is where the boat is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

import numpy as np

from fleet.alerts.parameters import typed
from fleet.alerts.rule import Debounce, Observed, Rule, Seen
from fleet.alerts.scopes import BANDS, Edges, Scope, calendar, ordered
from fleet.geo import Zone, Zones
from fleet.model import Batch, Ints, Mask
from fleet.vessels import Vessels

ANY_ZONE = 0
NOT_IN_FORCE = -1
"""A zone that has ended: its override concerns nobody until it is back."""

Asked: TypeAlias = Callable[[Any], Observed]


@dataclass(frozen=True, slots=True, eq=False)
class Scoped:
    """One kind's numbers and overrides. Bit i of a mask is `scopes[i]`."""

    rule: Rule
    values: Mapping[str, Any]  #: the kind's own numbers
    scopes: tuple[Scope, ...]  #: least specific first
    zone: Ints  #: of each override: its zone's id, ANY_ZONE or NOT_IN_FORCE
    seasons: tuple[Edges | None, ...]  #: of each override; None: always
    areas: Zones  #: those named
    made: dict[int, Any] = field(default_factory=dict)  #: numbers by mask, as they are asked for

    def params(self, mask: int) -> Any:
        """The rule's own dataclass with these overrides, the most specific last."""
        if mask not in self.made:
            over = [s.values for i, s in enumerate(self.scopes) if mask >> i & 1]
            values = {k: v for layer in (self.values, *over) for k, v in layer.items()}
            self.made[mask] = typed(self.rule, values)
        return self.made[mask]

    def labels(self, mask: int) -> list[str]:
        return [s.label for i, s in enumerate(self.scopes) if mask >> i & 1]

    def marks(self, cur: Batch, vessels: Vessels) -> Marks:
        """Which overrides concern each of these fixes (in a look: each boat's last)."""
        n = len(cur)
        fits = np.ones((n, len(self.scopes)), np.bool_)
        cls, length = vessels.cls[cur.vessel], vessels.length_m[cur.vessel]
        for i, (scope, edges) in enumerate(zip(self.scopes, self.seasons, strict=True)):
            if scope.cls:
                band = BANDS[scope.cls]
                fits[:, i] &= cls == band.cls
                if band.from_m or np.isfinite(band.to_m):
                    fits[:, i] &= (length >= band.from_m) & (length < band.to_m)
            if edges is not None:
                fits[:, i] &= _within(edges, cur.t)
        return Marks(self, fits, fits & self._there(cur))

    def _there(self, cur: Batch) -> Mask:
        """Which fixes lie in the zone of each override; True where it names none."""
        there = np.broadcast_to(self.zone == ANY_ZONE, (len(cur), len(self.zone))).copy()
        if len(self.areas.zones):
            hits = self.areas.containing(cur.lon, cur.lat)
            ids = self.areas.ids[hits.zone]
            for i in np.flatnonzero(self.zone > 0):
                there[hits.row[ids == self.zone[i]], i] = True
        return there


def scoped(
    rule: Rule, values: Mapping[str, Any], raw: Sequence[Mapping[str, Any]], zones: Sequence[Zone]
) -> Scoped | None:
    """The overrides of a kind as stored, in a world with these zones; None where it has none.

    A zone or season that is not there (any more) makes its override concern nobody. ValueError,
    KeyError or TypeError where numbers or conditions make no sense.
    """
    if not raw:
        return None
    scopes, codes = ordered(raw), {z.code: z for z in zones}
    for scope in scopes:
        typed(rule, {**values, **scope.values})
        _ = BANDS[scope.cls] if scope.cls else None
    named = [codes[s.zone] for s in scopes if s.zone in codes]
    ids = [(codes[s.zone].id if s.zone in codes else NOT_IN_FORCE) if s.zone else ANY_ZONE
           for s in scopes]  # fmt: skip
    return Scoped(
        rule, values, scopes, np.array(ids, np.int64),
        tuple(_edges(s.season, codes) for s in scopes),
        Zones.build(tuple({z.id: z for z in named}.values())),
    )  # fmt: skip


def _edges(name: str, codes: Mapping[str, Zone]) -> Edges | None:
    """The season of that name; never, where there is none such."""
    if not name:
        return None
    return calendar().get(name) or (codes[name].seasons if name in codes else ())


def _within(edges: Edges, t: Ints) -> Mask:
    flat = np.array(edges, np.int64).ravel()
    return np.asarray(np.searchsorted(flat, t, side="right") % 2 == 1)


@dataclass(frozen=True, slots=True)
class Marks:
    """Which overrides concern each row of one view; (rows, overrides)."""

    by: Scoped
    fits: Mask  #: class and season
    here: Mask  #: and the place

    def rows(self) -> Ints:
        """The mask of each row, by where it is."""
        return _bits(self.here)

    def pairs(self, row: Ints, other: Ints) -> Ints:
        """The mask of each (row, other party)."""
        if not self.by.rule.zoned:
            return _bits(self.here[row])
        zone = self.by.zone
        return _bits(self.fits[row] & ((zone == ANY_ZONE) | (zone == other[:, None])))

    def observed(self, ask: Asked) -> Observed:
        """What the rule says with each row's own numbers; `ask` asks it with one set."""
        told = {mask: ask(self.by.params(mask)) for mask in self._occurring()}
        if len(told) == 1:
            return next(iter(told.values()))
        holds, keeps, lasting = [], [], []
        for mask, o in told.items():
            mine = self.pairs(o.holds.row, o.holds.other) == mask
            kept = self.pairs(*o.keeps) == mask
            holds.append(o.holds.take(mine))
            keeps.append((o.keeps[0][kept], o.keeps[1][kept]))
            lasting.append(np.full(mine.sum(), -1) if o.lasting is None else o.lasting[mine])
        row, other = (np.concatenate(part) for part in zip(*keeps, strict=True))
        longest = np.concatenate(lasting)
        return Observed(
            Seen.concat(holds), (row, other), self._memory(told),
            longest if (longest >= 0).any() else None,
        )  # fmt: skip

    def _occurring(self) -> list[int]:
        """Every mask that a row, or a pair with one of the zones named, can have."""
        found = [self.rows()]
        if self.by.rule.zoned:
            every = np.arange(len(self.fits))
            zones = np.unique(np.append(self.by.zone, ANY_ZONE))
            found += [self.pairs(every, np.full(len(every), zone)) for zone in zones]
        return [int(mask) for mask in np.unique(np.concatenate(found))] or [0]

    def _memory(self, told: Mapping[int, Observed]) -> dict[str, Any]:
        """Each row's memory, as its own numbers left it."""
        some = next(iter(told.values())).memory
        out = {name: rows.copy() for name, rows in some.items()}
        anchor, mine = self.by.rule.anchor, self.rows()
        for mask, o in told.items():
            if anchor:  # which zone a row is about does not depend on the numbers
                about = np.nan_to_num(o.memory[anchor]).astype(np.int64)
                mine = self.pairs(np.arange(len(about)), about)
            for name, rows in o.memory.items():
                out[name][mine == mask] = rows[mine == mask]
        return out

    def debounce(self, row: Ints, other: Ints) -> Debounce:
        """How firmly it must hold, a column a field, of each (row, other party)."""
        assert self.by.rule.debounce is not None
        masks, index = np.unique(self.pairs(row, other), return_inverse=True)
        each = [self.by.rule.debounce(self.by.params(int(mask))) for mask in masks]
        names = [f.name for f in fields(Debounce)]
        return Debounce(*(np.array([getattr(d, n) for d in each])[index] for n in names))

    def labels(self, row: int, other: int) -> list[str]:
        """The overrides that concern this one, least specific first."""
        return self.by.labels(int(self.pairs(np.array([row]), np.array([other]))[0]))

    def spread(self, ask: Callable[[Any, Ints], Ints]) -> Ints:
        """`ask(params, rows)` of the rows of each mask, put together."""
        masks = self.rows()
        parts = [(np.flatnonzero(masks == m), self.by.params(int(m))) for m in np.unique(masks)]
        told = [(rows, ask(params, rows)) for rows, params in parts]
        if not told:
            return ask(self.by.params(0), masks)
        out = np.zeros((len(masks), *told[0][1].shape[1:]), np.int64)
        for rows, values in told:
            out[rows] = values
        return out


def _bits(which: Mask) -> Ints:
    """Rows of booleans as numbers; column 0 is the lowest bit."""
    return np.asarray(which @ (1 << np.arange(which.shape[1])), np.int64)
