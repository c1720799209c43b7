import asyncio
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from fleet.commands import demo, stack
from fleet.commands.app import CommandError
from fleet.settings import Settings, read


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def urls(server: socket.socket) -> dict[str, str]:
    where = f"u:p@127.0.0.1:{server.getsockname()[1]}"
    return {"FLEET_DATABASE_URL": f"postgresql://{where}/x", "FLEET_MQTT_URL": f"mqtt://{where}"}


def settings(**environ: str) -> Settings:
    return read(environ, None, ()).settings({})


def test_a_server_that_listens_is_not_away(listener: socket.socket) -> None:
    found = urls(listener)
    assert stack.away(found, settings()) == []
    listener.close()
    assert stack.away(found, settings()) == ["PostgreSQL", "Mosquitto"]


def test_servers_of_somebody_else_are_left_alone(listener: socket.socket) -> None:
    found = urls(listener)
    listener.close()
    given = settings(FLEET_DATABASE_URL=found["FLEET_DATABASE_URL"])
    assert stack.away(found, given) == ["Mosquitto"]


async def test_a_server_that_died_is_started_again(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = urls(listener)
    address = listener.getsockname()
    listener.close()
    tries: list[socket.socket | None] = []

    def up(_app: object) -> dict[str, str]:
        if not tries:
            tries.append(None)
            raise CommandError("no room")
        tries.append(socket.create_server(address))
        return found

    monkeypatch.setattr(demo, "TEND_S", 0.02)
    monkeypatch.setattr(stack, "up", up)
    app: Any = SimpleNamespace()
    made: Any = SimpleNamespace(servers=found, settings=settings())
    task = asyncio.create_task(demo.tending(app, made))
    await asyncio.sleep(0.5)
    task.cancel()
    assert len(tries) == 2, "no more once it listens"
    assert tries[1] is not None
    tries[1].close()
    said = capsys.readouterr().err.splitlines()
    again = "PostgreSQL and Mosquitto died; starting again"
    assert said == [again, "no room; trying again", again]
