"""数据源异常：接收站静默10分钟而其他来源正常；接收站时钟偏差或滞后超过60秒；船载终端整体或三成以上同时中断；恢复后解除。
Feed: a station that several vessels, or a base station, were last heard by has brought nothing for
ten minutes while others go on; one whose own clock is more than a minute off, or that hands over
what it heard more than a minute late; all terminals at once silent while AIS goes on, as when their
broker is away; more than three tenths of the boats with terminals, and at least twenty, silent
since one stretch of ten minutes, as when a satellite is. One incident; the gaps of the boats that
only a silent station or terminal told of are its children. Cleared when it is well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fleet.alerts.rule import Debounce, Look, Memory, Observed, Rule, seen
from fleet.alerts.state import CLOCK, N_SOURCES, SOURCE
from fleet.model import HOUR, MINUTE, SECOND, Floats, Ints, Mask, Severity, Source, VesselClass

KINDS = ((Source.TERMINAL, "terminals"), (Source.VMS, "vms"))
"""AIS is told by its stations."""
BREAK = 5 * MINUTE
"""Without a look for longer, nothing came from anybody: looks are a minute apart."""
EVIDENCE = 5 * MINUTE
"""What a station brought so lately is shown with the alert."""


@dataclass(frozen=True, slots=True)
class Params:
    silent_min: float
    least_vessels: float  #: fewer, and it is they that are silent
    within_h: float  #: heard by it within so long before it fell silent
    lag_s: float  #: between a receiver's clock and the time of receipt, either way
    lag_min: float  #: judged on what it brought so lately
    vms_silent_h: float  #: a VMS is asked every hour or two
    together_min: float  #: terminals that fell silent within so long fell silent together
    together_pct: float  #: of those heard then
    together_vessels: float
    clear_min: float


def look(look: Look, p: Params, memory: Memory) -> Observed:
    """`by` remembers when each vessel was last heard by each kind of feed, seconds; `looked` and
    `since`, of nobody, when the last look was, and since when there was one every few minutes.
    """
    station, newest, count, own = stations(look, p)
    # Against what the others brought: after a break of everything nobody was silent alone.
    silent = newest.max(initial=0) - newest >= p.silent_min * MINUTE
    silent &= (count >= p.least_vessels) | own
    by = _heard_by(look, memory["by"])
    off, wavering = _clocks(look, p)
    since = _since(look, memory)
    kinds = [*_kinds(look, p, by), *_together(look, p, by, float(since[0]))]
    ill = np.concatenate([station[silent], np.array(kinds, np.int64), off])
    nobody = np.zeros(len(np.unique(ill)), np.int64)
    keeps = (np.zeros(len(wavering), np.int64), wavering)
    looked = np.full(len(since), look.at / SECOND)
    new = {"by": by, "looked": looked, "since": since}
    return Observed(seen(nobody, np.unique(ill), Severity.WARNING), keeps, new)


def _since(look: Look, memory: Memory) -> Floats:
    """Since when something came all the time: after a break of everything nobody was silent."""
    now = look.at / SECOND
    goes_on = now - memory["looked"] <= BREAK / SECOND
    return np.where(goes_on, memory["since"], now)


def _together(look: Look, p: Params, by: Floats, since: float) -> list[int]:
    """The terminals, where so many boats that were last heard by theirs have been silent since one
    and the same stretch (domain A.1, common cause: 30 % of the vessels of one feed, 10 minutes).
    """
    last, now = look.cur.received / SECOND, look.at / SECOND
    theirs = ~np.isnan(by[:, Source.TERMINAL])
    quiet = theirs & (look.cur.source == Source.TERMINAL)
    quiet &= now - np.maximum(last, since) >= p.silent_min * 60
    heard, gone = np.sort(last[theirs]), np.sort(last[quiet])
    with_it = np.searchsorted(gone, gone + p.together_min * 60, "right") - np.arange(len(gone))
    then = len(heard) - np.searchsorted(heard, gone)
    one_cause = (with_it >= p.together_vessels) & (100 * with_it > p.together_pct * then)
    return [SOURCE | Source.TERMINAL] if one_cause.any() else []


def _heard_by(look: Look, before: Floats) -> Floats:
    by, at = before.copy(), look.cur.received / SECOND
    rows = np.flatnonzero(look.fixed > 0)
    by[rows, look.cur.source[rows]] = at[rows]
    return by


def _kinds(look: Look, p: Params, by: Floats) -> Ints:
    """Kinds of feed that several boats were heard by, and that have fallen silent as a whole."""
    most = {Source.TERMINAL: p.silent_min * MINUTE, Source.VMS: p.vms_silent_h * HOUR}
    out = []
    for kind, _ in KINDS:
        newest = np.nan_to_num(by[:, kind]).max(initial=0)
        several = (by[:, kind] >= newest - p.within_h * 3600).sum() >= p.least_vessels
        if several and look.heard.max() - look.heard[kind] >= most[kind]:
            out.append(SOURCE | kind)
    return np.array(out, np.int64)


def _clocks(look: Look, p: Params) -> tuple[Ints, Ints]:
    """Stations whose clock is off or that bring everything late; and those that nearly are."""
    lag, count, own = lags(look, p)
    known = {s for s in lag if count[s] >= p.least_vessels or s in own}
    off = [CLOCK | s for s in sorted(known) if abs(lag[s]) > p.lag_s]
    nearly = [CLOCK | s for s in sorted(known) if p.lag_s / 2 < abs(lag[s]) <= p.lag_s]
    return np.array(off, np.int64), np.array(nearly, np.int64)


def lags(look: Look, p: Params) -> tuple[dict[int, float], dict[int, int], set[int]]:
    """By station, of what it brought lately: the median seconds from its clock to receipt, of how
    many vessels, and whether a base station was among them. Negative: its clock is fast.
    """
    cur = look.cur
    rows = np.flatnonzero((look.fixed > 0) & (look.at - cur.received <= p.lag_min * MINUTE))
    rows = rows[cur.heard[rows] > 0]
    station = cur.station[rows]
    late = (cur.received[rows] - cur.heard[rows]) / SECOND
    base = look.cls[rows] == VesselClass.BASE
    each = {int(s): station == s for s in np.unique(station)}
    return (
        {s: float(np.median(late[mine])) for s, mine in each.items()},
        {s: int(mine.sum()) for s, mine in each.items()},
        {s for s, mine in each.items() if base[mine].any()},
    )


def stations(look: Look, p: Params) -> tuple[Ints, Ints, Ints, Mask]:
    """Every station that somebody was last heard by: its id, when it last brought anything, how
    many it had heard last, lately, and whether a base station 基站 was among them: that does not
    sail, so its silence is the receiver's, however many boats other receivers hear as well.
    """
    heard = look.fixed > 0
    by, at = look.cur.station[heard], look.cur.received[heard]
    station, index = np.unique(by, return_inverse=True)
    newest = np.zeros(len(station), np.int64)
    np.maximum.at(newest, index, at)
    lately = newest[index] - at <= p.within_h * HOUR
    count = np.bincount(index[lately], minlength=len(station))
    base = lately & (look.cls[heard] == VesselClass.BASE)
    own = np.isin(np.arange(len(station)), index[base])
    return station, newest, np.asarray(count, np.int64), own


def debounce(p: Params) -> Debounce:
    return Debounce(1, 0, 1, int(p.clear_min * MINUTE))


def evidence(look: Look, _row: int, other: int) -> dict[str, Any]:
    for kind, name in KINDS:
        if other == SOURCE | kind:
            silent = int(look.heard.max() - look.heard[kind])
            whole = {"silent_min": round(silent / MINUTE, 1)} if silent > EVIDENCE else {}
            return {"feed": name, **whole}
    station = other & ~CLOCK
    mine = look.cur.station == station
    told: dict[str, Any] = {"station": station, "vessels": int(mine.sum())}
    lately = mine & (look.at - look.cur.received <= EVIDENCE) & (look.cur.heard > 0)
    if other & CLOCK and lately.any():
        late = (look.cur.received - look.cur.heard)[lately] / SECOND
        told["lag_s"] = round(float(np.median(late)), 1)
    return told


RULE = Rule(
    "feed", "数据源异常", "Feed out of order", Params,
    look=look, debounce=debounce, evidence=evidence, every=MINUTE,
    memory={"by": (N_SOURCES,), "looked": (), "since": ()}, scopes=("season",),
)  # fmt: skip
