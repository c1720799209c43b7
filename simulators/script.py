"""What disturbs the calm: an incident, who plays in it, and what it makes them do.

An incident is the truth of the recording: what happened, not what a service should make of it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from simulators.geo import Track

KINDS = ("distress", "mob", "gap", "zone_enter", "boundary", "speed")


@dataclass(frozen=True, slots=True)
class Incident:
    kind: str  #: one of KINDS: the alert that should come of it
    t: float  #: when the cause begins: edge crossed, SOS pressed, last report sent, …
    reg_no: str = ""  #: of the boat concerned
    mmsi: int = 0  #: of boat or beacon; 0: not on AIS
    terminal: str = ""
    place: str = ""  #: code of the zone
    detail: str = ""
    by: tuple[str, ...] = ("ais", "terminal")  #: the feeds that carry it

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Beacon:
    """An AIS-SART (970) or man-overboard device (972) in the water."""

    mmsi: int
    text: str  #: of its type 14 message
    track: Track
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Script:
    """Between start and end, the boat does this instead of its trip."""

    incident: Incident
    cue: float  #: the moment it is arranged around; scripts are cast in this order
    boat: int  #: number in the register
    start: float
    end: float
    track: Track | None = None  #: None: it keeps to its trip
    mute: tuple[float, float] = (0.0, 0.0)  #: everything aboard is silent from, to
    sos: tuple[float, float] = (0.0, 0.0)  #: its terminal's SOS is pressed from, to
    beacons: tuple[Beacon, ...] = field(default=())

    def muted(self, t: float) -> bool:
        return self.mute[0] <= t < self.mute[1]

    def calls(self, t: float) -> bool:
        return self.sos[0] <= t < self.sos[1]
