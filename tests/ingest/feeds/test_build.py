"""From the configuration to feeds, and what cannot work named before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fleet.ingest.feeds import KINDS, FeedError, build, build_feed
from fleet.ingest.feeds.mqtt import Mqtt
from fleet.settings import FeedSettings, Settings

SETTINGS = Settings.model_validate({"mqtt_url": "mqtt://u:p@127.0.0.1:1"})


def feed(**fields: Any) -> FeedSettings:
    return FeedSettings(**{"name": "boats", **fields})


def test_every_kind_of_the_settings_can_be_built(tmp_path: Path) -> None:
    recording = tmp_path / "log"
    recording.write_bytes(b"")
    feeds = (
        feed(kind="tcp_client", address="example.org:10110"),
        feed(kind="tcp_listener", address=":10110", allow=("192.0.2.0/24",)),
        feed(kind="udp", address="127.0.0.1:10110"),
        feed(kind="file", address=str(recording)),
        feed(kind="mqtt", format="terminal", topic="fleet/v1/terminals/+/report"),
    )
    assert {f.kind for f in feeds} == set(KINDS)
    made = build(SETTINGS.model_copy(update={"feeds": feeds}))
    assert [f.name for f in made] == ["boats"] * 5
    assert [f.acks for f in made] == [False] * 4 + [True]


def test_every_mqtt_feed_has_a_session_of_its_own() -> None:
    made = build_feed(feed(kind="mqtt", topic="fleet/v1/receivers/+/nmea"), SETTINGS)
    assert isinstance(made, Mqtt)
    assert (made.client_id, made.at.user, made.at.auto_ack) == ("fleet-worker-boats", "u", False)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "udp", "address": "here"}, "host:port"),
        ({"kind": "udp", "address": ":1", "format": "morse"}, "unknown format 'morse'"),
        ({"kind": "udp", "address": ":1", "format": "terminal"}, "known by name"),
        ({"kind": "tcp_listener", "address": ":1", "allow": ("1.2.3",)}, "allow"),
        ({"kind": "file", "address": "no-such-file"}, "not a file"),
        ({"kind": "mqtt", "topic": "a/#/b"}, "topic filter"),
        ({"kind": "mqtt", "topic": "fleet/+/+/report", "format": "terminal"}, "one \\+"),
        ({"kind": "mqtt", "topic": "fleet/report", "format": "terminal"}, "one \\+"),
        ({"kind": "mqtt", "topic": "x/+", "address": "mqtt://u:p@x"}, "has no address"),
        ({"kind": "mqtt", "topic": "x/#", "format": "digitraffic"}, r"needs \[\[feeds.topics\]\]"),
    ],
)
def test_what_cannot_work_is_named_with_its_feed(fields: dict[str, Any], why: str) -> None:
    unchecked = feed(kind="udp", address="[::1]:1").model_copy(update={"address": "", **fields})
    with pytest.raises(FeedError, match=f"feed boats: .*{why}"):
        build_feed(unchecked, SETTINGS)
