"""The feeds: one module a way for bytes to arrive, and the table that builds them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fleet.ingest.feed import Feed
from fleet.ingest.feeds.common import FeedError, host_port, networks
from fleet.ingest.feeds.file import File
from fleet.ingest.feeds.folder import Folder
from fleet.ingest.feeds.jt808 import Jt808
from fleet.ingest.feeds.meaning import check as check_options
from fleet.ingest.feeds.meaning import formats, meant
from fleet.ingest.feeds.mqtt import Mqtt, broker
from fleet.ingest.feeds.tcp_client import TcpClient
from fleet.ingest.feeds.tcp_listener import TcpListener
from fleet.ingest.feeds.topics import Route, Topic, check
from fleet.ingest.feeds.udp import Udp
from fleet.ingest.format import Format
from fleet.ingest.formats import FORMATS
from fleet.ingest.jt808 import policy
from fleet.model import IdentityKind, Source
from fleet.settings import FeedSettings, Settings, TopicSettings

__all__ = ["FeedError", "build", "build_feed", "formats"]


def build(settings: Settings) -> list[Feed]:
    """All feeds of the configuration, in its order. Connects nothing yet."""
    return [build_feed(feed, settings) for feed in settings.feeds]


def build_feed(feed: FeedSettings, settings: Settings) -> Feed:
    """Raises FeedError, naming the feed, where the configuration cannot work."""
    try:
        form = _format(feed.format, feed.kind)
        check_options(feed)
        return KINDS[feed.kind](feed, settings, form if feed.topics else meant(form, feed)[""])
    except FeedError as wrong:
        raise FeedError(f"feed {feed.name}: {wrong}") from None


def _format(key: str, kind: str) -> Format:
    form = FORMATS.get(key)
    if form is None:
        raise FeedError(f"unknown format {key!r}; there are {', '.join(FORMATS)}")
    if form.datagram and kind not in ("mqtt", "file"):
        raise FeedError(f"format {form.key!r} needs senders known by name: kind mqtt or file")
    if form.key == "jt808" and kind in ("tcp_listener", "udp"):
        raise FeedError("format 'jt808' needs to be answered: kind jt808")
    return form


def _tcp_client(feed: FeedSettings, _: Settings, form: Format) -> Feed:
    host, port = host_port(feed.address)
    return TcpClient(feed.name, (host or "localhost", port), form)


def _tcp_listener(feed: FeedSettings, _: Settings, form: Format) -> Feed:
    return TcpListener(feed.name, host_port(feed.address), form, allow=networks(feed.allow))


def _jt808(feed: FeedSettings, settings: Settings, form: Format) -> Feed:
    if feed.format != "jt808":
        raise FeedError(f"kind jt808 has no format {feed.format!r}")
    try:
        asked = policy.read(feed.options, settings.jt808_secret.get_secret_value().encode())
    except ValueError as wrong:
        raise FeedError(f"options: {wrong}") from None
    forms = {name: one.key for name, one in meant(FORMATS["jt808"], feed).items()}
    at, allow = host_port(feed.address), networks(feed.allow)
    return Jt808(feed.name, at, form, asked, forms=forms, allow=allow)


def _udp(feed: FeedSettings, _: Settings, form: Format) -> Feed:
    return Udp(feed.name, host_port(feed.address), form, allow=networks(feed.allow))


def _file(feed: FeedSettings, _: Settings, form: Format) -> Feed:
    return File(feed.name, Path(feed.address), form)


def _folder(feed: FeedSettings, _: Settings, form: Format) -> Feed:
    if not form.page:
        raise FeedError(f"kind folder reads tables: format {form.key!r} is none")
    return Folder(feed.name, Path(feed.address), form)


def _mqtt(feed: FeedSettings, settings: Settings, form: Format) -> Feed:
    if feed.address:
        # Shown in the console, where a password must not be.
        raise FeedError("kind mqtt has no address: the broker is mqtt_url")
    if form.topical and not feed.topics:
        raise FeedError(f"format {form.key!r} needs [[feeds.topics]], which name the station")
    keys = [f"topics[{i}]." for i in range(len(feed.topics))] or [""]
    routes = [_route(feed, e, key) for e, key in zip(feed.routes, keys, strict=True)]
    check(routes, keys)
    at = broker(settings.mqtt_url.get_secret_value())
    return Mqtt(feed.name, at, routes, f"{settings.mqtt_client_id}-{feed.name}")


def _route(feed: FeedSettings, entry: TopicSettings, key: str) -> Route:
    kind = IdentityKind(entry.identity) if entry.identity else None
    source = Source[entry.source.upper()] if entry.source else None
    try:
        topic = Topic(entry.filter, entry.station)
        form = meant(_format(entry.format, "mqtt"), feed)[""]
        return Route(topic, form, kind, source)
    except FeedError as wrong:
        raise FeedError(f"{key[:-1]}: {wrong}" if key else str(wrong)) from None


KINDS: dict[str, Callable[[FeedSettings, Settings, Format], Feed]] = {
    "file": _file,
    "folder": _folder,
    "jt808": _jt808,
    "mqtt": _mqtt,
    "tcp_client": _tcp_client,
    "tcp_listener": _tcp_listener,
    "udp": _udp,
}
