"""Reports while they are being read: rows in, columns out at the end of a piece of input."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

import numpy as np

from fleet.ingest.format import Call, Fixes, Record, Reports, Statics
from fleet.ingest.tally import Tally
from fleet.model import IdentityKind, Source, VesselClass

Ints: TypeAlias = tuple[int, int, int, int, int, int]  #: key, t, received, status, flags, heard
Said: TypeAlias = tuple[int, int, str, str, int, int, float, float, float, str]  #: as in Statics
Floats: TypeAlias = tuple[float, ...]  #: lon, lat, sog, cog, heading, battery

STATIC_KINDS = (*[np.int64] * 2, *[np.str_] * 2, *[np.int64] * 2, *[np.float64] * 3, np.str_)


@dataclass(slots=True)
class Rows:
    ints: list[Ints] = field(default_factory=list)  #: of the fixes
    floats: list[Floats] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    statics: list[Said] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    classes: dict[int, VesselClass] = field(default_factory=dict)

    def reports(
        self, kind: IdentityKind, source: Source, tally: Tally, names: tuple[str, ...] = ()
    ) -> Reports:
        return Reports(
            kind=kind,
            source=source,
            fixes=self._columns(),
            names=names,
            calls=tuple(self.calls),
            statics=self._statics(),
            records=tuple(self.records),
            classes=self.classes,
            sentences=tally.sentences,
            types=tally.types,
            rejects=tally.rejects,
            samples=tally.samples,
        )

    def add(self, ints: Ints, floats: Floats) -> None:
        """One fix."""
        self.ints.append(ints)
        self.floats.append(floats)

    def _columns(self) -> Fixes:
        """Two conversions for all columns: a live message is often one fix."""
        if not self.ints:
            return _none()
        key, t, received, status, flags, heard = np.ascontiguousarray(
            np.array(self.ints, np.int64).T
        )
        lon, lat, sog, cog, heading, battery = np.ascontiguousarray(
            np.array(self.floats, np.float64).T
        )
        return Fixes(key, t, received, lon, lat, sog, cog, heading, status, flags, battery, heard)

    def _statics(self) -> Statics:
        if not self.statics:
            return _nobody()
        columns = zip(*self.statics, strict=True)
        return Statics(*map(np.array, columns, STATIC_KINDS))


@cache
def _none() -> Fixes:
    """Most of what carries no fix is a part of a message, and made often."""
    return Fixes.empty(0)


@cache
def _nobody() -> Statics:
    return Statics.empty(0)
