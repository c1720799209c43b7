"""失联：登记渔船超过应有时间没有任何来源的船位。海上30分钟黄、2小时橙、4小时红；六级风以上、夜间或单船，2小时红。
港内只提示：60小时，休渔期2小时。
Gap: a registered boat is not heard from any source. At sea yellow after 30 min, orange after 2 h,
red (for review) after 4 h; red after 2 h already in wind of force 6 and more, at night (00-04), or
where no other boat of ours was within 8 nm when it was last heard. In port information only: after
60 h, in the moratorium (terminals stay on) after 2 h. A boat known by AIS alone and outside shore
coverage is expected to vanish: only the stage of 4 h counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Look, Memory, Observed, Rule, Silent, seen
from fleet.alerts.weather import blowing
from fleet.model import HOUR, MINUTE, SECOND, Flag, Ints, Mask, Severity, Source

NOT_REACHED = 2**62
EVERY = 5 * MINUTE
"""Between two looks for company. Who was heard for the last time is seen by one or two of them:
later, a companion that fell silent with it would be gone."""


@dataclass(frozen=True, slots=True)
class Params:
    warning_min: float
    alarm_min: float
    emergency_min: float
    grave_min: float  #: red already after this, in wind, at night or alone
    grave_bf: float
    alone_nm: float
    night_from_h: float
    night_to_h: float
    utc_offset_h: float
    port_h: float
    port_moratorium_h: float
    interval_factor: float  #: never before this many expected intervals
    default_interval_s: float


def stages(p: Params, who: Silent) -> Ints:
    """The silence from which each severity applies, by what the last fix said."""
    last = who.last
    out = np.full((len(last), max(Severity) + 1), NOT_REACHED, np.int64)
    port = last.flags & Flag.IN_PORT > 0
    heard_here = (last.flags & Flag.COVERED > 0) | (last.source != Source.AIS)
    sea = ~port & heard_here
    own = who.vessels.interval[last.vessel]
    least = np.asarray(p.interval_factor * np.where(own > 0, own, p.default_interval_s * SECOND))
    out[sea, Severity.WARNING] = p.warning_min * MINUTE
    out[sea, Severity.ALARM] = p.alarm_min * MINUTE
    out[~port, Severity.EMERGENCY] = p.emergency_min * MINUTE
    _sooner(p, who, sea, out[:, Severity.EMERGENCY])
    berthed = np.where(who.moratorium, p.port_moratorium_h, p.port_h)
    out[port, Severity.INFO] = berthed[port] * HOUR
    return np.maximum(out, least.astype(np.int64)[:, None])


def _sooner(p: Params, who: Silent, sea: Mask, red: Ints) -> None:
    """Bring the red stage forward where it is grave. Asked only of who has been silent for so long
    (wind is looked up a boat at a time).
    """
    after = int(p.grave_min * MINUTE)
    rows = np.flatnonzero(sea & (who.silence >= after))
    if not len(rows):
        return
    some = who.take(rows)
    lon, lat = some.last.lon, some.last.lat
    force = blowing(some.facts.wind, lon, lat, some.since + after)
    now = (force >= p.grave_bf) | (some.memory["alone"] == 1)
    wait = np.where(now, 0, _until_night(p, some.since + after))
    red[rows] = np.minimum(red[rows], after + wait)


def _until_night(p: Params, t: Ints) -> Ints:
    """Microseconds from each time until it is night there; 0 in the night."""
    day, begins, ends = 24 * HOUR, int(p.night_from_h * HOUR), int(p.night_to_h * HOUR)
    into = (t + int(p.utc_offset_h * HOUR) - begins) % day
    return np.where(into < (ends - begins) % day, 0, day - into)


def look(look: Look, p: Params, memory: Memory) -> Observed:
    """Remember who has no other boat of ours near, while it is heard; of who is silent, what was
    so before stays.
    """
    alone = memory["alone"].copy()
    ours = look.near.rows[look.ours[look.near.rows]]
    new = ours[look.age[ours] <= 2 * EVERY]
    far, _ = look.near.nearest(new, ours, p.alone_nm)
    alone[new] = np.isinf(far)
    none = np.zeros(0, np.int64)
    return Observed(seen(none, none, Severity.INFO), memory={"alone": alone})


def evidence(who: Silent, row: int, _other: int) -> dict[str, Any]:
    """What makes it grave: no boat near it, the wind where and when it was last heard."""
    one = who.take(slice(row, row + 1))
    told: dict[str, Any] = {"alone": True} if one.memory["alone"][0] == 1 else {}
    force = float(blowing(one.facts.wind, one.last.lon, one.last.lat, one.since)[0])
    return told if np.isnan(force) else {**told, "wind_bf": int(force)}


RULE = Rule(
    "gap", "失联", "Not heard from", Params, silence=stages, look=look, evidence=evidence,
    memory={"alone": ()}, every=EVERY, uses=("wind",),
)  # fmt: skip
