"""Make the ranking model from the examples. Runs apart from the web process.

Nothing here sees a question the model is measured on: the only input is the
knowledge folder. Fusion weights come from folds of the banks themselves
(`flask consult calibrate`) and are kept in `knowledge/conversation/fusion.json`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression, SGDClassifier

from ..matters.schema import Aspect
from .examples import MATTER, Example
from .model import Array, Linear, Model, key_of, weigh
from .tokens import Tokeniser

ASPECTS = [a.value for a in Aspect]
EMERGENCY, CALM = "emergency", "not-emergency"
Told = Callable[[str], None]

FUSION: dict[str, Any] = {"weights": [0.6, 0.5, 0.5], "aspect": [0.6, 1.0]}


def learn(
    examples: list[Example], vectors: Array, tokeniser: Tokeniser, fusion: dict[str, Any] | None = None,
    everything: Sequence[Example] = (), texts: Sequence[Example] = (), told: Told = lambda _: None,
) -> Model:  # fmt: skip
    """Return a model. vectors: (len(examples), 512) of the examples' texts, in order.

    everything: where `examples` is a sample (`examples.sample`), all there are: each is known by heart.
    texts: sentences of the matters' own rules (`examples.gather_texts`).
    """
    told("counting words")
    bags = [Counter(tokeniser.tokens(e.text)) for e in (*examples, *texts)]
    vocabulary, idf = _vocabulary(bags)
    matrix = _matrix(bags, vocabulary, idf)
    told("learning")
    intents = sorted({e.intent for e in examples if not e.intent.startswith(CALM)})
    kinds = sorted({i.split(":")[0] for i in intents})
    kind_of = np.array([kinds.index(i.split(":")[0]) for i in intents], dtype=np.int32)
    asked = matrix[: len(examples)]
    heads = [
        *_intents_and_kinds(examples, texts, vectors, matrix, intents, kind_of),
        _aspects(examples, vectors, asked),
        _alarm(examples, vectors, asked),
    ]
    dense, lexical = (_side_by_side([head[i] for head in heads]) for i in (0, 1))
    keys = exact_index(everything or examples, {intent: n for n, intent in enumerate(intents)})
    return Model(
        intents, ASPECTS, tokeniser.own_words, vocabulary, idf, dense, lexical, *keys, kinds, kind_of, fusion or FUSION
    )


def _side_by_side(heads: list[Linear]) -> Linear:
    """Return one classifier whose columns are those of all heads."""
    return Linear(np.ascontiguousarray(np.hstack([h.weights for h in heads])), np.concatenate([h.bias for h in heads]))


def _intents_and_kinds(
    examples: list[Example], texts: Sequence[Example], vectors: Array, matrix: sparse.csr_matrix,
    intents: list[str], kind_of: Array,
) -> list[tuple[Linear, Linear]]:  # fmt: skip
    """Return the two heads, each by meaning and by words. Only the intents' words are also learnt from texts."""
    number = {intent: n for n, intent in enumerate(intents)}
    kept = [i for i, e in enumerate(examples) if e.intent in number]
    labels = np.array([number[examples[i].intent] for i in kept])
    read = [len(examples) + i for i, e in enumerate(texts) if e.intent in number]
    read_labels = np.array([number[texts[i - len(examples)].intent] for i in read], dtype=labels.dtype)
    dense = _dense(vectors[kept], labels, len(intents))
    lexical = _lexical(matrix[kept + read], np.concatenate([labels, read_labels]), len(intents))
    kinds = int(kind_of.max()) + 1
    kind_dense = _dense(vectors[kept], kind_of[labels], kinds, balanced=True)
    kind_lexical = _logistic(matrix[kept], kind_of[labels], kinds)
    return [(dense, lexical), (kind_dense, kind_lexical)]


def _vocabulary(bags: list[Counter[str]]) -> tuple[dict[str, int], Array]:
    """Keep tokens that at least two sentences have: one alone cannot be learnt from.

    The commonest come first: their weights lie side by side, in the few pages a process needs in memory.
    """
    in_bags = Counter(token for bag in bags for token in bag)
    tokens = sorted((t for t, n in in_bags.items() if n >= 2), key=lambda t: (-in_bags[t], t))
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


def _dense(x: Array, y: Array, classes: int, c: float = 20.0, balanced: bool = False) -> Linear:
    fitted = LogisticRegression(C=c, max_iter=80, tol=1e-3, class_weight="balanced" if balanced else None).fit(x, y)
    return _spread(fitted.coef_, fitted.intercept_, fitted.classes_, classes, np.float32)


def _lexical(x: sparse.csr_matrix, y: Array, classes: int, alpha: float = 1.5e-6) -> Linear:
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


def exact_index(examples: Sequence[Example], number: dict[str, int]) -> tuple[Array, Array, Array]:
    """Return sorted keys of sentences that mean one intent only, with intent and aspect (-1: none).

    number: intent → its number; examples of other intents are left out.
    """
    known = [e for e in examples if e.intent in number]
    keys = np.fromiter((key_of(e.text) for e in known), np.uint64, len(known))
    intents = np.fromiter((number[e.intent] for e in known), np.int32, len(known))
    aspects = np.fromiter(
        (ASPECTS.index(e.aspect) if e.intent.startswith(MATTER) else -1 for e in known), np.int32, len(known)
    )
    return unambiguous(keys, intents, aspects)


def unambiguous(keys: Array, intents: Array, aspects: Array) -> tuple[Array, Array, Array]:
    """Return the keys in order, once each, without 0 and without those that mean two intents."""
    order = np.argsort(keys, kind="stable")
    keys, intents, aspects = keys[order], intents[order], aspects[order]
    first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    clear = np.minimum.reduceat(intents, first) == np.maximum.reduceat(intents, first)
    kept = first[clear & (keys[first] != 0)]
    return keys[kept], intents[kept], aspects[kept]
