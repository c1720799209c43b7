"""What the kinds that hang on a zone share: its severity, its name as evidence, its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, View
from fleet.model import HOUR, SECOND


@dataclass(frozen=True, slots=True)
class Params:
    """Debounce of raising (fixes, lasting) and of clearing (exit)."""

    fixes: float
    lasting_s: float
    exit_fixes: float
    exit_lasting_s: float


def debounce(p: Params) -> Debounce:
    return Debounce(
        int(p.fixes), int(p.lasting_s * SECOND), int(p.exit_fixes), int(p.exit_lasting_s * SECOND)
    )


def fix_evidence(view: View, row: int, _other: int) -> dict[str, Any]:
    """The fix that settled it."""
    cur = view.cur
    numbers = {"sog_kn": cur.sog[row], "cog_deg": cur.cog[row]}
    return {k: round(float(v), 2) for k, v in numbers.items() if not np.isnan(v)}


def zone_evidence(view: View, row: int, other: int) -> dict[str, Any]:
    """The fix, and which zone in which version."""
    zone = next((z for z in view.zones.zones if z.id == other), None)
    named = {"zone": zone.code, "zone_version": zone.version} if zone else {}
    return {**fix_evidence(view, row, other), **named}


def at_night(t: int, from_h: float, to_h: float, utc_offset_h: float) -> bool:
    """Whether the local hour of this time lies in [from, to), which may pass midnight."""
    hour = t / HOUR + utc_offset_h
    return (hour - from_h) % 24 < (to_h - from_h) % 24
