"""The numbers behind a picture, as files that other programs read."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlpviz.files.numbers import number_file

CSV, NPZ, NPY = Path("x.csv"), Path("x.npz"), Path("x.npy")


def csv(**numbers):
    return number_file({name: np.array(values) for name, values in numbers.items()}, CSV).decode()


class TestCsv:
    def test_arrays_of_one_length_are_columns(self):
        assert csv(step=[1, 2], loss=[0.5, 0.25]) == "step,loss\n1,0.5\n2,0.25\n"

    def test_a_table_has_a_row_for_each_of_its_rows(self):
        assert csv(weights=[[1, 2, 3], [4, 5, 6]]) == "weights[0],weights[1],weights[2]\n1,2,3\n4,5,6\n"

    def test_of_several_arrays_the_first_is_the_table(self):
        assert csv(weights=[[1, 2]], order=[0, 1]) == "weights[0],weights[1]\n1,2\n"

    def test_a_stack_of_tables_has_a_row_for_each_table(self):
        maps = np.arange(8).reshape(2, 2, 2)
        assert csv(maps=maps) == "maps[0],maps[1],maps[2],maps[3]\n0,1,2,3\n4,5,6,7\n"

    def test_one_number_is_a_table_of_one(self):
        assert csv(loss=0.25) == "loss[0]\n0.25\n"

    def test_what_is_not_there_is_empty_and_what_is_infinite_is_said(self):
        assert csv(step=[1, 2, 3], loss=[np.nan, np.inf, -np.inf]) == "step,loss\n1,\n2,inf\n3,-inf\n"

    def test_no_numbers_are_a_head_alone(self):
        assert csv(step=[], loss=[]) == "step,loss\n"
        assert csv(path=np.zeros((0, 2))) == "path[0],path[1]\n"
        assert csv(path=np.zeros((0, 1, 2))) == "path[0],path[1]\n"
        assert csv(path=np.zeros((2, 0))) == "\n\n\n"

    def test_a_name_with_a_comma_stays_one_name(self):
        assert csv(**{"Loss (a, b)": [1]}) == '"Loss (a, b)"\n1\n'

    @given(
        hnp.arrays(
            st.sampled_from([np.float32, np.float64]),
            st.integers(1, 9),
            elements=st.floats(allow_nan=True, width=32),
        )
    )
    def test_read_again_every_number_is_the_same(self, column):
        text = number_file({"column": column, "place": np.arange(len(column))}, CSV).decode()
        found = np.genfromtxt(io.StringIO(text), delimiter=",", names=True, ndmin=1)
        assert np.array_equal(found["column"].astype(column.dtype), column, equal_nan=True)


NUMBERS = {
    "weights": np.arange(6, dtype=np.float32).reshape(2, 3),
    "order": np.array([1, 0]),
    "loss": np.array(np.nan),
    "nothing": np.zeros((0, 3)),
}


class TestNumPy:
    def test_npz_holds_every_array_by_its_name(self):
        with np.load(io.BytesIO(number_file(NUMBERS, NPZ)), allow_pickle=False) as found:
            assert set(found) == set(NUMBERS)
            for name, array in NUMBERS.items():
                assert found[name].dtype == array.dtype
                assert np.array_equal(found[name], array, equal_nan=True)

    @pytest.mark.parametrize("name", ["Gradient norm (layer 1)", "∂L/∂W₁", "self", "0.bias"])
    def test_npz_takes_any_name(self, name):
        with np.load(io.BytesIO(number_file({name: np.ones(2)}, NPZ)), allow_pickle=False) as found:
            assert found[name].tolist() == [1.0, 1.0]

    def test_npy_holds_the_first(self):
        found = np.load(io.BytesIO(number_file(NUMBERS, NPY)), allow_pickle=False)
        assert found.dtype == np.float32
        assert np.array_equal(found, NUMBERS["weights"])

    @pytest.mark.parametrize("out", [NPZ, NPY, CSV], ids=str)
    def test_the_same_numbers_are_the_same_bytes(self, out):
        assert number_file(NUMBERS, out) == number_file(NUMBERS, out)

    def test_the_ending_may_be_in_capitals(self):
        assert number_file(NUMBERS, Path("X.NPY")) == number_file(NUMBERS, NPY)


def test_another_ending_is_told_with_those_that_can_be():
    with pytest.raises(ValueError, match=r"x\.txt: numbers are written to \.csv, \.npz, \.npy"):
        number_file(NUMBERS, Path("x.txt"))
