"""Ten receivers merged: all of what names its source, and never a record of two vessels."""

from __future__ import annotations

import random
from functools import cache

import pytest

from fleet.ingest.ais import Stream
from tests.ingest.correctness.ours import rows
from tests.ingest.correctness.test_pyais import plain_messages, whole
from tests.ingest.correctness.trial import KNOWN, TAGS, made_up, ours, simulate, theirs
from tests.ingest.oracle.bits import sentences
from tests.ingest.oracle.reading import layout
from tests.ingest.test_real import FILES

LOSSES = ((0.0, 0.0), (0.05, 0.05))


@pytest.mark.parametrize("jitter", [0.2, 1.0])
@pytest.mark.parametrize("tags", TAGS)
@pytest.mark.parametrize(("lost", "twice"), LOSSES)
def test_made_up_voyages(jitter: float, tags: str, lost: float, twice: float) -> None:
    rng = random.Random(f"{jitter} {tags} {lost}")  # noqa: S311
    air = simulate(made_up(60, rng), jitter, tags, rng, lost=lost, twice=twice)
    for live in (True, False):
        score = ours(air, live=live)
        assert (score.mixed, score.more) == (0, 0)
        assert score.possible > 250
        assert tags not in KNOWN or score.right == score.possible


def test_pyais_mixes_the_same_air() -> None:
    """The trial is one that can be failed."""
    rng = random.Random(7)  # noqa: S311
    score = theirs(simulate(made_up(80, rng), 0.2, "s", rng))
    assert score.mixed > 0
    assert score.right < score.possible


@cache
def recorded_voyages() -> list[str]:
    """Of each vessel in the recordings one, whole."""
    real: dict[str, str] = {}
    for path in FILES:
        for parts in plain_messages(path):
            bits = whole(tuple(parts))
            if len(parts) == 2 and layout(bits) == 5 and len(bits) >= 423:
                real.setdefault(bits[8:38], bits)
    return sorted(real.values())


@pytest.mark.skipif(not FILES, reason="no recordings (FLEET_REAL_DATA)")
@pytest.mark.parametrize("jitter", [0.2, 1.0])
@pytest.mark.parametrize("tags", ["none", "s", "g"])
def test_real_voyages(jitter: float, tags: str) -> None:
    rng = random.Random(f"{jitter} {tags}")  # noqa: S311
    known = recorded_voyages()
    chosen = rng.sample(known, min(80, len(known)))
    air = simulate(chosen, jitter, tags, rng, lost=0.02, twice=0.02)
    score = ours(air, live=True)
    assert score.mixed == 0
    assert tags == "none" or score.right == score.possible


@pytest.mark.parametrize(("lost", "least"), [(0.0, 1.0), (0.05, 0.95), (0.3, 0.3)])
def test_one_receiver_without_tags_is_not_taken_for_several(lost: float, least: float) -> None:
    rng = random.Random(5)  # noqa: S311
    sent, complete = [], 0
    for number, bits in enumerate(made_up(300, rng)):
        parts = sentences(bits, sequence=number % 10, channel=rng.choice("AB"))
        kept = [part for part in parts if rng.random() >= lost]
        complete += len(kept) == len(parts)
        sent += kept
    found = rows(Stream().feed(b"".join(line + b"\r\n" for line in sent)))
    assert complete * least <= len(found) <= complete
