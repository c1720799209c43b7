"""How long messages that are done with are kept, as typed data from keeping.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Keeping:
    ages_s: Mapping[str, float]  #: by state of the message
    most: int  #: rows deleted in one transaction
    every_s: float


def parse(text: str) -> Keeping:
    """The numbers in the text; a ValueError or KeyError names what is wrong."""
    data = tomllib.loads(text)
    ages = {str(state): float(days) * DAY_S for state, days in data["days"].items()}
    if bad := ages.keys() - {"sent", "cancelled", "failed"}:
        raise ValueError(f"{', '.join(sorted(bad))}: only sent, cancelled and failed are pruned")
    return Keeping(ages, int(data["most"]), float(data["every_s"]))


@cache
def default() -> Keeping:
    """What ships with the service."""
    return parse(files("fleet.outbox").joinpath("keeping.toml").read_text(encoding="utf-8"))
