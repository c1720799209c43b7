"""Reports while they are being read: rows in, columns out at the end of a piece of input."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from fleet.ingest.format import Call, Fixes, Reports, Static
from fleet.ingest.tally import Tally
from fleet.model import IdentityKind, Source, VesselClass

KINDS = (np.int64,) * 3 + (np.float64,) * 5 + (np.int64,) * 2 + (np.float64,)
"""Of the columns of Fixes, in order."""

Row: TypeAlias = tuple[Any, ...]
"""One fix, 11 values: key, t, received, lon, lat, sog, cog, heading, status, flags, battery."""


@dataclass(slots=True)
class Rows:
    fixes: list[Row] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    statics: list[Static] = field(default_factory=list)
    classes: dict[int, VesselClass] = field(default_factory=dict)

    def reports(
        self, kind: IdentityKind, source: Source, tally: Tally, names: tuple[str, ...] = ()
    ) -> Reports:
        return Reports(
            kind=kind,
            source=source,
            fixes=columns(self.fixes),
            names=names,
            calls=tuple(self.calls),
            statics=tuple(self.statics),
            classes=self.classes,
            sentences=tally.sentences,
            types=tally.types,
            rejects=tally.rejects,
            samples=tally.samples,
        )


def columns(rows: list[Row]) -> Fixes:
    if not rows:
        return Fixes.empty(0)
    parts = zip(zip(*rows, strict=True), KINDS, strict=True)
    values: list[Any] = [np.array(column, dtype=kind) for column, kind in parts]
    return Fixes(*values)
