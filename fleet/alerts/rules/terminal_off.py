"""终端关闭：船上终端（北斗/MQTT）停报满1小时而AIS仍在海上发送，或相反；两种来源都恢复后解除。
Terminal off: the boat's terminal is silent for an hour while its AIS is still heard at sea, or the
reverse. Not near a port, not when the whole feed is silent, and not when both were. Cleared when
both are heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Memory, Observed, Rule, View, seen
from fleet.model import MINUTE, SECOND, Flag, Severity, Source

PAIR = ((Source.AIS, "ais", "terminal"), (Source.TERMINAL, "terminal", "ais"))
"""By which source a fix came, what is remembered of it, and of the other."""
BY_NAME = {mine: source for source, mine, _ in PAIR}


@dataclass(frozen=True, slots=True)
class Params:
    silent_min: float
    at_sea_min: float  #: since the last fix in port
    pause_min: float  #: a source that was silent for longer has not gone on
    feed_alive_min: float  #: the other feed brought something within this, from anybody
    fixes: float
    clear_fixes: float


def observe(view: View, p: Params, memory: Memory) -> Observed:
    new = {name: rows.copy() for name, rows in memory.items()}
    t = view.cur.t / SECOND
    new["port"] = np.where(view.port != 0, t, new["port"])
    on = np.zeros(len(t), np.bool_)
    for source, mine, other in PAIR:
        rows = view.cur.source == source
        back = rows & ~(t - new[mine] <= p.pause_min * 60)
        new[f"{mine}_since"][back] = t[back]
        new[mine][rows] = t[rows]
        told = np.fmax(new[other], _passed(view, other))
        alone = t - np.maximum(told, new[f"{mine}_since"])  # NaN: never had the other
        silent = alone >= p.silent_min * 60
        alive = t - _last(view, other) <= p.feed_alive_min * 60
        covered = (source == Source.AIS) | (view.cur.flags & Flag.COVERED > 0)
        on |= rows & silent & alive & covered
    out = ~(t - new["port"] < p.at_sea_min * 60)
    row = np.flatnonzero(on & out & view.ours() & (view.port == 0))
    zero = np.zeros(len(row), np.int64)
    return Observed(seen(row, zero, Severity.ALARM), memory=new)


def _last(view: View, other: str) -> Any:
    """The newest fix of anybody by the other source, seconds."""
    return view.heard[:, BY_NAME[other]] / SECOND


def _passed(view: View, other: str) -> Any:
    """The boat's newest fix by the other source that came behind a newer one; NaN where none."""
    passed = view.passed[:, BY_NAME[other]]
    return np.where(passed > 0, passed / SECOND, np.nan)


def debounce(p: Params) -> Debounce:
    return Debounce(int(p.fixes), 0, int(p.clear_fixes), MINUTE)


def evidence(view: View, row: int, _other: int) -> dict[str, Any]:
    return {"heard_by": Source(int(view.cur.source[row])).name.lower()}


RULE = Rule(
    "terminal_off", "终端关闭", "Terminal or AIS switched off", Params, observe, debounce,
    memory={"ais": (), "terminal": (), "ais_since": (), "terminal_since": (), "port": ()},
    evidence=evidence,
)  # fmt: skip
