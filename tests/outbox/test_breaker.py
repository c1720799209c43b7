from hypothesis import given
from hypothesis import strategies as st

from fleet.outbox.breaker import MOST_S, TOLERATED, Breaker, pause_s

CHANCE = st.floats(0, 0.999)


@given(st.integers(1, 10_000), CHANCE)
def test_a_pause_grows_to_a_bound_and_never_vanishes(attempts: int, chance: float) -> None:
    assert 0.5 <= pause_s(attempts, chance) <= MOST_S
    assert pause_s(attempts + 1, chance) >= pause_s(attempts, chance)


def test_the_watch_log_of_a_breaker() -> None:
    breaker, now = Breaker(), 100.0
    for _ in range(TOLERATED - 1):
        breaker = breaker.failed(now, 0)
        assert breaker.room(now, 32) == 32
    breaker = breaker.failed(now, 0)
    assert breaker.tripped
    assert breaker.room(now, 32) == 0, "open"
    assert breaker.room(breaker.until, 32) == 1, "half open: one tries alone"
    again = breaker.failed(breaker.until, 0)
    assert again.until - breaker.until > breaker.until - now, "each time longer"
    assert again.succeeded().room(now, 32) == 32


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 100), CHANCE)))
def test_whatever_happens_one_success_closes_it(log: list[tuple[bool, float, float]]) -> None:
    breaker, now = Breaker(), 0.0
    for good, wait, chance in log:
        now += wait
        breaker = breaker.succeeded() if good else breaker.failed(now, chance)
        assert breaker.tripped == (breaker.failures >= TOLERATED)
        assert breaker.until <= now + MOST_S
    assert not breaker.succeeded().tripped
