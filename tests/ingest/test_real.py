"""Real recordings, where they are: beside the checkout or where FLEET_REAL_DATA says."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from fleet.ingest.format import Reports
from fleet.ingest.formats.nmea import Decoder
from tests.ingest.wire import NOW, merged, plain

FOLDER = (
    Path(os.environ.get("FLEET_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data")
    / "nmea"
)
FILES = sorted(FOLDER.glob("*")) if FOLDER.is_dir() else []

pytestmark = pytest.mark.skipif(not FILES, reason="no recordings (FLEET_REAL_DATA)")
LARGE = 400_000
"""Bytes of a file that is read: the largest has a million and a half of the same kind."""


def pieces(data: bytes, rng: random.Random) -> list[bytes]:
    out, start = [], 0
    while start < len(data):
        size = rng.choice([1, 3, 20, 80, 1000, 20_000])
        out.append(data[start : start + size])
        start += size
    return out


def restarted(data: bytes, rng: random.Random, received: int) -> Reports:
    """Fed in random cuts, the decoder now and then replaced by one that got the residue."""
    decoder, reports = Decoder(), []
    for piece in pieces(data, rng):
        reports.append(decoder.feed(piece, "file", received))
        if rng.random() < 0.1:
            residue, decoder = decoder.residue(), Decoder()
            for station, rest in residue.items():
                decoder.restore(rest, station)
    return merged(reports)


@pytest.mark.parametrize("path", FILES, ids=[p.name for p in FILES])
def test_whole_and_in_random_cuts_with_restarts(path: Path) -> None:
    data = path.read_bytes()[:LARGE]
    for received in (0, NOW):
        whole = Decoder().feed(data, "file", received)
        assert whole.sentences > 0
        assert whole.rejects.keys() == whole.samples.keys()
        rng = random.Random(path.name)  # noqa: S311
        assert plain(restarted(data, rng, received)) == plain(whole)


@pytest.mark.parametrize("path", FILES, ids=[p.name for p in FILES])
def test_every_value_is_possible_or_nan(path: Path) -> None:
    fixes = Decoder().feed(path.read_bytes()[:LARGE] + b"\n", "file", 0).fixes
    for column, low, high in (
        (fixes.lon, -180, 180), (fixes.lat, -90, 90), (fixes.sog, 0, 1022),
        (fixes.cog, 0, 359.9), (fixes.heading, 0, 359),
    ):  # fmt: skip
        known = column[column == column]  # noqa: PLR0124 - leaves NaN out
        assert ((known >= low) & (known <= high)).all()
    assert (fixes.key > 0).all()
    assert (fixes.t > 0).all()
