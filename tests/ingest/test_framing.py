"""Bytes to messages: whatever stands around a sentence, and however the bytes are cut."""

from __future__ import annotations

from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.framing import LINE, Framer, checksum, mark
from fleet.ingest.groups import Message
from fleet.ingest.tally import Tally
from tests.ingest.wire import NOW, at, lines, named, tag

ONE, TWO = at(412000001), at(412000002)
PAYLOAD = ONE.split(b",")[5]


def framed(data: bytes, *more: bytes, received: int = NOW) -> tuple[list[Message], Tally]:
    framer, tally = Framer(), Tally()
    return [m for piece in (data, *more) for m in framer.feed(piece, received, tally)], tally


def times(data: bytes) -> list[float]:
    """Source times in seconds."""
    return [m.time / 1e6 for m in framed(data, received=0)[0]]


@given(st.binary(max_size=400))
def test_checksum_is_the_xor_of_all_bytes(body: bytes) -> None:
    assert checksum(body) == reduce(xor, body, 0)


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\n\n\r\n"])
def test_line_ends(end: bytes) -> None:
    messages, tally = framed(ONE + end + TWO + end)
    assert [m.payload for m in messages] == [PAYLOAD, TWO.split(b",")[5]]
    assert not tally.rejects


def test_without_a_line_end_it_waits_for_one() -> None:
    assert framed(ONE)[0] == []
    assert len(framed(ONE, b"\n")[0]) == 1


@pytest.mark.parametrize(
    "line",
    [
        ONE + TWO,
        b"noise " + ONE + b" more noise; " + TWO + b"\x00\xff",
        ONE + b",1700000000" + TWO + b",1700000001",
        tag("s:a,c:1700000000", ONE) + tag("s:b", TWO),
        b"!AIVDM,1,1,,A,cut off" + ONE + TWO,
        b"$GPRMC,1,2*00" + ONE + TWO,
    ],
)
def test_several_sentences_in_one_line(line: bytes) -> None:
    messages, _ = framed(line + b"\n")
    assert [m.payload for m in messages] == [PAYLOAD, TWO.split(b",")[5]]


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        (ONE, 0),
        (ONE + b",1700000000", 1700000000),
        (ONE + b",1700000000123", 1700000000.123),
        (ONE + b",d-109,S2105,t050056.00,r003669946,1325394060,1325394001", 1325394060),
        (ONE + b" 1700000000", 1700000000),
        (b"1700000000;" + ONE, 1700000000),
        (b"1700000000.5 " + ONE, 1700000000.5),
        (b"1550303566167726840 " + ONE, 1550303566.167726),
        (b"2023-11-14 22:13:20;" + ONE, 1700000000),
        (b"2023-11-14T22:13:20.250Z " + ONE, 1700000000.25),
        (b"2023-11-14 22:13:20 " + tag("s:x", ONE), 1700000000),
        (tag("c:1700000000", ONE), 1700000000),
        (tag("c:1700000000123", ONE), 1700000000.123),
        (tag("c:1700000000123456", ONE), 1700000000.123456),
        (tag("s:a") + tag("c:1700000000,s:b") + tag("q:u", ONE), 1700000000),
        (tag("si:AISD") + b"\r\n" + tag("c:1700000000", ONE), 1700000000),
        (tag("c:12415440354", ONE), 0),  # the year 2363
        (tag("c:0", ONE), 0),
        (tag("c:-5,c:x,c:", ONE), 0),
        (b"2023-13-45 22:13:20;" + ONE, 0),
        (b"call 139 0000 0000 " + ONE, 0),
    ],
)
def test_where_times_stand(line: bytes, seconds: float) -> None:
    assert times(line + b"\r\n") == [seconds]


def pghp(check: str) -> bytes:
    body = f"PGHP,1,2023,11,14,22,13,20,500,219,,2190067,1,{check}".encode()
    return b"$%s*%02X" % (body, checksum(body))


def test_a_pghp_line_times_the_sentence_whose_checksum_it_names() -> None:
    right, wrong = ONE[-2:].decode(), f"{int(ONE[-2:], 16) ^ 1:02X}"
    assert times(lines(pghp(right), ONE, TWO)) == [1700000000.5, 0]
    assert times(lines(pghp(right.lower()), ONE)) == [1700000000.5]
    assert times(lines(pghp(""), ONE)) == [1700000000.5]
    assert times(lines(pghp(wrong), ONE)) == [0]
    assert times(lines(tag("si:AISD"), pghp(right), ONE)) == [1700000000.5]
    assert times(lines(pghp(right)[:-2] + b"00", ONE)) == [0]


