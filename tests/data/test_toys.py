"""The small data sets are what their descriptions say, and the same each time."""

import numpy as np
import pytest

from mlpviz.data import DATASET_FAMILIES, DATASETS, Dataset, load_dataset, toys

TOYS = [name for name in DATASETS if not name.startswith("digits")]
REGRESSIONS = ["line", "line_bias", "plane"]
DRAWN = ["blobs", "moons", "spirals"]
GATES = {"gate_and": [0, 0, 0, 1], "gate_or": [0, 1, 1, 1], "gate_xor": [0, 1, 1, 0]}


def fit(data, with_bias):
    """Least squares: the weights, and the bias last if there is one."""
    x = data.training.inputs
    columns = np.column_stack([x, np.ones(len(x))]) if with_bias else x
    return np.linalg.lstsq(columns, data.training.targets[:, 0])[0]


@pytest.mark.parametrize("name", TOYS)
def test_a_toy_is_a_dataset_that_is_the_same_each_time(name):
    one, two = DATASETS[name](), DATASETS[name]()
    assert isinstance(one, Dataset)
    assert one.name == name
    assert one.title
    assert one.description
    assert len(one.input_names) == one.n_in
    assert np.array_equal(one.training.inputs, two.training.inputs)
    assert np.array_equal(one.training.targets, two.training.targets)


@pytest.mark.parametrize("name", ["line", "line_bias", "plane", *DRAWN])
def test_size_noise_and_seed_can_be_chosen(name):
    make = DATASETS[name]
    assert len(make(n=12).training) == 12
    assert not np.array_equal(make(seed=100).training.inputs, make().training.inputs)
    with pytest.raises(ValueError, match="n is 0: give at least"):
        make(n=0)
    with pytest.raises(ValueError, match="noise is -1: give a standard deviation of 0 or more"):
        make(noise=-1)


@pytest.mark.parametrize("name", REGRESSIONS)
def test_lines_and_planes_are_regression_without_a_test_set(name):
    data = load_dataset(name)
    assert data.training.labels is None
    assert (data.classes, data.test, data.value_range, data.n_out) == ((), None, None, 1)


def test_without_noise_the_truth_is_found_again():
    assert fit(toys.line(noise=0, slope=3), with_bias=False) == pytest.approx([3], abs=1e-4)
    assert fit(toys.line_bias(noise=0), with_bias=True) == pytest.approx([1.5, -1], abs=1e-4)
    assert fit(toys.plane(noise=0), with_bias=True) == pytest.approx([1.5, -2, 0.5], abs=1e-4)


def test_with_noise_the_truth_is_nearly_found():
    assert fit(toys.line(), with_bias=False) == pytest.approx([2], abs=0.2)
    assert fit(toys.line_bias(), with_bias=True) == pytest.approx([1.5, -1], abs=0.2)
    assert fit(toys.plane(), with_bias=True) == pytest.approx([1.5, -2, 0.5], abs=0.1)


