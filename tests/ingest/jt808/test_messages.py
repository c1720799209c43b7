"""What messages say, against frames that others published and read."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

import pytest

from fleet.ingest.format import Reports
from fleet.ingest.formats.jt808 import Decoder
from fleet.ingest.jt808.frames import Framer, Message
from fleet.ingest.jt808.location import MOST, Location, bcd_time, locations
from fleet.ingest.jt808.models import DEFAULT, Alarm, Model, read
from fleet.ingest.jt808.registration import code_for, model_in, presented, registration
from fleet.ingest.tally import Tally
from fleet.model import DAY, HOUR, SECOND, Flag, SignalKind
from simulators.jt808 import Fix, Terminal, batch, location
from simulators.jt808 import registration as registering
from tests.ingest.jt808 import published
from tests.ingest.wire import NOW, plain


def message(frame: bytes) -> Message:
    (found,) = Framer().feed(frame, Tally())
    return found


def read_all(frame: bytes) -> list[Location]:
    found = list(locations(message(frame)))
    assert all(isinstance(one, Location) for one in found), found
    return [one for one in found if isinstance(one, Location)]


def heard(*frames: bytes, received: int = NOW, model: Model | None = None) -> Reports:
    decoder = Decoder(model) if model else Decoder()
    return decoder.feed(b"".join(frames), "13800000808", received)


def sent(fix: Fix, kind: int = 0x0200, edition: int = 2013) -> bytes:
    return Terminal("13800000808", edition=edition).frame(kind, location(fix))


def test_a_published_location() -> None:
    (one,) = read_all(published.BATTERY)
    assert (one.lon, one.lat) == (113.852133, 22.590208)
    assert (one.sog, one.cog, one.alarm) == (0.0, 0.0, 0x20000)
    assert one.t == 1_606_465_777 * SECOND  # 2020-11-27 16:29:37 +08:00
    assert one.told() == {"mileage_km": 0.0, "battery_pct": 69.0}
    assert one.battery_pct() == 69


def test_published_batches() -> None:
    assert len(read_all(published.BATCH_OF_8)) == 8
    west = read_all(published.BATCH_OF_3)
    assert [(one.lon, one.lat) for one in west] == [
        (-7.535516, 33.576916), (-7.536050, 33.576716), (-7.536283, 33.576620),
    ]  # fmt: skip
    assert west[0].told()["satellites"] == 12


def test_a_published_answer_to_a_question() -> None:
    (one,) = read_all(published.ANSWERED_LOCATION)
    assert (one.lat, one.lon, one.alarm) == (12.222222, 132.444444, 1)
    assert one.told() == {"mileage_km": 10.0, "fuel_l": 5.5}


def test_what_has_no_fix_has_no_place_and_no_motion() -> None:
    _, second = read_all(published.BATCH_OF_2)
    assert second.status == 1
    assert all(isnan(value) for value in (second.lon, second.lat, second.sog, second.cog))


def test_a_place_that_cannot_be_is_refused() -> None:
    assert heard(published.ESCAPED).rejects == {"time: in the future": 1}
    r = heard(sent(Fix(NOW // SECOND, 109.0, 95.0)))
    assert (len(r.fixes), r.rejects) == (0, {"position: out of range": 1})


@pytest.mark.parametrize(
    ("frame", "model", "plate"),
    [
        (published.REGISTER_2011, "www.808.", "测A1234"),
        (published.REGISTER_2013, "www.808.com", "测A1234"),
        (published.REGISTER_2019, "www.808.com", "测A1234"),
        (published.REGISTER_YUE_B, "BSJ-M7B", "粤B88888"),
        (published.REGISTER_FILLED, "0" * 19 + "smallchi123", "粤A12345"),
    ],
)
def test_published_registrations(frame: bytes, model: str, plate: str) -> None:
    said = registration(message(frame))
    assert said is not None
    assert (said.model, said.plate) == (model, plate)


@pytest.mark.parametrize("edition", [2011, 2013, 2019])
@pytest.mark.parametrize("plate", ["", "琼三亚渔12345", "浙岭渔运20888号辅助船", "A"])
def test_names_of_boats_in_every_edition(edition: int, plate: str) -> None:
    """Names longer than plates make a 2011 body as long as one of 2013."""
    one = Terminal("13800000808", edition=edition)
    said = registration(message(one.frame(0x0100, registering(plate, "SIM-808", edition))))
    assert said is not None
    assert (said.model, said.plate) == ("SIM-808", plate)


def test_codes_as_they_are_presented() -> None:
    for frame in (published.AUTHENTICATE_2013, published.AUTHENTICATE_2019):
        assert presented(message(frame)) == "17299841738"


def test_a_code_is_good_for_one_terminal_one_model_and_one_secret() -> None:
    code = code_for(b"s", "138", "HD200")
    assert len(code) == 22
    assert model_in(b"s", "138", code) == "HD200"
    assert model_in(b"s", "138", code_for(b"s", "138")) == ""
    assert model_in(b"s", "139", code) is None
    assert model_in(b"t", "138", code) is None
    assert model_in(b"s", "138", code.replace("HD200", "HD201")) is None
    assert model_in(b"s", "138", "") is None
    assert model_in(b"s", "138", "\udcff\x00é") is None


def test_the_time_of_an_answer() -> None:
    assert bcd_time(1_574_783_930 * SECOND) == published.TIME_ANSWER


def test_speed_course_and_battery_in_our_units() -> None:
    r = heard(sent(Fix(NOW // SECOND - 10, 109.1, 18.3, 18.52, 360, battery_pct=42)))
    (row,) = plain(r)["fixes"]
    assert row["sog"] == pytest.approx(18.5 / 1.852)
    assert (row["cog"], row["battery"], row["t"]) == (0.0, 42.0, NOW - 10 * SECOND)
    assert r.names == ("13800000808",)


@pytest.mark.parametrize(("speed", "course"), [(6553.5, 0), (300.0, 361)])
def test_what_is_no_motion_is_not_known(speed: float, course: int) -> None:
    r = heard(sent(Fix(NOW // SECOND, 109.1, 18.3, speed, course)))
    (row,) = plain(r)["fixes"]
    assert row["sog"] is None
    assert row["cog"] == (0.0 if course == 0 else None)


def test_sos_is_heard() -> None:
    r = heard(sent(Fix(NOW // SECOND - 5, 109.1, 18.3, alarm=1)))
    (call,) = r.calls
    assert (call.kind, call.t, call.lon) == (SignalKind.DISTRESS, NOW - 5 * SECOND, 109.1)
    assert r.types["alarm sos"] == 1


@pytest.mark.parametrize("when", [0, NOW // SECOND - 40 * 86_400, NOW // SECOND + 3 * 86_400])
def test_sos_is_heard_though_the_clock_of_the_terminal_is_nobodys(when: int) -> None:
    r = heard(sent(Fix(when, 109.1, 18.3, alarm=1)))
    assert (len(r.fixes), sum(r.rejects.values())) == (0, 1)
    assert [(c.t, c.lon) for c in r.calls] == [(NOW, 109.1)]


def test_a_call_from_tomorrow_is_one_of_now() -> None:
    r = heard(sent(Fix(NOW // SECOND + 86_400, 109.1, 18.3, alarm=1)))
    assert ([c.t for c in r.calls], r.fixes.t.tolist()) == ([NOW], [NOW + DAY])


def test_sos_is_heard_without_a_place() -> None:
    for fix in (Fix(NOW // SECOND, 0, 0, alarm=1, positioned=False), Fix(1, 109, 99, alarm=1)):
        (call,) = heard(sent(fix)).calls
        assert isnan(call.lon)


def test_an_sos_of_last_year_in_the_memory_is_no_call_of_now() -> None:
    old = Fix(NOW // SECOND - 365 * 86_400, 109.1, 18.3, alarm=1)
    r = heard(Terminal("13800000808").frame(0x0704, batch([old])))
    assert (r.calls, r.rejects) == ((), {"time: older than 30 days": 1})


def test_a_failing_supply_is_a_flag() -> None:
    for bits in (1 << 7, 1 << 8, 1 << 18):
        r = heard(sent(Fix(NOW // SECOND, 109.1, 18.3, alarm=bits)))
        assert r.fixes.flags.tolist() == [Flag.LOW_POWER]
    assert heard(sent(Fix(NOW // SECOND, 109.1, 18.3, alarm=2))).fixes.flags.tolist() == [0]


def test_a_model_means_other_things_by_its_bits_and_its_clock() -> None:
    """Some makers set bit 0 for something else; some clocks are UTC."""
    (model,) = read(
        [{"name": "HD200", "alarms": {"0": "none", "16": "sos", "17": "mob"}, "utc_offset_h": 0}]
    )
    fix = Fix(NOW // SECOND, 109.1, 18.3, alarm=1)
    r = heard(sent(fix), model=model, received=NOW + 8 * HOUR)
    assert (r.calls, r.fixes.t.tolist()) == ((), [NOW + 8 * HOUR])
    r = heard(sent(Fix(NOW // SECOND, 109.1, 18.3, alarm=3 << 16)), model=model, received=0)
    assert [call.kind for call in r.calls] == [SignalKind.DISTRESS, SignalKind.MOB]


def test_the_default_table_is_the_standards() -> None:
    assert Model().meant(0xFFFFFFFF) == [
        Alarm.SOS, Alarm.ANTENNA, Alarm.LOW_POWER, Alarm.POWER_CUT, Alarm.ZONE,
    ]  # fmt: skip
    assert DEFAULT[0] == Alarm.SOS
    assert Model().meant(0) == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "batch: too short"),
        (b"\x00\x02\x00\x00\x05abcde", "location: too short"),
        (b"\x00\x02\x00", "batch: fewer than it says"),
    ],
)
def test_what_is_no_batch(body: bytes, why: str) -> None:
    assert why in heard(Terminal("13800000808").frame(0x0704, body)).rejects


def test_of_a_batch_that_is_too_long_the_newest_are_taken() -> None:
    n = MOST + 5
    frames = Terminal("13800000808").keep(
        0x0704, batch(Fix(NOW // SECOND - n + i, 109.1, 18.3) for i in range(n))
    )
    parts = [message(frame) for frame in frames]
    whole = replace(parts[0], body=b"".join(part.body for part in parts), part=1, parts=1)
    found = list(locations(whole))
    assert found[:5] == ["batch: too many"] * 5
    times = [one.t for one in found if isinstance(one, Location)]
    assert times == [NOW - (MOST - i) * SECOND for i in range(MOST)]


def test_a_batch_keeps_its_good_positions() -> None:
    body = batch([Fix(NOW // SECOND - i, 109.1, 18.3) for i in range(3)])
    r = heard(Terminal("13800000808").frame(0x0704, body[:2] + b"\x01" + b"\x00\x01x" + body[3:]))
    assert (len(r.fixes), r.rejects) == (3, {"location: too short": 1})


def test_additional_items_cut_off_are_left_out() -> None:
    body = location(Fix(NOW // SECOND, 109.1, 18.3, battery_pct=50))
    for cut in range(28, len(body)):
        r = heard(Terminal("13800000808").frame(0x0200, body[:cut]))
        assert len(r.fixes) == 1
        assert isnan(r.fixes.battery[0])


def test_without_a_number_nobody_reports() -> None:
    r = heard(Terminal("0").frame(0x0200, location(Fix(NOW // SECOND, 109.1, 18.3, alarm=1))))
    assert (len(r.fixes), r.calls, r.rejects) == (0, (), {"terminal: no number": 1})


def test_skewed_clocks_are_flagged() -> None:
    r = heard(sent(Fix(NOW // SECOND + 86_400, 109.1, 18.3)))
    assert r.fixes.flags.tolist() == [Flag.SKEWED]
    assert r.fixes.t.tolist() == [NOW + DAY]
