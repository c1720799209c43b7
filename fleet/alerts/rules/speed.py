"""超速：渔船超过18节，或在港内等限速区超过限速，持续2分钟；降到限速九成以下5分钟解除。
Over speed: a fishing boat above its class limit, or anybody above a zone's limit, for two minutes.
Cleared below nine tenths of the limit for five. Impossible speeds are broken transmitters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import zone_evidence
from fleet.model import MINUTE, Floats, Ints, Severity, VesselClass


@dataclass(frozen=True, slots=True)
class Params:
    fishing_kn: float
    implausible_kn: float
    lasting_min: float
    clear_factor: float
    clear_min: float


def limits(view: View, p: Params) -> tuple[Floats, Ints]:
    """The lowest limit that applies to each row, and the zone that sets it (0: the class)."""
    fishing = view.cls() == VesselClass.FISHING
    limit = np.where(fishing, p.fishing_kn, np.inf)
    zone = np.zeros(len(limit), np.int64)
    limited = view.of(view.inside, ~np.isnan(view.zones.limit_kn))
    here = view.zones.limit_kn[limited.zone]
    order = np.argsort(-here, kind="stable")  # the lowest is written last
    order = order[here[order] < limit[limited.row[order]]]
    limit[limited.row[order]] = here[order]
    zone[limited.row[order]] = view.zones.ids[limited.zone[order]]
    return limit, zone


def observe(view: View, p: Params, _memory: Memory) -> Observed:
    limit, zone = limits(view, p)
    sog = view.cur.sog
    over = np.flatnonzero((sog > limit) & (sog <= p.implausible_kn))
    band = np.flatnonzero((sog > limit * p.clear_factor) & (sog <= limit) | np.isnan(sog))
    return Observed(seen(over, zone[over], Severity.WARNING), (band, zone[band]))


def debounce(p: Params) -> Debounce:
    return Debounce(2, int(p.lasting_min * MINUTE), 2, int(p.clear_min * MINUTE))


def evidence(view: View, row: int, other: int) -> dict[str, Any]:
    zone = next((z for z in view.zones.zones if z.id == other), None)
    limit = {"limit_kn": zone.limit_kn} if zone else {}
    return {**zone_evidence(view, row, other), **limit}


RULE = Rule("speed", "超速", "Over speed", Params, observe, debounce, zoned=True, evidence=evidence)
