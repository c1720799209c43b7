"""防台召回：只对未按指令行动的渔船报警，一船一警、逐级升高：赶不回或远离为黄，前2小时仍未返航为橙，逾期为红。
Recall order before a typhoon: only who does not comply raises, once, with climbing severity. Yellow
when a boat cannot be in shelter in time at 7 kn, or has been heading away for half an hour, or is
not on its way six hours before the deadline; orange two hours before; red when it has passed. Ends
at rest in shelter or in port, not while it steams through; or with an answer that the command
centre accepted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.spatial.distance import cdist

from fleet.alerts.facts import Answer
from fleet.alerts.neighbours import EARTH_NM, on_sphere
from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.model import HOUR, MINUTE, SECOND, Floats, Ints, Mask, Severity

SHELTERS = ("port", "shelter", "anchorage")
"""Kinds of zone that a boat is safe in."""


@dataclass(frozen=True, slots=True)
class Params:
    speed_kn: float  #: at which a boat is taken to come home
    away_min: float
    away_nm: float  #: further from all shelters than then by this: heading away; nearer, home
    straight: float  #: share of a boat's way that is towards the shelter it makes for
    rest_kn: float  #: slower than this in a shelter it lies there
    first_h: float
    second_h: float
    clear_min: float


def look(look: Look, p: Params, memory: Memory) -> Observed:
    out, through = _afloat(look, p)
    away, home, new = _heading(look, p, out, memory)
    told: list[tuple[Ints, Ints, Ints]] = []  # rows, orders, severities
    for i in np.flatnonzero(look.facts.recalls.issued <= look.at).tolist():
        concerned = _concerned(look, out, i)
        mine = out[concerned]
        level = _level(look, p, i, _to_shelter(look, mine), away[mine], home[mine])
        level[through[concerned]] = 0
        told.append((mine, np.full(len(mine), look.facts.recalls.order[i]), level))
    if not told:
        return Observed(seen(out[:0], out[:0], Severity.WARNING), memory=new)
    row, order, level = (np.concatenate(column) for column in zip(*told, strict=True))
    on = level > 0
    return Observed(seen(row[on], order[on], level[on]), (row[~on], order[~on]), new)


def _afloat(look: Look, p: Params) -> tuple[Ints, Mask]:
    """The boats that are not safe yet, and which of them steam through a shelter: who passes one
    on the way to another has not come in.
    """
    rows = np.flatnonzero(look.ours & (look.port == 0) & ~np.isnan(look.cur.lon))
    inside = np.isin(rows, look.hits(rows, look.zones.among(*SHELTERS)).row)
    through = inside & (look.cur.sog[rows] >= p.rest_kn)
    still_out = through | ~inside
    return rows[still_out], through[still_out]


def _concerned(look: Look, rows: Ints, i: int) -> Mask:
    """Whom this order concerns: in its area, and without an accepted answer."""
    order, zone = int(look.facts.recalls.order[i]), int(look.facts.recalls.zone[i])
    answers = look.facts.answers
    done = answers.vessel[(answers.order == order) & (answers.answer != Answer.TO_COME)]
    there = np.ones(len(rows), np.bool_)
    if zone:
        there = np.isin(rows, look.hits(rows, look.zones.ids == zone).row)
    return np.asarray(there & ~np.isin(look.cur.vessel[rows], done))


def _level(look: Look, p: Params, i: int, miles: Floats, away: Mask, home: Mask) -> Ints:
    """The severity for boats so far from shelter; 0 while they do as they are told: who is on the
    way home and can be there in time complies, however late it has started.
    """
    left = (int(look.facts.recalls.deadline[i]) - look.at) / HOUR
    if left <= 0:
        return np.full(len(miles), int(Severity.EMERGENCY))
    stays = (miles / p.speed_kn > left) | ~home
    if left <= p.second_h:
        return np.where(stays, int(Severity.ALARM), 0)
    late = (miles / p.speed_kn > left) | away | (stays & (left <= p.first_h))
    return np.where(late, int(Severity.WARNING), 0)


def _to_shelter(look: Look, rows: Ints) -> Floats:
    """Nautical miles to the nearest shelter; infinite where there is none."""
    miles = _miles(look, look.cur.lon[rows], look.cur.lat[rows])
    return np.asarray(miles.min(axis=1, initial=np.inf))


def _miles(look: Look, lon: Floats, lat: Floats) -> Floats:
    """(n, shelters): nautical miles to a point marking each shelter; NaN from nowhere."""
    shelter = np.flatnonzero(look.zones.among(*SHELTERS))
    points = shapely.point_on_surface(look.zones.tree.geometries[shelter])
    to = on_sphere(shapely.get_x(points), shapely.get_y(points)).reshape(-1, 3)
    chord = cdist(on_sphere(lon, lat), to)
    return np.asarray(2 * EARTH_NM * np.arcsin(np.minimum(chord / (2 * EARTH_NM), 1)))


def _heading(look: Look, p: Params, out: Ints, memory: Memory) -> tuple[Mask, Mask, dict[str, Any]]:
    """Who is further from every shelter than half an hour ago (passing one on the way to another
    is no leaving), and who has gone straight for one. Remembered: where, when, what that said.
    """
    now, cur = look.at / SECOND, look.cur
    old = now - memory["at"] >= p.away_min * 60
    away, home = memory["away"] == 1, memory["home"] == 1
    rows = out[old[out]]
    here = _miles(look, cur.lon[rows], cur.lat[rows])
    was = _miles(look, memory["lon"][rows], memory["lat"][rows])
    away[rows] = (here > was + p.away_nm).all(axis=1) & (here.shape[1] > 0)
    old_place = on_sphere(memory["lon"][rows], memory["lat"][rows])
    way = np.linalg.norm(on_sphere(cur.lon[rows], cur.lat[rows]) - old_place, axis=1)
    made_good = (was - here).max(axis=1, initial=-np.inf)
    home[rows] = (made_good > p.away_nm) & (made_good >= p.straight * way)
    stale = old | np.isnan(memory["at"])
    new: dict[str, Any] = {"at": now, "lon": cur.lon, "lat": cur.lat}
    kept = {name: np.where(stale, value, memory[name]) for name, value in new.items()}
    return away, home, {**kept, "away": away.astype(float), "home": home.astype(float)}


def debounce(p: Params) -> Debounce:
    return Debounce(1, 0, 2, int(p.clear_min * MINUTE))


def evidence(look: Look, row: int, other: int) -> dict[str, Any]:
    miles = float(_to_shelter(look, np.array([row]))[0])
    deadline = look.facts.recalls.deadline[look.facts.recalls.order == other]
    told = {} if np.isinf(miles) else {"shelter_nm": round(miles, 1)}
    return {**told, "deadline": int(deadline.max(initial=0))}


RULE = Rule(
    "recall", "防台召回未归", "Not complying with a recall", Params,
    look=look, debounce=debounce, evidence=evidence,
    memory={"at": (), "lon": (), "lat": (), "away": (), "home": ()},
    needs=("recalls",), every=MINUTE,
)  # fmt: skip
