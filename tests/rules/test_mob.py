from fleet.alerts.engine import Inputs, State, feed
from fleet.alerts.rules.mob import RULE
from fleet.model import Act, Severity, Signal, SignalKind, Source
from tests.alerts.track import batch, clock, engine


def test_a_man_overboard_device_raises_at_once() -> None:
    t = clock("03:00")
    call = Signal(SignalKind.MOB, 1, t, t, Source.AIS, 109.1, 18.2, how="mob")
    _, changes = feed(engine([RULE], []), State.empty(8, [RULE]), Inputs(batch([]), (call,)), t)
    assert [(c.act, c.severity, c.lon) for c in changes] == [(Act.OPEN, Severity.EMERGENCY, 109.1)]
