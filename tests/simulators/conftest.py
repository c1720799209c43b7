from __future__ import annotations

from pathlib import Path

import pytest

from simulators import register
from simulators.register import Boat

DEMO = Path(__file__).parents[2] / "fleet" / "demo"
AUTUMN = 1_795_444_800.0  #: 2026-11-23 14:40 UTC, 22:40 at Yazhou; nothing is closed
SUMMER = 1_783_000_000.0  #: 2 July 2026, in the moratorium


@pytest.fixture(scope="session")
def boats() -> tuple[Boat, ...]:
    return register.read(DEMO / "vessels.csv")


@pytest.fixture(scope="session")
def few(boats: tuple[Boat, ...]) -> tuple[Boat, ...]:
    """Enough to have all gears; quick."""
    return boats[:60]
