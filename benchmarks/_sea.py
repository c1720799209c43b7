"""A sea of AIS transmitters as raw sentences: 35,000 boats, each with a fix every ten seconds.

Encoded in NumPy from the layouts of ITU-R M.1371-5 (tables 48, 52, 70, 79-81), without the
project's own code: what is measured must not make what it is measured with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

VESSELS, ZONES = 35_000, 500
SPACING_S, STATIC_EVERY = 10, 18
START_S = 1_790_000_000
FAST_SHARE = 100
"""One boat in so many is above the speed limit in a round, and the next: it raises an alert."""
WEST, EAST, SOUTH, NORTH = 106.0, 118.0, 6.0, 20.0
Bytes = NDArray[np.uint8]
Column = NDArray[np.int64]


def mmsi(vessel: Any) -> Any:
    """Name the transmitter of vessel 0, 1 and so on."""
    return 412_000_000 + vessel


@dataclass(frozen=True, slots=True)
class Piece:
    """What a socket brings at once."""

    payload: bytes
    received: int  #: UTC microseconds


def fixes(vessel: Column, step: int, fast: Column) -> tuple[NDArray[np.float64], ...]:
    """Lon, lat, speed and course of each vessel at a step: straight, at working speed."""
    dice = np.random.default_rng(11)
    lon0, lat0 = dice.uniform(WEST, EAST, VESSELS), dice.uniform(SOUTH, NORTH, VESSELS)
    sog, cog = dice.uniform(0, 10, VESSELS), dice.uniform(0, 360, VESSELS)
    away = sog[vessel] * step * SPACING_S / 3600 / 60
    lon = lon0[vessel] + away * np.sin(np.radians(cog[vessel]))
    lat = lat0[vessel] + away * np.cos(np.radians(cog[vessel]))
    return lon, lat, np.where(fast, 22.0, sog[vessel]), cog[vessel]


def pieces(
    first: int, steps: int, number: int, size: int = 1 << 18
) -> tuple[list[Piece], int, int]:
    """The stream of some steps, as pieces of so many bytes; its sentences and its positions. In the
    first of all steps everybody says its name, later one in eighteen.
    """
    out: list[Piece] = []
    sentences = 0
    for step in range(first, first + steps):
        lines = _step(step, number)
        sentences += len(lines)
        stream, start = b"".join(lines), (START_S + step * SPACING_S) * 1_000_000
        parts = range(0, len(stream), size)
        each = SPACING_S * 1_000_000 // len(parts)
        out += [Piece(stream[at : at + size], start + i * each) for i, at in enumerate(parts)]
    return out, sentences, steps * VESSELS


def _step(step: int, number: int) -> list[bytes]:
    """Every vessel once, spread over the seconds of the step, some with their names."""
    vessel = np.arange(VESSELS)
    turn = number % FAST_SHARE
    fast = (vessel % FAST_SHARE == turn) | (vessel % FAST_SHARE == turn + 1)
    lon, lat, sog, cog = fixes(vessel, step, fast)
    second = (START_S + step * SPACING_S + vessel * SPACING_S // VESSELS) % 60
    small = vessel % 5 == 0
    at = [np.rint(x).astype(np.int64) for x in (sog * 10, lon * 600_000, lat * 600_000, cog * 10)]
    class_a = _position(1, vessel, at, second, [(4, 0), (8, 128)])
    class_b = _position(18, vessel, at, second, [(8, 0)])
    lines = _single(np.where(small[:, None], class_b, class_a))
    naming = np.flatnonzero((vessel % STATIC_EVERY == step % STATIC_EVERY) | (step == 0))
    told = dict(zip(naming.tolist(), _statics(naming, small[naming]), strict=True))
    return [line for i, own in enumerate(lines) for line in (own, *told.get(i, ()))]


def _bits(fields: Sequence[tuple[int, Any]], n: int) -> Bytes:
    """Fields of so many bits each, most significant first."""
    parts = []
    for width, values in fields:
        column = np.broadcast_to(np.asarray(values, np.int64), (n,))
        parts.append((column[:, None] >> np.arange(width - 1, -1, -1) & 1).astype(np.uint8))
    return np.concatenate(parts, axis=1)


def _position(
    kind: int, vessel: Column, at: Sequence[Column], second: Column, before: list[tuple[int, int]]
) -> Bytes:
    """Types 1 and 18: the same fields from the speed on, other ones before and behind."""
    sog, lon, lat, cog = at
    head = [(6, kind), (2, 0), (30, mmsi(vessel)), *before]
    middle = [(10, sog), (1, 1), (28, lon), (27, lat), (12, cog), (9, cog // 10), (6, second)]
    rest = 168 - sum(width for width, _ in [*head, *middle])
    return _bits([*head, *middle, (rest, 0)], len(vessel))


def _text(words: Sequence[str], characters: int) -> Bytes:
    """Six-bit text, filled with `@`."""
    raw = "".join(word.ljust(characters, "@") for word in words).encode()
    codes = np.frombuffer(raw, np.uint8).reshape(-1, characters) & 63
    return (codes[:, :, None] >> np.arange(5, -1, -1) & 1).astype(np.uint8).reshape(len(words), -1)


def _statics(vessel: Column, small: NDArray[np.bool_]) -> list[tuple[bytes, ...]]:
    """Names and sizes: type 5 in two parts, type 24 A and B."""
    n, who = len(vessel), [(2, 0), (30, mmsi(vessel))]
    name = _text([f"BOAT {v}" for v in vessel.tolist()], 20)
    call = _text([f"B{v:06}" for v in vessel.tolist()], 7)
    size = [(9, 12), (9, 8), (6, 3), (6, 3)]
    five = [
        _bits([(6, 5), *who, (2, 0), (30, 0)], n), call, name, _bits([(8, 30), *size], n),
        _bits([(4, 1), (20, 0), (8, 25)], n), _text(["FISHING GROUND"] * n, 20), _bits([(2, 0)], n),
    ]  # fmt: skip
    part_a = [_bits([(6, 24), *who, (2, 0)], n), name, _bits([(8, 0)], n)]
    part_b = [_bits([(6, 24), *who, (2, 1), (8, 30), (42, 0)], n), call, _bits([*size, (6, 0)], n)]
    voyage = _double(np.concatenate(five, axis=1))
    halves = [_single(np.concatenate(part, axis=1)) for part in (part_a, part_b)]
    pairs = zip(*halves, strict=True)
    return [b if s else a for s, a, b in zip(small.tolist(), voyage, pairs, strict=True)]


def _armoured(bits: Bytes) -> Bytes:
    """Six bits a character (IEC 61162-1, annex); filled up with zeros."""
    short = -bits.shape[1] % 6
    full = np.pad(bits, ((0, 0), (0, short)))
    six = full.reshape(len(bits), -1, 6) @ np.array([32, 16, 8, 4, 2, 1], np.uint8)
    return np.asarray(six + 48 + 8 * (six >= 40), np.uint8)


def _single(bits: Bytes) -> list[bytes]:
    return _lines("!AIVDM,1,1,,A,", _armoured(bits), -bits.shape[1] % 6)


def _double(bits: Bytes) -> list[tuple[bytes, bytes]]:
    """Two parts; the sequence number tells neighbours apart."""
    signs, out = _armoured(bits), []
    for number in range(10):
        mine = signs[number::10]
        first = _lines(f"!AIVDM,2,1,{number},A,", mine[:, :60], 0)
        second = _lines(f"!AIVDM,2,2,{number},A,", mine[:, 60:], -bits.shape[1] % 6)
        out.append(list(zip(first, second, strict=True)))
    return [out[i % 10][i // 10] for i in range(len(signs))]


def _lines(head: str, signs: Bytes, fill: int) -> list[bytes]:
    n = len(signs)
    begin = np.tile(np.frombuffer(head.encode(), np.uint8), (n, 1))
    end = np.tile(np.frombuffer(f",{fill}".encode(), np.uint8), (n, 1))
    body = np.concatenate([begin, signs, end], axis=1)
    sums = np.bitwise_xor.reduce(body[:, 1:], axis=1)
    hexes = np.frombuffer(b"0123456789ABCDEF", np.uint8)
    tail = np.tile(np.frombuffer(b"*00\r\n", np.uint8), (n, 1))
    tail[:, 1], tail[:, 2] = hexes[sums >> 4], hexes[sums & 15]
    whole = np.concatenate([body, tail], axis=1)
    width, raw = whole.shape[1], whole.tobytes()
    return [raw[i : i + width] for i in range(0, len(raw), width)]
