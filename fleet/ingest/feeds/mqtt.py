"""Messages of an MQTT broker at QoS 1, acknowledged after the commit that holds them.

The session outlives us, so what is published meanwhile waits at the broker; what was not
acknowledged comes again. At most `in_flight` messages are on the way: the broker holds the rest.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from fleet.ingest.feed import Delivery
from fleet.ingest.feeds import mqtt_ack
from fleet.ingest.feeds.common import Backoff, FeedError, Link, received_now, whole
from fleet.ingest.feeds.topics import Route, subscriptions

IN_FLIGHT = 4000
"""Enough for one batch being committed and one being gathered, at ten thousand messages a second.
The broker must allow as many (max_inflight_messages), or its bound is the one that holds."""
ROUTES = 100_000
"""Topics whose route is remembered."""
LARGEST = (256 << 10) + 4096
"""Bytes of one packet: a stored burst of two thousand reports. The broker must refuse what is
larger (message_size_limit 262144): a smaller limit here than there loses messages in silence."""
SESSION_S = 7 * 86_400
KEEPALIVE_S = 30
LOST = "QoS-0 messages lost"
"""The bound forced them out."""
STRANGE = "of another topic"
"""Messages under no filter of the map, or of an older subscription of this session."""
TAKEN_OVER = "Session taken over"
"""By a newer worker of the same client id: taking it back at once would go on for ever."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where and as whom to connect."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    auto_ack: bool = False
    """Acknowledge on arrival, which loses messages with every crash. It exists for one test: the
    crash test must fail with it.
    """


def broker(url: str) -> Broker:
    """`mqtt[s]://user:password@host:port[?ca=/path][&ack=auto]`."""
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise FeedError("mqtt_url must look like mqtt://user:password@host:port")
    wanted = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if unknown := wanted.keys() - {"ca", "ack"}:
        raise FeedError(f"mqtt_url: unknown option {min(unknown)!r}")
    secure = parts.scheme == "mqtts"
    return Broker(
        parts.hostname,
        parts.port or (8883 if secure else 1883),
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        ssl.create_default_context(cafile=wanted.get("ca")) if secure else None,
        wanted.get("ack") == "auto",
    )


@dataclass(frozen=True, slots=True)
class Handle:
    """One message of one connection: its number means another message on the next."""

    connection: int
    mid: int


class Mqtt(Link):
    acks = True

    def __init__(
        self,
        name: str,
        at: Broker,
        routes: Sequence[Route],
        client_id: str,
        *,
        in_flight: int = IN_FLIGHT,
    ) -> None:
        super().__init__()
        self.name, self.at, self.routes = name, at, tuple(routes)
        self.client_id, self.in_flight = client_id, in_flight
        self.backoff = Backoff()
        self._connection = 0
        self._client: aiomqtt.Client | None = None
        self._arrived: deque[Delivery] = deque()
        self._some = asyncio.Event()
        self._known: dict[str, tuple[str, Route | None]] = {}

    async def deliveries(self) -> AsyncGenerator[Delivery, None]:
        while True:
            self.state = "connecting"
            try:
                async with self._connected() as client:
                    await self._subscribe(client)
                    self.up(self._counted())
                    async for delivery in self._arriving(client):
                        yield delivery
            except (aiomqtt.MqttError, OSError) as error:
                self.down(error.__cause__ or error)
                if TAKEN_OVER in self.detail:
                    self.backoff.rest()
            finally:
                self._client = None
            await asyncio.sleep(self.backoff.pause())

    async def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Those of an earlier connection are left out: the broker sends them again."""
        client, now = self._client, self._connection
        if client is None or self.at.auto_ack:
            return
        handles = [d.handle for d in deliveries if d.handle is not None]
        mqtt_ack.acknowledge(client, [h.mid for h in handles if h.connection == now])

    def _connected(self) -> aiomqtt.Client:
        """A client of its own for every connection: no state of the last one lives on."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_S
        properties.ReceiveMaximum = self.in_flight
        properties.MaximumPacketSize = LARGEST
        client = aiomqtt.Client(
            self.at.host,
            self.at.port,
            username=self.at.user,
            password=self.at.password,
            identifier=self.client_id,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=False,
            properties=properties,
            tls_context=self.at.tls,
            keepalive=KEEPALIVE_S,
        )
        mqtt_ack.take_over(client, self._receive, manual=not self.at.auto_ack)
        self._connection += 1
        # What was acknowledged to nobody the broker sends again; QoS 0 it does not.
        self._arrived = deque(d for d in self._arrived if d.handle is None)
        self._client = client
        return client

    async def _arriving(self, client: aiomqtt.Client) -> AsyncGenerator[Delivery, None]:
        """What comes, until the connection ends, which raises."""
        ended = mqtt_ack.ended(client)
        ended.add_done_callback(lambda _: self._some.set())
        while not ended.done():
            await self._some.wait()
            while self._arrived:
                yield self._arrived.popleft()
            self._some.clear()
        raise aiomqtt.MqttError("disconnected") from ended.exception()

    async def _subscribe(self, client: aiomqtt.Client) -> None:
        # A retained message is an old one: it would come again with every connection.
        options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND)
        filters = subscriptions(self.routes)
        answers = await client.subscribe([(text, options) for text in filters])
        for text, answer in zip(filters, answers, strict=True):
            if isinstance(answer, ReasonCode) and answer.is_failure:
                raise aiomqtt.MqttError(f"subscription refused: {answer}: {text}")

    def _receive(self, message: mqtt_ack.Message) -> None:
        """What paho calls for every message. QoS 1 is bounded by `in_flight`: the broker waits for
        our acknowledgements. QoS 0 is not, so that is what is dropped, and counted.
        """
        self.backoff.reset()
        delivery = self._delivery(message)
        if delivery is None:
            self._count(STRANGE)
            if message.qos and self._client and not self.at.auto_ack:
                mqtt_ack.acknowledge(self._client, [message.mid])
        elif message.qos == 0 and len(self._arrived) >= 2 * self.in_flight:
            self._count(LOST)
        else:
            self._arrived.append(delivery)
            self._some.set()

    def _delivery(self, message: mqtt_ack.Message) -> Delivery | None:
        topic = message.topic
        station, route = self._known.get(topic) or self._route(topic)
        if route is None:
            return None
        form = route.form
        return Delivery(
            feed=self.name,
            station=station,
            format=form.key,
            payload=whole(message.payload, form),
            received=received_now(),
            handle=Handle(self._connection, message.mid) if message.qos else None,
            topic=topic if form.topical else "",
            kind=route.kind,
            source=route.source,
        )

    def _route(self, topic: str) -> tuple[str, Route | None]:
        """The first that matches."""
        found: tuple[str, Route | None] = ("", None)
        for route in self.routes:
            station = route.topic.station(topic)
            if station is not None:
                found = station, route
                break
        if len(self._known) < ROUTES:
            self._known[topic] = found
        return found

    def _count(self, why: str) -> None:
        self.counts[why] += 1
        self.detail = self._counted()

    def _counted(self) -> str:
        return ", ".join(f"{n} {why}" for why, n in self.counts.items())
