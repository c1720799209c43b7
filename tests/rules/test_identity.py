"""What the engine makes of differences: one alert each, whatever is heard how often."""

from __future__ import annotations

from fleet.alerts.engine import Inputs, State, feed
from fleet.alerts.rules.identity import RULE
from fleet.model import DAY, Batch, Severity, Signal, SignalKind, Source
from fleet.worker.identity import Aspect, key, news, signal
from tests.alerts.track import clock, engine, show

ENGINE = engine([RULE], [])


def said(at: str, what: Aspect, text: str = "X", boat: int = 1) -> Signal:
    return signal(boat, what, clock(at), text, "Y")


def log(*signals: Signal, filtered: bool = False) -> list[str]:
    state, out = State.empty(8, [RULE]), []
    for one in signals:
        heard = tuple(news(state, [one])) if filtered else (one,)
        state, changes = feed(ENGINE, state, Inputs(Batch.empty(0), heard), 0)
        out += [f"{show(c.t)} {c.act} {c.severity.name.lower()} {c.other & 7}" for c in changes]
    return out


def test_each_change_is_told_once() -> None:
    heard = [said("00:00", Aspect.NAME), said("00:06", Aspect.NAME), said("00:06", Aspect.CALLSIGN)]
    told = log(*heard, said("00:12", Aspect.NAME, "ANOTHER"))
    assert [line for line in told if " open " in line] == [
        "00:00 open warning 1", "00:06 open warning 2", "00:12 open warning 1",
    ]  # fmt: skip


def test_a_number_in_no_register_is_a_question_and_no_work_order() -> None:
    assert log(said("00:00", Aspect.UNKNOWN)) == ["00:00 open info 5"]


def test_what_is_said_every_six_minutes_is_heard_twice_a_day() -> None:
    minutes = range(0, 25 * 60, 6)
    heard = [said(f"{m // 60:02}:{m % 60:02}", Aspect.NAME) for m in minutes]
    assert log(*heard, filtered=True) == [
        "00:00 open warning 1", "12:00 repeat warning 1", "24:00 repeat warning 1",
    ]  # fmt: skip


def test_the_key_is_no_zones_and_no_vessels_and_fits_the_column() -> None:
    keys = {key(what, text) for what in Aspect for text in ("", "A", "琼")}
    assert len(keys) == 3 * len(Aspect)
    assert all(2**30 <= k < 2**31 for k in keys)


def test_a_month_later_the_same_is_told_again() -> None:
    late = Signal(
        SignalKind.IDENTITY, 1, clock("00:00") + 31 * DAY, clock("00:00") + 31 * DAY, Source.AIS,
        how="name", other=said("00:00", Aspect.NAME).other, severity=int(Severity.WARNING),
    )  # fmt: skip
    assert len(log(said("00:00", Aspect.NAME), late)) == 2
