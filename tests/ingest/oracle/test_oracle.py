"""The oracle is right by others' word: sentences whose content noaadata, Maritec's decoder and
gpsdecode agree on (published with gpsd's and noaadata's tests), and its own two halves agree.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from tests.ingest.oracle.bits import (
    ARMOUR,
    LETTERS,
    armoured,
    checksum,
    line,
    of_number,
    sentences,
    to_number,
    unarmoured,
)
from tests.ingest.oracle.reading import layout, raw, read
from tests.ingest.oracle.strategies import Drawn, messages
from tests.ingest.oracle.tables import TABLES, length
from tests.ingest.oracle.writing import encode

PUBLISHED: list[tuple[list[str], dict[str, Any]]] = [
    (["15RTgt0PAso;90TKcjM8h6g208CQ,0*4A"],
     {"type": 1, "mmsi": 371798000, "status": 0, "rot": None, "sog": 12.3, "accuracy": True,
      "lon": -123.395383, "lat": 48.381633, "cog": 224.0, "heading": 215, "second": 33,
      "maneuver": 0, "raim": False, "radio": 34017}),
    (["38Id705000rRVJhE7cl9n;160000,0*40"],
     {"type": 3, "mmsi": 563808000, "status": 5, "rot": 0, "sog": 0.0, "lon": -76.327533,
      "lat": 36.91, "cog": 252.0, "heading": 352, "second": 35}),
    (["403OviQuMGCqWrRO9>E6fE700@GO,0*4D"],
     {"type": 4, "mmsi": 3669702, "year": 2007, "month": 5, "day": 14, "hour": 19, "minute": 57,
      "second": 39, "accuracy": True, "lon": -76.352362, "lat": 36.883767, "epfd": 7}),
    (["55?MbV02;H;s<HtKR20EHE:0@T4@Dn2222222216L961O5Gf0NSQEp6ClRp8,0*1C",
      "88888888880,2*25"],
     {"type": 5, "mmsi": 351759000, "version": 0, "imo": 9134270, "callsign": "3FOF8",
      "name": "EVER DIADEM", "ship_type": 70, "to_bow": 225, "to_stern": 70, "to_port": 1,
      "to_starboard": 31, "epfd": 1, "eta_month": 5, "eta_day": 15, "eta_hour": 14,
      "eta_minute": 0, "draught": 12.2, "destination": "NEW YORK", "dte": False}),
    (["91b55wi;hbOS@OdQAC062Ch2089h,0*30"],
     {"type": 9, "mmsi": 111232511, "altitude": 303, "sog": 42, "lon": -6.278843, "lat": 58.144,
      "cog": 154.5, "second": 15, "dte": True, "raim": False}),
    (["B5O6hr00<veEKmUaMFdEow`UWP06,0*4F"],
     {"type": 18, "mmsi": 368161000, "sog": 5.1, "accuracy": True, "lon": -72.233848,
      "lat": 39.480925, "cog": 34.9, "heading": None, "second": 17, "carrier_sense": True,
      "display": False, "dsc": True, "band": True, "msg22": False, "raim": True}),
    (["C5N3SRgPEnJGEBT>NhWAwwo862PaLELTBJ:V00000000S0D:R220,0*0B"],
     {"type": 19, "mmsi": 367059850, "sog": 8.7, "lon": -88.810392, "lat": 29.543695,
      "cog": 335.9, "heading": None, "second": 46, "name": "CAPT.J.RIMES", "ship_type": 70,
      "to_bow": 5, "to_stern": 21, "to_port": 4, "to_starboard": 4, "epfd": 1, "dte": False}),
    (["E1mg=5J1T4W0h97aRh6ba84<h2d;W:Te=eLvH50```q,0*46", ":D44QDlp0C1DU00,2*36"],
     {"type": 21, "mmsi": 123456789, "aid_type": 20, "name": "CHINA ROSE MURPHY EX",
      "full_name": "CHINA ROSE MURPHY EXPRESS ALERT", "lon": -122.698592, "lat": 47.920618,
      "to_bow": 5, "to_stern": 5, "epfd": 1, "second": 50, "aton_status": 165,
      "off_position": False, "virtual": False}),
    (["H42O55i18tMET00000000000000,2*6D"],
     {"type": 24, "mmsi": 271041815, "part": 0, "name": "PROGUY"}),
    (["H42O55lti4hhhilD3nink000?050,0*40"],
     {"type": 24, "mmsi": 271041815, "part": 1, "ship_type": 60, "vendor": "1D0", "model": 12,
      "serial": 199796, "callsign": "TC6163", "to_bow": 0, "to_stern": 15, "to_starboard": 5}),
    (["KC5E2b@U19PFdLbMuc5=ROv62<7m,0*16"],
     {"type": 27, "mmsi": 206914217, "status": 2, "accuracy": False, "lon": 137.023333,
      "lat": 4.84, "sog": 57, "cog": 167, "raim": False}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("payloads", "known"), PUBLISHED, ids=[str(k["mmsi"]) for _, k in PUBLISHED]
)
def test_what_others_published(payloads: list[str], known: dict[str, Any]) -> None:
    bits = ""
    for part in payloads:
        payload, fill = part.split("*")[0].rsplit(",", 1)
        bits += unarmoured(payload, int(fill)) or ""
    found = read(bits)
    for name, value in known.items():
        if isinstance(value, float):
            assert found[name] == pytest.approx(value, abs=6e-7), name
        else:
            assert found[name] == value, name


def test_the_lengths_of_the_standard() -> None:
    """Annex 8 states the number of bits of each message at the foot of its table."""
    assert {kind: length(rows) for kind, rows in TABLES.items()} == {
        1: 168, 2: 168, 3: 168, 4: 168, 5: 424, 9: 168, 11: 168, 18: 168, 19: 312, 21: 272,
        "24A": 160, "24B": 168, 27: 96,
    }  # fmt: skip
    assert length(TABLES[21]) + 84 + 4 == 360  # Table 73: 272 to 360 bits


def test_codes_of_the_standard() -> None:
    """Table 48 writes "not available" in hexadecimal: 181 and 91 degrees, 360 degrees."""
    bits = encode(1, mmsi=1, lon=0x6791AC0, lat=0x3412140, cog=0xE10, sog=1023, heading=511)
    assert {read(bits)[name] for name in ("lon", "lat", "cog", "sog", "heading", "rot")} == {None}
    assert raw(encode(27, mmsi=1, lon=0x1A838, lat=0xD548))["lon"] == 181 * 600
    assert read(encode(1, mmsi=1, rot=126))["rot"] == pytest.approx(708.7, abs=0.1)
    assert (len(set(ARMOUR)), len(set(LETTERS))) == (64, 64)
    assert checksum("AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0") == "5C"
    assert line("AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0").endswith(b"*24")


@settings(max_examples=60, deadline=None)
@given(messages())
def test_what_is_written_is_read(drawn: Drawn) -> None:
    assert layout(drawn.bits) == ("24B" if drawn.layout == "24X" else drawn.layout)
    numbers = {k: v for k, v in drawn.given.items() if isinstance(v, int)}
    assert {name: raw(drawn.bits)[name] for name in numbers} == numbers
    together = "".join(
        unarmoured(s.split(b",")[5].decode(), int(s[-4:-3])) or "" for s in sentences(drawn.bits)
    )
    assert together == drawn.bits
    assert unarmoured(*armoured(drawn.bits)) == drawn.bits
    assert to_number(of_number(-3, 8), signed=True) == -3
