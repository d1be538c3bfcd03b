"""The knowledge folder as one ZIP, and back: the same YAML and TSV files, checked before anything is replaced."""

import re
import shutil
import stat
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from ..consult.conversation import read_conversation
from ..matters.bureau import read_bureau
from ..matters.check import Check, check_folder
from ..matters.faults import Fault
from .disk import one_writer, write_whole
from .errors import BadArchive

NAME = re.compile(
    r"matters/[a-z][a-z0-9-]*/[a-z][a-z0-9-]*(?:\.questions\.tsv|\.yaml)"
    r"|conversation/[a-z][a-z0-9-]*(?:\.[a-z]+)?\.(?:tsv|yaml|json)"
    r"|[a-z][a-z0-9_.-]*\.(?:tsv|yaml|json)"
)
MOST_FILES = 6000
MOST_BYTES_A_FILE = 8_000_000
MOST_BYTES = 300_000_000
SAME_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same knowledge gives the same ZIP
ENCRYPTED = 0x1


def export_knowledge(root: Path, target: Path) -> int:
    """Write every knowledge file into a ZIP; return how many there are."""
    files = sorted(p for p in root.rglob("*") if p.is_file() and NAME.fullmatch(p.relative_to(root).as_posix()))
    draft = target.with_name(f".{target.name}.draft")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in files:
                entry = zipfile.ZipInfo(path.relative_to(root).as_posix(), SAME_MOMENT)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, (stat.S_IFREG | 0o644) << 16
                archive.writestr(entry, path.read_bytes())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return len(files)


def import_knowledge(
    root: Path, data_dir: Path, source: Path, day: date, further: Iterable[Check] = ()
) -> tuple[int, list[Fault]]:
    """Replace and add the files of a ZIP; return how many changed, and what is wrong with the ZIP's.

    Files that are not in the ZIP stay. With a fault that the folder does not have already nothing
    is changed. Raise BadArchive where it is no such ZIP.
    """
    found = read_archive(source)
    with one_writer(data_dir), TemporaryDirectory() as scratch:
        new = Path(scratch) / "knowledge"
        shutil.copytree(root, new, ignore=shutil.ignore_patterns(".*"))
        for name, data in found.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).unlink(missing_ok=True)
            (new / name).write_bytes(data)
        faults = _new_faults(root, new, day, list(further))
        changed = {name: data for name, data in found.items() if _bytes_of(root / name) != data}
        if not faults:
            _replace(root, changed)
    return (0 if faults else len(changed)), faults


def read_archive(source: Path) -> dict[str, bytes]:
    """Return the ZIP's files by name, nothing written anywhere.

    Raise BadArchive for names that lead elsewhere, links, files that are too large or too many
    (whatever the ZIP's own figures say), what is not UTF-8, and what is no ZIP.
    """
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(source) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES:
                raise BadArchive(f"more than {MOST_FILES} files")
            for entry in entries:
                found[_name_of(entry, found)] = data = _read(archive, entry, min(left, MOST_BYTES_A_FILE))
                left -= len(data)
    except (zipfile.BadZipFile, OSError, NotImplementedError, EOFError, RuntimeError, ValueError) as fault:
        raise BadArchive(f"no usable ZIP: {type(fault).__name__}") from None
    if not found:
        raise BadArchive("the ZIP is empty")
    return found


def _name_of(entry: zipfile.ZipInfo, found: dict[str, bytes]) -> str:
    name = entry.filename
    mode = entry.external_attr >> 16
    if not NAME.fullmatch(name) or name in found:
        raise BadArchive(f"{name[:80]!r} is no knowledge file, or stands twice")
    if (mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode)) or entry.flag_bits & ENCRYPTED:
        raise BadArchive(f"{name} is a link or encrypted")
    return name


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    with archive.open(entry) as opened:
        data = opened.read(limit + 1)  # never more than this is unpacked, whatever is claimed
    if len(data) > limit:
        raise BadArchive(f"{entry.filename} is too large")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadArchive(f"{entry.filename} is not UTF-8") from None
    return data


def _new_faults(root: Path, new: Path, day: date, further: list[Check]) -> list[Fault]:
    known = {(f.path.relative_to(root), f.message) for f in _faults(root, day, further)}
    fresh = _faults(new, day, further)
    return [
        Fault(f.path.relative_to(new), f.line, f.message)
        for f in fresh
        if (f.path.relative_to(new), f.message.replace(str(new), str(root))) not in known
    ]


def _faults(folder: Path, day: date, further: list[Check]) -> list[Fault]:
    """Return all that is wrong with the folder, also where a file that everything needs cannot be read."""
    try:
        read_bureau(folder / "bureau.yaml")
        read_conversation(folder / "conversation")
        return check_folder(folder, day, further)[1]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        return [Fault(folder / "bureau.yaml", 1, f"the folder cannot be read: {type(fault).__name__}: {fault}"[:300])]


def _replace(root: Path, changed: dict[str, bytes]) -> None:
    """Write all files, or put back what was there."""
    before = {name: _bytes_of(root / name) for name in changed}
    written: list[str] = []
    try:
        for name, data in changed.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            written.append(name)
            write_whole(root / name, data)
    except OSError:
        for name in written:
            old = before[name]
            if old is None:
                (root / name).unlink(missing_ok=True)
            else:
                write_whole(root / name, old)
        raise


def _bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None
