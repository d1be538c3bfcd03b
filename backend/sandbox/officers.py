"""The demo officers' keys, as their own phones hold them: password, and the authenticator's code of the moment.

They are read from the file `flask officers demo` writes, and exist on this machine only.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyotp

from .errors import NoOfficers

FILE = "sandbox-officers.json"
CODE_SECONDS = 30


@dataclass(frozen=True)
class DemoOfficer:
    """totp_secret: Base32."""

    username: str
    name: str
    unit: str
    roles: list[str]
    password: str
    totp_secret: str

    def code(self, now: float) -> str:
        """Return the six digits of the moment. now: seconds since the epoch."""
        return pyotp.TOTP(self.totp_secret).at(int(now))

    def shown(self, now: float) -> dict[str, Any]:
        """Return what the page shows: without the secret, with this code and the next (a code is good once)."""
        row = asdict(self)
        del row["totp_secret"]
        codes = [self.code(now), self.code(now + CODE_SECONDS)]
        return row | {"codes": codes, "seconds_left": CODE_SECONDS - int(now) % CODE_SECONDS}


def list_officers(data_dir: Path) -> list[DemoOfficer]:
    """Raise NoOfficers where nobody has made them yet."""
    try:
        rows = json.loads((data_dir / FILE).read_text(encoding="utf-8"))
        return [DemoOfficer(**row) for row in rows]
    except (OSError, ValueError, TypeError):
        raise NoOfficers from None


def officer_of(data_dir: Path, unit: str, role: str) -> DemoOfficer:
    """Raise NoOfficers where no demo officer of the unit has the role."""
    for officer in list_officers(data_dir):
        if officer.unit == unit and role in officer.roles:
            return officer
    raise NoOfficers
