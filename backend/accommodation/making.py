"""The worker makes and signs the forms that officers have issued.

A worker that dies half-way leaves a lease that runs out and perhaps a loose file that is
swept; the form's number stays the same. Only the worker imports this: it holds the signing key.
"""

from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import or_, select, update

from ..cases.service import Case
from ..clock import utc_now
from ..config import Settings
from ..db import db
from ..files.service import Files
from ..identity.service import get_citizen
from ..matters.service import Catalogue
from ..notify.service import tell
from ..vault import derive
from .contents import content_of
from .form.pdf import render_pdf
from .form.signing import Signer
from .models import IssuedForm

log = structlog.get_logger()
LEASE = timedelta(seconds=60)
MAX_TRIES = 20
PDF_KEPT_DAYS = 10 * 365


class FormMaker:
    """Makes and signs the PDFs that wait. Made once a process."""

    def __init__(self, settings: Settings, files: Files, catalogue: Catalogue):
        self._settings = settings
        self._files = files
        self._catalogue = catalogue
        self._signer: Signer | None = None

    def make_waiting(self, now: datetime) -> int:
        """Make every form that waits; return how many. A job: see `backend.jobs`."""
        made, ahead = 0, now - utc_now()
        while (form := _claim(utc_now() + ahead)) is not None:  # a lease counts from when its own form is begun
            self._make(form, now)
            db.session.commit()
            made += 1
        return made

    def fingerprint(self, now: datetime) -> str:
        """Return the SHA-256 of the certificate we sign with. Raise Unavailable where there is none."""
        return self._get_signer(now).fingerprint

    def _make(self, form: IssuedForm, now: datetime) -> None:
        bureau = self._catalogue.current.bureau
        content = content_of(form, bureau, self._settings.public_url, is_sample=bureau.sample)
        signed = self._get_signer(now).sign(render_pdf(content), content, now)
        file = self._files.store_made(signed, media_type="application/pdf", owner="system", purpose="issued-form")
        self._files.keep(file, until=now.date() + timedelta(days=PDF_KEPT_DAYS))
        form.file_id, form.making_until = file.id, None
        if form.replaces:  # of the first forms the end of the case has told
            _tell_replaced(form)
        log.info("form_made", form=form.id)

    def _get_signer(self, now: datetime) -> Signer:
        """The bureau's certificate, or in the sandbox one for development, made at first use."""
        if self._signer is None:
            settings = self._settings
            if settings.form_certificate:
                password = settings.form_certificate_password.get_secret_value()
                self._signer = Signer.from_pkcs12(Path(settings.form_certificate), password)
            else:
                password = derive(settings.secret_key.get_secret_value(), "development certificate").hex()
                self._signer = Signer.for_development(
                    settings.data_dir, password, allow_development=settings.sandbox, now=now
                )
        return self._signer


def _claim(now: datetime) -> IssuedForm | None:
    free = or_(IssuedForm.making_until.is_(None), IssuedForm.making_until < now)
    waiting = (IssuedForm.file_id.is_(None), IssuedForm.revoked_at.is_(None), IssuedForm.tries < MAX_TRIES, free)
    form_id = db.session.scalar(select(IssuedForm.id).where(*waiting).order_by(IssuedForm.id).limit(1))
    if form_id is None:
        db.session.rollback()
        return None
    taken = db.session.execute(
        update(IssuedForm)
        .where(IssuedForm.id == form_id, *waiting)
        .values(making_until=now + LEASE, tries=IssuedForm.tries + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    if taken.rowcount != 1:  # type: ignore[attr-defined] # another worker got there first
        return _claim(now)
    return db.session.get(IssuedForm, form_id, populate_existing=True)


def _tell_replaced(form: IssuedForm) -> None:
    case = db.session.get_one(Case, form.case_id)
    tell(
        get_citizen(case.citizen_id).to(), "stay-issued", {"number": form.number},
        key=f"form:{form.number}:issued", link=f"/my/cases/{case.number}",
    )  # fmt: skip
