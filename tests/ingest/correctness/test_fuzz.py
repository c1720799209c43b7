"""Any bytes in, whole or cut anywhere: no exception, no hang, no memory without bound."""

from __future__ import annotations

import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.ingest.ais import Stream
from tests.ingest.correctness.fuzz import (
    SPICE,
    believable,
    made_seeds,
    mutated,
    real_seeds,
    run,
    whole_and_cut,
)
from tests.ingest.oracle.bits import line, sentences, tagged
from tests.ingest.oracle.writing import encode
from tests.ingest.test_real import FILES, FOLDER

PIECES = st.sampled_from(SPICE) | st.binary(max_size=40) | st.text(max_size=20).map(str.encode)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=12).map(b"".join), st.randoms(use_true_random=False))
def test_any_bytes(data: bytes, rng: random.Random) -> None:
    found, _ = whole_and_cut(data, rng)
    believable(found, data)


@settings(max_examples=100, deadline=None)
@given(st.text("0123456789,*$!\\VDMOAIgsc:-\r\n@w`", max_size=150), st.randoms())
def test_what_looks_like_sentences(data: str, rng: random.Random) -> None:
    whole_and_cut(b"!AIVDM,1,1,,A," + data.encode(), rng)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_sentences(seed: int) -> None:
    result = run(400, seed, made_seeds(random.Random(seed)))  # noqa: S311
    assert (result.crashes, result.tried) == (0, 400)
    assert result.rows > 50
    assert result.rejected > 50


@pytest.mark.skipif(not FILES, reason="no recordings (FLEET_REAL_DATA)")
@pytest.mark.parametrize("seed", range(4, 8))
def test_mutated_recordings(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311
    result = run(400, seed, real_seeds(FOLDER, rng))
    assert (result.crashes, result.tried) == (0, 400)
    assert result.rows > 50


def test_a_large_piece_mutated_all_over_is_as_its_cuts() -> None:
    """The columnar path over many thousand bent lines, against small pieces."""
    rng = random.Random(11)  # noqa: S311
    seeds = made_seeds(rng)
    data = b"".join(mutated(seeds, rng) for _ in range(1500))
    found, rejects = whole_and_cut(data, rng)
    assert len(found) > 500
    assert rejects.total() > 500


FLOODS = {
    "no line end": [b"A" * 65536] * 16,
    "only line ends": [b"\r\n" * 32768] * 16,
    "endless tag block": [b"\\s:" + b"x" * 65536] * 16,
    "starts only": [b"!AIVDM,2,1,1,A," * 4000] * 16,
    "zeros": [b"\0" * 65536] * 16,
    "sources": [
        b"".join(
            tagged(f"s:{n}{i},g:1-2-{n}{i}", line(f"AIVDM,9,{1 + i % 8},{i % 10},A,w{'0' * 50},0"))
            + b"\n"
            for i in range(250)
        )
        for n in range(24)
    ],
    "talkers": [
        b"".join(
            line(f"{chr(65 + n % 26)}{chr(65 + i % 26)}VDM,2,2,{i % 10},{'ABCD'[i % 4]},w{i},0")
            + b"\n"
            for i in range(250)
        )
        for n in range(24)
    ],
}


@pytest.mark.parametrize("flood", FLOODS)
def test_memory_is_bounded_whatever_floods_in(flood: str) -> None:
    pieces = FLOODS[flood]
    stream = Stream()
    stream.feed(pieces[0])
    tracemalloc.start()
    try:
        for piece in pieces:
            stream.feed(piece)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 2_000_000
    assert len(stream.residue()) < 1_000_000
    voyage = sentences(encode(5, mmsi=412_000_001, name="AFTER"))
    tables = stream.feed(
        b"\r\n" + b"\r\n".join(tagged("s:new", x) for x in voyage) + b"\r\n"
    ).tables
    assert tables[5]["name"][-1] == "AFTER"
