"""What is learnt: a linear map beside a net of one hidden layer, over the same features.

"Wide and deep" (Cheng et al. 2016): the linear map remembers single words, the net what words have
in common. Plain arrays; stored in a byte a weight.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

#: How much a linear score counts beside one of the net; the better of 1 to 4 in cross-validation.
LINEAR_SHARE: Final = 2.0
#: Steps between nothing and the largest weight of a column.
_STEPS: Final = 127
#: Rows widened at a time.
_ROWS: Final = 2048

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """Raw scores of x are LINEAR_SHARE (x·linear + bias) + max(0, x·inner + shift)·outer + base.

    `linear` is features × columns, `inner` features × units, `outer` units × columns.
    """

    linear: Floats
    bias: Floats
    inner: Floats
    shift: Floats
    outer: Floats
    base: Floats

    def scores(self, matrix: sparse.csr_array) -> Floats:
        """Score texts × features into texts × columns."""
        direct = matrix @ self.linear + self.bias
        units = np.maximum(matrix @ self.inner + self.shift, 0)
        return np.asarray(LINEAR_SHARE * direct + units @ self.outer + self.base, dtype=np.float32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays to store, the large ones as signed bytes with a scale for each column.

        A byte holds the square root of a weight's share of the largest, since most are small.
        """
        stored: dict[str, NDArray[Any]] = {}
        for field in fields(self):
            own = getattr(self, field.name)
            if field.name not in ("linear", "inner"):
                stored[field.name] = own
                continue
            scale = np.maximum(np.abs(own).max(axis=0, initial=0.0), 1e-12)
            root = np.sign(own) * np.sqrt(np.abs(own) / scale)
            stored[field.name] = np.round(root * _STEPS).astype(np.int8)
            stored[f"{field.name}_scale"] = scale.astype(np.float32)
        return stored

    @classmethod
    def of_arrays(cls, stored: Mapping[str, NDArray[Any]]) -> Self:
        """The reverse of `arrays`, but for what a byte could not hold. Raises KeyError."""
        return cls(
            **{
                field.name: _widened(stored[field.name], stored[f"{field.name}_scale"])
                if f"{field.name}_scale" in stored
                else stored[field.name].astype(np.float32)
                for field in fields(cls)
            }
        )


def _widened(stored: NDArray[Any], scale: NDArray[Any]) -> Floats:
    """Bytes to weights, some rows at a time: large temporary arrays would leave holes in memory."""
    found = np.empty(stored.shape, dtype=np.float32)
    for start in range(0, len(stored), _ROWS):
        part = stored[start : start + _ROWS].astype(np.float32)
        found[start : start + _ROWS] = part * np.abs(part) * (scale / _STEPS**2)
    return found
