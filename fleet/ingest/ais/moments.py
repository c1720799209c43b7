"""When messages were sent and when they were so, in columns; the clock of a recording beside it.

Invariant: as `Reader` finds them one by one, and leaves the clock. Messages that bring their own
time need nothing of each other; only those without one follow the clock, in their order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fleet.ingest.clean import (
    EARLY,
    HALF_MINUTE,
    LATE_SOURCE,
    NO_SECOND,
    NOBODYS,
    START,
    Clock,
)
from fleet.model import DAY, MINUTE, SECOND, Flag, Ints, Mask

NOT_AT_ALL = -1
TIMELESS = -1
"""Of messages that tell no second: names, voyages, the rest."""


@dataclass(slots=True)
class Moments:
    """By message, in the order of arrival."""

    sent: Ints
    ignored: Mask  #: the receiver's time was not believed
    t: Ints
    flags: Ints


@dataclass(slots=True)
class Heard:
    """What the times of messages are made of, in the order of arrival."""

    source: Ints  #: the receiver's time, NEVER where it told none
    second: Ints  #: UTC second of the fix, TIMELESS where there is none
    utc: Ints  #: date and time in types 4 and 11, else NEVER
    certain: Mask  #: may move the clock


def live(heard: Heard, received: int) -> Moments:
    source = heard.source
    told = source != 0
    believed = told & (source >= received - LATE_SOURCE) & (source <= received + EARLY)
    sent = np.where(believed, source, received)
    return Moments(sent, told & ~believed, *_fixes(heard, sent))


def recorded(heard: Heard, clock: Clock) -> Moments:
    source, utc = heard.source, heard.utc
    sent = source.copy()
    if utc.any():
        sets = heard.certain & (source < utc) & (utc <= source + DAY)
        sent = np.where(sets, utc, source)
    steps = _steps(source)
    nobodys = np.zeros(len(source), np.bool_)
    _follow(heard, clock, steps, sent, nobodys)
    t, flags = _fixes(heard, sent)
    flags[nobodys & (heard.second != TIMELESS) & heard.certain] |= int(Flag.NO_CLOCK)
    return Moments(sent, np.zeros(len(source), np.bool_), t, flags)


def _fixes(heard: Heard, sent: Ints) -> tuple[Ints, Ints]:
    """As `clean.fix_time`; a full date that agrees with when it was sent is taken as it is."""
    second = heard.second
    ahead = (second * SECOND - sent) % MINUTE
    ahead -= MINUTE * (ahead >= HALF_MINUTE)
    clocked = (second >= 0) & (second < NO_SECOND)
    t = sent + ahead * clocked
    flags = int(Flag.NO_CLOCK) * (second >= NO_SECOND)
    flags |= int(Flag.ESTIMATED) * ((second == 61) | (second == 62))
    if heard.utc.any():
        told = (heard.utc != 0) & (np.abs(heard.utc - sent) <= EARLY)
        t, flags = np.where(told, heard.utc, t), flags * ~told
    return t, flags


def _steps(source: Ints) -> Ints:
    """The messages that the clock must see one by one: without a time, and the one before them."""
    alone = source < NOBODYS
    alone[-1:] = True
    alone[:-1] |= alone[1:].copy()
    found: Ints = alone.nonzero()[0]
    return found


def _follow(heard: Heard, clock: Clock, steps: Ints, sent: Ints, nobodys: Mask) -> None:
    """The clock's way through these messages: as in `clean.Clock`, in plain numbers."""
    if not len(steps):
        return
    source, utc, certain = heard.source[steps], heard.utc[steps], heard.certain[steps]
    second = heard.second[steps]
    ticks = certain & (second >= 0) & (second < NO_SECOND)
    marks = np.where(ticks, second * SECOND, NOT_AT_ALL)
    last = np.array(_walk(clock.last, source, np.where(certain, utc, 0), marks), np.int64)
    before = np.concatenate(([clock.last], last[:-1]))
    now = np.where(source != 0, source, before)
    sets = certain & _may_set(now, utc)
    now = np.where(sets, utc, np.where(now != 0, now, START))
    sent[steps], nobodys[steps] = now, np.where(last != 0, last, START) < NOBODYS
    clock.last = int(last[-1])


def _may_set(last: Ints, utc: Ints) -> Mask:
    """Where a full date sets the clock, which stands at `last`."""
    found: Mask = (utc != 0) & ((last < NOBODYS) | ((last < utc) & (utc <= last + DAY)))
    return found


def _walk(last: int, source: Ints, utc: Ints, marks: Ints) -> list[int]:
    """Where the clock stands after each message; `marks`: its UTC second in microseconds."""
    out = []
    for told, date, mark in zip(source.tolist(), utc.tolist(), marks.tolist(), strict=True):
        last = told or last
        now = last or START
        if date and (last < NOBODYS or last < date <= last + DAY):
            now = last = date
        ahead = 0
        if date and abs(date - now) <= EARLY:
            ahead = date - now
        elif mark >= 0:
            ahead = (mark - now) % MINUTE
            ahead = 0 if ahead >= HALF_MINUTE else ahead
        if ahead > 0:
            last = now + ahead // 2
        out.append(last)
    return out
