"""What stands before a sentence and speaks of it: tag blocks and $PGHP lines.

Invariant: as `framing.Context` would be when the sentence is reached. A line that takes what stands
before it, or makes it void, is a taker; what is told between two takers belongs to the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from fleet.ingest.ais.scan import OTHER, STAR, TAG, TAGGED, Lines
from fleet.ingest.ais.stamped import ANY_CHECK, pghp_times
from fleet.ingest.ais.text import blank_behind
from fleet.ingest.framing import GROUP, Context
from fleet.ingest.stamps import unix_time
from fleet.model import NEVER, Ints

PGHP: Final = np.uint64(int.from_bytes(b"$PGHP", "little"))
FIVE: Final = np.uint64((1 << 40) - 1)
LONGEST_SOURCE: Final = 32
SEEN: Final = 32
"""Bytes of a tag block that are held against the one before."""
NOBODYS: Final = b"-"
"""A checksum that no sentence has."""


class Block(NamedTuple):
    """What a tag block tells; places within it, -1 where it does not."""

    time: int = NEVER
    source: int = -1
    source_size: int = 0
    group: int = -1
    group_size: int = 0
    strange: bool = False  #: of our own, for the framer


SILENT: Final = Block()


@dataclass(slots=True)
class Told:
    """By taker: what was told for it; place and size of texts, size 0 where there is none."""

    time: Ints
    pghp: Ints
    check: Ints
    source: Ints
    source_size: Ints
    group: Ints
    group_size: Ints

    @classmethod
    def nothing(cls, takers: int) -> Told:
        zeros = np.zeros((7, takers), np.int64)
        zeros[2] = ANY_CHECK
        return cls(*zeros)

    def contexts(self, takers: list[int], data: bytes) -> Iterator[Context | None]:
        """The same for single sentences that the framer reads; None where nothing was told."""
        columns = (getattr(self, name)[takers].tolist() for name in self.__slots__)
        for time, pghp, check, name, size, group, length in zip(*columns, strict=True):
            if not (time or pghp or size or length):
                yield None
                continue
            source = data[name : name + size].decode("latin-1")
            checked = b"" if check == ANY_CHECK else NOBODYS if check < 0 else b"%02X" % check
            yield Context(source, time, data[group : group + length].decode(), pghp, checked)


@dataclass(slots=True)
class Tags:
    """The right tag blocks that tell something."""

    line: list[int]
    at: list[int]
    told: list[Block]
    wrong: Ints  #: lines whose tag block is not believed
    strange: list[int]  #: lines that are odd for it


def pghp_lines(found: Lines) -> Ints:
    """The lines that are a right $PGHP sentence."""
    line: Ints = (found.cls == OTHER).nonzero()[0]
    if not len(line):
        return line
    event = found.begin[line] + 1
    right = found.right(event) & (found.kind[event + 1] == STAR)
    right &= (found.text.u8[found.at[event]] & FIVE) == PGHP
    rows: Ints = line[right]
    return rows


def tags(found: Lines) -> Tags | None:
    line = ((found.cls == TAG) | (found.cls == TAGGED)).nonzero()[0]
    if not len(line):
        return None
    event = found.begin[line] + 1
    start, star = found.at[event], found.at[event + 1]
    digits = found.at[event + 2] - star
    odd = (digits == 2) | (start != found.at[event - 1] + 1)
    right = found.right(event) & (digits == 3)
    good = right & ~odd
    out = Tags([], [], [], line[~right & ~odd], line[odd].tolist())
    if not good.all():
        line, start, star = line[good], start[good], star[good]
    start, size = start + 1, star - start - 1
    data, known, rows = found.text.data, dict[bytes, Block](), line.tolist()
    heads = _changes(found, start, size)
    for first, end in pairwise([*heads, len(rows)]):
        at = int(start[first])
        body = data[at : at + int(size[first])]
        told = known.get(body) or known.setdefault(body, block(body))
        if told.strange:
            out.strange += rows[first:end]
        if told is not SILENT:
            out.line += rows[first:end]
            out.at += start[first:end].tolist()
            out.told += [told] * (end - first)
    return out


def _changes(found: Lines, start: Ints, size: Ints) -> list[int]:
    """The rows whose tag block is not, for all that is easily seen, the same as the one before."""
    if not len(size):
        return []
    window = found.text.windows(start, SEEN)
    blank_behind(window, size)
    words = window.view("<u8")
    same = (words[1:] == words[:-1]).all(1) & (size[1:] == size[:-1]) & (size[1:] <= SEEN)
    return [0, *(np.flatnonzero(~same) + 1).tolist()]


def block(body: bytes) -> Block:
    """As `framing._tell`: of times the first counts, of sources and groups the last."""
    told, at = SILENT, 0
    for entry in body.split(b","):
        code, colon, value = entry.partition(b":")
        place = at + len(code) + len(colon)
        if code == b"c":
            told = told._replace(time=told.time or unix_time(value))
        elif code == b"s":
            told = told._replace(source=place, source_size=min(len(value), LONGEST_SOURCE))
        elif code == b"g" and (found := GROUP.fullmatch(value)) and int(found[1]) > 1:
            told = told._replace(group=place + found.start(2), group_size=len(found[2]))
        elif code == b"fk":
            told = told._replace(strange=True)
        at += len(entry) + 1
    return told


def told(found: Lines, tagged: Tags | None, pghp: Ints, taker: Ints, takers: int) -> Told | None:
    """`taker` of every line: the number of takers before it. None where nothing is told."""
    if not len(pghp) and (tagged is None or not tagged.line):
        return None
    out = Told.nothing(takers)
    if len(pghp):
        event = found.begin[pghp] + 1
        times, checks = pghp_times(found.text, found.at[event], found.at[event + 1])
        out.pghp[taker[pghp]], out.check[taker[pghp]] = times, checks
    if tagged is not None and tagged.line:
        _tell(tagged, taker[tagged.line], out)
    return out


def _tell(tagged: Tags, taker: Ints, out: Told) -> None:
    """Of several before one sentence the first time counts, the last source, the last group."""
    at = np.array(tagged.at, np.int64)
    columns = np.array([block[:5] for block in tagged.told], np.int64).T
    time, source, source_size, group, group_size = columns
    rows = time.nonzero()[0][::-1]
    out.time[taker[rows]] = time[rows]
    rows = (source >= 0).nonzero()[0]
    out.source[taker[rows]], out.source_size[taker[rows]] = (at + source)[rows], source_size[rows]
    rows = (group >= 0).nonzero()[0]
    out.group[taker[rows]], out.group_size[taker[rows]] = (at + group)[rows], group_size[rows]
