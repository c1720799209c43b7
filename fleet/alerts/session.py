"""The numbers of the kinds raised by calls for help: distress and man overboard."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Params:
    session_gap_min: float  #: a beacon silent for longer that calls again is a new alert
