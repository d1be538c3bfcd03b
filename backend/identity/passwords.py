"""An officer's own new password: whoever finds an unlocked phone does not know the old one."""

import secrets

from flask_security import hash_password, verify_password

from ..clock import utc_now
from ..db import db
from . import audit
from .errors import BadOfficer, WrongPassword
from .lockout import note_failure
from .models import Officer
from .officers import PASSWORD_CHARACTERS, end_sessions

LONGEST = 128  # characters; hashing a novel keeps a process busy


def change_password(officer: Officer, present: str, new: str) -> None:
    """Set a new password; all sessions end, this one too.

    A wrong present password counts as a failed login, in a transaction of its own, since a refusal
    undoes the request's: call this before the request has changed anything. Raise WrongPassword, BadOfficer.
    """
    if officer.locked(utc_now()) or not verify_password(present[:LONGEST] or "-", officer.password or "-"):
        note_failure(officer, utc_now())
        db.session.commit()
        raise WrongPassword
    if not PASSWORD_CHARACTERS <= len(new) <= LONGEST:
        raise BadOfficer(f"新密码要有 {PASSWORD_CHARACTERS} 到 {LONGEST} 位。")
    if secrets.compare_digest(present.encode(), new.encode()):
        raise BadOfficer("新密码不能和原来的一样。")
    officer.password = hash_password(new)
    end_sessions(officer)
    audit.record(officer.actor(), "officer.password", f"officer:{officer.id}")
