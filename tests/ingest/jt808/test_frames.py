"""Frames: whole whatever the cuts, checked, escaped both ways, and what is none counted once."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.jt808.frames import LONGEST, Framer, Message, checksum, encode, parse
from fleet.ingest.tally import Tally
from simulators import jt808 as witness
from tests.ingest.jt808 import published

BODIES = st.binary(max_size=1023)
MESSAGES = st.builds(
    Message,
    st.integers(0, 0xFFFF),
    st.binary(min_size=6, max_size=6) | st.binary(min_size=10, max_size=10),
    st.integers(0, 0xFFFF),
    BODIES | st.lists(st.sampled_from(b"\x7d\x7e\x01\x02"), max_size=40).map(bytes),
)


def framed(chunks: list[bytes]) -> tuple[list[Message], Tally]:
    framer, tally = Framer(), Tally()
    return [message for chunk in chunks for message in framer.feed(chunk, tally)], tally


@given(message=MESSAGES)
def test_a_message_comes_back_from_its_frame(message: Message) -> None:
    frame = encode(message)
    assert frame.count(b"\x7e") == 2
    ((back,), tally) = framed([frame])
    fields = ("id", "phone", "serial", "body", "part", "parts", "encrypted")
    assert [getattr(back, f) for f in fields] == [getattr(message, f) for f in fields]
    assert not tally.rejects


@given(data=BODIES)
def test_checksum_is_the_exclusive_or_of_all_bytes(data: bytes) -> None:
    assert checksum(data) == reduce(xor, data, 0)


@given(message=MESSAGES)
def test_an_independent_terminal_reads_our_frames(message: Message) -> None:
    (data,) = witness.unframed(encode(message))
    assert data.endswith(message.body)


@pytest.mark.parametrize(
    "name", [n for n in dir(published) if isinstance(getattr(published, n), bytes) and n.isupper()]
)
def test_published_frames_are_frames(name: str) -> None:
    frame = getattr(published, name)
    if frame[0] != 0x7E:
        return  # the body of an answer alone
    (messages, tally) = framed([frame])
    assert (len(messages), dict(tally.rejects)) == (1, {})
    if messages[0].parts == 1 and not messages[0].edition:
        assert encode(messages[0]) == frame


@given(
    noise=st.lists(st.binary(max_size=40), min_size=3, max_size=3),
    cuts=st.lists(st.integers(0, 400), max_size=12),
)
def test_cut_anywhere_and_restored_between(noise: list[bytes], cuts: list[int]) -> None:
    stream = noise[0] + published.BATTERY + noise[1] + published.HEARTBEAT * 2 + noise[2]
    whole, expected = framed([stream])
    framer, tally, found = Framer(), Tally(), list[Message]()
    bounds = [0, *sorted(min(c, len(stream)) for c in cuts), len(stream)]
    for start, stop in pairwise(bounds):
        found += framer.feed(stream[start:stop], tally)
        rest, framer = framer.residue(), Framer()
        framer.restore(rest)
    assert (found, tally.rejects) == (whole, expected.rejects)
    assert tally.sentences == expected.sentences


@given(chunks=st.lists(st.binary(max_size=3000), max_size=8))
def test_any_bytes_are_survived_within_bounds(chunks: list[bytes]) -> None:
    framer, tally = Framer(), Tally()
    for chunk in chunks:
        framer.feed(chunk, tally)
        assert len(framer.residue()) <= LONGEST + 1


def test_a_broken_frame_takes_no_other_with_it() -> None:
    good = published.HEARTBEAT
    broken = good[:-2] + bytes([good[-2] ^ 1]) + good[-1:]
    messages, tally = framed([good + broken[:-1] + good + broken[5:] + good])
    assert len(messages) == 3
    assert set(tally.rejects) <= {"frame: checksum", "frame: too short"}


def test_one_delimiter_between_two_frames_is_enough() -> None:
    messages, tally = framed([published.HEARTBEAT + published.BATTERY[1:]])
    assert [m.id for m in messages] == [0x0002, 0x0200]
    assert not tally.rejects


def test_what_is_too_long_is_counted_once_however_it_comes() -> None:
    stream = b"\x7e" + b"x" * 50_000 + published.HEARTBEAT
    for size in (1, 1000, len(stream)):
        chunks = [stream[i : i + size] for i in range(0, len(stream), size)]
        messages, tally = framed(chunks)
        assert len(messages) == 1
        assert tally.rejects == {"frame: too long": 1}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x02\x00", "frame: too short"),
        (b"\x7d\x03" + b"x" * 20, "frame: escape"),
        (b"x" * 19 + b"\x7d", "frame: escape"),
        (b"x" * 21, "frame: checksum"),
        (b"\x02\x00\x00\x05" + b"\0" * 8, "frame: length"),
        (b"\x02\x00\x20\x00" + b"\0" * 8 + b"\x00\x02\x00\x03", "frame: packet number"),
        (b"\x02\x00\x20\x00" + b"\0" * 8 + b"\x00\x00\x00\x00", "frame: packet number"),
        (b"\x02\x00\x20\x00" + b"\0" * 8, "frame: length"),
    ],
)
def test_what_is_no_frame(data: bytes, why: str) -> None:
    sealed = data if why in ("frame: escape", "frame: checksum") else witness.framed(data)[1:-1]
    assert parse(sealed) == why


def test_after_a_whole_frame_nothing_waits() -> None:
    framer = Framer()
    framer.feed(published.HEARTBEAT, Tally())
    assert framer.residue() == b""


def test_a_terminal_keeps_its_identity_when_its_number_gets_longer() -> None:
    old, new = (
        Message(2, bytes.fromhex("013800000808"), 0, b""),
        Message(2, bytes.fromhex("00000000013800000808"), 0, b""),
    )
    assert old.terminal == new.terminal == "13800000808"
    assert Message(2, bytes(6), 0, b"").terminal == ""
