"""A matrix that stays in its file: rows are read where they are needed.

A question needs some forty rows of a matrix of tens or hundreds of megabytes. Reading them costs a microsecond
each; mapping the file would cost as little, but bring the rows' neighbours into memory until all of it is there.
"""

import os
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np


class FileRows:
    """Indexed by row numbers, gives (rows, columns). The file's name may go, or mean another file, meanwhile."""

    def __init__(self, file: BinaryIO, dtype: Any, shape: tuple[int, ...], offset: int = 0):
        """file: open, and never closed by others; offset: of the first row, in bytes."""
        self._file = file
        self._offset = offset
        self.dtype, self.shape = np.dtype(dtype), shape
        self._width = shape[1] * self.dtype.itemsize

    def __getitem__(self, numbers: Sequence[int]) -> np.ndarray:
        file, start, width = self._file.fileno(), self._offset, self._width
        found = b"".join([os.pread(file, width, start + number * width) for number in numbers])
        return np.frombuffer(found, dtype=self.dtype).reshape(len(numbers), self.shape[1])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self[range(self.shape[0])].astype(dtype or self.dtype)
