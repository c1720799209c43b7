import numpy as np
import shapely

from fleet.alerts.engine import Engine, Inputs, State, feed, tick
from fleet.alerts.facts import Facts, Trips
from fleet.alerts.parameters import defaults, typed
from fleet.alerts.policy import CALLING
from fleet.alerts.rule import Rule
from fleet.alerts.rules import (
    distress,
    gap,
    mass_movement,
    port_visit,
    speed,
    spoof,
    terminal_off,
    undeclared_departure,
)
from fleet.alerts.rules import feed as feed_rule
from fleet.geo import Zone, Zones
from fleet.model import MINUTE, Change, Signal, SignalKind, Source
from tests.alerts.sea import Row, fleet, leg, place
from tests.alerts.track import batch, clock, show, zone

PORT = zone(id=31, kind="port", rule="area", geometry=shapely.box(*place(-1, -1), *place(1, 1)))
FAST = leg(1, "00:10", 9, sog=25)


def play(
    rules: list[Rule], rows: list[Row], *calls: Signal, zones: list[Zone] | None = None,
    facts: Facts | None = None,
) -> list[Change]:  # fmt: skip
    params = {r.key: typed(r, defaults()[r.key].values) for r in rules}
    engine = Engine(tuple(rules), params, Zones.build(zones or []), fleet(160), facts or Facts())
    state, out = State.empty(160, rules), []
    for now in sorted({r["received"] for r in rows} | {c.received for c in calls}):
        here = [r for r in rows if r["received"] == now]
        said = tuple(c for c in calls if c.received == now)
        state, changes = feed(engine, state, Inputs(batch(here), said), now)
        state, more = tick(engine, state, now)
        out += changes + more
        state = State.unpack(state.pack())
    return out


def told(changes: list[Change], *kinds: str) -> list[str]:
    mine = (c for c in changes if not kinds or c.kind in kinds)
    return [f"{show(c.t)} {c.kind} {c.act} {c.reason}" for c in mine]


def sos(at: str) -> Signal:
    return Signal(SignalKind.DISTRESS, 1, clock(at), clock(at), Source.TERMINAL, how="terminal")


def test_a_boat_in_distress_raises_nothing_lesser() -> None:
    said = play([distress.RULE, speed.RULE], FAST, sos("00:05"))
    child = next(c for c in said if c.act == "suppress")
    assert told([child]) == ["00:12 speed suppress boat_in_distress"]
    assert child.parent == ("distress", 1, 0, clock("00:05"))


def test_the_distress_itself_is_never_suppressed() -> None:
    said = play([distress.RULE, spoof.RULE], leg(1, "00:00", 3), sos("00:05"), sos("01:00"))
    assert told(said, "distress") == [
        "00:05 distress open terminal",
        "01:00 distress open terminal",
    ]


def test_another_boat_is_none_of_its_children() -> None:
    said = play([distress.RULE, speed.RULE], leg(2, "00:10", 9, sog=25), sos("00:05"))
    assert "suppress" not in {c.act for c in said}


def test_what_still_holds_when_the_cause_is_over_is_released() -> None:
    late = clock("00:05") + CALLING + 20 * MINUTE
    rows = [r for r in leg(1, "00:10", 400, sog=25, every_s=120) if r["t"] <= late]
    said = play([distress.RULE, speed.RULE], rows, sos("00:05"))
    assert [c.act for c in said if c.kind == "speed"] == ["open", "suppress", "release"]


def test_nothing_is_believed_of_a_boat_in_two_places() -> None:
    here, there = leg(1, "00:00", 20, sog=25), leg(1, "00:00", 20, e=60, sog=25)
    rows = [there[k] if k % 2 else here[k] for k in range(20)]
    rows[:5] = [r | {"sog": 5.0} for r in rows[:5]]
    said = play([speed.RULE, spoof.RULE], rows)
    assert [c.reason for c in said if c.act == "suppress"] == ["position_in_doubt"]


def heard(by: int, boats: range, minutes: float) -> list[Row]:
    return [r for b in boats for r in leg(b, "00:00", minutes, e=b, station=by)]


