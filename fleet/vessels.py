"""Who is who: vessels as columns indexed by internal id, and the identities that lead to them.

Immutable by agreement: whoever changes something makes a new one. Id 0 is nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from fleet.model import Columns, Floats, IdentityKind, Ints, Mask, VesselClass

NOBODY = 0


@dataclass(frozen=True, slots=True)
class Vessels(Columns):
    """Row i is the vessel with internal id i; row 0 and the gaps are nobody (class UNKNOWN)."""

    cls: Ints  #: VesselClass
    registered: Mask  #: in the port's register: supposed to report, and to be looked after
    interval: Ints  #: expected time between fixes, microseconds; 0 where not known
    length_m: Floats

    def updated(self, ids: Ints, rows: Vessels) -> Vessels:
        """These vessels with the columns of `rows`, and room for the largest id."""
        size = int(ids.max(initial=NOBODY)) + 1
        grown = Vessels.empty(max(size, len(self)))
        grown.put(np.arange(len(self)), self)
        grown.put(ids, rows)
        return grown

    def class_of(self, vessel: int) -> VesselClass:
        return VesselClass(int(self.cls[vessel])) if vessel < len(self) else VesselClass.UNKNOWN


def _none() -> Ints:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Registry:
    """Identity to vessel id. MMSIs are sorted columns, for whole batches; the rest are names."""

    mmsi: Ints = field(default_factory=_none)
    vessel: Ints = field(default_factory=_none)  #: of each MMSI
    names: Mapping[IdentityKind, Mapping[str, int]] = field(default_factory=dict)

    def find(self, kind: IdentityKind, keys: Ints, names: Sequence[str] = ()) -> Ints:
        """The vessel of each key (an MMSI, or an index into `names`), 0 where it is unknown."""
        if kind == IdentityKind.MMSI:
            at = np.searchsorted(self.mmsi, keys)
            known = np.append(self.mmsi, -1)[at] == keys
            return np.where(known, np.append(self.vessel, NOBODY)[at], NOBODY)
        table = self.names.get(kind, {})
        ids = np.array([table.get(name, NOBODY) for name in names], np.int64)
        return ids[keys] if len(ids) else np.zeros(len(keys), np.int64)

    def known(self, kind: IdentityKind, found: Mapping[str, int]) -> Registry:
        """The same registry, and these identities."""
        if not found:
            return self
        if kind != IdentityKind.MMSI:
            table = {**self.names.get(kind, {}), **found}
            return replace(self, names={**self.names, kind: table})
        fresh = {int(value): vessel for value, vessel in found.items()}
        table = dict(zip(self.mmsi.tolist(), self.vessel.tolist(), strict=True)) | fresh
        mmsi = np.array(sorted(table), np.int64)
        return replace(self, mmsi=mmsi, vessel=np.array([table[m] for m in mmsi], np.int64))
