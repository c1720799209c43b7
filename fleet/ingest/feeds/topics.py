"""The topic map of a broker: which message is read as what, and who is taken to have sent it.

The first entry that matches wins. Whoever speaks for a boat is named by the topic, never by the
payload alone: the broker's access list says who may write where, so nobody speaks for another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fleet.ingest.feeds.common import FeedError
from fleet.ingest.format import Format
from fleet.model import IdentityKind, Source

LEVEL = re.compile(r"\{(\d{1,2})\}")


class Topic:
    """A topic filter, and the station that a topic under it belongs to.

    The station is what the wildcards match, or what `station` says: text in which `{2}` stands
    for the second level of the topic.
    """

    def __init__(self, text: str, station: str = "") -> None:
        levels = text.split("/")
        self.filter = text
        self.levels = levels[2:] if levels[0] == "$share" else levels
        self.wild = [i for i, level in enumerate(self.levels) if "+" in level or "#" in level]
        whole_levels = all(self.levels[i] in ("+", "#") for i in self.wild)
        if not text or not self.levels or not whole_levels or "#" in self.levels[:-1]:
            raise FeedError(f"{text!r} is not a topic filter")
        self.named = self._named(station)
        self._pattern = self._compiled()
        self._parts = self._template(station) if station else None

    def station(self, topic: str) -> str | None:
        """None where the topic is not under this filter, or leaves the station without a name."""
        found = self._pattern.fullmatch(topic)
        if found is None:
            return None
        if self._parts is not None:
            said = [part if isinstance(part, str) else found[part] for part in self._parts]
            return "".join(said) if all(said) else None
        matched = [text or "" for text in found.groups()]
        return ("/".join(matched) or None) if matched else topic

    def covers(self, other: Topic) -> bool:
        """Whether every topic under the other filter is under this one."""
        for i, level in enumerate(self.levels):
            if level == "#":
                return True
            if i >= len(other.levels) or other.levels[i] == "#":
                return False
            if level not in ("+", other.levels[i]):
                return False
        return len(self.levels) == len(other.levels)

    def _compiled(self) -> re.Pattern[str]:
        """One group for every wildcard; `a/#` is the topic `a` as well (MQTT 5, 4.7.1.2)."""
        groups = ["([^/]*)" if level == "+" else re.escape(level) for level in self.levels]
        if self.levels[-1] != "#":
            return re.compile("/".join(groups))
        above = "/".join(groups[:-1])
        return re.compile(f"{above}(?:/(.*))?" if above else "(.*)")

    def _named(self, station: str) -> list[int]:
        """The levels that the station is made of."""
        if not station:
            return self.wild
        levels = [int(number) - 1 for number in LEVEL.findall(station)]
        most = len(self.levels) - (self.levels[-1] == "#")
        if set("{}") & set(LEVEL.sub("", station)):
            raise FeedError(f"{station!r}: a level of the topic is written {{2}}")
        if wrong := [n + 1 for n in levels if not 0 <= n < most]:
            raise FeedError(f"{station!r}: {self.filter!r} has no level {wrong[0]}")
        return levels

    def _template(self, station: str) -> list[str | int]:
        """Text, and numbers of groups of the pattern, in turn."""
        parts: list[str | int] = []
        for i, piece in enumerate(LEVEL.split(station)):
            if i % 2 == 0:
                parts += [piece] if piece else []
            elif int(piece) - 1 in self.wild:
                parts.append(self.wild.index(int(piece) - 1) + 1)
            else:
                parts.append(self.levels[int(piece) - 1])
        return parts


@dataclass(frozen=True, slots=True)
class Route:
    """One entry of the map."""

    topic: Topic
    form: Format
    kind: IdentityKind | None = None  #: what the names are, where not what the format says
    source: Source | None = None  #: likewise


def check(routes: Sequence[Route], keys: Sequence[str]) -> None:
    """Raises FeedError, naming the key, for the first entry that cannot work."""
    for i, (route, key) in enumerate(zip(routes, keys, strict=True)):
        _speaks_for_itself(route, key)
        if route.kind and route.form.kind == IdentityKind.MMSI:
            raise FeedError(f"{key}identity: format {route.form.key!r} names boats by their MMSI")
        for earlier, before in zip(routes[:i], keys, strict=False):
            if earlier.topic.covers(route.topic):
                raise FeedError(f"{key}filter: {before}filter before it takes all of its messages")


def _speaks_for_itself(route: Route, key: str) -> None:
    topic, form = route.topic, route.form
    if form.topical and topic.named is topic.wild:
        raise FeedError(f"{key}station: format {form.key!r} needs it: its topics name no stations")
    if form.kind == IdentityKind.MMSI or not form.datagram:
        return
    wild = [i for i in topic.wild if topic.levels[i] == "+"]
    unnamed = [i + 1 for i in wild if i not in topic.named]
    if unnamed:
        raise FeedError(f"{key}station: must hold {{{unnamed[0]}}}, or senders would be mixed up")
    if not form.topical and [topic.levels[i] for i in topic.named] != ["+"]:
        raise FeedError(f"topic {topic.filter!r} must have one + where the sender's id stands")


def subscriptions(routes: Sequence[Route]) -> list[str]:
    """The filters to ask for: of those that overlap wholly, the wider (a broker may send a
    message once for every subscription that matches it: MQTT 5, 3.3.4).
    """
    topics = [route.topic for route in routes]
    return [
        t.filter
        for i, t in enumerate(topics)
        if not any(o.covers(t) for o in [*topics[:i], *topics[i + 1 :]])
    ]
