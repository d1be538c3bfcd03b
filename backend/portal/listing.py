"""What the lists show: categories with their matters, common matters, search results."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import yaml

from ..matters.schema import Category
from ..matters.service import Snapshot
from .guide import Link, find_link, listed_link

SEARCH_LIMIT = 12
QUERY_MAX_CHARACTERS = 100


class Searcher(Protocol):
    """What the portal asks of the consultant: matter ids with scores, best first."""

    def search(self, query: str, limit: int) -> list[tuple[str, float]]: ...


@dataclass(frozen=True)
class Shelf:
    """A category: its written matters first, then those still being written."""

    category: Category
    links: list[Link]


def make_shelf(snapshot: Snapshot, category: Category) -> Shelf:
    written = [Link(m.id, m.name, m) for m in snapshot.in_category(category)]
    order = {matter_id: place for place, matter_id in enumerate(snapshot.listed)}
    written.sort(key=lambda link: order.get(link.id, len(order)))
    waiting = [
        listed_link(row)
        for row in snapshot.listed.values()
        if row.category is category and row.id not in snapshot.matters
    ]
    return Shelf(category, written + waiting)


def make_shelves(snapshot: Snapshot) -> list[Shelf]:
    return [shelf for shelf in (make_shelf(snapshot, c) for c in Category) if shelf.links]


def search_links(snapshot: Snapshot, searcher: Searcher, query: str) -> list[Link]:
    """Return what the consultant finds, then listed matters whose name holds the words."""
    found = [find_link(snapshot, matter_id) for matter_id, _ in searcher.search(query, SEARCH_LIMIT)]
    links = [link for link in found if link]
    known = {link.id for link in links} | set(snapshot.matters)
    waiting = [r for r in snapshot.listed.values() if query in r.name and r.id not in known]
    return (links + [listed_link(row) for row in waiting])[:SEARCH_LIMIT]


def read_common(path: Path) -> dict[str, list[str]]:
    """Return the ids to show on the home page by language; nothing where the file is bad.

    The list is a convenience: without it the page shows its categories all the same.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError):
        return {}
    rows = data.get("common", {}) if isinstance(data, dict) else {}
    if not isinstance(rows, dict):
        return {}
    return {str(lang): [str(i) for i in ids] for lang, ids in rows.items() if isinstance(ids, list)}


def common_links(snapshot: Snapshot, path: Path, lang: str) -> list[Link]:
    """Return the common matters that are written, in the order of `knowledge/portal.yaml`."""
    links = (find_link(snapshot, matter_id) for matter_id in read_common(path).get(lang, []))
    return [link for link in links if link and link.matter]
