import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.alerts.neighbours import EARTH_NM, Neighbours, on_sphere, reckoned


def places(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    return 109 + dice.random(n) / 4, 18 + dice.random(n) / 4


def miles(lon: np.ndarray, lat: np.ndarray, i: int, j: int) -> float:
    """Great circle, by the spherical law of cosines."""
    a, b = np.radians(lat[i]), np.radians(lat[j])
    c = np.radians(lon[i] - lon[j])
    cosine = np.sin(a) * np.sin(b) + np.cos(a) * np.cos(b) * np.cos(c)
    return float(EARTH_NM * np.arccos(np.clip(cosine, -1, 1)))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 30), st.sampled_from([0.3, 2.0, 6.0]))
def test_pairs_are_those_that_a_look_at_every_two_finds(seed: int, n: int, nm: float) -> None:
    lon, lat = places(seed, n)
    rows = np.arange(n) * 3 + 1
    one, other = Neighbours(rows, lon, lat).pairs(nm)
    slow = {(i, j) for i in range(n) for j in range(i + 1, n) if miles(lon, lat, i, j) <= nm}
    assert {((a - 1) // 3, (b - 1) // 3) for a, b in zip(one, other, strict=True)} == slow


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 30), st.sampled_from([0.3, 2.0, 6.0]))
def test_around_some_and_the_nearest_of_others(seed: int, n: int, nm: float) -> None:
    lon, lat = places(seed, n)
    rows = np.arange(n)
    few, among = rows[::3], rows[::2]
    near = Neighbours(rows, lon, lat)
    one, other = near.around(few, nm)
    slow = {(i, j) for i in few for j in range(n) if i != j and miles(lon, lat, i, j) <= nm}
    assert set(zip(one.tolist(), other.tolist(), strict=True)) == slow
    far, who = near.nearest(few, among, nm)
    for k, i in enumerate(few):
        ways = sorted((miles(lon, lat, i, j), j) for j in among if j != i)
        if ways and ways[0][0] <= nm:
            assert abs(far[k] - ways[0][0]) < 1e-6
            assert abs(miles(lon, lat, i, who[k]) - ways[0][0]) < 1e-6
        else:
            assert (np.isinf(far[k]), who[k]) == (True, -1)


def test_nobody_at_all_is_no_trouble() -> None:
    none = Neighbours(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    assert [len(a) for a in none.around(np.array([1]), 6)] == [0, 0]


def test_a_boat_goes_on_as_it_went() -> None:
    lon, lat = reckoned(
        np.array([109.0]), np.array([18.0]), np.array([12.0]), np.array([90.0]), np.array([0.5])
    )
    assert abs(lat[0] - 18) < 1e-9
    assert abs((lon[0] - 109) * 60 * np.cos(np.radians(18)) - 6) < 1e-9


def test_without_a_course_it_stays_where_it_was() -> None:
    nan = np.array([np.nan])
    lon, lat = reckoned(np.array([109.0]), np.array([18.0]), nan, nan, np.array([0.1]))
    assert (lon[0], lat[0]) == (109.0, 18.0)


def test_places_are_on_the_sphere() -> None:
    assert np.allclose(np.linalg.norm(on_sphere(*places(1, 9)), axis=1), EARTH_NM)
