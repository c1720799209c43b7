"""What the service makes of the simulated sea, with the thresholds that ship with it."""

from __future__ import annotations

import pytest

from simulators.geo import HOUR, MINUTE
from simulators.register import Boat
from simulators.script import KINDS
from simulators.world import Run, World
from tests.simulators.conftest import AUTUMN
from tests.simulators.desk import Desk

WARNS = {"zone_approach": "zone_enter"}
"""Kinds that come before what happened."""


@pytest.fixture(scope="module")
def desk(boats: tuple[Boat, ...]) -> Desk:
    """A demonstration from 33 minutes before its start to three minutes after."""
    made = Desk(World(1, boats, (Run(AUTUMN),)))
    made.watch(AUTUMN - 33 * MINUTE, AUTUMN + 3 * MINUTE)
    return made


@pytest.mark.slow
def test_every_kind_is_raised_within_two_minutes(desk: Desk) -> None:
    risen = {c.kind for c in desk.changes if c.t <= (AUTUMN + 120) * 1_000_000}
    assert set(KINDS) <= risen


@pytest.mark.slow
def test_every_alert_has_its_incident(desk: Desk) -> None:
    true = {
        (i.kind, who)
        for i in desk.world.incidents(AUTUMN + 2 * HOUR)
        for who in (i.reg_no, str(i.mmsi))
    }
    for kind, vessel, t, place in desk.opened():
        assert (WARNS.get(kind, kind), desk.name(vessel)) in true, (
            kind,
            desk.name(vessel),
            t - AUTUMN,
            place,
        )


@pytest.mark.slow
def test_nothing_sent_is_unreadable(desk: Desk) -> None:
    assert desk.rejects == {}


@pytest.mark.slow
def test_a_calm_sea_raises_no_alert(boats: tuple[Boat, ...]) -> None:
    calm = Desk(World(3, boats))
    calm.watch(AUTUMN + 5 * HOUR, AUTUMN + 5.5 * HOUR)
    assert calm.changes == []
    assert calm.rejects == {}
