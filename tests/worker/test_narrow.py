"""Small, and nothing lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from fleet.worker.narrow import FEW, narrow, wide

NAN = np.nan
ARRAYS = st.one_of(
    npst.arrays(np.int64, st.integers(0, 3 * FEW)),
    npst.arrays(np.float64, st.integers(0, 3 * FEW)),
    npst.arrays(np.bool_, st.integers(0, 3 * FEW)),
    npst.arrays(np.int64, FEW, elements=st.integers(-(2**40), 2**40)),
    npst.arrays(
        np.float64, FEW, elements=st.sampled_from([NAN, 0.0, -0.0, 0.1, 102.2, 1e300, 181.0])
    ),
)


@given(ARRAYS)
def test_every_bit_comes_back(column: NDArray[Any]) -> None:
    found = wide(narrow(column))
    assert (found.dtype, found.tobytes()) == (column.dtype, column.tobytes())
    assert found.flags.writeable


@pytest.mark.parametrize(
    ("column", "size"),
    [
        (1_790_000_000_000_000 + np.arange(1000) * 1000, 4),
        (np.arange(1000) % 200, 1),
        (np.where(np.arange(1000) % 7, np.arange(1000) / 10, NAN), 2),
        (np.arange(1000) * 65_432 / 600_000, 4),
        (np.full(1000, NAN), 2),
    ],
)
def test_what_ais_sends_is_small(column: NDArray[Any], size: int) -> None:
    packed = narrow(column)
    assert len(packed[3]) == size * len(column)
    assert wide(packed).tobytes() == column.tobytes()
