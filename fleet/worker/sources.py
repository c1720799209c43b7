"""The feeds as they are shown: kind, address, state, and what they and the spool had to let go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fleet.ingest.feed import Feed
from fleet.store.feeds import Health
from fleet.worker.commit import Extra
from fleet.worker.spool import Spool

FORCED_OUT = "forced out of the spool"


class Sources:
    """Asked before every commit; counts are kept until a commit holds them."""

    def __init__(self, feeds: Sequence[tuple[Feed, Health]], spool: Spool) -> None:
        self.feeds, self.spool = feeds, spool
        self.started = datetime.now(UTC)
        self.failures: dict[str, str] = {}  #: by feed: why its reader ended
        self._lost = 0
        self._told: dict[str, Counter[str]] = {}  #: of what a feed counts itself, by its name
        spool.lost = self._forced_out

    def _forced_out(self, frames: int) -> None:
        self._lost += frames

    def extra(self) -> Extra:
        shown = {feed.name: self._shown(feed, health) for feed, health in self.feeds}
        return Extra(self.started, feeds=shown | self._spool())

    def told(self, extra: Extra) -> None:
        """These counts are stored."""
        told = extra.feeds.get(self.spool.name)
        self._lost -= told.rejects[FORCED_OUT] if told else 0
        for feed, health in self.feeds:
            shown = extra.feeds.get(feed.name, health)
            self._told.setdefault(feed.name, Counter()).update(shown.rejects)

    def _shown(self, feed: Feed, health: Health) -> Health:
        counted = Counter[str](getattr(feed, "counts", ()))
        health = replace(health, rejects=counted - self._told.get(feed.name, Counter()))
        if feed.name in self.failures:
            return replace(health, state="down", detail=self.failures[feed.name])
        state = str(getattr(feed, "state", health.state))
        return replace(health, state=state, detail=str(getattr(feed, "detail", "")))

    def _spool(self) -> dict[str, Health]:
        """The spool shows only when it holds or has lost something."""
        waiting = self.spool.waiting
        if not (waiting or self._lost):
            return {}
        rejects = Counter({FORCED_OUT: self._lost}) if self._lost else Counter[str]()
        name, detail = self.spool.name, f"{waiting} deliveries wait on the disk"
        return {name: Health(name, "spool", "", "", "up", detail, rejects=rejects)}
