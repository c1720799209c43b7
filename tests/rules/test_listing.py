"""The listing over real recordings, and its collisions reckoned again in another way."""

import re

import numpy as np
import pytest

from .listing import FOLDER, Line, play

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no recordings (FLEET_REAL_DATA)"),
]
FIX = re.compile(r"(\d\d):(\d\d):([\d.]+)Z? (\S+) (\S+) (\S+) kn (\S+) deg")


def motion(text: str, at: float) -> tuple[float, complex, complex]:
    """Seconds of the day; nautical miles (east + north j) on a plane of this latitude; knots."""
    found = FIX.fullmatch(text)
    assert found, text
    hour, minute, second, lat, lon, sog, cog = map(float, found.groups())
    speed = 0 if np.isnan(cog) or np.isnan(sog) else sog
    course = np.radians(90 - np.nan_to_num(cog))
    place = complex(lon * 60 * np.cos(np.radians(at)), lat * 60)
    way = speed * complex(np.cos(course), np.sin(course))
    return hour * 3600 + minute * 60 + second, place, way


def closest_nm(line: Line) -> float:
    """How near they will pass, by trying every second of half an hour."""
    at = float(line.where.split()[0])
    (t0, a, u), (t1, b, v) = (motion(fix, at) for fix in line.fixes)
    t = np.arange(0, 1800) + max(t0, t1)
    return float(np.abs(a + u * (t - t0) / 3600 - b - v * (t - t1) / 3600).min())


def test_in_the_belts_every_collision_told_is_one_by_the_fixes_it_names() -> None:
    found = play(FOLDER / "dma_aisd_part1.txt", guess=True)
    pairs = [line for line in found.lines if line.kind == "collision"]
    moving = [line for line in pairs if not line.still]
    assert (len(pairs) > 100, len(moving) > 5) == (True, True)
    wrong = [str(line) for line in moving if closest_nm(line) > 0.6]
    assert wrong == []


def test_real_fishing_vessels_of_these_minutes_meet_nobody() -> None:
    found = play(FOLDER / "dma_aisd_part1.txt")
    assert (found.ours > 15, found.lines) == (True, [])


def test_satellite_fixes_under_the_time_of_their_forwarding_are_in_doubt() -> None:
    """Fixes of an hour before come within a minute: more than 60 kn apart, and told as such."""
    found = play(FOLDER / "amsa_exact-earth-augmented-2.txt")
    assert {line.kind for line in found.lines} == {"spoof"}
    assert len(found.lines) >= 10
