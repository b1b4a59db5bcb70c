"""Arrays of several layers as one vector."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from mlpviz.nn.vector import joined, new_vector, parted

SHAPES = st.lists(
    st.dictionaries(st.sampled_from(["weight", "bias", "gamma"]), npst.array_shapes(max_dims=2)), max_size=4
)


def filled(shapes, dtype):
    """Arrays of these shapes that hold 0, 1, 2 and so on."""
    numbers = iter(range(10**6))
    return [
        {
            name: np.array([next(numbers) for _ in range(int(np.prod(shape)))], dtype).reshape(shape)
            for name, shape in layer.items()
        }
        for layer in shapes
    ]


class TestJoined:
    @given(shapes=SHAPES, dtype=st.sampled_from([np.float32, np.float64]))
    def test_layer_by_layer_in_order(self, shapes, dtype):
        vector = joined(filled(shapes, dtype))
        assert vector.tolist() == list(range(len(vector)))
        assert vector.dtype == dtype or not len(vector)

    def test_is_a_copy(self):
        weight = np.zeros((2, 2))
        joined([{"weight": weight}])[0] = 1
        assert not weight.any()

    @given(shapes=SHAPES)
    def test_parted_again_it_has_the_same_names_shapes_and_numbers(self, shapes):
        layers = filled(shapes, np.float32)
        for before, after in zip(layers, parted(joined(layers), layers), strict=True):
            assert list(before) == list(after)
            for name, array in before.items():
                np.testing.assert_array_equal(after[name], array, strict=True)

    def test_the_parts_are_views(self):
        vector = np.arange(6.0)
        [first, second] = parted(vector, [{"weight": np.empty((2, 2))}, {"bias": np.empty(2)}])
        vector *= 10
        assert first["weight"].tolist() == [[0, 10], [20, 30]]
        second["bias"][1] = 7
        assert vector[5] == 7


@pytest.mark.parametrize("n", [0, 1, 1000, 79_510])
def test_a_new_vector_begins_at_a_cache_line(n, dtype):
    vectors = [new_vector(n, dtype) for _ in range(5)]
    assert {vector.ctypes.data % 64 for vector in vectors if n} <= {0}
    assert {(vector.shape, vector.dtype) for vector in vectors} == {((n,), np.dtype(dtype))}
