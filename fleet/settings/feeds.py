"""One feed of the configuration: where positions come from, and how they are read.

A wrong key or value is named at start; what only a feed can tell is checked where it is built.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, Field, model_validator


def _networks(value: tuple[str, ...]) -> tuple[str, ...]:
    for text in value:
        try:
            ip_network(text, strict=False)
        except ValueError:
            raise ValueError(f"{text!r} is no network such as 192.0.2.0/24") from None
    return value


Networks: TypeAlias = Annotated[tuple[str, ...], AfterValidator(_networks)]
ADDRESS = re.compile(r"(\[[^\]\s]+\]|[^\s:/]*):\d{1,5}")
LISTENERS = frozenset({"tcp_listener", "udp", "jt808"})


class TopicSettings(BaseModel, extra="forbid", frozen=True):
    """One entry of a broker's topic map: [[feeds.topics]] below its [[feeds]]."""

    filter: str = Field(min_length=1)  #: MQTT topic filter; the first that matches is taken
    format: str
    station: str = Field("", max_length=64)
    """Who is taken to have sent it: `{2}` is the second level of the topic, other text is itself.
    Without: what the wildcards match."""
    source: Literal["", "ais", "terminal", "vms"] = ""  #: where not what the format says
    identity: Literal["", "terminal", "callsign", "beidou"] = ""  #: what the station's name is


class FeedSettings(BaseModel, extra="forbid", frozen=True):
    """One feed: [[feeds]] in the TOML file, or FLEET_FEEDS as a JSON list."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$")
    kind: Literal["tcp_client", "tcp_listener", "udp", "file", "folder", "mqtt", "jt808"]
    format: str = "nmea"
    address: str = ""  #: host:port, or a path for the kinds "file" and "folder"
    topic: str = ""  #: MQTT topic filter, where one is enough
    topics: tuple[TopicSettings, ...] = ()  #: or the map of several
    allow: Networks = ()  #: peers a listener accepts (CIDR); empty: all, on loopback only
    options: Mapping[str, Any] = {}  #: what its format, or its kind, lets one say: see README

    @model_validator(mode="before")
    @classmethod
    def _speaks(cls, given: Any) -> Any:
        """A feed of kind jt808 has one format."""
        if isinstance(given, Mapping) and given.get("kind") == "jt808":
            return {"format": "jt808", **given}
        return given

    @model_validator(mode="after")
    def _complete(self) -> FeedSettings:
        self._mapped()
        if self.kind != "mqtt" and not self.address:
            raise ValueError(f"a feed of kind {self.kind} needs `address`")
        if self.kind not in {"mqtt", "file", "folder"} and not ADDRESS.fullmatch(self.address):
            raise ValueError(f"address {self.address!r} must be host:port")
        if self.kind in LISTENERS and not self.allow and not self._on_loopback():
            raise ValueError(
                f"feeds.{self.name}.allow must name the networks that may send: {self.address!r}"
                f" can be reached from other machines"
            )
        return self

    def _mapped(self) -> None:
        """MQTT has one topic or a map of them, and nothing else has any."""
        if self.topics and self.kind != "mqtt":
            raise ValueError(f"topics: a feed of kind {self.kind} has none")
        if self.topics and (self.topic or "format" in self.model_fields_set):
            raise ValueError("`topics` has its own filters and formats: take out topic and format")
        if self.kind == "mqtt" and not self.topic and not self.topics:
            raise ValueError("a feed of kind mqtt needs `topic`, or [[feeds.topics]]")

    @property
    def routes(self) -> tuple[TopicSettings, ...]:
        """The map, whichever way it was written."""
        simple = TopicSettings.model_construct(filter=self.topic, format=self.format)
        return self.topics or (simple,)

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats it brings, each once."""
        return tuple(dict.fromkeys(r.format for r in self.topics)) or (self.format,)

    @property
    def where(self) -> str:
        """Where it comes from, as it is shown."""
        return self.address or ", ".join(route.filter for route in self.routes)

    def _on_loopback(self) -> bool:
        host = self.address.rpartition(":")[0].strip("[]")
        try:
            return host == "localhost" or ip_address(host).is_loopback
        except ValueError:
            return False
