"""Make the ranking model from the examples. Runs apart from the web process.

Nothing here sees a question the model is measured on: the only input is the
knowledge folder. Fusion weights come from folds of the banks themselves
(`flask consult calibrate`) and are kept in `knowledge/conversation/fusion.json`.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression, SGDClassifier

from ..matters.schema import Aspect
from .examples import MATTER, Example
from .model import Array, Linear, Model, key_of, weigh
from .tokens import Tokeniser

MAX_TRAINED = 2000  # sentences of one intent; more teach a linear model nothing new
ASPECTS = [a.value for a in Aspect]
EMERGENCY, CALM = "emergency", "not-emergency"
Told = Callable[[str], None]

FUSION: dict[str, Any] = {
    "blend": [0.6, 0.3, 0.5],
    "weights": [0.6, 0.4, 0.5, 0.3],
    "rest": 0.01,
    "aspect": [0.5, 0.8],
}


def learn(
    examples: list[Example], vectors: Array, tokeniser: Tokeniser, fusion: dict[str, Any] | None = None,
    told: Told = lambda _: None,
) -> Model:  # fmt: skip
    """Return a model. vectors: (len(examples), 512) of the examples' texts, in order."""
    kept = [i for i, e in enumerate(examples) if not e.intent.startswith(CALM)]
    intents = sorted({examples[i].intent for i in kept})
    number = {intent: n for n, intent in enumerate(intents)}
    labels = np.array([number[examples[i].intent] for i in kept])
    told("counting words")
    bags = [Counter(tokeniser.tokens(e.text)) for e in examples]
    vocabulary, idf = _vocabulary(bags)
    matrix = _matrix(bags, vocabulary, idf)
    told("learning intents")
    rows = _capped(labels)
    at = np.array(kept)[rows]
    dense = _dense(vectors[at], labels[rows], len(intents))
    lexical = _lexical(matrix[at], labels[rows], len(intents))
    told("learning kinds and aspects")
    kinds = sorted({i.split(":")[0] for i in intents})
    kind_of = np.array([kinds.index(i.split(":")[0]) for i in intents], dtype=np.int32)
    kind_dense = _dense(vectors[kept], kind_of[labels], len(kinds), balanced=True)
    kind_lexical = _logistic(matrix[kept], kind_of[labels], len(kinds))
    aspect_dense, aspect_lexical = _aspects(examples, vectors, matrix)
    alarm, alarm_lexical = _alarm(examples, vectors, matrix)
    keys, key_intents, key_aspects = _exact([examples[i] for i in kept], labels)
    return Model(
        intents, _names(examples, intents), ASPECTS, tokeniser.own_words, vocabulary, idf, dense, lexical,
        keys, key_intents, key_aspects, kinds, kind_of, kind_dense, kind_lexical,
        aspect_dense, aspect_lexical, alarm, alarm_lexical, fusion or FUSION,
    )  # fmt: skip


def _vocabulary(bags: list[Counter[str]]) -> tuple[dict[str, int], Array]:
    """Keep tokens that at least two sentences have: one alone cannot be learnt from."""
    in_bags = Counter(token for bag in bags for token in bag)
    tokens = sorted(t for t, n in in_bags.items() if n >= 2)
    counts = np.array([in_bags[t] for t in tokens], dtype=np.float32)
    idf = np.log((1 + len(bags)) / (1 + counts)) + 1
    return {t: i for i, t in enumerate(tokens)}, idf.astype(np.float32)


def _matrix(bags: list[Counter[str]], vocabulary: dict[str, int], idf: Array) -> sparse.csr_matrix:
    start, columns, values = [0], [], []
    for bag in bags:
        known = {vocabulary[t]: n for t, n in bag.items() if t in vocabulary}
        rows = list(known)
        columns += rows
        values.append(weigh(np.array(list(known.values()), dtype=np.float32), idf[rows]))
        start.append(len(columns))
    data = np.concatenate(values) if values else np.zeros(0, np.float32)
    return sparse.csr_matrix((data, columns, start), shape=(len(bags), len(vocabulary)))


def _capped(labels: Array) -> Array:
    """Return row numbers, at most MAX_TRAINED of each label, spread evenly."""
    by_label: dict[int, list[int]] = defaultdict(list)
    for row, label in enumerate(labels):
        by_label[int(label)].append(row)
    chosen = [rows[:: math.ceil(len(rows) / MAX_TRAINED)] for rows in by_label.values()]
    return np.array(sorted(r for rows in chosen for r in rows))


