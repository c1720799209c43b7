"""Our decoder against the bit-by-bit oracle: every type, every field, any bits, both paths."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.ingest.ais import LAYOUTS, Doubt, Stream
from tests.ingest.correctness.ours import Row, decoded, expected, impossible, rows
from tests.ingest.oracle.bits import ARMOUR, armoured, line, of_number, sentences
from tests.ingest.oracle.others import read_other
from tests.ingest.oracle.reading import layout
from tests.ingest.oracle.strategies import BITS, Drawn, messages
from tests.ingest.oracle.strategies import LAYOUTS as DRAWN
from tests.ingest.oracle.writing import encode

MANY = 1500
"""Sentences among which a message is put for the columnar path."""
OTHER = 211_000_000
EXAMPLES = settings(max_examples=150, deadline=None)


def among(messages: list[list[bytes]], many: int = MANY) -> list[Row]:
    """The messages spread over a large piece of others."""
    other = sentences(encode(1, mmsi=OTHER))[0]
    some = [other] * (many // (len(messages) + 1))
    lines = [line for message in messages for line in [*some, *message]] + some
    stream = Stream()
    found = rows(stream.feed(b"".join(line + b"\r\n" for line in lines)), stream.end())
    return [row for row in found if row.fields["mmsi"] != OTHER]


def same(row: Row, bits: str) -> None:
    name = layout(bits)
    assert row.layout == name
    assert row.fields == expected(bits, row.layout)
    for field, value in expected(bits, row.layout).items():
        mine = row.fields[field]
        assert type(mine) is type(value) or value == 0, (field, mine, value)
    assert bool(row.doubt & Doubt.POSITION) == impossible(bits, row.layout)
    mmsi = row.fields["mmsi"]
    assert isinstance(mmsi, int)
    assert bool(row.doubt & Doubt.MMSI) == (not 0 < mmsi <= 999_999_999)


@EXAMPLES
@given(messages())
def test_each_field_of_a_message_in_small_input(drawn: Drawn) -> None:
    (row,) = decoded(*sentences(drawn.bits))
    same(row, drawn.bits)


@settings(max_examples=25, deadline=None)
@given(st.lists(messages(), min_size=1, max_size=8, unique_by=lambda each: each.bits))
def test_each_field_of_a_message_in_large_input(drawn: list[Drawn]) -> None:
    ours = [each for each in drawn if each.given["mmsi"] != OTHER]
    found = among([sentences(each.bits, sequence=n) for n, each in enumerate(ours)])
    assert len(found) == len(ours)
    for row, each in zip(found, ours, strict=True):
        same(row, each.bits)


@EXAMPLES
@given(st.sampled_from([*range(64), *[int(str(k)[:2].rstrip("AB")) for k in LAYOUTS] * 4]), BITS)
def test_random_bits_of_any_length(kind: int, bits: str) -> None:
    """What is too short is refused and counted; what is read is what the bits say, no zeros."""
    bits = of_number(kind, 6) + bits
    stream = Stream()
    got = stream.feed(b"\r\n".join([*sentences(bits), b""]))
    found, name = rows(got), layout(bits)
    assert len(found) + len(got.others) + got.tally.rejects.total() == 1, got.tally.rejects
    if name is None:
        assert not found
    elif found:
        same(found[0], bits)
        assert bool(found[0].doubt & Doubt.LENGTH) == (len(bits) > LAYOUTS[name].bits[1])
        assert len(bits) >= LAYOUTS[name].bits[0]
    else:
        assert len(bits) < LAYOUTS[name].bits[0], got.tally.rejects


@pytest.mark.parametrize("kind", DRAWN)
def test_the_standard_s_own_length_is_always_read(kind: int | str) -> None:
    mmsi = 984_000_000 if kind == "24X" else 412_000_001
    for more in ({}, {"extension": "A" * 14}) if kind == 21 else ({},):
        (row,) = decoded(*sentences(encode(kind, mmsi=mmsi, **more)))
        assert not row.doubt


@EXAMPLES
@given(messages(), st.integers(0, 5), st.data())
def test_fill_bits_of_every_number(drawn: Drawn, fill: int, data: st.DataObject) -> None:
    """Fill bits may be anything; they are never part of the message."""
    payload, padding = armoured(drawn.bits)
    bits = drawn.bits[: len(drawn.bits) + padding - fill] if fill >= padding else drawn.bits
    payload, padding = armoured(bits)
    junk = data.draw(st.integers(0, (1 << padding) - 1)) if padding else 0
    last = ARMOUR[ARMOUR.index(payload[-1]) | junk]
    body = f"AIVDM,1,1,,A,{payload[:-1]}{last},{padding}"
    for row in decoded(line(body)):
        same(row, bits)


@EXAMPLES
@given(messages(), st.data())
def test_characters_that_are_no_armour_are_refused(drawn: Drawn, data: st.DataObject) -> None:
    lines = sentences(drawn.bits)
    number = data.draw(st.integers(0, len(lines) - 1))
    fields = lines[number][1:-3].decode().split(",")
    at = data.draw(st.integers(0, len(fields[5]) - 1))
    wrong = data.draw(st.sampled_from('XYZ[]^_x{}~ \x7f\xe9\x00/"'))
    fields[5] = fields[5][:at] + wrong + fields[5][at + 1 :]
    lines[number] = line(",".join(fields))
    stream = Stream()
    got = stream.feed(b"".join(each + b"\r\n" for each in lines))
    assert len(got) == 0
    assert got.tally.rejects.total() > 0
    if number % 3 == 0 and at % 8 == 0:
        assert among([lines]) == []


@settings(max_examples=60, deadline=None)
@given(messages(), st.permutations(range(4)), st.sampled_from([60, 90, 120, 180]))
def test_parts_of_any_size_in_any_order(drawn: Drawn, order: list[int], most: int) -> None:
    lines = sentences(drawn.bits, most=most)
    turned = [lines[n] for n in order if n < len(lines)] + lines[4:]
    if lines != turned:
        turned = [b"\\s:st*07\\" + each for each in turned]  # the source is known
    (row,) = decoded(*turned)
    same(row, drawn.bits)


@EXAMPLES
@given(st.sampled_from([12, 14, 17, 22, 23, 25, 26]), st.text("01", min_size=170, max_size=420))
def test_records_say_what_the_oracle_reads(kind: int, bits: str) -> None:
    bits = of_number(kind, 6) + bits
    (record,) = Stream().feed(b"".join(each + b"\r\n" for each in sentences(bits))).others
    own = {"type": kind, "mmsi": record.key, "text": record.text, "to": record.to,
           "app_id": record.dac << 6 | record.fi}  # fmt: skip
    for name, value in read_other(bits).items():
        if (kind, bits[139]) == (22, "1") and name[2:] in ("_lon", "_lat"):
            continue  # addressed: two numbers in place of the corners
        mine = own.get(name, record.fields.get(name, value))
        if value is None:  # not available, or none on Earth
            assert not isinstance(mine, float) or math.isnan(mine) or abs(mine) > 90, name
        elif name not in ("sequence", "repeat"):
            assert mine == value, name
