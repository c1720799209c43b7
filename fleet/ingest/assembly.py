"""Multi-part AIS messages 多段消息: parts in any order become one message, or nothing.

A part joins only parts of its own source, talker, sequence id, channel, count and tag-block group.
What could belong to two messages belongs to none. Bounded by number and by age. Where lines do not
name their source, parts are joined one after the other only, and not at all as soon as their order
shows that several receivers are merged: those cannot be told apart by anybody (tag them).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from fleet.ingest.groups import (
    GROUPED_WINDOW,
    WINDOW,
    Bench,
    Group,
    Message,
    Part,
    Stage,
    aged,
    give_up,
    join,
    mark,
    near,
    sound,
)
from fleet.ingest.sequence import START, Key, Sequence
from fleet.ingest.tally import Tally

SOURCES = 512


class Assembly:
    """The unfinished messages of one stream."""

    __slots__ = ("_benches", "_sequences")

    def __init__(self) -> None:
        self._benches: OrderedDict[tuple[str, str, bool], Bench] = OrderedDict()
        self._sequences: OrderedDict[str, Sequence] = OrderedDict()

    def add(self, part: Part, tally: Tally) -> Message | None:
        bench = self._bench(part.key)
        self._sweep(part.at, tally)
        lost = aged(bench, part, tally)
        if part.key.source:
            self._sequence(part.key).lost(lost)
        group = _fitting(bench, part)
        if group is not None and group.has(part):
            tally.types["repeated part"] += 1
            return None
        if not (part.key.source or part.key.group):
            return self._unnamed(bench, group, part, tally)
        between = 0 if group is None else group.age - 1
        message = self._named(bench, group, part, tally)
        reason = "" if message is None else self._doubt(message, part, between)
        if message is not None and reason:
            tally.reject(reason, message.payload)
            return None
        return message

    def pair(self, first: Part, second: Part, tally: Tally) -> list[Message]:
        """As `add` of both parts of one message; at once where nothing of their stream is open.

        They name no source and no group, come in turn, have no fill between them, and LONGEST
        characters at most.
        """
        key, bench, sequence = first.key, self._bench(first.key), self._sequence(first.key)
        self._sweep(first.at, tally)
        quiet = sequence.trust >= 0 and not sequence.strays
        kept = _beside(bench, first, second) if quiet else None
        if kept is None:
            both = self.add(first, tally), self.add(second, tally)
            return [message for message in both if message is not None]
        time = first.time or second.time
        held = {part.number: (mark(part.payload), 0) for part in (first, second)}
        kept.append(Group(key, first.at, time, 0, not sequence.fresh, Stage.DONE, "", held))
        bench[:] = kept
        sequence.count += 2
        sequence.whole()
        payload = first.payload + second.payload
        return [Message(payload, second.fill, time, second.order, key.talker, key.channel, parts=2)]

    def _doubt(self, message: Message, part: Part, between: int) -> str:
        """Why its parts may be of two messages, `between` parts of its source apart; or ""."""
        if part.key.source and not part.inherited:
            believed = self._sequence(part.key).kept()
            return "" if believed or not between else "ambiguous parts"
        if message.source and not part.inherited:
            return ""
        sequence = self._sequence(part.key._replace(source=""))
        if between:
            sequence.interleaved()
        return "" if sequence.whole() else "merged receivers"

    def _named(self, bench: Bench, group: Group | None, part: Part, tally: Tally) -> Message | None:
        if group is None:
            return self._begin(bench, part, tally, ordered=False)
        if group.stage == Stage.DONE and part.number == 1:
            bench.remove(group)
            return self._begin(bench, part, tally, ordered=True)
        return join(group, part, tally)

    def _unnamed(
        self, bench: Bench, group: Group | None, part: Part, tally: Tally
    ) -> Message | None:
        sequence = self._sequence(part.key._replace(source=""))
        sequence.next()
        waiting = next((g for g in bench if g.stage == Stage.WAITING), None)
        if waiting is not None and waiting is group and _follows(group, part, sequence):
            message = join(group, part, tally)
            if group.stage == Stage.DONE and not sequence.whole() and message is not None:
                tally.reject("merged receivers", message.payload)
                return None
            return message
        if waiting is not None:  # another message has begun before this one was whole
            sequence.stray(waiting.key)
            bench.remove(waiting)
            give_up(waiting, tally)
        return self._out_of_turn(bench, group, part, sequence, tally)

    def _out_of_turn(
        self, bench: Bench, group: Group | None, part: Part, sequence: Sequence, tally: Tally
    ) -> Message | None:
        if part.number == 1:
            sequence.begins(part.key)
        elif not sequence.fresh:
            sequence.stray(part.key)
        if group is not None and group.stage == Stage.MIXED:
            return join(group, part, tally)
        if part.number != 1 and not sequence.fresh:
            tally.reject("part without its first", part.payload)
            return None
        if group in bench:
            bench.remove(group)
        return self._begin(bench, part, tally, ordered=not sequence.fresh)

    def _sequence(self, key: Key) -> Sequence:
        """Of a source, or of all lines of a talker that name none."""
        name = f"{key.talker} {key.source}"
        found = self._sequences.get(name)
        if found is None:
            trust = START if key.source else 0
            found = self._sequences[name] = Sequence(name, trust)
        self._sequences.move_to_end(name)
        if len(self._sequences) > SOURCES:
            self._sequences.popitem(last=False)
        return found

    def groups(self, at: int) -> Iterator[Group | Sequence]:
        """What still matters at that time, oldest first; the rest is forgotten."""
        yield from (each for each in self._sequences.values() if each.trust != START or each.count)
        for bench in self._benches.values():
            bench[:] = [g for g in bench if g.stage == Stage.WAITING or g.near(at)]
            yield from bench

    def restore(self, group: Group | Sequence) -> None:
        """Raises ValueError on what this program cannot have written."""
        if isinstance(group, Sequence):
            if not group.sound():
                raise ValueError("not a sequence")
            self._sequences[group.name] = group
            if len(self._sequences) > SOURCES:
                self._sequences.popitem(last=False)
            return
        bench = self._bench(group.key)
        if not sound(group) or len(bench) > GROUPED_WINDOW:
            raise ValueError("not a group")
        bench.append(group)

    def _bench(self, key: Key) -> Bench:
        name = (key.source, key.talker, bool(key.group))
        bench = self._benches.setdefault(name, [])
        self._benches.move_to_end(name)
        return bench

    def _sweep(self, at: int, tally: Tally) -> None:
        """Forget the sources silent for longest: all that are too late, and any beyond SOURCES."""
        while len(self._benches) > 1:
            name, bench = next(iter(self._benches.items()))
            if len(self._benches) <= SOURCES and any(group.near(at) for group in bench):
                return
            del self._benches[name]
            for group in bench:
                give_up(group, tally)

    def _begin(self, bench: Bench, part: Part, tally: Tally, *, ordered: bool) -> Message | None:
        group = Group(part.key, part.at, part.time, ordered=ordered)
        bench.append(group)
        return join(group, part, tally)


def _fitting(bench: Bench, part: Part) -> Group | None:
    """The group of a part. What another receiver told already may be told again under the same
    group id: then it is for the copy that waits for it, if that is the same message so far.
    """
    fits = [g for g in bench if g.is_for(part)]
    told = next((g for g in fits if g.stage == Stage.DONE and g.has(part)), None)
    for waiting in fits if told else ():
        if waiting.stage == Stage.WAITING and part.number not in waiting.parts:
            marks = {n: (mark(payload), 0) for n, (payload, _) in waiting.parts.items()}
            if told is not None and marks.items() <= told.parts.items():
                return waiting
    return fits[0] if fits else None


def _beside(bench: Bench, first: Part, second: Part) -> list[Group] | None:
    """What is left on the bench when two parts of one message have come, two parts older; None
    where something is open, told again or far off in time, which `add` sorts out.
    """
    key, at, then = first.key, first.at, second.at
    if at != then and not near(at, then):
        return None
    kept = []
    for group in bench:
        if group.stage != Stage.DONE:
            return None
        if group.age >= WINDOW or not group.near(at):
            continue
        if group.key == key:
            if group.has(first):
                return None
        elif group.age + 2 <= WINDOW and (at == then or group.near(then)):
            kept.append(group)
    for group in kept:
        group.age += 2
    return kept


def _follows(group: Group, part: Part, sequence: Sequence) -> bool:
    """The next part; any, of the first message of a stream; or one that it holds already."""
    return sequence.fresh or part.number == len(group.parts) + 1 or part.number in group.parts
