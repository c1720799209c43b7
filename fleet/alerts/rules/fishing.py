"""作业状态：海上平滑航速处于本船全部渔具的作业航速区间满20分钟即视为在捕捞。只记录，不报警。
Apparent fishing, a log and no alert: at sea, the boat's smoothed speed has been in the working band
of its gear for twenty minutes (of several gears, or an unknown one, in the band of every one of
them: who may be doing something else is not accused). Ends after thirty minutes outside the band,
so the work itself began twenty minutes before the log and ended thirty before. Other kinds build on
it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.facts import Gear
from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.model import MINUTE, SECOND, Floats, Ints, Severity


@dataclass(frozen=True, slots=True)
class Params:
    """Bands in knots by gear (MonitorFish takes at most 5.5 kn of every gear). Of a boat with
    several the part that is common counts, of an unknown gear that of all (domain A.2, 8;
    MonitorFish #962: false alerts when the gear is unknown).
    """

    trawl_from_kn: float
    trawl_to_kn: float
    net_from_kn: float
    net_to_kn: float
    hook_from_kn: float
    hook_to_kn: float
    window_min: float
    least_fixes: float
    clear_min: float

    def band(self, gear: Ints) -> tuple[Floats, Floats]:
        """Lowest and highest working speed of each boat; nothing for carriers."""
        bands = (
            (Gear.TRAWL_OTTER | Gear.TRAWL_PAIR, self.trawl_from_kn, self.trawl_to_kn),
            (Gear.GILL_NET | Gear.FALLING_NET | Gear.PURSE_SEINE | Gear.STOW_NET | Gear.TRAP
             | Gear.DREDGE, self.net_from_kn, self.net_to_kn),
            (Gear.HOOK, self.hook_from_kn, self.hook_to_kn),
        )  # fmt: skip
        low, high = np.full(len(gear), -np.inf), np.full(len(gear), np.inf)
        for bits, least, most in bands:
            has = (gear & int(bits) > 0) | (gear == 0)
            low[has], high[has] = np.maximum(low[has], least), np.minimum(high[has], most)
        return np.where(np.isinf(low), np.inf, low), high


def observe(view: View, p: Params, memory: Memory) -> Observed:
    mean = _mean(view, p, memory)
    low, high = p.band(view.facts.detail("gear", view.cur.vessel))
    at_sea = view.ours() & (view.port == 0)
    on = at_sea & ~view.leap & (mean >= low) & (mean <= high)
    unknown = np.flatnonzero(view.leap | (at_sea & np.isnan(view.cur.sog) & ~on))
    row, zero = np.flatnonzero(on), np.zeros(len(view.cur), np.int64)
    new = {"mean": mean, "t": view.cur.t / SECOND}
    holds = seen(row, zero[: len(row)], Severity.INFO)
    return Observed(holds, (unknown, zero[: len(unknown)]), new)


def _mean(view: View, p: Params, memory: Memory) -> Floats:
    """Each boat's speed, smoothed with half the window as its time constant; it starts anew after
    a silence as long as the window, or where the boat is another.
    """
    dt = view.cur.t / SECOND - memory["t"]
    fresh = ~(dt < p.window_min * 60)
    weight = np.where(fresh, 1.0, -np.expm1(-dt / (p.window_min * 30)))
    sog, old = view.cur.sog, np.where(fresh, view.cur.sog, memory["mean"])
    moved = old + weight * (sog - old)
    return np.asarray(np.where(np.isnan(sog) | view.leap, memory["mean"], moved))


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.least_fixes), int(p.window_min * MINUTE), 2, int(p.clear_min * MINUTE))


RULE = Rule(
    "fishing", "作业", "Apparent fishing", Params, observe, debounce,
    memory={"mean": (), "t": ()}, log=True,
)  # fmt: skip