def test_a_receivers_outage_is_one_incident_with_its_gaps() -> None:
    rows = heard(1, range(1, 21), 30) + heard(2, range(40, 44), 90)
    said = play([feed_rule.RULE, gap.RULE], rows)
    roots = [c for c in said if c.kind == "feed"]
    gaps = [c for c in said if c.kind == "gap" and c.act == "open"]
    under = [c for c in said if c.act == "suppress"]
    assert ([c.act for c in roots], len(gaps), len(under)) == (["open"], 20, 20)


def test_a_terminal_that_goes_on_alone_in_an_outage_is_the_outages() -> None:
    boats = heard(1, range(1, 17), 80) + [
        r for b in range(1, 9) for r in leg(b, "00:00:20", 200, e=b, station=50 + b, source=2)
    ]
    other = heard(2, range(40, 44), 240)
    said = play([feed_rule.RULE, terminal_off.RULE], boats + other)
    off = {c.vessel for c in said if c.kind == "terminal_off" and c.act == "open"}
    under = {c.vessel for c in said if c.act == "suppress"}
    assert off == under == set(range(1, 9))


def test_a_satellites_outage_is_one_incident_with_the_gaps_it_explains() -> None:
    by = {"source": 2, "every_s": 180}
    lost = [r for b in range(1, 31) for r in leg(b, "00:00", 30, e=b, station=200 + b, **by)]
    later = leg(31, "00:00", 60, e=31, station=231, **by)
    others = [r for b in range(40, 90) for r in leg(b, "00:00", 150, e=b, station=200 + b, **by)]
    said = play([feed_rule.RULE, gap.RULE], lost + later + others)
    gaps = {c.vessel for c in said if c.kind == "gap" and c.act == "open"}
    under = {c.vessel for c in said if c.act == "suppress"}
    assert (gaps, under) == ({*range(1, 32)}, {*range(1, 31)}), "who falls silent later is told"


def test_opening_day_is_one_mass_movement() -> None:
    there = [r for b in range(1, 61) for r in leg(b, "00:00", 5)]
    away = [r for b in range(1, 51) for r in leg(b, "00:06", 50, n=-2, sog=8, cog=180)]
    stay = [r for b in range(51, 61) for r in leg(b, "00:06", 50)]
    facts = Facts(trips=Trips(*(np.array([v]) for v in (70, clock("00:00"), 0))))
    rules = [port_visit.RULE, mass_movement.RULE, undeclared_departure.RULE]
    said = play(rules, there + away + stay, zones=[PORT], facts=facts)
    opened = [c for c in said if c.act == "open" and c.kind != "port_visit"]
    suppressed = [c for c in said if c.act == "suppress"]
    assert (len(opened), len(suppressed)) == (51, 50)
    assert {c.parent[0] for c in suppressed if c.parent} == {"mass_movement"}


def leaving(port: int, from_min: int, minutes: int) -> tuple[Zone, list[Row]]:
    """A port 30 nm from the next, and sixty boats of which fifty leave it from that minute on."""
    e, boats = 30 * port, range(60 * port + 1, 60 * port + 61)
    water = shapely.box(*place(e - 1, -1), *place(e + 1, 1))
    out = [r for b in boats for r in leg(b, "00:00", from_min, e=e)]
    start, away = f"00:{from_min + 1:02}", minutes - from_min
    out += [r for b in boats[:50] for r in leg(b, start, away, e=e, n=-2, sog=8, cog=180)]
    out += [r for b in boats[50:] for r in leg(b, start, away, e=e)]
    return zone(id=31 + port, kind="port", rule="area", geometry=water), out


def test_ports_that_empty_at_one_time_are_one_movement() -> None:
    first, one = leaving(0, 5, 80)
    second, two = leaving(1, 12, 80)
    said = play([port_visit.RULE, mass_movement.RULE], one + two, zones=[first, second])
    moved = [c for c in said if c.kind == "mass_movement"]
    opened = {c.other: c.key for c in moved if c.act == "open"}
    assert [(c.other, c.act, c.parent) for c in moved if c.act != "clear"] == [
        (31, "open", None),
        (32, "open", None),
        (32, "suppress", opened[31]),
    ]
    assert {c.other for c in moved if c.act == "clear"} == {31, 32}
