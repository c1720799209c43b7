"""What the kinds that hang on a zone share: its severity, its name as evidence, its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, View
from fleet.model import SECOND


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
