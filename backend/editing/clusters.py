"""What was not answered well, put together by meaning: fifty ways to ask one thing are one line for the editor.

The worker makes the clusters: vectors of the consultation's own encoder, joined greedily. The
commonest question starts a cluster; what lies close to a cluster's middle joins it.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import delete, func, or_, select

from ..clock import SHANGHAI
from ..db import db
from .errors import NoSuchCluster
from .models import Asked, Cluster

Encode = Callable[[list[str]], np.ndarray]
LOOKED_BACK = timedelta(days=30)
EVERY = timedelta(minutes=10)
MOST_TEXTS = 3000  # of 30 days, the commonest; six seconds for the encoder
# Cosine. On 1,200 questions of 20 banks 0.2 % of the pairs of two matters lie above; they fell into 451 groups,
# and in groups of two and more 79 % were of one matter. Joining words to the vectors made it no better.
CLOSE = 0.6
SHOWN_MEMBERS = 30
KINDS = ("matter", "clarify", "handoff", "ood")


@dataclass
class Weak:
    """One wording that was not answered well. picked: what was taken from the choice, or answered."""

    text: str
    lang: str
    times: int = 0
    useless: int = 0
    matters: Counter[str] = field(default_factory=Counter)
    aspects: Counter[str] = field(default_factory=Counter)


def cluster_due(now: datetime, encode: Encode) -> int:
    """Make the clusters anew where something was asked since; return how many there are. A job."""
    made_at = db.session.scalar(select(func.max(Cluster.made_at)))
    if made_at is not None and now - made_at < EVERY:
        return 0
    found = weak_questions(now)
    if not found and made_at is None:
        return 0
    dismissed = set(db.session.scalars(select(Cluster.key).where(Cluster.dismissed)))
    made = [c for c in _clusters(found, encode, now) if c.key not in dismissed]
    db.session.execute(delete(Cluster).where(Cluster.dismissed.is_(False)))
    db.session.add_all(made)
    _forget_dismissed(now)
    db.session.flush()
    return len(made)


def weak_questions(now: datetime) -> list[Weak]:
    """Return the wordings of the last 30 days that were guessed at, or found 没用; the commonest first."""
    since = (now - LOOKED_BACK).astimezone(SHANGHAI).date()
    wanted = select(Asked.text, Asked.lang, Asked.useful, Asked.matter, Asked.picked, Asked.aspect).where(
        Asked.day >= since, Asked.kind.in_(KINDS), Asked.text != "", or_(Asked.unsure, Asked.useful.is_(False))
    )
    found: dict[str, Weak] = {}
    for row in db.session.execute(wanted):
        weak = found.setdefault(row.text, Weak(row.text, row.lang))
        weak.times += 1
        weak.useless += row.useful is False
        matter = row.picked or (row.matter if row.useful is not False else None)
        weak.matters.update([matter] if matter else [])
        weak.aspects.update([row.aspect] if row.aspect else [])
    return sorted(found.values(), key=lambda w: (-w.times, w.text))[:MOST_TEXTS]


def group(texts: Sequence[str], encode: Encode, close: float = CLOSE) -> list[list[int]]:
    """Return the texts' numbers, group by group, each with the text that started it first."""
    if not texts:
        return []
    vectors = np.asarray(encode(list(texts)), dtype=np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    sums = np.zeros_like(vectors)
    groups: list[list[int]] = []
    for number, vector in enumerate(vectors):
        made = len(groups)
        middles = sums[:made] / np.maximum(np.linalg.norm(sums[:made], axis=1, keepdims=True), 1e-9)
        nearest = int(np.argmax(middles @ vector)) if made else -1
        if made and float(middles[nearest] @ vector) >= close:
            groups[nearest].append(number)
        else:
            groups.append([number])
            nearest = made
        sums[nearest] += vector
    return groups


def _clusters(found: list[Weak], encode: Encode, now: datetime) -> list[Cluster]:
    by_lang: dict[str, list[Weak]] = defaultdict(list)
    for weak in found:
        by_lang[weak.lang].append(weak)
    made = []
    for lang, same in by_lang.items():
        for numbers in group([w.text for w in same], encode):
            made.append(_cluster([same[n] for n in numbers], lang, now))
    return made


def _cluster(members: list[Weak], lang: str, now: datetime) -> Cluster:
    matters: Counter[str] = sum((m.matters for m in members), Counter())
    aspects: Counter[str] = sum((m.aspects for m in members), Counter())
    return Cluster(
        key=hashlib.sha256(members[0].text.encode()).hexdigest(), made_at=now, lang=lang, question=members[0].text,
        members=[[m.text, m.times] for m in members[:SHOWN_MEMBERS]], size=sum(m.times for m in members),
        useless=sum(m.useless for m in members), matter=_commonest(matters), aspect=_commonest(aspects),
        dismissed=False,
    )  # fmt: skip


def _commonest(counts: Counter[str]) -> str | None:
    return counts.most_common(1)[0][0] if counts else None


def list_clusters(limit: int = 100) -> Sequence[Cluster]:
    """Return what waits for an editor, the largest first."""
    wanted = select(Cluster).where(Cluster.dismissed.is_(False)).order_by(Cluster.size.desc(), Cluster.id)
    return db.session.scalars(wanted.limit(limit)).all()


def get_cluster(cluster_id: int) -> Cluster:
    """Raise NoSuchCluster: clusters are made anew and lose their numbers."""
    found = db.session.get(Cluster, cluster_id)
    if found is None or found.dismissed:
        raise NoSuchCluster
    return found


def dismiss(cluster: Cluster) -> None:
    """Show the cluster no more, also when it is made anew."""
    cluster.dismissed = True
    db.session.flush()


def _forget_dismissed(now: datetime) -> None:
    """What was dismissed longer ago than questions are looked back at cannot come again."""
    db.session.execute(delete(Cluster).where(Cluster.dismissed, Cluster.made_at < now - LOOKED_BACK * 2))


def recent_texts(now: datetime, limit: int = 2000) -> list[Any]:
    """Return the commonest wordings of the last 30 days, answered or not, for trials of a change."""
    since = (now - LOOKED_BACK).astimezone(SHANGHAI).date()
    wanted = select(Asked.text).where(Asked.day >= since, Asked.text != "").group_by(Asked.text)
    return list(db.session.scalars(wanted.order_by(func.count().desc(), Asked.text).limit(limit)))
