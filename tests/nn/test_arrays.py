"""Sums by column."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlpviz.nn.arrays import column_sums


class TestColumnSums:
    @given(
        npst.arrays(
            np.float64, npst.array_shapes(min_dims=2, max_dims=2, max_side=20), elements=st.floats(-1e6, 1e6)
        )
    )
    def test_are_those_of_numpy(self, a):
        np.testing.assert_allclose(column_sums(a), a.sum(axis=0), rtol=1e-12, atol=1e-6)

    def test_are_written_where_they_are_wanted(self, dtype):
        out = np.empty(2, dtype)
        assert column_sums(np.array([[1, 2], [3, 4]], dtype), out) is out
        assert out.tolist() == [4, 6]

    def test_keep_the_precision(self, dtype):
        assert column_sums(np.ones((3, 2), dtype)).dtype == dtype
