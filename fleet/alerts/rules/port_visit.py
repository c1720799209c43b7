"""进出港记录：船在港区内即为在港，驶出边界150米外两个船位且满60秒为离港。只记录，不报警。
Port visit, a log and no alert: a vessel is in port from its first fix inside a port area until two
fixes and 60 s beyond the edge and its margin. Other kinds build on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.alerts.rule import Memory, Observed, Rule, View, seen
from fleet.alerts.zoned import Params as Debouncing
from fleet.alerts.zoned import debounce, zone_evidence
from fleet.model import Severity, VesselClass


@dataclass(frozen=True, slots=True)
class Params(Debouncing):
    exit_margin_m: float  #: `view.near` reaches this far


def observe(view: View, _p: Params, _memory: Memory) -> Observed:
    ports = view.zones.where(kind="port")
    inside, near = view.of(view.inside, ports), view.of(view.near, ports)
    boat = view.cls() < VesselClass.BEACON
    inside, near = inside.take(boat[inside.row]), near.take(boat[near.row])
    ids = view.zones.ids
    holds = seen(inside.row, ids[inside.zone], Severity.INFO)
    return Observed(holds, (near.row, ids[near.zone]))


RULE = Rule(
    "port_visit", "进出港", "Port visit", Params, observe, debounce,
    zoned=True, evidence=zone_evidence, log=True, places=("port",),
)  # fmt: skip