def _dense(x: Array, y: Array, classes: int, c: float = 20.0, balanced: bool = False) -> Linear:
    fitted = LogisticRegression(C=c, max_iter=80, tol=1e-3, class_weight="balanced" if balanced else None).fit(x, y)
    return _spread(fitted.coef_, fitted.intercept_, fitted.classes_, classes, np.float32)


def _lexical(x: sparse.csr_matrix, y: Array, classes: int, alpha: float = 4e-6) -> Linear:
    fitted = SGDClassifier(
        loss="log_loss", alpha=alpha, max_iter=8, tol=None, average=True, n_jobs=2, random_state=7
    ).fit(x, y)
    return _spread(fitted.coef_, fitted.intercept_, fitted.classes_, classes, np.float16)


def _logistic(x: sparse.csr_matrix, y: Array, classes: int, c: float = 10.0) -> Linear:
    """A softmax over few classes on words; for hundreds of classes `_lexical` is the quicker one."""
    fitted = LogisticRegression(C=c, max_iter=60, tol=1e-3, class_weight="balanced").fit(x, y)
    return _spread(fitted.coef_, fitted.intercept_, fitted.classes_, classes, np.float16)


def _spread(coef: Array, bias: Array, present: Array, classes: int, dtype: Any) -> Linear:
    """Return the weights with a column for every class, also those without examples.

    scikit-learn gives one row where there are two classes.
    """
    if len(present) == 2 and len(coef) == 1:
        coef, bias = np.vstack([-coef[0], coef[0]]), np.array([-bias[0], bias[0]])
    weights = np.zeros((coef.shape[1], classes), dtype=dtype)
    offsets = np.full(classes, -12.0, dtype=np.float32)
    weights[:, present] = coef.T
    offsets[present] = bias
    return Linear(weights, offsets)


def _aspects(examples: list[Example], vectors: Array, matrix: sparse.csr_matrix) -> tuple[Linear, Linear]:
    rows = [i for i, e in enumerate(examples) if e.aspect and e.firm]
    y = np.array([ASPECTS.index(examples[i].aspect) for i in rows])
    dense = _dense(vectors[rows], y, len(ASPECTS), c=10.0)
    return dense, _logistic(matrix[rows], y, len(ASPECTS))


def _alarm(examples: list[Example], vectors: Array, matrix: sparse.csr_matrix) -> tuple[Linear, Linear]:
    """Emergency or not, as two linear scores that are added."""
    y = np.array([e.intent.startswith(f"{EMERGENCY}:") for e in examples], dtype=int)
    dense = LogisticRegression(C=30.0, max_iter=300, class_weight="balanced").fit(vectors, y)
    lexical = LogisticRegression(C=10.0, max_iter=300, class_weight="balanced").fit(matrix, y)
    half = 0.5  # the two looks are averaged
    return (
        Linear((dense.coef_.T * half).astype(np.float32), (dense.intercept_ * half).astype(np.float32)),
        Linear((lexical.coef_.T * half).astype(np.float16), (lexical.intercept_ * half).astype(np.float32)),
    )


def _names(examples: list[Example], intents: list[str]) -> list[list[str]]:
    names: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        if not example.firm and len(example.text) > 1:
            names[example.intent].append(example.text)
    return [names[intent] for intent in intents]


def _exact(examples: list[Example], labels: Array) -> tuple[Array, Array, Array]:
    """Return sorted keys of sentences that mean one intent only, with intent and aspect."""
    found: dict[int, tuple[int, int]] = {}
    unclear: set[int] = {0}
    for example, label in zip(examples, labels, strict=True):
        key = key_of(example.text)
        aspect = ASPECTS.index(example.aspect) if example.intent.startswith(MATTER) else -1
        if found.setdefault(key, (int(label), aspect))[0] != label:
            unclear.add(key)
    keys = sorted(k for k in found if k not in unclear)
    return (
        np.array(keys, dtype=np.uint64),
        np.array([found[k][0] for k in keys], dtype=np.int32),
        np.array([found[k][1] for k in keys], dtype=np.int32),
    )
