"""What is known about every vessel, as columns indexed by its internal id."""

from __future__ import annotations

from dataclasses import dataclass

from fleet.model import Columns, Floats, Ints, Mask


@dataclass(frozen=True, slots=True)
class Vessels(Columns):
    """Row i is the vessel with internal id i; row 0 and the gaps are nobody (class UNKNOWN)."""

    cls: Ints  #: VesselClass
    registered: Mask  #: in the port's register: supposed to report, and to be looked after
    interval: Ints  #: expected time between fixes, microseconds; 0 where not known
    length_m: Floats
