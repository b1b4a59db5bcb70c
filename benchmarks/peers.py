"""How many times as fast as PyTorch and scikit-learn is mlpviz, on the same network, batches and threads?

All make the same steps, and judge as many validation examples after each epoch. mlpviz measures each layer
as it trains, and keeps the history; the others do nothing else. They have the digits as float32 in memory;
mlpviz scales each batch.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec

import numpy as np

from benchmarks.cases import CLASSES, LEARNING_RATE, Case, Training, digits, steps_at_a_time
from benchmarks.timing import in_turn, median_ratio
from mlpviz.training.blas import use_blas_threads

CASES = [Case((units,)) for units in (30, 100, 300, 800, 2000)]
CASES += [Case((100,), size) for size in (1, 10, 1000)] + [Case((800,), size) for size in (1, 10, 1000)]
CASES += [Case((300,) * n) for n in (3, 7)]
CASES += [Case((units,), size, threads=2) for units, size in ((100, 100), (800, 100), (2000, 1000))]
OF_GOALS = (Case((100,)), Case((800,)))

FALL_ASLEEP_S = 0.3
"""Threads of a library that has done its work keep a core busy for a while, waiting for more of it."""

PACKAGES = {"torch": "PyTorch", "sklearn": "scikit-learn"}

Run = Callable[[int], object]
"""Trains so many steps."""


def scaled_digits(case: Case, validation: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """The pixels from 0 to 1, float32, and the labels of as many examples as mlpviz trains on, or judges."""
    examples = digits().training
    n = len(examples) - case.validation_size
    part = slice(n, None) if validation else slice(n)
    return examples.inputs[part].astype(np.float32) / np.float32(255), examples.labels[part].copy()


class PyTorch:
    """PyTorch, eager: batches of tensors in memory, forward, loss, backward, a plain step of its SGD.

    Attributes
    ----------
    model
        An `nn.Sequential` of the case's layers.
    judged
        Loss and accuracy on the validation split after each epoch.
    """

    def __init__(self, case: Case) -> None:
        import torch
        from torch import nn

        torch.set_num_threads(case.threads)
        torch.manual_seed(0)
        pixels, labels = scaled_digits(case)
        self._x = torch.from_numpy(pixels)
        self._targets = torch.eye(CLASSES)[torch.from_numpy(labels)]
        pixels, labels = scaled_digits(case, validation=True)
        self._validation_x, self._validation_labels = torch.from_numpy(pixels), torch.from_numpy(labels)
        self._validation_targets = torch.eye(CLASSES)[self._validation_labels]
        self.judged: list[tuple[float, float]] = []
        self._batch_size = case.batch_size
        layers: list[nn.Module] = []
        for n_in, n_out in zip(case.widths, case.widths[1:], strict=False):
            layers += [nn.Linear(n_in, n_out), nn.ReLU()]
        layers[-1] = nn.Sigmoid()
        self.model = nn.Sequential(*layers)
        self._optimizer = torch.optim.SGD(self.model.parameters(), lr=LEARNING_RATE)
        self._batches = self.batches()
        self._left = len(self._x)

    def run(self, steps: int) -> None:
        """Train so many steps, and judge the validation split after each epoch."""
        for _ in range(steps):
            x, targets = next(self._batches)
            self.step(x, targets)
            self._left -= len(x)
            if self._left == 0:
                self._left = len(self._x)
                self.judge()

    def judge(self) -> None:
        """Loss and accuracy on the validation split."""
        import torch

        if len(self._validation_x) == 0:
            return
        with torch.no_grad():
            y = self.model(self._validation_x)
            loss = ((y - self._validation_targets) ** 2).sum() / len(y)
            right = (y.argmax(dim=1) == self._validation_labels).float().mean()
            self.judged.append((loss.item(), right.item()))

    def step(self, x, targets) -> None:
        """One mini-batch."""
        self._optimizer.zero_grad()
        loss = ((self.model(x) - targets) ** 2).sum() / len(x)
        loss.backward()
        self._optimizer.step()

    def batches(self) -> Iterator[tuple]:
        """Mini-batches without end, each epoch in another order."""
        import torch

        while True:
            for rows in torch.randperm(len(self._x)).split(self._batch_size):
                yield self._x[rows], self._targets[rows]


class PyTorchByHand(PyTorch):
    """The same with its update written out, which spares it the optimizer's bookkeeping."""

    def step(self, x, targets) -> None:
        import torch

        loss = ((self.model(x) - targets) ** 2).sum() / len(x)
        loss.backward()
        with torch.no_grad():
            for parameter in self.model.parameters():
                parameter.add_(parameter.grad, alpha=-LEARNING_RATE)
                parameter.grad = None


