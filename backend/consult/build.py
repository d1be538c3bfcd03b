"""`python -m backend.consult.build KNOWLEDGE DATA`: make the model of a knowledge folder.

A process of its own: it needs scikit-learn and a few hundred megabytes for a minute,
which the web process should never hold.
"""

import hashlib
import shutil
import sys
import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from ..logs import configure_logs
from ..matters.service import Catalogue
from .brain import mark_of, model_path, read_fusion, user_words
from .calibrate import calibrate
from .conversation import read_conversation
from .encoding import encoder, keep_commonest
from .examples import gather_examples, gather_texts, sample
from .folds import Lesson, Told
from .keeping import save_model
from .learn import learn
from .model import Array
from .proofs import PROOF, Proof, keep_proofs, read_proofs
from .prove import prove
from .tokens import Tokeniser


def gather(knowledge_dir: Path, data_dir: Path) -> Lesson:
    """Return the lesson of a folder."""
    snapshot = Catalogue(knowledge_dir).current
    everything = gather_examples(snapshot, read_conversation(knowledge_dir / "conversation"))
    examples = sample(everything)
    vectors = vectors_of([e.text for e in examples], data_dir / "consult" / "vectors.npz")
    return Lesson(everything, examples, vectors, Tokeniser(user_words(snapshot), data_dir), gather_texts(snapshot))


def vectors_of(texts: list[str], cache: Path) -> Array:
    """Return (len(texts), 512), encoding only what the cache file does not know yet."""
    keys = [hashlib.blake2b(t.encode("utf-8", "surrogatepass"), digest_size=8).digest() for t in texts]
    known: dict[bytes, Array] = {}
    if cache.exists():
        with np.load(cache) as z:
            known = dict(zip((k.tobytes() for k in z["keys"]), z["vectors"], strict=True))
    new = {k: t for k, t in zip(keys, texts, strict=True) if k not in known}
    if new:
        made = encoder().encode(list(new.values()))
        known.update(zip(new, made, strict=True))
        _keep({k: known[k] for k in keys}, cache)
    return np.stack([known[k] for k in keys])


def _keep(known: dict[bytes, Array], cache: Path) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    draft = cache.with_name(".vectors.draft.npz")
    keys = np.frombuffer(b"".join(known), dtype=np.uint8).reshape(len(known), 8)
    with draft.open("wb") as file:
        np.savez(file, keys=keys, vectors=np.stack(list(known.values())))
    draft.replace(cache)


def build(knowledge_dir: Path, data_dir: Path) -> Path:
    """Make and keep the model; return its file."""
    lesson = gather(knowledge_dir, data_dir)
    fusion = read_fusion(knowledge_dir)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopping early is meant: it generalises better
        model = learn(lesson.examples, lesson.vectors, lesson.tokeniser, fusion, lesson.everything, lesson.texts)
    path = model_path(data_dir, mark_of(lesson.everything, fusion))
    keep_commonest([e.text for e in lesson.examples], path.parent)
    save_model(model, path)
    return path


def recalibrate(knowledge_dir: Path, data_dir: Path, told: Told) -> dict:
    """Return new fusion numbers for a folder (see calibrate.py)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return calibrate(gather(knowledge_dir, data_dir), told)


def reprove(knowledge_dir: Path, data_dir: Path, folds: int, told: Told) -> list[Proof]:
    """Return how well each matter's own bank is found by models that have not seen the question asked.

    Minutes of work, so what was proven is kept until a bank changes: beside the banks by `keep_proof`,
    else in the data folder.
    """
    lesson, fusion = gather(knowledge_dir, data_dir), read_fusion(knowledge_dir)
    mark, kept = f"{mark_of(lesson.everything, fusion)}-{folds}", data_dir / "consult" / PROOF
    for path in (knowledge_dir / PROOF, kept):
        known = read_proofs(path, mark)
        if known is not None:
            return known
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        proofs = prove(lesson, fusion, folds, told)
    keep_proofs(proofs, mark, kept)
    return proofs


def keep_proof(knowledge_dir: Path, data_dir: Path) -> None:
    """Keep what `reprove` has found beside the banks, so that whoever has these files need not prove them again."""
    kept = data_dir / "consult" / PROOF
    if kept.exists():
        shutil.copyfile(kept, knowledge_dir / PROOF)


if __name__ == "__main__":
    configure_logs("WARNING")
    print(build(Path(sys.argv[1]), Path(sys.argv[2])))
