"""What stands before a sentence and speaks of it, in columns: tag blocks and $PGHP lines.

Invariant: as `framing.Context` would be when the sentence is reached. A line that takes what stands
before it, or makes it void, is a taker; what is told between two takers belongs to the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from fleet.ingest.ais.scan import Lines
from fleet.ingest.ais.stamped import ANY_CHECK, pghp_times, unix_times
from fleet.ingest.ais.text import PAD
from fleet.ingest.framing import GROUP
from fleet.model import Ints

PGHP: Final = int.from_bytes(b"$PGHP", "little")
FIVE: Final = (1 << 40) - 1
TIME, SOURCE, GROUPED, OWN = (
    int.from_bytes(code, "little") for code in (b"c:", b"s:", b"g:", b"fk")
)
LONGEST_SOURCE: Final = 32


@dataclass(slots=True)
class Entries:
    """The entries of right tag blocks that tell something: `c:`, `s:`, `g:`."""

    line: Ints
    code: Ints
    start: Ints  #: place of the value
    end: Ints


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


def pghp_lines(found: Lines) -> Ints:
    """The lines that are a right $PGHP sentence."""
    line = found.other.nonzero()[0]
    event = found.begin[line] + 1
    right = found.right[event] & ((found.text.u8[found.at[event]] & np.uint64(FIVE)) == PGHP)
    found_there: Ints = line[right]
    return found_there


def entries(found: Lines) -> tuple[Entries, Ints, Ints]:
    """The entries of the tag blocks; lines whose block is wrong, and those that are odd."""
    line = found.tagged.nonzero()[0]
    event = found.begin[line] + 1
    start, star = found.at[event] + 1, found.at[event + 1]
    digits = found.at[event + 2] - star - 1
    odd = (digits == 1) | (start - 2 != found.at[event - 1]) | (star - start > PAD)
    right = found.right[event] & (digits == 2)
    wrong = line[~right & ~odd]
    good = right & ~odd
    if good.all():
        told, strange = _entries(found, line, start, star)
    else:
        told, strange = _entries(found, line[good], start[good], star[good])
    return told, wrong, np.concatenate((line[odd], strange)) if odd.any() else strange


def _entries(found: Lines, line: Ints, start: Ints, star: Ints) -> tuple[Entries, Ints]:
    text, size = found.text, star - start
    width = int(size.max(initial=0))
    begins = np.empty((len(line), width + 1), np.bool_)
    begins[:, 0] = True
    if width:
        np.equal(text.windows(start, width), ord(","), out=begins[:, 1:])
    row, column = begins.nonzero()
    inside = column <= size[row]
    if not inside.all():
        row, column = row[inside], column[inside]
    at = start[row] + column
    end = np.append(at[1:] - 1, 0)
    last = np.append(row[1:] != row[:-1], True)[: len(row)]
    end = np.where(last, star[row], end[: len(row)])
    code = text.u2[at].astype(np.int64)
    bare = (end - at == 1) & np.isin(text.u1[at], bytearray(b"csg"))
    strange = np.unique(line[row[bare | (code == OWN)]])
    known = (code == TIME) | (code == SOURCE) | (code == GROUPED)
    known &= end - at >= 2
    return Entries(line[row[known]], code[known], at[known] + 2, end[known]), strange


def told(found: Lines, tags: Entries | None, pghp: Ints, taker: Ints, takers: int) -> Told:
    """`taker` of every line: the number of takers before it."""
    out = Told.nothing(takers)
    if len(pghp):
        event = found.begin[pghp] + 1
        times, checks = pghp_times(found.text, found.at[event], found.at[event + 1])
        out.pghp[taker[pghp]], out.check[taker[pghp]] = times, checks
    if tags is not None and len(tags.line):
        _tell(found, tags, taker[tags.line], out)
    return out


def _tell(found: Lines, tags: Entries, taker: Ints, out: Told) -> None:
    """Of several times the first counts, of sources and groups the last."""
    timed = (tags.code == TIME).nonzero()[0]
    if len(timed):
        times = unix_times(found.text, tags.start[timed], tags.end[timed])
        backwards = times.nonzero()[0][::-1]
        out.time[taker[timed[backwards]]] = times[backwards]
    named = (tags.code == SOURCE).nonzero()[0]
    if len(named):
        out.source[taker[named]] = tags.start[named]
        out.source_size[taker[named]] = np.minimum(
            tags.end[named] - tags.start[named], LONGEST_SOURCE
        )
    for row in (tags.code == GROUPED).nonzero()[0].tolist():
        start, end = int(tags.start[row]), int(tags.end[row])
        group = GROUP.fullmatch(found.text.data, start, end)
        if group and int(group[1]) > 1:
            out.group[taker[row]] = group.start(2)
            out.group_size[taker[row]] = group.end(2) - group.start(2)