class PyTorchLoading(PyTorch):
    """The same with batches from its DataLoader."""

    def batches(self) -> Iterator[tuple]:
        from torch.utils.data import DataLoader, TensorDataset

        loader = DataLoader(TensorDataset(self._x, self._targets), self._batch_size, shuffle=True)
        while True:
            yield from loader


class ScikitLearn:
    """scikit-learn's MLPClassifier in its own loop over mini-batches, plain gradient descent.

    It knows no squared error after a sigmoid: its loss is the cross-entropy of a softmax.

    Attributes
    ----------
    judged
        The accuracy on the validation split after each epoch.
    """

    def __init__(self, case: Case) -> None:
        from sklearn.neural_network import MLPClassifier

        self._x, self._labels = scaled_digits(case)
        self._validation = scaled_digits(case, validation=True)
        self.judged: list[float] = []
        self._batch_size = case.batch_size
        self.model = MLPClassifier(
            case.hidden,
            solver="sgd",
            alpha=0,
            batch_size=case.batch_size,
            learning_rate_init=LEARNING_RATE,
            momentum=0,
            random_state=0,
        )

    def run(self, steps: int) -> None:
        """Train so many steps, an epoch at a time where there are so many, and judge after each epoch."""
        import sklearn

        with sklearn.config_context(assume_finite=True):  # spares it a look through all examples
            examples = steps * self._batch_size
            while examples > 0:
                part = slice(min(examples, len(self._x)))
                self.model.partial_fit(self._x[part], self._labels[part], classes=range(CLASSES))
                examples -= len(self._x)
                if examples >= 0 and len(self._validation[0]):
                    self.judged.append(self.model.score(*self._validation))


Side = Callable[[Case], PyTorch | ScikitLearn]

SIDES: dict[str, tuple[str, Side]] = {
    "PyTorch": ("torch", PyTorch),
    "PyTorch, update by hand": ("torch", PyTorchByHand),
    "PyTorch with its DataLoader": ("torch", PyTorchLoading),
    "scikit-learn": ("sklearn", ScikitLearn),
}
"""Each with the package that it needs."""


def is_installed(package: str) -> bool:
    """Whether a peer can be timed here; says so where it cannot."""
    if find_spec(package) is None:
        print(f"{PACKAGES[package]} is not installed, so it is left out", file=sys.stderr)
        return False
    return True


def installed_sides() -> dict[str, Side]:
    """Those that can be timed here."""
    installed = {package for package in PACKAGES if is_installed(package)}
    return {name: make for name, (package, make) in SIDES.items() if package in installed}


def compare(case: Case, sides: Mapping[str, Side], steps: int = 0) -> dict[str, float]:
    """How many times as fast mlpviz is as each of them; timed over `steps`, if given."""
    use_blas_threads(case.threads)  # before PyTorch is there, whose own library is none of mlpviz' business
    training = Training(case)
    n = steps or steps_at_a_time(training.run, case, case in OF_GOALS)
    runs: list[Run] = [training.run, *(make(case).run for make in sides.values())]
    rest_s = FALL_ASLEEP_S if case.threads > 1 else 0.0
    own, *others = in_turn(*(lambda run=run: run(n) for run in runs), rest_s=rest_s)
    return {name: median_ratio(other, own) for name, other in zip(sides, others, strict=True)}


def measure() -> dict[str, float]:
    """Of every network the row of a table."""
    sides = installed_sides()
    return {
        f"{case} | {name}": ratio
        for case in (CASES if sides else ())
        for name, ratio in compare(case, sides).items()
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
