"""AIS messages as a receiver on shore passes them on: !AIVDM lines with tag blocks, CRLF.

Encoded by pyais; the arguments are truth plus the errors of the transmitter, in AIS's own units.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import reduce
from typing import Any

from pyais import encode_dict

from simulators.geo import Motion
from simulators.register import Boat

UNDER_WAY, AT_ANCHOR, MOORED, FISHING, DISTRESS = 0, 1, 5, 7, 14
NO_HEADING, NO_COURSE = 511, 360.0


def class_a(mmsi: int, m: Motion, t: float, status: int) -> dict[str, Any]:
    moving = m.sog > 0.3
    return {
        "msg_type": 3 if status == AT_ANCHOR else 1,
        "mmsi": mmsi,
        "status": status,
        "turn": 0,
        "speed": round(m.sog, 1),
        "accuracy": 1,
        "lon": m.lon,
        "lat": m.lat,
        "course": round(m.cog, 1) % 360 if moving else NO_COURSE,
        "heading": round(m.cog) % 360,
        "second": int(t) % 60,
    }


def class_b(mmsi: int, m: Motion, t: float) -> dict[str, Any]:
    return {
        "msg_type": 18,
        "mmsi": mmsi,
        "speed": round(m.sog, 1),
        "accuracy": 1,
        "lon": m.lon,
        "lat": m.lat,
        "course": round(m.cog, 1) % 360 if m.sog > 0.3 else NO_COURSE,
        "heading": NO_HEADING,
        "second": int(t) % 60,
        "cs": 1,
        "dsc": 1,
        "band": 1,
        "msg22": 1,
        "raim": 0,
    }


def hull(length_m: float) -> dict[str, int]:
    """Length and beam as distances from the antenna."""
    beam = max(2, round(length_m / 6))
    bow = round(length_m * 0.6)
    return {
        "to_bow": bow,
        "to_stern": max(1, round(length_m) - bow),
        "to_port": beam // 2,
        "to_starboard": beam - beam // 2,
    }


def voyage(mmsi: int, name: str, callsign: str, ship_type: int, length_m: float) -> dict[str, Any]:
    """Type 5: two sentences."""
    return {
        "msg_type": 5,
        "mmsi": mmsi,
        "imo": 0,
        "callsign": callsign,
        "shipname": name,
        "ship_type": ship_type,
        "epfd": 1,
        "month": 0,
        "day": 0,
        "hour": 24,
        "minute": 60,
        "draught": round(min(14.0, length_m / 15), 1),
        "destination": "YAZHOU" if ship_type == FISHING_VESSEL else "FANGCHENG",
        **hull(length_m),
    }


FISHING_VESSEL, CARGO, TANKER, LAW_ENFORCEMENT = 30, 70, 80, 55


def static_b(boat: Boat) -> tuple[dict[str, Any], dict[str, Any]]:
    """Type 24, parts A and B."""
    kind = LAW_ENFORCEMENT if boat.service else FISHING_VESSEL
    head = {"msg_type": 24, "mmsi": boat.mmsi}
    return (
        {**head, "partno": 0, "shipname": boat.radio_name},
        {
            **head,
            "partno": 1,
            "ship_type": kind,
            "callsign": boat.callsign,
            "vendorid": "SIM",
            **hull(boat.length_m),
        },
    )


def static_a(boat: Boat) -> dict[str, Any]:
    kind = LAW_ENFORCEMENT if boat.service else FISHING_VESSEL
    return voyage(boat.mmsi, boat.radio_name, boat.callsign, kind, boat.length_m)


def name_only(mmsi: int, name: str) -> dict[str, Any]:
    return {"msg_type": 24, "mmsi": mmsi, "partno": 0, "shipname": name}


def base_station(mmsi: int, lon: float, lat: float, t: float) -> dict[str, Any]:
    now = datetime.fromtimestamp(int(t), UTC)
    return {
        "msg_type": 4,
        "mmsi": mmsi,
        "year": now.year,
        "month": now.month,
        "day": now.day,
        "hour": now.hour,
        "minute": now.minute,
        "second": now.second,
        "accuracy": 1,
        "lon": lon,
        "lat": lat,
        "epfd": 1,
    }


def mark(mmsi: int, name: str, lon: float, lat: float, t: float) -> dict[str, Any]:
    """Type 21: a buoy."""
    return {
        "msg_type": 21,
        "mmsi": mmsi,
        "aid_type": 30,
        "name": name,
        "accuracy": 1,
        "lon": lon,
        "lat": lat,
        "epfd": 1,
        "second": int(t) % 60,
    }


def safety_text(mmsi: int, text: str) -> dict[str, Any]:
    return {"msg_type": 14, "mmsi": mmsi, "text": text}


def sentences(message: dict[str, Any], channel: str, sequence: int) -> list[str]:
    """One or two !AIVDM sentences."""
    return encode_dict(
        message, talker_id="AI", sentence_type="VDM", radio_channel=channel, seq_id=sequence
    )


def tagged(lines: list[str], station: str, received: float, group: int) -> bytes:
    """The sentences as they leave the receiver; the parts of one message share a group."""
    out = []
    for part, line in enumerate(lines, 1):
        tags = f"s:{station},c:{int(received)}" if part == 1 else ""
        if len(lines) > 1:
            tags = f"g:{part}-{len(lines)}-{group}" + (f",{tags}" if tags else "")
        out.append(f"\\{tags}*{_checksum(tags):02X}\\{line}\r\n")
    return "".join(out).encode()


def _checksum(text: str) -> int:
    return reduce(lambda a, b: a ^ b, text.encode(), 0)
