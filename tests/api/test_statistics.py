"""What was heard hour by hour: everybody counts their own boats."""

from typing import Any

import pytest

from tests.api.conftest import Port

HOURS = """
insert into position_hour (vessel, hour, fixes, distance_nm, sog_mean, sog_max, first_t, first_lon,
                           first_lat, last_t, last_lon, last_lat, sources)
select vessel, hour, fixes, miles, 5, 9, hour, 109, 18, hour, 109, 18, sources
from (values (1, '2026-03-02 08:00Z'::timestamptz, 60, 5.25, '{1,2}'::smallint[]),
             (2, '2026-03-02 08:00Z', 20, 0, '{1}'),
             (3, '2026-03-02 08:00Z', 1, 1.5, '{3}'),
             (4, '2026-03-02 10:00Z', 300, 14, '{1}')) h (vessel, hour, fixes, miles, sources)"""
DAY = {"from": "2026-03-02T00:00:00Z", "to": "2026-03-03T00:00:00Z"}


@pytest.fixture
async def rolled(port: Port) -> Port:
    await port.sql(HOURS)
    return port


async def ask(port: Port, login: str = "chief", **query: str) -> Any:
    async with port.client(login) as http:
        answer = await http.get("/statistics", params={**DAY, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_reports_and_vessels_by_the_hour_and_the_source(rolled: Port) -> None:
    found = await ask(rolled)
    assert found["reports"] == 381
    assert found["hours"] == [
        {"hour": "2026-03-02T08:00:00Z", "reports": 81, "vessels": 3, "distance_nm": 6.8,
         "by_source": {"ais": 2, "terminal": 1, "vms": 1}},
        {"hour": "2026-03-02T10:00:00Z", "reports": 300, "vessels": 1, "distance_nm": 14.0,
         "by_source": {"ais": 1, "terminal": 0, "vms": 0}},
    ]  # fmt: skip


async def test_a_member_and_an_association_count_their_own(rolled: Port) -> None:
    own = {login: (await ask(rolled, login))["hours"] for login in ("lin", "coop")}
    assert [(h["vessels"], h["reports"]) for h in own["lin"]] == [(1, 60)]
    assert [(h["vessels"], h["reports"]) for h in own["coop"]] == [(1, 1)]


async def test_an_hour_belongs_to_the_stretch_in_which_it_begins(rolled: Port) -> None:
    cut = {"from": "2026-03-02T08:30:00Z", "to": "2026-03-02T10:00:00Z"}
    assert (await ask(rolled, **cut))["hours"] == []


@pytest.mark.parametrize("since", ["2020-01-01T00:00:00Z", DAY["to"]])
async def test_a_stretch_too_long_or_of_nothing_is_refused_by_name(port: Port, since: str) -> None:
    async with port.client("chief") as http:
        answer = await http.get("/statistics", params={**DAY, "from": since})
    assert answer.status_code == 422
    assert "query.from" in answer.text
