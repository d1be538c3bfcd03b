"""The door of the catalogue: look a matter up, always in its last good version.

`Catalogue.current` is an immutable snapshot: a question answered while files change
sees one version from beginning to end.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

import structlog

from ..clock import today
from ..errors import NotFound
from .bureau import Bureau, read_bureau
from .check import read_catalogue
from .faults import Fault
from .questions import Sample, parse_bank
from .reading import read_matter
from .schema import Category, Matter

log = structlog.get_logger()


class NoSuchMatter(NotFound):
    code = "matter.not_found"
    says = "没有找到这个事项，可能已经改名或者停办。"


@dataclass(frozen=True)
class Listed:
    """A line of catalogue.tsv: a matter the bureau has, its file written or not."""

    id: str
    category: Category
    name: str


@dataclass(frozen=True)
class Snapshot:
    """One consistent state of the knowledge."""

    matters: MappingProxyType[str, Matter]
    banks: MappingProxyType[str, tuple[Sample, ...]]
    listed: MappingProxyType[str, Listed]
    bureau: Bureau

    def get_matter(self, matter_id: str) -> Matter:
        """Raise NoSuchMatter where the id is unknown."""
        try:
            return self.matters[matter_id]
        except KeyError:
            raise NoSuchMatter from None

    def in_category(self, category: Category) -> list[Matter]:
        return [m for m in self.matters.values() if m.category is category]


@dataclass
class _File:
    """What was last read of one matter's two files."""

    stamp: tuple[int, ...]
    matter: Matter | None
    bank: tuple[Sample, ...]
    faults: list[Fault] = field(default_factory=list)


class Catalogue:
    """Loads the knowledge folder and keeps it fresh.

    A file that goes bad changes nothing: its last good version keeps answering and
    `faults` says what is wrong. A removed file removes its matter.
    """

    def __init__(self, root: Path, day: Callable[[], date] = today):
        self._root = root
        self._day = day
        self._files: dict[Path, _File] = {}
        self._lock = threading.Lock()
        self._listeners: list[Callable[[Snapshot], None]] = []
        self._loaded_on: date | None = None
        self._others_stamp: tuple[int, ...] = ()
        self.faults: list[Fault] = []
        self.current = self._empty()
        self.refresh()

    def on_change(self, listener: Callable[[Snapshot], None]) -> None:
        """Call `listener` with every new snapshot, from the thread that found it."""
        self._listeners.append(listener)

    def refresh(self) -> bool:
        """Read what has changed on disk; return True if a new snapshot was published."""
        with self._lock:
            if not self._read_changes() and self._loaded_on == self._day():
                return False
            self._publish()
        for listener in self._listeners:
            listener(self.current)
        return True

    def watch(self, every_seconds: float) -> threading.Thread:
        """Start a daemon thread that refreshes for as long as the process lives."""
        thread = threading.Thread(target=self._watch, args=(every_seconds,), name="catalogue", daemon=True)
        thread.start()
        return thread

    def _watch(self, every_seconds: float) -> None:
        pause = threading.Event()
        while not pause.wait(every_seconds):
            try:
                self.refresh()
            except Exception:  # the watcher must outlive any fault of a file or a disk
                log.error("knowledge_refresh_failed", exc_info=True)

    def _empty(self) -> Snapshot:
        nothing: MappingProxyType = MappingProxyType({})
        return Snapshot(nothing, nothing, self._read_listed(), read_bureau(self._root / "bureau.yaml"))

    def _read_listed(self) -> MappingProxyType[str, Listed]:
        rows = read_catalogue(self._root / "catalogue.tsv").values()
        return MappingProxyType({r["id"]: Listed(r["id"], Category(r["category"]), r["name"]) for r in rows})

    def _read_changes(self) -> bool:
        paths = set((self._root / "matters").glob("*/*.yaml"))
        changed = False
        for path in sorted(paths):
            stamp = _stamp(path) + _stamp(_bank_of(path))
            if path not in self._files or self._files[path].stamp != stamp:
                self._files[path] = self._read(path, stamp)
                changed = True
        for gone in set(self._files) - paths:
            del self._files[gone]
            changed = True
        return changed | self._others_changed()

    def _others_changed(self) -> bool:
        """True where the profile, the list or the knowledge of conversation changed."""
        paths = [self._root / "bureau.yaml", self._root / "catalogue.tsv", *sorted(self._root.glob("conversation/*"))]
        stamp = tuple(number for path in paths for number in _stamp(path))
        changed, self._others_stamp = stamp != self._others_stamp, stamp
        return changed

    def _read(self, path: Path, stamp: tuple[int, ...]) -> _File:
        matter, faults = read_matter(path)
        samples, bank_faults = parse_bank(_bank_of(path))
        before = self._files.get(path)
        if matter is None or faults:
            matter = before.matter if before else None
        bank = tuple(samples)
        if bank_faults and not samples and before:
            bank = before.bank
        for fault in faults + bank_faults:
            log.warning("knowledge_fault", file=fault.path.name, line=fault.line, why=fault.message)
        return _File(stamp, matter, bank, faults + bank_faults)

    def _publish(self) -> None:
        day = self._day()
        good = {f.matter.id: f for f in self._files.values() if f.matter is not None and f.matter.effective_on(day)}
        self.faults = [fault for f in self._files.values() for fault in f.faults]
        bureau, listed = self.current.bureau, self.current.listed
        try:
            bureau, listed = read_bureau(self._root / "bureau.yaml"), self._read_listed()
        except (OSError, ValueError, KeyError) as fault:
            self.faults.append(Fault(self._root / "bureau.yaml", 1, str(fault)))
            log.warning("knowledge_fault", file="bureau.yaml", line=1, why=type(fault).__name__)
        self.current = Snapshot(
            MappingProxyType({i: f.matter for i, f in good.items() if f.matter}),
            MappingProxyType({i: f.bank for i, f in good.items()}),
            listed,
            bureau,
        )
        self._loaded_on = day
        log.info("knowledge_loaded", matters=len(good), faults=len(self.faults))


def _bank_of(path: Path) -> Path:
    return path.with_name(f"{path.stem}.questions.tsv")


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)
