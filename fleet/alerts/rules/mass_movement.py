"""集中出港：10分钟内一个港口三成以上（且不少于20艘）渔船离港；合并为一起事件，相关提醒并入其中。
Mass movement: within ten minutes more than three tenths of a port's boats, and at least twenty,
have left. One incident; what each boat's leaving would raise becomes its child.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.model import MINUTE, SECOND, Floats, Ints, Mask, Severity


@dataclass(frozen=True, slots=True)
class Params:
    within_min: float
    share_pct: float
    least_boats: float
    clear_min: float  #: fewer than half of that for so long ends it


def look(look: Look, p: Params, memory: Memory) -> Observed:
    """`port` and `left` remember each boat's last port and when it was last seen there."""
    now = look.at / SECOND
    here = (look.port != 0) & look.ours
    port = np.where(here, look.port, memory["port"])
    left = np.where(here, now, memory["left"])
    gone = ~here & look.ours & (now - left <= p.within_min * 60)
    ports = np.unique(port[gone]).astype(np.int64)
    out, there = _count(port, gone, ports), _count(port, here, ports)
    share = 100 * out / np.maximum(out + there, 1)
    on = (share > p.share_pct) & (out >= p.least_boats)
    still = ~on & (share > p.share_pct / 2) & (out >= p.least_boats / 2)
    nobody = np.zeros(len(ports), np.int64)
    holds = seen(nobody[on], ports[on], Severity.INFO)
    return Observed(holds, (nobody[still], ports[still]), {"port": port, "left": left})


def _count(port: Floats, which: Mask, ports: Ints) -> Ints:
    return np.asarray((port[which][None, :] == ports[:, None]).sum(axis=1))


def debounce(p: Params) -> Debounce:
    return Debounce(1, 0, 2, int(p.clear_min * MINUTE))


def evidence(look: Look, _row: int, other: int) -> dict[str, Any]:
    return {"boats_left_in_port": int((look.port == other).sum())}


RULE = Rule(
    "mass_movement", "集中出港", "Mass movement", Params,
    look=look, debounce=debounce, evidence=evidence, memory={"port": (), "left": ()}, zoned=True,
    scopes=("zone", "season"),
)  # fmt: skip
