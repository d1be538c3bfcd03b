"""Reading `knowledge/notices.yaml`, with every fault by its line; a change is seen without a restart."""

from pathlib import Path

import structlog
from pydantic import ValidationError

from ..matters.faults import Fault
from ..matters.yaml_lines import BadYaml, parse_located
from .errors import BadText
from .texts import Notice, Texts

log = structlog.get_logger()


class Notices:
    """The file as it was last good; a change is seen without a restart."""

    def __init__(self, path: Path):
        self._path = path
        self._stamp = 0
        self._texts, faults = read_notices(path)
        for fault in faults:
            log.warning("knowledge_fault", file=fault.path.name, line=fault.line, why=fault.message)
        self._stamp = _stamp(path)

    def get(self, notice_id: str) -> Notice:
        """Raise BadText where the notice is unknown."""
        found = self.current().notices.get(notice_id)
        if found is None:
            raise BadText("no_such_notice")
        return found

    def current(self) -> Texts:
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            texts, faults = read_notices(self._path)
            self._stamp = stamp
            self._texts = self._texts if faults else texts
            for fault in faults:
                log.warning("knowledge_fault", file=fault.path.name, line=fault.line, why=fault.message)
        return self._texts


def read_notices(path: Path) -> tuple[Texts, list[Fault]]:
    """Return the texts, and every fault of the file with its line; with faults the texts are empty."""
    nothing = Texts(wechat_templates={}, notices={})
    try:
        located = parse_located(path.read_text(encoding="utf-8"))
        return Texts.model_validate(located.data), []
    except BadYaml as fault:
        return nothing, [Fault(path, fault.line, fault.message)]
    except (OSError, UnicodeDecodeError) as error:
        return nothing, [Fault(path, 1, f"cannot be read: {type(error).__name__}")]
    except ValidationError as error:
        faults = [
            Fault(path, located.line_of(tuple(found["loc"])), f"{'.'.join(map(str, found['loc']))}: {found['msg']}")
            for found in error.errors(include_input=False)
        ]
        return nothing, sorted(faults)


def check_notices(path: Path) -> list[Fault]:
    """Return what is wrong with the file, by line."""
    return read_notices(path)[1]


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