@pytest.mark.parametrize("name", GATES)
def test_gates_have_the_four_cases_in_order(name):
    data = load_dataset(name)
    assert data.training.inputs.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert data.training.targets[:, 0].tolist() == data.training.labels.tolist() == GATES[name]
    assert (data.classes, data.n_out, data.test) == (("0", "1"), 1, None)


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_sets_are_balanced_and_have_test_examples_of_their_own(name):
    data = DATASETS[name](n=60, n_test=30)
    for examples, n in ((data.training, 60), (data.test, 30)):
        assert np.bincount(examples.labels).tolist() == [n // len(data.classes)] * len(data.classes)
    assert not np.array_equal(data.training.inputs[:30], data.test.inputs)


def test_three_classes_are_one_hot_and_two_are_zero_and_one():
    blobs = load_dataset("blobs")
    assert (blobs.n_out, len(blobs.classes)) == (3, 3)
    assert np.array_equal(blobs.training.targets.argmax(axis=1), blobs.training.labels)
    for name in ("moons", "spirals"):
        data = load_dataset(name)
        assert (data.n_out, len(data.classes)) == (1, 2)
        assert np.array_equal(data.training.targets[:, 0], data.training.labels)


def test_clouds_lie_about_the_corners_of_a_triangle():
    data = toys.blobs(n=3000)
    for label, centre in enumerate([(0, 2), (-(3**0.5), -1), (3**0.5, -1)]):
        cloud = data.training.inputs[data.training.labels == label]
        assert cloud.mean(axis=0) == pytest.approx(centre, abs=0.1)
        assert cloud.std(axis=0) == pytest.approx(0.6, abs=0.1)


def test_moons_are_half_circles():
    data = toys.moons(noise=0)
    upper = data.training.inputs[data.training.labels == 0]
    lower = data.training.inputs[data.training.labels == 1]
    assert np.hypot(*upper.T) == pytest.approx(1, abs=1e-5)
    assert np.hypot(*(lower - [1, 0.5]).T) == pytest.approx(1, abs=1e-5)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5


def test_one_spiral_is_the_other_turned_by_half_a_circle():
    data = toys.spirals(noise=0, turns=1)
    radius = np.hypot(*data.training.inputs.T)
    angle = np.arctan2(*data.training.inputs.T[::-1])
    turned = angle - 2 * np.pi * radius / 3 - np.pi * data.training.labels
    assert np.cos(turned) == pytest.approx(1, abs=1e-5)
    assert (radius.min() > 0.29, radius.max() < 3.01) == (True, True)


def test_iris_has_the_well_known_means():
    data = load_dataset("iris")
    assert data.training.inputs.mean(axis=0) == pytest.approx([5.843, 3.057, 3.758, 1.199], abs=5e-4)
    assert np.bincount(data.training.labels).tolist() == [50, 50, 50]
    assert data.classes == ("setosa", "versicolor", "virginica")
    assert np.array_equal(data.training.targets.argmax(axis=1), data.training.labels)


def test_iris_two_has_two_species_two_lengths_and_targets_of_both_signs():
    data, whole = load_dataset("iris_two"), load_dataset("iris")
    assert np.array_equal(data.training.inputs, whole.training.inputs[:100][:, [0, 2]])
    assert data.input_names == ("sepal length (cm)", "petal length (cm)")
    assert data.classes == ("setosa", "versicolor")
    assert np.array_equal(data.training.targets[:, 0], np.where(data.training.labels == 1, 1, -1))


HEADER = "sepal_length_cm,sepal_width_cm,petal_length_cm,petal_width_cm,species\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "line 1: the header should be sepal_length_cm,"),
        ("a,b\n", "line 1: the header should be"),
        (HEADER + "5,3,1,0.2,rose\n", "line 2: give four lengths and one of setosa"),
        (HEADER + "5,3,1,setosa\n", "line 2: give four lengths"),
        (HEADER + "5,3,1,long,setosa\n", "a length is not a number"),
        (HEADER + "5,3,1,0.2,setosa\n", "holds 1 flowers: there should be 50"),
        (HEADER, "holds 0 flowers"),
    ],
)
def test_a_broken_iris_file_is_refused(tmp_path, text, sentence):
    (tmp_path / "iris.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=sentence):
        toys.iris(tmp_path)


def test_a_missing_iris_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"iris\.csv is missing: it should be in .*; reinstalling"):
        toys.iris(tmp_path)


def test_the_table_holds_every_data_set_and_loads_each_once():
    of_digits = ["digits", "digits_imbalanced", "digits_blank"]
    assert list(DATASETS) == [*of_digits, *REGRESSIONS, *GATES, *DRAWN, "iris", "iris_two"]
    assert load_dataset("moons") is load_dataset("moons")


def test_every_data_set_is_of_one_family():
    assert sorted(name for names in DATASET_FAMILIES.values() for name in names) == sorted(DATASETS)


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(
        ValueError, match=r"unknown dataset 'spiral'; known are: digits, .*; did you mean 'spirals'\?"
    ):
        load_dataset("spiral")
    with pytest.raises(ValueError, match=r"unknown dataset 'q'; known are: .*iris_two$"):
        load_dataset("q")