def test_what_is_commented_out_is_not_read() -> None:
    messages, tally = framed(b"# " + ONE + b"\n" + TWO + b"\n")
    assert [m.payload for m in messages] == [TWO.split(b",")[5]]
    assert tally.types == {"comment": 1}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (ONE[:-2] + b"%02X" % (int(ONE[-2:], 16) ^ 1), "checksum"),
        (ONE.replace(b",A,", b",B,"), "checksum"),
        (ONE[:-3], "no checksum"),
        (ONE[:-1], "no checksum"),
        (b"!AIVDM,1,1,,B,,0*25", "empty payload"),
        (b"!AIVDM,,1,,B,,0*14", "malformed"),
        (b"!AIVDM,1,2,,A,5,0*10", "part number"),
        (b"foobar", "not NMEA"),
        (b"\\s:x*00\\" + ONE, "tag block checksum"),
        (b"\\s:x\\" + ONE, "tag block checksum"),
        (b"\xff" * 3, "not NMEA"),
    ],
)
def test_what_cannot_be_read_is_counted_with_a_sample(line: bytes, reason: str) -> None:
    _, tally = framed(line + b"\n")
    assert tally.rejects == {reason: 1}
    assert 0 < len(tally.samples[reason]) <= 200


def test_a_sentence_survives_a_wrong_tag_block_which_is_not_believed() -> None:
    messages, _ = framed(b"\\c:1700000000*00\\" + ONE + b"\n")
    assert [(m.payload, m.fill, m.time) for m in messages] == [(PAYLOAD, 0, 0)]


def test_payload_outside_the_alphabet_is_refused_even_with_a_right_checksum() -> None:
    body = ONE[1:-3].replace(PAYLOAD, PAYLOAD[:-1] + b"~")
    _, tally = framed(b"!%s*%02X\n" % (body, checksum(body)))
    assert tally.rejects == {"malformed": 1}


@given(st.lists(st.binary(min_size=1, max_size=3 * LINE), max_size=12))
def test_endless_bytes_take_no_more_than_a_line(chunks: list[bytes]) -> None:
    framer, tally = Framer(), Tally()
    for chunk in chunks:
        framer.feed(chunk.replace(b"\n", b"").replace(b"\r", b"").replace(b"\\", b""), NOW, tally)
        assert len(framer.residue(0)) <= LINE


def test_sentences_without_any_line_end_are_found_all_the_same() -> None:
    messages, tally = framed(b"".join([ONE, TWO] * 500) + b"\n")
    assert len(messages) == 1000
    assert not tally.rejects


def test_a_megabyte_without_a_line_end_is_one_pass() -> None:
    _, tally = framed(b"x" * (1 << 20) + b"\n" + ONE + b"\n")
    assert tally.rejects == {"overlong line": (1 << 20) // LINE - 1, "not NMEA": 1}
    assert tally.sentences == 1


NOISE = [
    b"\r\n",
    b"!",
    b"$",
    b"\\",
    b"*",
    b"#x",
    b"\x00\xff",
    b",1700000000",
    b"1700000000;",
    b"\\g:",
]
PIECES = st.sampled_from(
    [
        *lines(ONE, *named(412000003, "HAI YAN"), tag("s:a,c:1700000000", TWO)).splitlines(True),
        *(tag(f"g:{n}-2-7,s:st", p) for n, p in enumerate(named(412000004, "DONG FENG", seq=3), 1)),
        pghp(ONE[-2:].decode()) + b"\n",
        mark(b"fk", b"1700000000000000"),
        *NOISE,
    ]
)


@given(st.lists(PIECES | st.binary(max_size=20), max_size=25), st.data())
def test_however_it_is_cut_and_restarted_the_messages_are_the_same(
    pieces: list[bytes], data: st.DataObject
) -> None:
    stream = b"".join(pieces)
    whole, counted = framed(stream)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    framer, tally, out = Framer(), Tally(), []
    for start, stop in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        out += framer.feed(stream[start:stop], NOW, tally)
        residue, framer = framer.residue(0), Framer()
        assert framer.restore(residue) == 0
    # Sentences are numbered from the start of a program.
    assert [m._replace(order=0) for m in out] == [m._replace(order=0) for m in whole]
    assert (tally.types, tally.rejects, tally.sentences) == (
        counted.types, counted.rejects, counted.sentences,
    )  # fmt: skip


@given(st.lists(PIECES, max_size=25))
def test_byte_by_byte(pieces: list[bytes]) -> None:
    stream = b"".join(pieces)
    single = [stream[i : i + 1] for i in range(len(stream))]
    assert framed(b"", *single)[0] == framed(stream)[0]
