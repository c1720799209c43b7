"""失联：登记渔船超过应有时间没有任何来源的船位。海上30分钟黄、2小时橙、4小时红；港内只提示。
Gap: a registered boat is not heard from any source. At sea yellow after 30 min, orange after 2 h,
red (for review) after 4 h; in port information only, sooner during the moratorium. A boat known
by AIS alone and outside shore coverage is expected to vanish: only the last stage counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.alerts.rule import Rule
from fleet.model import HOUR, MINUTE, SECOND, Batch, Flag, Ints, Mask, Severity, Source
from fleet.vessels import Vessels

NOT_REACHED = 2**62


@dataclass(frozen=True, slots=True)
class Params:
    warning_min: float
    alarm_min: float
    emergency_min: float
    port_h: float
    port_moratorium_h: float
    interval_factor: float  #: never before this many expected intervals
    default_interval_s: float


def stages(p: Params, last: Batch, vessels: Vessels, moratorium: Mask) -> Ints:
    """The silence from which each severity applies, by what the last fix said."""
    out = np.full((len(last), max(Severity) + 1), NOT_REACHED, np.int64)
    port = last.flags & Flag.IN_PORT > 0
    heard_here = (last.flags & Flag.COVERED > 0) | (last.source != Source.AIS)
    sea = ~port & heard_here
    own = vessels.interval[last.vessel]
    least = np.asarray(p.interval_factor * np.where(own > 0, own, p.default_interval_s * SECOND))
    out[sea, Severity.WARNING] = p.warning_min * MINUTE
    out[sea, Severity.ALARM] = p.alarm_min * MINUTE
    out[~port, Severity.EMERGENCY] = p.emergency_min * MINUTE
    out[port, Severity.INFO] = np.where(moratorium, p.port_moratorium_h, p.port_h)[port] * HOUR
    return np.maximum(out, least.astype(np.int64)[:, None])


RULE = Rule("gap", "失联", "Not heard from", Params, silence=stages)
