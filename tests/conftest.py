"""Real servers for the tests: one private cluster and broker a test process, a database a test.

Invariant: nothing here touches a server that the tests did not start themselves.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
from hypothesis import settings as hypothesis

from deploy.local.mosquitto import Broker
from deploy.local.postgres import Cluster
from deploy.local.programs import fetch
from deploy.local.temporary import discard, scratch
from fleet.store.db import Connection, connect
from fleet.store.migrate import migrate

TEMPLATE, SHARED = "fleet_template", "fleet_shared"
#: Throw-away data: a crash of the machine may lose it, a kill of the server does not.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
CLONES = itertools.count(1)
# How long one example takes says more of what else the machine does than of the code; what hangs
# is ended by pytest's own timeout.
hypothesis.register_profile("fleet", deadline=None)
hypothesis.load_profile("fleet")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A running TimescaleDB of this test process."""
    folder = scratch("tests")
    made = Cluster(folder / "postgres", fetch(), FAST)
    made.start()
    yield made
    made.stop("immediate")
    discard(folder)


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    """A running Mosquitto of this test process."""
    folder = scratch("tests")
    made = Broker(folder / "mosquitto", fetch())
    made.start()
    yield made
    made.stop()
    discard(folder)


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """The name of a migrated database that nobody is connected to."""
    execute(cluster, f"create database {TEMPLATE}")
    migrated(cluster.url_of(TEMPLATE))
    return TEMPLATE


@pytest.fixture(scope="session")
def shared_url(cluster: Cluster, template: str) -> str:
    """A migrated database in which every test rolls back."""
    execute(cluster, f"create database {SHARED} template {template}")
    return cluster.url_of(SHARED)


@pytest.fixture
def database_url(cluster: Cluster, template: str) -> Iterator[str]:
    """A fresh migrated database, for tests that commit or listen."""
    name = f"fleet_{next(CLONES)}"
    execute(cluster, f"create database {name} template {template}")
    yield cluster.url_of(name)
    execute(cluster, f"drop database {name} with (force)")


@pytest.fixture
async def conn(shared_url: str) -> AsyncIterator[Connection]:
    """An open transaction, rolled back when the test ends."""
    async with await connect(shared_url, "fleet-test") as made:
        yield made
        await made.rollback()


def migrated(url: str) -> None:
    """Apply every migration."""
    asyncio.run(migrate(url))


def execute(cluster: Cluster, statement: str) -> None:
    """Run one statement that no transaction may hold, such as CREATE DATABASE."""
    with psycopg.connect(cluster.url_of("postgres"), autocommit=True) as admin:
        admin.execute(statement.encode())
