"""What the options of a feed make of its format: the same bytes, read as this feed means them.

A configured format has a key of its own, so that what waits in the spool or in a decoder keeps its
meaning: `vms@port`, `jt808@boats/HD200`.
"""

from __future__ import annotations

from dataclasses import replace

from fleet.ingest.feeds.common import FeedError
from fleet.ingest.format import Format
from fleet.ingest.formats import FORMATS
from fleet.settings import FeedSettings, Settings


def formats(settings: Settings) -> dict[str, Format]:
    """Every format, and those that feeds have configured, by key. Raises FeedError."""
    made = dict(FORMATS)
    for feed in settings.feeds:
        for key in (key for key in feed.formats if key in FORMATS):
            made |= {form.key: form for form in meant(FORMATS[key], feed).values()}
    return made


def meant(form: Format, feed: FeedSettings) -> dict[str, Format]:
    """The variants of a format for this feed; "" is the plain one. Options are for those of its
    formats that have any.
    """
    if not feed.options or form.configured is None:
        return {"": form}
    try:
        decoders = form.configured(feed.options)
    except ValueError as wrong:
        raise FeedError(f"options: {wrong}") from None
    key = f"{form.key}@{feed.name}"
    return {
        name: replace(form, key=f"{key}/{name}" if name else key, decoder=decoder)
        for name, decoder in decoders.items()
    }


def check(feed: FeedSettings) -> None:
    """Raises FeedError where a feed has options that no format of it has."""
    known = [FORMATS[key] for key in feed.formats if key in FORMATS]
    if feed.options and not any(form.configured for form in known):
        raise FeedError(f"options: format {feed.formats[0]!r} has none")
