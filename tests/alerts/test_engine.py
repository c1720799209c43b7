"""The strongest test of the suite: the episodes do not depend on how the stream reached us."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fleet.alerts.engine import RULES, Inputs, State, close_zone, feed, layout, tick
from fleet.model import MINUTE, SECOND, Act, Batch, Change, Severity, Signal, SignalKind, Source
from tests.alerts.track import DAY0, batch, boundary, clock, engine, fix, zone

SEASON = ((clock("03:00"), clock("06:00")),)
ZONES = [
    zone(),
    zone(id=10, code="season", seasons=SEASON),
    zone(id=11, code="fence", rule="keep_in"),
    zone(id=12, code="port", kind="port", rule="area", limit_kn=5.0),
    boundary(),
]
ENGINE = engine(RULES, ZONES)
START = State.empty(8, RULES)

PLACES = ("in", "out", "edge=100", "edge=200", "edge=3000", "line=6", "line=2", "line=-0.5")
Row = dict[str, Any]


@st.composite
def streams(draw: st.DrawFn) -> list[Row | Signal]:
    """Fixes of three boats in order of arrival: some late, some twice, some after a long silence,
    with calls for help and breaks of the whole feed in between.
    """
    out: list[Row | Signal] = []
    t = dict.fromkeys((1, 2, 3), 0)
    wall = 0
    for _ in range(draw(st.integers(5, 45))):
        wall += draw(st.sampled_from([5, 30, 60, 200, 500, 500, 1500]))
        boat = draw(st.sampled_from([1, 1, 2, 3]))
        back = draw(st.sampled_from([0, 0, 0, 0, 60, 700, 4000]))
        t[boat] = max(wall - back, 0)
        row = fix(f"00:00 {draw(st.sampled_from(PLACES))} sog={draw(st.sampled_from([3, 6, 19]))}")
        row |= {"vessel": boat, "t": DAY0 + t[boat] * SECOND, "received": DAY0 + wall * SECOND}
        row["source"] = int(draw(st.sampled_from([Source.AIS, Source.AIS, Source.TERMINAL])))
        out.append(row)
        if draw(st.integers(0, 15)) == 0:
            out.append(row)  # a duplicate
        if draw(st.integers(0, 15)) == 0:
            kind = draw(st.sampled_from([SignalKind.DISTRESS, SignalKind.MOB]))
            out.append(Signal(kind, boat, DAY0 + wall * SECOND, 0, Source.AIS, how="sart"))
    return out


def inputs(part: list[Row | Signal]) -> Inputs:
    rows = [r for r in part if not isinstance(r, Signal)]
    return Inputs(batch(rows), tuple(s for s in part if isinstance(s, Signal)))


def episodes(changes: list[Change]) -> dict[tuple[Any, ...], tuple[int | None, Severity]]:
    """What remains in the end: (kind, vessel, other, opened) -> (cleared, severity).
    A key is opened once and never heard of again after it was retracted.
    """
    gone: set[tuple[Any, ...]] = set()
    out: dict[tuple[Any, ...], tuple[int | None, Severity]] = {}
    for c in changes:
        key = (c.kind, c.vessel, c.other, c.episode)
        if c.act == Act.OPEN:
            assert key not in out, f"opened twice: {c}"
            assert key not in gone, f"opened again after it was retracted: {c}"
            out[key] = (None, c.severity)
        elif c.act == Act.RETRACT:
            del out[key]
            gone.add(key)
        else:
            assert key in out, f"{c.act} of an episode that is not there: {c}"
            out[key] = (c.t if c.act == Act.CLEAR else out[key][0], c.severity)
    return out


def run(parts: list[list[Row | Signal]], *, restart: bool = False, ticks: bool = True) -> Any:
    """Feed the parts, tick after each, and in the end; optionally through bytes each time."""
    state, said = START, []
    for part in parts:
        fed = inputs(part)
        state, more = feed(ENGINE, state, fed, 0)
        said += more
        if ticks:
            state, more = tick(ENGINE, state, 2**62)
            said += more
        if restart:
            state = State.unpack(state.pack())
    return episodes(said + tick(ENGINE, state, 2**62)[1])


#: Shrinking a stream takes minutes; a found one is short enough to read.
NO_SHRINK = [Phase.explicit, Phase.reuse, Phase.generate]


@pytest.mark.timeout(600)
@settings(
    max_examples=20, deadline=None, phases=NO_SHRINK, suppress_health_check=[HealthCheck.too_slow]
)
@given(streams(), st.data())
def test_whole_or_cut_ticked_or_not_restarted_or_not(
    stream: list[Row | Signal], data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, max(len(stream) - 1, 1)), max_size=8)))
    parts = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    whole = run([stream])
    assert run(parts) == whole
    assert run(parts, ticks=False) == whole
    assert run([[r] for r in stream], restart=True) == whole


@settings(max_examples=15, deadline=None, phases=NO_SHRINK)
@given(streams())
def test_redelivery_changes_nothing(stream: list[Row | Signal]) -> None:
    fixes = [r for r in stream if not isinstance(r, Signal)]
    assert run([[*fixes], [*fixes]]) == run([[*fixes]])


@settings(max_examples=15, deadline=None, phases=NO_SHRINK)
@given(streams())
def test_a_failed_commit_costs_nothing(stream: list[Row | Signal]) -> None:
    half = len(stream) // 2
    before, _ = feed(ENGINE, START, inputs(stream[:half]), 0)
    packed = before.pack()
    first = feed(ENGINE, before, inputs(stream[half:]), 0)[1]
    tick(ENGINE, before, 2**62)
    again = feed(ENGINE, before, inputs(stream[half:]), 0)[1]
    assert repr(first) == repr(again)
    assert before.pack() == packed, "feeding must not write into the state it was given"


def test_a_dead_feed_is_not_a_silent_fleet() -> None:
    rows = [fix(f"00:0{m} boat={b} out") for m in range(5) for b in (1, 2, 3)]
    later = [fix(f"03:{m:02} boat=2 out") for m in range(20)]
    state, _ = feed(ENGINE, START, inputs([*rows]), 0)
    state, dead = tick(ENGINE, state, clock("02:59"))
    assert dead == []
    state, said = feed(ENGINE, state, inputs([*later]), 0)
    assert [*said, *tick(ENGINE, state, clock("03:20"))[1]] == []


def test_a_zone_that_is_deleted_ends_its_episodes_with_the_reason() -> None:
    rows = [fix(f"00:0{m} in") for m in range(4)]
    state, said = feed(ENGINE, START, inputs([*rows]), 0)
    assert ("zone_enter", 7) in {(c.kind, c.other) for c in said}
    state, closed = close_zone(ENGINE, state, 7, clock("01:00"), "zone_deleted")
    assert [(c.kind, c.act, c.reason) for c in closed] == [
        ("zone_enter", Act.CLEAR, "zone_deleted")
    ]
    assert close_zone(ENGINE, state, 7, clock("01:00"), "zone_deleted")[1] == []


def test_a_skewed_fix_moves_nobody() -> None:
    row = fix("00:00 in") | {"flags": 2, "t": DAY0 + 10**15}
    state, said = feed(ENGINE, START, Inputs(batch([row])), 0)
    assert said == []
    assert state.last.t.max() == 0
    assert state.heard.max() == 0


def test_the_state_survives_as_bytes() -> None:
    rows = [fix(f"00:{m:02} {p}") for m, p in enumerate(PLACES * 3)]
    state, _ = feed(ENGINE, START, inputs([*rows]), 0)
    again = State.unpack(state.pack())
    assert again.pack() == state.pack()
    assert layout(RULES) == layout(RULES)
    assert layout(RULES[1:]) != layout(RULES)


def test_the_state_grows_with_the_register() -> None:
    state, _ = feed(ENGINE, START, Inputs(batch([fix("00:00 in") | {"vessel": 5000}])), 0)
    assert len(state.last) > 5000
    assert state.last.t[5000] == DAY0


def test_an_empty_batch_is_nothing() -> None:
    state, said = feed(ENGINE, START, Inputs(Batch.empty(0)), 0)
    assert (state is START, said) == (True, [])


def test_many_boats_at_once_stay_apart() -> None:
    rows = [fix(f"00:0{m} boat={b} {'in' if b == 1 else 'out'}") for m in range(4) for b in (1, 2)]
    _, said = feed(ENGINE, START, inputs([*rows]), 0)
    assert {c.vessel for c in said if c.kind == "zone_enter"} == {1}
    assert np.all([c.t % MINUTE == 0 for c in said])
