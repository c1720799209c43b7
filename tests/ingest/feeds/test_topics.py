"""The topic map: which message is read as what, whose it is, and what cannot work named by key."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds import FeedError, build_feed
from fleet.ingest.feeds.mqtt import Mqtt
from fleet.ingest.feeds.topics import Topic, subscriptions
from fleet.ingest.format import Fixes, Reports
from fleet.ingest.formats import FORMATS
from fleet.ingest.told import Told, tell, told
from fleet.model import IdentityKind, Source
from fleet.settings import FeedSettings, Settings, SettingsError, read

TERMINALS = "fleet/v1/terminals/+/report"
DOCUMENTED = Path(__file__).parents[3] / "docs" / "feeds.md"
SETTINGS = Settings.model_validate({"mqtt_url": "mqtt://u:p@127.0.0.1:1"})


@pytest.mark.parametrize(
    ("text", "topic", "station"),
    [
        (TERMINALS, "fleet/v1/terminals/T-1/report", "T-1"),
        (TERMINALS, "fleet/v1/terminals/a/b/report", None),
        (TERMINALS, "fleet/v1/terminals/T-1/status", None),
        (TERMINALS, "fleet/v1/terminals/T-1", None),
        (TERMINALS, "fleet/v1/terminals//report", None),  # nobody's
        ("ais/#", "ais/hainan/yazhou", "hainan/yazhou"),
        ("ais/#", "aiswhat/hainan", None),
        ("ais/#", "ais", None),
        ("+/nmea/+", "a/nmea/b", "a/b"),
        ("#", "a/b", "a/b"),
        ("raw", "raw", "raw"),
        ("raw", "other", None),
        ("r.w", "raw", None),
        (f"$share/workers/{TERMINALS}", "fleet/v1/terminals/T-1/report", "T-1"),
    ],
)
def test_the_station_is_what_the_wildcards_match(
    text: str, topic: str, station: str | None
) -> None:
    assert Topic(text).station(topic) == station


@pytest.mark.parametrize(
    ("text", "station", "topic", "said"),
    [
        ("owntracks/+/+/#", "{2}/{3}", "owntracks/zhang/phone/event", "zhang/phone"),
        ("owntracks/+/+/#", "{2}/{3}", "owntracks/zhang/phone", "zhang/phone"),
        ("owntracks/+/+/#", "{2}/{3}", "owntracks/zhang//event", None),
        ("ais/+/+", "yazhou-tower", "ais/412000001/1", "yazhou-tower"),
        ("port/yazhou/ais/#", "{2}-ais", "port/yazhou/ais/x", "yazhou-ais"),
        ("boats/+/signalk/delta", "sk {2}", "boats/7/signalk/delta", "sk 7"),
    ],
)
def test_or_what_the_map_says(text: str, station: str, topic: str, said: str | None) -> None:
    assert Topic(text, station).station(topic) == said


@pytest.mark.parametrize("text", ["", "a/#/b", "a/x+/b", "a#", "$share/g"])
def test_what_is_no_topic_filter(text: str) -> None:
    with pytest.raises(FeedError, match="not a topic filter"):
        Topic(text)


@pytest.mark.parametrize("station", ["{0}", "{4}", "{x}", "{1", "a}"])
def test_a_station_of_levels_that_are_not_there(station: str) -> None:
    with pytest.raises(FeedError, match="level"):
        Topic("a/+/c/#", station)


LEVELS = st.lists(st.sampled_from(["a", "b", "+"]), min_size=1, max_size=4)
FILTERS = st.builds(
    lambda levels, tail: "/".join([*levels, *tail]), LEVELS, st.just([]) | st.just(["#"])
)


@given(FILTERS, FILTERS, st.lists(st.sampled_from("abc"), min_size=1, max_size=5))
def test_a_filter_covers_another_when_it_takes_all_of_its_topics(
    wide: str, narrow: str, words: list[str]
) -> None:
    one, other, topic = Topic(wide), Topic(narrow, "x"), "/".join(words)
    if one.covers(other) and other.station(topic):
        assert Topic(wide, "x").station(topic)
    assert one.covers(one)


def mapped(*topics: dict[str, Any]) -> Mqtt:
    made = build_feed(FeedSettings(name="broker", kind="mqtt", topics=topics), SETTINGS)  # type: ignore[arg-type]
    assert isinstance(made, Mqtt)
    return made


def entry(filter_: str, format_: str, station: str = "", **more: str) -> dict[str, Any]:
    return {"filter": filter_, "format": format_, "station": station, **more}


def test_the_first_that_matches_wins_and_the_wider_is_subscribed() -> None:
    made = mapped(
        entry("ais/raw/+", "nmea"),
        entry("ais/#", "aiscatcher", "tower"),
        entry(TERMINALS, "terminal"),
    )
    assert subscriptions(made.routes) == ["ais/#", TERMINALS]
    assert [made._route(t)[0] for t in ("ais/raw/x", "ais/412/1", "other")] == ["x", "tower", ""]


@pytest.mark.parametrize(
    ("topics", "why"),
    [
        ([entry("a/#/b", "nmea")], r"topics\[0\]: 'a/#/b' is not a topic filter"),
        ([entry("a/+", "morse")], r"topics\[0\]: unknown format 'morse'; there are aiscatcher, "),
        ([entry("a/+", "nmea", "{3}")], r"topics\[0\]: '\{3\}': 'a/\+' has no level 3"),
        ([entry("a/+", "nmea"), entry("ais/+/+", "aiscatcher")], r"topics\[1\].station: .* needs"),
        ([entry("o/+/+", "owntracks", "{2}")], r"topics\[0\].station: must hold \{3\}"),
        ([entry("o/+/+", "terminal", "phone")], r"topics\[0\].station: must hold \{2\}"),
        ([entry("o/#", "terminal")], "one \\+"),
        ([entry("a/#", "nmea"), entry("a/b", "nmea")], r"topics\[1\].filter: topics\[0\].filter"),
        ([entry("a/+", "nmea", identity="beidou")], r"topics\[0\].identity: format 'nmea' names"),
    ],
)
def test_what_cannot_work_is_named_with_its_key(topics: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(FeedError, match=f"feed broker: .*{why}"):
        mapped(*topics)


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        ('topics = [{filter = "a", format = "nmea", fromat = "x"}]', "(did you mean format?)"),
        ('topics = [{filter = "a"}]', "feeds[0].topics[0].format"),
        ('topics = [{filter = "", format = "nmea"}]', "feeds[0].topics[0].filter"),
        ('topics = [{filter = "a", format = "nmea", source = "x"}]', "feeds[0].topics[0].source"),
        ('topic = "b"\ntopics = [{filter = "a", format = "nmea"}]', "take out topic and format"),
        ('format = "nmea"\ntopics = [{filter = "a", format = "nmea"}]', "take out topic and form"),
    ],
)
def test_a_wrong_key_of_the_map_is_named_where_it_stands(
    tmp_path: Any, toml: str, why: str
) -> None:
    path = tmp_path / "fleet.toml"
    path.write_text(f'[[feeds]]\nname = "broker"\nkind = "mqtt"\n{toml}\n')
    with pytest.raises(SettingsError) as wrong:
        read({}, path, ()).settings()
    assert why in str(wrong.value)


def test_the_map_as_a_variable() -> None:
    feed = {"name": "broker", "kind": "mqtt", "topics": [entry("a/+", "nmea")]}
    (made,) = read({"FLEET_FEEDS": json.dumps([feed])}, None, ()).settings().feeds
    assert [(r.filter, r.format) for r in made.routes] == [("a/+", "nmea")]


def test_only_a_broker_has_topics() -> None:
    with pytest.raises(ValueError, match="topics: a feed of kind udp has none"):
        FeedSettings(name="a", kind="udp", address="127.0.0.1:1", topics=(entry("a", "nmea"),))  # type: ignore[arg-type]


def test_the_simple_setting_is_a_map_of_one() -> None:
    feed = FeedSettings(name="a", kind="mqtt", format="terminal", topic=TERMINALS)
    assert [(r.filter, r.format, r.station) for r in feed.routes] == [(TERMINALS, "terminal", "")]
    assert (feed.where, feed.formats) == (TERMINALS, ("terminal",))
    several = FeedSettings(
        name="a",
        kind="mqtt",
        topics=(entry("a/+", "nmea"), entry("b/+", "nmea")),  # type: ignore[arg-type]
    )
    assert (several.where, several.formats) == ("a/+, b/+", ("nmea",))


def test_an_entry_says_what_its_names_are_and_how_they_came() -> None:
    made = mapped(entry("bd/+/report", "terminal", source="vms", identity="beidou"))
    (route,) = made.routes
    delivery = Delivery("f", "1", "terminal", b"", 0, kind=route.kind, source=route.source)
    said = Reports(IdentityKind.TERMINAL, Source.TERMINAL, Fixes.empty(0))
    heard = Reports(IdentityKind.MMSI, Source.AIS, Fixes.empty(0))
    claimed = [delivery.claimed(r) for r in (said, heard)]
    assert [(r.kind, r.source) for r in claimed] == [
        (IdentityKind.BEIDOU, Source.VMS),
        (IdentityKind.MMSI, Source.VMS),  # a number stays a number
    ]
    assert Delivery("f", "1", "terminal", b"", 0).claimed(said) is said


def test_the_maps_of_the_documentation_work() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", DOCUMENTED.read_text(), re.DOTALL)
    feeds = [feed for block in blocks for feed in tomllib.loads(block)["feeds"]]
    made = [build_feed(FeedSettings(**feed), SETTINGS) for feed in feeds]
    formats = {route.form.key for feed in made if isinstance(feed, Mqtt) for route in feed.routes}
    assert formats == {key for key, form in FORMATS.items() if form.datagram or key == "nmea"}


def test_what_a_decoder_is_told() -> None:
    assert told(b"3.5", tell("boat 7", "a/b")) == Told("boat 7", "a/b", b"3.5")
    assert told(b"{}", tell("", "a/b")) == Told("", "a/b", b"{}")
    assert told(b"{}", "station") == Told("station", "", b"{}")
    assert told(b" a/b c {} \n", "") == Told("", "a/b", b"c {}")
    assert told(b'{"a": 1}\n', "") == Told("", "", b'{"a": 1}')
    assert Delivery("f", "s", "x", b"", 0, topic="a").speaker == tell("s", "a")
    assert Delivery("f", "s", "x", b"", 0).speaker == "s"


async def test_a_recording_of_a_broker_is_a_file_of_lines(tmp_path: Path) -> None:
    """As `mosquitto_sub -v` writes it: the topic, a space, the payload."""
    path = tmp_path / "recording"
    path.write_bytes(
        b'owntracks/chen/phone {"_type":"location","tst":1700000000,"lat":18.3,"lon":109.1}\n'
        b'owntracks/wang/phone {"_type":"lwt","tst":1700000000}\n'
    )
    made = build_feed(
        FeedSettings(name="again", kind="file", format="owntracks", address=str(path)), SETTINGS
    )
    decoder = FORMATS["owntracks"].decoder()
    said = [decoder.feed(d.payload, d.speaker, d.received) async for d in made.deliveries()]
    assert [r.names for r in said] == [("chen/phone",), ()]
    assert [dict(r.types) for r in said] == [{"location": 1}, {"lwt": 1}]
