"""A boat with Signal K: what its server or gateway says, in order, to one decoder."""

from __future__ import annotations

import json
from typing import Any

from fleet.ingest.format import Reports
from fleet.ingest.formats.signalk import Decoder
from fleet.ingest.told import tell
from fleet.model import SECOND
from tests.ingest.wire import NOW, plain

PLACE = {"longitude": 109.1, "latitude": 18.3}
SELF = "vessels.self"
AIS = "vessels.urn:mrn:imo:mmsi:412000008"
UUID = "urn:mrn:signalk:uuid:c0d79334-4e25-4245-8892-54e8ccc8021d"
SOG, COG = "navigation.speedOverGround", "navigation.courseOverGroundTrue"


def stamp(t: int) -> str:
    """2023-11-14T22:13:20.000Z is NOW."""
    seconds = 20 + (t - NOW) // SECOND
    assert -13 * 60 <= seconds - 20 <= 39
    return f"2023-11-14T22:{13 + seconds // 60:02}:{seconds % 60:02}.000Z"


def update(at: int | None = NOW, /, **paths: Any) -> dict[str, Any]:
    """An update; a dot of a path is written as two underscores, `position` is the place."""
    values = [{"path": path.replace("__", "."), "value": value} for path, value in paths.items()]
    return {"values": values, **({} if at is None else {"timestamp": stamp(at)})}


def at_place(at: int | None = NOW) -> dict[str, Any]:
    return update(at, navigation__position=PLACE)


class Boat:
    """One station's messages, in order, to one decoder."""

    def __init__(self, station: str = "BD-1", decoder: Decoder | None = None) -> None:
        self.station, self.decoder = station, decoder or Decoder()

    def delta(self, *updates: object, context: str | None = SELF, received: int = NOW) -> Reports:
        body = {"updates": updates, **({} if context is None else {"context": context})}
        return self.said(json.dumps(body).encode(), "signalk/delta", received)

    def value(
        self, path: str, value: object, received: int = NOW, context: str = "self"
    ) -> Reports:
        topic = f"boats/x/vessels/{context}/{path.replace('.', '/')}"
        text = value if isinstance(value, str) else json.dumps(value)
        return self.said(text.encode(), topic, received)

    def said(self, payload: bytes, topic: str, received: int = NOW) -> Reports:
        return self.decoder.feed(payload, tell(self.station, topic), received)


def row(r: Reports) -> dict[str, Any]:
    (only,) = plain(r)["fixes"]
    return dict(only)
