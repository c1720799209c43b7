"""What `collision`, `gap`, `spoof` say of real recordings: a line an alert, for a person to check.

Nobody is registered in these waters: every vessel that calls itself a fishing vessel counts as one
of ours, no zone is drawn, and no facts are known. Invariant: a line names the fixes it rests on.
`python -m tests.rules.listing [--guess] [FILE…]` prints what docs/real_data.md sums up.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fleet.alerts.engine import Engine, State, feed, tick
from fleet.alerts.rules import LOGS
from fleet.commands.player import Setting, from_files, introduced, moment
from fleet.commands.recording import Recording, survey
from fleet.commands.scenario import arrived, sized
from fleet.ingest.format import Fixes
from fleet.ingest.formats import FORMATS
from fleet.model import MINUTE, Act, Change, IdentityKind, VesselClass
from fleet.vessels import Vessels
from fleet.worker.gather import heard

FOLDER = (
    Path(os.environ.get("FLEET_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data")
    / "nmea"
)
KINDS = ("collision", "gap", "spoof", "spoof_hull")
LONG = (
    "aisdb_20211101.nm4", "amsa_exact-earth-augmented.txt", "amsa_exact-earth-augmented-2.txt",
    "dma_aisd_part1.txt", "dma_ssc_219165000.ais", "kystverket_1000lines.nm4",
    "opencpn_stupan_tcp.log", "pyais_nmea_data_sample.txt", "signalk_gofree_merrimac.log",
    "signalk_nais300_merrimac.log", "signalk_nais400_merrimac.log",
)  # fmt: skip
"""Recordings with enough vessels or time for these kinds."""


@dataclass(frozen=True, slots=True)
class Line:
    """One alert as it was opened or became worse."""

    file: str
    t: int
    kind: str
    act: str
    severity: str
    who: str
    where: str
    why: str
    fixes: tuple[str, ...]
    still: bool = False  #: the boat makes at most 0.2 kn: moored, for OpenCPN

    def __str__(self) -> str:
        head = f"{moment(self.t)[:19]} {self.kind:9} {self.act:5} {self.severity:9} {self.who}"
        return f"{head} at {self.where}: {self.why} | " + " | ".join(self.fixes)


@dataclass(slots=True)
class Played:
    """One recording: how much it held, and what was said of it."""

    name: str
    vessels: int
    ours: int
    minutes: float
    lines: list[Line]


BOATS = (VesselClass.UNKNOWN, VesselClass.SERVICE, VesselClass.PLEASURE)
SHIP_KN = 8.0
MOORED_KN = 0.2


def play(path: Path, *, guess: bool = False) -> Played:
    """The whole recording through decoder and engine, on its own clock. `guess`: of the many that
    have not said what they are, those that make 8 kn are taken for ships and the others, with
    yachts, tugs and pilots, for boats of ours: in three minutes few send their static data.
    """
    recording = Recording([path], FORMATS["nmea"])
    setting = introduced(from_files([], []), survey(recording, lambda _: None))
    everything = heard(list(recording.decoded()))
    known = sized(setting.vessels, everything, setting.registry)
    if guess:
        known = _guessed(known, everything.fixes, setting)
    known = replace(known, registered=known.cls == VesselClass.FISHING)
    setting = replace(setting, vessels=known)
    engine = _engine(setting)
    state, lines = State.empty(len(known), engine.rules), list[Line]()
    came = arrived(everything, setting.registry)
    for now, inputs in came.steps():
        before = state  # a look sees the fleet as it was before the first fix of its step
        state, said = feed(engine, state, inputs, now)
        state, more = tick(engine, state, now)
        lines += _lines(path.name, setting, (before, state), (*said, *more))
    heard_of = int((state.last.t > 0).sum())
    ours = int((known.registered[: len(state.last)] & (state.last.t > 0)).sum())
    t = came.batch.t
    return Played(path.name, heard_of, ours, float(np.ptp(t) / MINUTE) if len(t) else 0, lines)


def _guessed(known: Vessels, fixes: Fixes, setting: Setting) -> Vessels:
    who = setting.registry.find(IdentityKind.MMSI, fixes.key)
    fastest = np.zeros(len(known))
    np.fmax.at(fastest, who, fixes.sog)
    cls = known.cls.copy()
    boats = np.isin(cls, BOATS) & ~(known.length_m >= 50)
    ships = (known.cls == VesselClass.UNKNOWN) & (fastest >= SHIP_KN)
    cls[boats], cls[ships] = int(VesselClass.FISHING), int(VesselClass.MERCHANT)
    return replace(known, cls=cls)


def _engine(setting: Setting) -> Engine:
    whole = setting.world.engine(setting.vessels)
    return replace(whole, rules=tuple(r for r in whole.rules if r.key in (*KINDS, *LOGS)))


def _lines(
    name: str, setting: Setting, states: tuple[State, State], changes: Iterable[Change]
) -> Iterator[Line]:
    for c in changes:
        if c.kind in LOGS or c.act not in (Act.OPEN, Act.RAISE, Act.RETRACT):
            continue
        pair = c.kind in ("collision", "spoof_hull")
        both = [c.vessel, c.other] if pair else [c.vessel]
        state = states[0 if pair else 1]
        who = " x ".join(_name(setting, v) for v in both)
        place = f"{c.lat:.4f} {c.lon:.4f}"
        fixes = tuple(_fix(state, v) for v in both)
        still = bool(state.last.sog[c.vessel] <= MOORED_KN)
        word = c.severity.name.lower()
        yield Line(name, c.t, c.kind, str(c.act), word, who, place, _why(c), fixes, still)


def _name(setting: Setting, vessel: int) -> str:
    known = setting.vessels
    length = known.length_m[vessel]
    size = "" if np.isnan(length) else f" {length:.0f} m"
    return f"{setting.names[vessel]} ({VesselClass(int(known.cls[vessel])).name.lower()}{size})"


def _why(c: Change) -> str:
    if c.kind == "gap":
        return f"last heard {moment(int(c.evidence['last_heard']))[11:19]}"
    return " ".join(f"{k}={v}" for k, v in c.evidence.items())


def _fix(state: State, vessel: int) -> str:
    f = state.last.take(slice(vessel, vessel + 1))
    return (
        f"{moment(int(f.t[0]))[11:21]} {f.lat[0]:.5f} {f.lon[0]:.5f} "
        f"{f.sog[0]:.1f} kn {f.cog[0]:.0f} deg"
    )


def table(played: Sequence[Played]) -> list[str]:
    """Counts a recording."""
    head = "file                              vessels  ours minutes  " + "  ".join(KINDS)
    out = [f"{head}  collision with a boat that lies still"]
    for p in played:
        count = Counter(line.kind for line in p.lines if line.act == "open")
        counts = "  ".join(f"{count[k]:>{len(k)}}" for k in KINDS)
        opened = [line for line in p.lines if line.kind == "collision" and line.act == "open"]
        still = sum(line.still for line in opened)
        out.append(f"{p.name:33} {p.vessels:7} {p.ours:5} {p.minutes:7.1f}  {counts}  {still:9}")
    return out


def main(words: Sequence[str]) -> None:
    names = [word for word in words if word != "--guess"]
    played = [play(FOLDER / name, guess="--guess" in words) for name in names or LONG]
    for one in played:
        sys.stdout.write(f"\n{one.name}\n" + "".join(f"  {line}\n" for line in one.lines))
    sys.stdout.write("\n" + "\n".join([*table(played), ""]))


if __name__ == "__main__":
    main(sys.argv[1:])
