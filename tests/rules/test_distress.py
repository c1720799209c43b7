import numpy as np

from fleet.alerts.engine import Inputs, State, feed
from fleet.alerts.rules.distress import RULE
from fleet.model import HOUR, Act, Signal, SignalKind, Source
from tests.alerts.track import batch, clock, engine, show


def said(*times: str, kind: SignalKind = SignalKind.DISTRESS) -> list[str]:
    state, out = State.empty(8, [RULE]), []
    for t in map(clock, times):
        call = Signal(kind, 1, t, t, Source.AIS, how="sart")
        state, changes = feed(engine([RULE], []), state, Inputs(batch([]), (call,)), t)
        out += [f"{show(c.t)} {c.act} {c.severity.name.lower()}" for c in changes]
    return out


def test_the_first_message_raises_even_without_a_position() -> None:
    assert said("00:00") == ["00:00 open emergency"]


def test_a_burst_is_one_alert() -> None:
    assert said("00:00", "00:00:08", "00:00:16", "00:20") == [
        "00:00 open emergency",
        "00:20 repeat emergency",
    ]


def test_after_half_an_hour_of_silence_it_is_a_new_one() -> None:
    assert said("00:00", "00:31") == ["00:00 open emergency", "00:31 open emergency"]


def test_a_store_of_old_calls_is_one_alert() -> None:
    now, state = clock("24:00"), State.empty(8, [RULE])
    calls = tuple(
        Signal(SignalKind.DISTRESS, 1, now - h * HOUR, now, Source.TERMINAL) for h in range(24)
    )
    _, changes = feed(engine([RULE], []), state, Inputs(batch([]), calls), now)
    assert [c.act for c in changes].count(Act.OPEN) == 1


def test_a_test_call_is_not_an_alert() -> None:
    assert said("00:00", kind=SignalKind.TEST) == []


def test_a_call_keeps_no_boat_position() -> None:
    state = State.empty(8, [RULE])
    assert np.isnan(state.last.lon).all()
