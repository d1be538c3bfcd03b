"""A model on disk: one .npz file of arrays and one JSON text of names."""

import json
from pathlib import Path

import numpy as np

from .model import Array, Linear, Model

ARRAYS = ("idf", "exact_keys", "exact_intents", "exact_aspects", "kind_of")
LINEARS = ("dense", "lexical")
NAMES = ("intents", "aspects", "words", "kinds", "fusion")


def save_model(model: Model, path: Path) -> None:
    """Write the model beside its final name, then rename: readers never see half a file."""
    arrays: dict[str, Array] = {name: getattr(model, name) for name in ARRAYS}
    for name in LINEARS:
        linear: Linear = getattr(model, name)
        arrays[f"{name}.weights"], arrays[f"{name}.bias"] = linear.weights, linear.bias
    words = {name: getattr(model, name) for name in NAMES} | {"vocabulary": list(model.vocabulary)}
    arrays["words"] = np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), dtype=np.uint8)
    draft = path.with_name(f".{path.name}.draft.npz")
    with draft.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)  # type: ignore[arg-type]  # numpy's own signature
    draft.replace(path)


def load_model(path: Path) -> Model:
    """Read what `save_model` wrote. Raises OSError, ValueError or KeyError."""
    with np.load(path, allow_pickle=False) as z:
        words = json.loads(z["words"].tobytes().decode())
        return Model(
            **{name: words[name] for name in NAMES},
            vocabulary={token: i for i, token in enumerate(words["vocabulary"])},
            **{name: z[name] for name in ARRAYS},
            **{name: Linear(z[f"{name}.weights"], z[f"{name}.bias"]) for name in LINEARS},  # type: ignore[arg-type]
        )
