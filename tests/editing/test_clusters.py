"""What was not answered well comes together by meaning; what was dismissed stays away."""

import secrets
from datetime import timedelta

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select

from backend.db import db
from backend.editing.clusters import cluster_due, dismiss, get_cluster, group, list_clusters, recent_texts
from backend.editing.errors import NoSuchCluster
from backend.editing.models import Asked, Cluster
from tests.editing.conftest import NOW

WORDS = ("狗", "护照", "鹦鹉", "parrot")


def encode(texts: list[str]) -> np.ndarray:
    """Vectors that know four words and nothing else."""
    return np.array([[float(word in text) for word in WORDS] + [0.1] for text in texts], dtype=np.float32)


def ask(text: str, *, times: int = 1, unsure: bool = True, **changes: object) -> None:
    values: dict = {
        "day": NOW.date(),
        "lang": "zh",
        "kind": "clarify",
        "confidence": 0.3,
        "matter": None,
        "aspect": "fee",
        "useful": None,
        "picked": None,
    }
    for _ in range(times):
        db.session.add(Asked(id=secrets.token_hex(16), text=text, unsure=unsure, **(values | changes)))
    db.session.commit()


@pytest.fixture
def asked(app: Flask) -> None:
    ask("鹦鹉要登记吗", times=3)
    ask("养鹦鹉办证", picked="dog-licence")
    ask("我有只鹦鹉", picked="dog-licence")
    ask("狗证多少钱", unsure=False, useful=False, kind="matter", matter="id-card-renew", aspect="location")
    ask("护照怎么办", unsure=False, kind="matter", matter="passport-first")
    ask("parrot licence", lang="en")


def test_one_meaning_is_one_cluster_the_largest_first(asked: None) -> None:
    assert cluster_due(NOW, encode) == 3
    largest, *others = list_clusters()
    assert (largest.question, largest.size, largest.matter, largest.aspect) == ("鹦鹉要登记吗", 5, "dog-licence", "fee")
    assert largest.members == [["鹦鹉要登记吗", 3], ["养鹦鹉办证", 1], ["我有只鹦鹉", 1]]
    assert {(c.question, c.lang, c.useless, c.matter) for c in others} == {
        ("狗证多少钱", "zh", 1, None), ("parrot licence", "en", 0, None),
    }  # fmt: skip


def test_clusters_are_made_anew_at_most_every_ten_minutes(asked: None) -> None:
    cluster_due(NOW, encode)
    ask("新问题")
    assert cluster_due(NOW + timedelta(minutes=9), encode) == 0
    assert cluster_due(NOW + timedelta(minutes=10), encode) == 4


def test_what_was_dismissed_stays_away(asked: None) -> None:
    cluster_due(NOW, encode)
    dismiss(list_clusters()[0])
    cluster_due(NOW + timedelta(hours=1), encode)
    assert "鹦鹉要登记吗" not in [c.question for c in list_clusters()]
    gone = db.session.scalars(select(Cluster.id).where(Cluster.dismissed)).one()
    with pytest.raises(NoSuchCluster):
        get_cluster(gone)


def test_questions_older_than_a_month_are_let_go(asked: None) -> None:
    cluster_due(NOW, encode)
    assert cluster_due(NOW + timedelta(days=31), encode) == 0
    assert list_clusters() == []
    assert recent_texts(NOW + timedelta(days=31)) == []


def test_recent_questions_come_with_the_commonest_first(asked: None) -> None:
    assert recent_texts(NOW)[0] == "鹦鹉要登记吗" and len(recent_texts(NOW)) == 6
    assert len(recent_texts(NOW, limit=2)) == 2


def test_nothing_asked_makes_no_cluster(app: Flask) -> None:
    assert cluster_due(NOW, encode) == 0
    assert group([], encode) == []
