"""Which classes are taken for which: the confusion matrix, and precision, recall and F1 of each class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mlpviz.training.judgement import UNSAID, Judgement

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PerClass:
    """How well each class is recognised, all (n_classes,); NaN where a number is not defined.

    Attributes
    ----------
    precision
        Of the examples said to be of the class, the part that is; not defined for a class never said.
    recall
        Of the examples of the class, the part that is said to be; not defined without any example.
    f1
        Their harmonic mean, as 2 TP / (said + support): 0 where nothing of the class is found, not defined
        only for a class that neither is there nor was said.
    support, said
        How many examples are of the class, and how many were said to be.
    """

    precision: Floats
    recall: Floats
    f1: Floats
    support: Counts
    said: Counts


def confusion_matrix(judgement: Judgement) -> Counts:
    """How often each class (row) was said to be each class (column): (n_classes, n_classes).

    Its sum is N, less the examples of which nothing was said.
    """
    assert judgement.labels is not None
    assert judgement.predictions is not None
    n, known = judgement.n_classes, judgement.predictions != UNSAID
    pairs = judgement.labels[known] * n + judgement.predictions[known]
    return np.bincount(pairs, minlength=n * n).reshape(n, n)


def per_class(judgement: Judgement) -> PerClass:
    """Precision, recall and F1 of each class."""
    assert judgement.labels is not None
    matrix = confusion_matrix(judgement)
    support = np.bincount(judgement.labels, minlength=judgement.n_classes)
    right, said = np.diag(matrix), matrix.sum(axis=0)
    return PerClass(
        _ratio(right, said), _ratio(right, support), _ratio(2 * right, said + support), support, said
    )


def remarks(judgement: Judgement, names: Sequence[str]) -> list[str]:
    """What is unusual about a judgement's classes, a sentence each: why a number is not defined."""
    found = []
    if judgement.unsaid:
        found.append(
            f"The outputs for {judgement.unsaid} of {len(judgement)} examples are not finite numbers, "
            "so nothing is said of them: the training went wrong."
        )
    if judgement.labels is None:
        return found
    classes = per_class(judgement)
    present = np.flatnonzero(classes.support).tolist()
    if len(present) == 1:
        found.append(
            f"All these examples are of one class, {names[present[0]]}: "
            "they cannot show whether the network tells classes apart."
        )
    else:
        missing = [names[k] for k in np.flatnonzero(classes.support == 0).tolist()]
        if missing:
            found.append(f"There is no example of {_list(missing)} here, so there is no recall for it.")
    never = [names[k] for k in np.flatnonzero((classes.said == 0) & (classes.support > 0)).tolist()]
    if never:
        found.append(f"The network never says {_list(never)}, so there is no precision for it.")
    return found


def _ratio(part: Counts, whole: Counts) -> Floats:
    """part / whole, NaN where the whole is 0."""
    ratio = np.full(len(part), np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
