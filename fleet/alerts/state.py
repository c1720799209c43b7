"""What the engine remembers: the last fix of every vessel, what each rule holds for, the silences.

Immutable by agreement: the engine copies what it changes, so that a failed commit costs nothing.
It can be packed to bytes and back, for the snapshot.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fleet.alerts.rows import rows_of
from fleet.alerts.rule import Rule
from fleet.model import Batch, Columns, Ints, Key, Mask, Source, Texts

OTHER_BITS = 32
SLOT_STEP = 1024
N_SOURCES = len(Source) + 1
SOURCE, CLOCK = 1 << 30, 1 << 29
"""The other party of a `feed` alert beyond every station's id: a whole `Source`, or a station whose
clock is off; the station itself is one that is silent."""
Arrays: TypeAlias = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Active(Columns):
    """Subjects that a rule holds for or is leaving, sorted by key (vessel << 32 | other)."""

    key: Ints
    since: Ints  #: first fix in a row where it held
    count: Ints  #: fixes in a row before firing
    fired: Mask
    severity: Ints
    opened: Ints  #: episode; 0 until fired
    off_since: Ints
    off_count: Ints

    def vessel(self) -> Ints:
        return self.key >> OTHER_BITS

    def other(self) -> Ints:
        return self.key & ((1 << OTHER_BITS) - 1)


@dataclass(frozen=True, slots=True)
class Sessions(Columns):
    """Calls for help being folded into one alert a session, in order of their beginning."""

    vessel: Ints
    opened: Ints
    last_seen: Ints
    count: Ints
    told: Ints  #: when the alert was last touched for it
    other: Ints  #: what it is about, where a vessel may have several at once; else 0


@dataclass(frozen=True, slots=True)
class Silences(Columns):
    """Gap episodes: open ones, and those ended in the last day (late data may disprove them)."""

    vessel: Ints
    start: Ints  #: last fix before the silence
    opened: Ints  #: episode
    severity: Ints  #: as alerted
    confirmed: Ints  #: as proven by the fixes around it
    off_since: Ints  #: first fix after it; 0 while silent
    ended: Ints  #: when it cleared; 0 while open
    chain: Ints  #: late fixes have filled the hole up to here; -1: cannot be disproved


@dataclass(frozen=True, slots=True)
class Children(Columns):
    """Episodes that something else explains: their key, that of their root, when that ended."""

    kind: Texts
    vessel: Ints
    other: Ints
    opened: Ints
    root_kind: Texts
    root_vessel: Ints
    root_other: Ints
    root_opened: Ints
    ended: Ints  #: when the root was first seen to be over; 0 while it is not

    @classmethod
    def of(cls, born: Sequence[tuple[Key, Key]]) -> Self:
        """Rows for these (child, root)."""
        vessel, other, opened, *root = np.array([(*c[1:], *r[1:]) for c, r in born], np.int64).T
        child_kind, root_kind = np.array([(c[0], r[0]) for c, r in born], np.str_).T
        never = np.zeros(len(born), np.int64)
        return cls(child_kind, vessel, other, opened, root_kind, root[0], root[1], root[2], never)

    def episodes(self) -> list[Key]:
        columns = (self.kind, self.vessel, self.other, self.opened)
        return list(zip(*map(np.ndarray.tolist, columns), strict=True))

    def roots(self) -> list[Key]:
        columns = (self.root_kind, self.root_vessel, self.root_other, self.root_opened)
        return list(zip(*map(np.ndarray.tolist, columns), strict=True))


@dataclass(frozen=True, slots=True)
class State:
    last: Batch  #: row = vessel id
    active: Mapping[str, Active]
    memory: Mapping[str, NDArray[Any]]  #: "<rule>.<name>", row = vessel id
    sessions: Mapping[str, Sessions]
    silences: Silences
    heard: Ints  #: newest trusted fix time by Source
    resumed: Ints  #: when that source last came back after a break
    passed: Ints  #: (slots, sources) newest fix by each Source that came behind a newer one
    clock: int = 0  #: newest receipt
    children: Children = field(default_factory=lambda: Children.empty(0))

    @classmethod
    def empty(cls, slots: int, rules: Sequence[Rule]) -> Self:
        """No vessel heard from yet."""
        return cls(
            Batch.empty(slots),
            {r.key: Active.empty(0) for r in rules if r.observe or r.look},
            {
                f"{r.key}.{n}": np.full((slots, *s), np.nan)
                for r in rules
                for n, s in r.memory.items()
            },
            {r.key: Sessions.empty(0) for r in rules if r.calls},
            Silences.empty(0),
            np.zeros(N_SOURCES, np.int64),
            np.zeros(N_SOURCES, np.int64),
            np.zeros((slots, N_SOURCES), np.int64),
        )

    def grown(self, vessel: int) -> Self:
        """The same state with a row for `vessel`; itself when there is one."""
        have = len(self.last)
        if vessel < have:
            return self
        more = (vessel // SLOT_STEP + 1) * SLOT_STEP - have
        memory = {
            k: np.concatenate([a, np.full((more, *a.shape[1:]), np.nan)])
            for k, a in self.memory.items()
        }
        passed = np.concatenate([self.passed, np.zeros((more, N_SOURCES), np.int64)])
        last = Batch.concat([self.last, Batch.empty(more)])
        return replace(self, last=last, memory=memory, passed=passed)

    def owned(self) -> Self:
        """With last fixes and memory of its own, to be written to."""
        memory = {k: rows.copy() for k, rows in self.memory.items()}
        return replace(self, last=self.last.copy(), memory=memory, passed=self.passed.copy())

    def pack(self) -> bytes:
        """The whole state as bytes (npz, no pickle)."""
        out = io.BytesIO()
        arrays: Any = dict(_named(self))
        np.savez(out, **arrays)
        return out.getvalue()

    @classmethod
    def unpack(cls, body: bytes) -> Self:
        """The inverse of `pack`; only for bodies of the present LAYOUT."""
        with np.load(io.BytesIO(body), allow_pickle=False) as file:
            arrays: Arrays = {k: file[k] for k in file.files}
        return cls(
            _columns(Batch, "last", arrays),
            {k: _columns(Active, f"active/{k}", arrays) for k in _keys("active", arrays)},
            {k.removeprefix("memory/"): a for k, a in arrays.items() if k.startswith("memory/")},
            {k: _columns(Sessions, f"sessions/{k}", arrays) for k in _keys("sessions", arrays)},
            _columns(Silences, "silences", arrays),
            arrays["heard"],
            arrays["resumed"],
            arrays["passed"],
            int(arrays["clock"][0]),
            _columns(Children, "children", arrays),
        )


VISIT, WORK = "port_visit", "fishing"
"""Logs that other rules build on: who is in which port, and who is fishing."""


def going_on(active: Mapping[str, Active], key: str, vessel: Ints) -> tuple[Mask, Ints]:
    """Which vessels (sorted) have an episode of this kind now, and its other party, else 0."""
    on, other = np.zeros(len(vessel), np.bool_), np.zeros(len(vessel), np.int64)
    mine = active.get(key)
    if mine is None or not len(mine) or not len(vessel):
        return on, other
    mine = mine.take(mine.fired)
    at = rows_of(vessel, mine.vessel())
    here = at >= 0
    on[at[here]], other[at[here]] = True, mine.other()[here]
    return on, other


def layout(rules: Sequence[Rule]) -> str:
    """A fingerprint of the state's shape: a snapshot of another shape cannot be unpacked."""
    empty = State.empty(0, rules)
    shape = [f"{n}:{a.shape[1:]}:{a.dtype}" for n, a in _named(empty)]
    shape += [f"sources:{len(empty.heard)}"]
    return hashlib.sha256("\n".join(sorted(shape)).encode()).hexdigest()[:16]


def _named(state: State) -> Iterator[tuple[str, NDArray[Any]]]:
    groups: list[tuple[str, Columns]] = [("last", state.last), ("silences", state.silences)]
    groups.append(("children", state.children))
    groups += [(f"active/{k}", a) for k, a in state.active.items()]
    groups += [(f"sessions/{k}", s) for k, s in state.sessions.items()]
    for prefix, columns in groups:
        yield from ((f"{prefix}/{f.name}", getattr(columns, f.name)) for f in fields(columns))
    yield from ((f"memory/{k}", a) for k, a in state.memory.items())
    yield "heard", state.heard
    yield "resumed", state.resumed
    yield "passed", state.passed
    yield "clock", np.array([state.clock])


def _columns(kind: type[Any], prefix: str, arrays: Arrays) -> Any:
    return kind(*(arrays[f"{prefix}/{f.name}"] for f in fields(kind)))


def _keys(group: str, arrays: Arrays) -> list[str]:
    return sorted({k.split("/")[1] for k in arrays if k.startswith(f"{group}/")})
