"""The names of the array types that the formulas speak of."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]
Arrays: TypeAlias = dict[str, Array]
