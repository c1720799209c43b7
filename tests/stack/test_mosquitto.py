"""A private Mosquitto: who may say what, and what it keeps."""

from __future__ import annotations

import queue
import socket
import time
from urllib.parse import urlsplit

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from deploy.local import Broker, process

pytestmark = pytest.mark.stack


class Peer:
    """A client that signed in, hears into a queue, and can wait until it was heard."""

    def __init__(self, url: str, name: str = "") -> None:
        where = urlsplit(url)
        self.heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self.signed: queue.Queue[int] = queue.Queue()
        self.mqtt = paho.Client(CallbackAPIVersion.VERSION2, name, clean_session=not name)
        self.mqtt.username_pw_set(where.username, where.password)
        self.mqtt.on_connect = lambda _c, _u, _f, code, _p: self.signed.put(code.value)
        self.granted: queue.Queue[int] = queue.Queue()
        self.mqtt.on_subscribe = lambda _c, _u, mid, _codes, _p: self.granted.put(mid)
        self.mqtt.on_message = lambda _c, _u, m: self.heard.put((m.topic, bytes(m.payload)))
        self.mqtt.connect(str(where.hostname), where.port or 0)
        self.mqtt.loop_start()
        self.code = self.signed.get(timeout=5)

    def hear(self, topic: str) -> None:
        self.mqtt.subscribe(topic, qos=1)
        self.granted.get(timeout=5)

    def tell(self, topic: str, text: str) -> None:
        self.mqtt.publish(topic, text, qos=1).wait_for_publish(5)

    def leave(self) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()


def heard(peer: Peer, count: int) -> list[str]:
    return [peer.heard.get(timeout=5)[0] for _ in range(count)]


def test_each_may_only_speak_for_itself(mq: Broker) -> None:
    mq.start()
    service, terminal = Peer(mq.url), Peer(mq.add("t1"))
    simulator = Peer(mq.url_of("simulator"))
    service.hear("fleet/v1/#")
    terminal.hear("fleet/v1/notify/#")
    terminal.tell("fleet/v1/terminals/t1/fix", "mine")
    terminal.tell("fleet/v1/terminals/t2/fix", "not mine")
    terminal.tell("fleet/v1/notify/t1/x", "not mine to say")
    terminal.tell("fleet/v1/receivers/t1/nmea", "every boat in the name of one")
    simulator.tell("fleet/v1/terminals/t9/fix", "anybody's")
    service.tell("fleet/v1/notify/t2/order", "for another")
    service.tell("fleet/v1/notify/t1/order", "for t1")
    service.tell("fleet/v1/terminals/t1/fix", "the service invents nothing")
    simulator.tell("fleet/v1/receivers/r1/nmea", "last")
    assert heard(service, 5) == [
        "fleet/v1/terminals/t1/fix",
        "fleet/v1/terminals/t9/fix",
        "fleet/v1/notify/t2/order",
        "fleet/v1/notify/t1/order",
        "fleet/v1/receivers/r1/nmea",
    ]
    assert heard(terminal, 1) == ["fleet/v1/notify/t1/order"]
    assert terminal.heard.empty()
    for peer in (service, terminal, simulator):
        peer.leave()


def test_a_terminal_hears_its_orders(mq: Broker) -> None:
    mq.start()
    service, terminal = Peer(mq.url), Peer(mq.add("t1"))
    terminal.hear("fleet/v1/notify/t1/#")
    service.tell("fleet/v1/notify/t1/order", "come home")
    assert terminal.heard.get(timeout=5) == ("fleet/v1/notify/t1/order", b"come home")
    service.leave()
    terminal.leave()


@pytest.mark.parametrize("who", ["nobody:x@", "fleet:guess@", ""])
def test_strangers_are_refused(mq: Broker, who: str) -> None:
    mq.start()
    stranger = Peer(f"mqtt://{who}{process.HOST}:{mq.port}")
    assert stranger.code != 0
    stranger.leave()


def test_keeps_what_an_absent_service_has_not_heard(mq: Broker) -> None:
    mq.start()
    service = Peer(mq.url, "service")
    service.hear("fleet/v1/terminals/#")
    service.leave()
    simulator = Peer(mq.url_of("simulator"))
    for number in range(2000):  # twice what the defaults keep
        simulator.mqtt.publish(f"fleet/v1/terminals/{number}/fix", "x", qos=1)
    simulator.tell("fleet/v1/terminals/last/fix", "x")
    simulator.leave()
    time.sleep(2.5)  # past one saving
    port = mq.port
    mq.kill9()
    mq.start()
    assert mq.port == port
    back = Peer(mq.url, "service")
    assert heard(back, 2001)[-1] == "fleet/v1/terminals/last/fix"
    back.leave()


def test_takes_another_port_when_its_own_is_taken(mq: Broker) -> None:
    mq.start()
    port = mq.port
    mq.stop()
    with socket.create_server((process.HOST, port)):
        mq.start()
        assert mq.port != port
    assert process.answers(mq.port)


def test_a_second_start_finds_the_running_broker(mq: Broker) -> None:
    mq.start()
    pid = mq.pid
    mq.start()
    assert mq.pid == pid
