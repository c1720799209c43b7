"""From the configuration to feeds, and what cannot work named before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fleet.ingest.feeds import KINDS, FeedError, build, build_feed, formats
from fleet.ingest.feeds.jt808 import Jt808
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
        feed(kind="jt808", address="127.0.0.1:7611"),
        feed(kind="folder", format="vms", address=str(tmp_path)),
    )
    assert {f.kind for f in feeds} == set(KINDS)
    made = build(SETTINGS.model_copy(update={"feeds": feeds}))
    assert [f.name for f in made] == ["boats"] * 7
    assert [f.acks for f in made] == [False] * 4 + [True] * 3


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
        ({"kind": "folder", "address": "/tmp"}, "'nmea' is none"),  # noqa: S108 -- not touched
        ({"kind": "tcp_listener", "address": "[::1]:1", "format": "jt808"}, "kind jt808"),
        ({"kind": "udp", "address": "[::1]:1", "options": {"a": 1}}, "'nmea' has none"),
        ({"kind": "jt808", "address": "[::1]:1", "format": "nmea"}, "no format 'nmea'"),
        ({"kind": "jt808", "format": "jt808", "options": {"code": True}}, "no such option: code"),
        ({"kind": "jt808", "format": "jt808", "options": {"codes": 1}}, "true or false"),
        ({"kind": "jt808", "format": "jt808", "options": {"codes": True}}, "jt808_secret"),
        ({"kind": "jt808", "format": "jt808", "options": {"blocked": "139"}}, "list of patterns"),
        ({"kind": "jt808", "format": "jt808", "options": {"blocked": ["013"]}}, "zeros before"),
        ({"kind": "jt808", "format": "jt808", "options": {"idle_s": "1"}}, "must be a number"),
        ({"kind": "jt808", "format": "jt808", "options": {"models": [{}]}}, "letters, digits"),
        ({"kind": "mqtt", "topic": "x/#", "format": "digitraffic"}, r"needs \[\[feeds.topics\]\]"),
    ],
)
def test_what_cannot_work_is_named_with_its_feed(fields: dict[str, Any], why: str) -> None:
    unchecked = feed(kind="udp", address="[::1]:1").model_copy(update={"address": "", **fields})
    with pytest.raises(FeedError, match=f"feed boats: .*{why}"):
        build_feed(unchecked, SETTINGS)


@pytest.mark.parametrize(
    ("model", "why"),
    [
        (7, "must be a table"),
        ({"name": "a b"}, "letters, digits"),
        ({"name": "a" * 17}, "longer"),
        ({"name": "x", "bit": {}}, "model x: no such key: bit"),
        ({"name": "x", "utc_offset_h": 24}, "utc_offset_h"),
        ({"name": "x", "alarms": {"32": "sos"}}, "0 to 31"),
        ({"name": "x", "alarms": {"1": "fire"}}, "one of sos, mob"),
        ({"name": "x", "alarms": []}, "alarms must be a table"),
        ({"name": "x", "models": "HD"}, "model x: models must be a list"),
    ],
)
def test_a_wrong_model_of_terminals_is_named(model: Any, why: str) -> None:
    wrong = feed(kind="jt808", address="[::1]:1", options={"models": [model]})
    with pytest.raises(FeedError, match=f"feed boats: options: .*{why}"):
        build_feed(wrong, SETTINGS)


def test_the_options_of_a_feed_make_formats_of_its_own() -> None:
    boats = feed(
        kind="jt808",
        address="127.0.0.1:0",
        options={"models": [{"name": "HD200", "alarms": {"0": "none", "16": "sos"}}]},
    )
    made = formats(SETTINGS.model_copy(update={"feeds": (boats,)}))
    assert {key for key in made if "@" in key} == {"jt808@boats", "jt808@boats/HD200"}
    built = build_feed(boats, SETTINGS)
    assert isinstance(built, Jt808)
    assert built.forms == {"": "jt808@boats", "HD200": "jt808@boats/HD200"}
