"""A model on disk: one uncompressed .npz of arrays and one JSON text of names.

Its arrays are mapped, not read: processes share them. The largest, the words' weights, is read row by row.
"""

import json
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import marisa_trie  # type: ignore[import-not-found]
import numpy as np

from .model import Array, Linear, Model
from .rows import FileRows

ARRAYS = ("idf", "exact_keys", "exact_intents", "exact_aspects", "kind_of")
LINEARS = ("dense", "lexical")
NAMES = ("intents", "aspects", "words", "kinds", "fusion")
ALIGNED = 64  # bytes; numpy wants a number's address to be a multiple of its size
LOCAL_HEADER = struct.Struct("<26xHH")  # of a zip's member: lengths of its name and of its extra field


class Vocabulary:
    """Token → row, in a fraction of a dict's memory."""

    def __init__(self, trie: marisa_trie.Trie, rows: Array):
        """rows: by the trie's number of the token."""
        self._trie, self._rows = trie, rows.data

    def get(self, token: str) -> int | None:
        number = self._trie.get(token)
        return None if number is None else self._rows[number]

    def items(self) -> Iterator[tuple[str, int]]:
        return ((self._trie.restore_key(number), row) for number, row in enumerate(self._rows))


def save_model(model: Model, path: Path) -> None:
    """Write the model beside its final name, then rename: readers never see half a file."""
    arrays: dict[str, Array] = {name: getattr(model, name) for name in ARRAYS}
    for name in LINEARS:
        linear: Linear = getattr(model, name)
        arrays[f"{name}.weights"], arrays[f"{name}.bias"] = np.asarray(linear.weights), linear.bias
    names = {name: getattr(model, name) for name in NAMES}
    arrays["names"] = np.frombuffer(json.dumps(names, ensure_ascii=False).encode(), dtype=np.uint8)
    row_of = dict(model.vocabulary.items())
    trie = marisa_trie.Trie(list(row_of))
    arrays["vocabulary"] = np.frombuffer(trie.tobytes(), dtype=np.uint8)
    arrays["rows"] = np.array([row_of[trie.restore_key(n)] for n in range(len(trie))], dtype=np.int32)
    draft = path.with_name(f".{path.name}.draft.npz")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_STORED) as file:
        for name, array in arrays.items():
            _write(file, f"{name}.npy", array)
    draft.replace(path)


def _write(file: zipfile.ZipFile, name: str, array: Array) -> None:
    """Add a member whose numbers are aligned in the file, by padding its header."""
    member = zipfile.ZipInfo(name)
    start = file.start_dir + 30 + len(name) + 20 + 4  # header, name, the sizes of 64 bits, head of the padding
    padding = -start % ALIGNED
    member.extra = struct.pack("<HH", 0xFFFF, padding) + bytes(padding)
    with file.open(member, "w", force_zip64=True) as out:
        np.lib.format.write_array(out, np.ascontiguousarray(array), allow_pickle=False)


def load_model(path: Path) -> Model:
    """Map what `save_model` wrote. Raises OSError, ValueError or KeyError."""
    file = path.open("rb")  # for as long as the model is used: another file may take its name
    try:
        places = _places(file)
    except zipfile.BadZipFile as fault:
        raise ValueError(f"{path}: no model: {fault}") from None
    whole = np.asarray(np.memmap(file, np.uint8, "r"))
    z: dict[str, Any] = {name: place.of(whole) for name, place in places.items()}
    names = json.loads(z["names"].tobytes().decode())
    words = places["lexical.weights"]
    return Model(
        **{name: names[name] for name in NAMES},
        vocabulary=Vocabulary(marisa_trie.Trie().frombytes(z["vocabulary"].tobytes()), z["rows"]),
        **{name: z[name] for name in ARRAYS},
        dense=Linear(z["dense.weights"], z["dense.bias"]),
        lexical=Linear(FileRows(file, words.dtype, words.shape, words.offset), z["lexical.bias"]),
    )


class Place(NamedTuple):
    """Where an array's numbers are in the file; in C's order, as `_write` sees to."""

    offset: int
    dtype: np.dtype
    shape: tuple[int, ...]

    def of(self, whole: Array) -> Array:
        size = int(np.prod(self.shape)) * self.dtype.itemsize
        return whole[self.offset :][:size].view(self.dtype).reshape(self.shape)


def _places(file: BinaryIO) -> dict[str, Place]:
    """Return where the arrays of an uncompressed .npz are."""
    found = {}
    for member in zipfile.ZipFile(file).infolist():
        file.seek(member.header_offset)
        name, extra = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
        file.seek(name + extra, 1)
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        found[member.filename.removesuffix(".npy")] = Place(file.tell(), dtype, shape)
    return found
