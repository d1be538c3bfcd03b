"""A citizen's phone: a browser that is logged in, and what it does on the pages."""

import io
import re
import secrets
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend import clock
from backend.accommodation.models import PhotoReading
from backend.accommodation.service import Held, agree_visit, arrive, hold_visit, issue_forms
from backend.cases.service import get_case
from backend.db import db
from tests.cast import ANNA, COMMUNITY, NOW, OWN, create_citizen, make_officer, rooms, run_jobs

JSON = {"Accept": "application/json"}
STAY = {
    "stay:housing": "own", "stay:address": f"南湖区{COMMUNITY[OWN]}3幢201室", "stay:community": COMMUNITY[OWN],
    "stay:check_in_at": "2026-11-22T20:00", "stay:check_out_on": "2027-04-30",
}  # fmt: skip


class Phone:
    """One citizen's browser. lang: of the pages."""

    def __init__(self, app: Flask, openid: str = "o-anna", lang: str = "zh", phone: str | None = "+8613800000001"):
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.client.environ_base["HTTP_ACCEPT"] = "text/html"
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = {"zh": "zh-CN", "en": "en"}[lang]
        with app.app_context():
            citizen = create_citizen(openid, lang, phone)
            db.session.commit()
            self.citizen_id = citizen.id
        with self.client.session_transaction() as session:
            session["citizen"] = {"id": self.citizen_id, "since": int(clock.utc_now().timestamp())}

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.client.get(path, **kwargs)

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        return self.client.post(path, data=data or {}, **kwargs)

    def html(self, path: str, status: int = 200) -> str:
        response = self.get(path)
        assert response.status_code == status, (path, response.status_code, response.location)
        return response.get_data(as_text=True)

    def start(self) -> str:
        """Return the path of a draft's page."""
        response = self.post("/stay")
        assert response.status_code == 303
        return str(response.location)

    def guests(self, draft: str) -> list[str]:
        return list(dict.fromkeys(re.findall(r'id="guest-([0-9a-f]{8})"', self.html(draft))))

    def photograph(self, draft: str, name: str, picture: bytes, **headers: str) -> TestResponse:
        return self.post(f"{draft}/photos", {name: (io.BytesIO(picture), "photo.jpg")}, headers=headers)

    def fill(self, draft: str, picture: bytes, **changes: str) -> str:
        """Fill in a whole registration; return the guest's key."""
        (key,) = self.guests(draft)
        assert self.photograph(draft, f"photo:passport:{key}", picture).status_code == 303
        fields = {f"guest:{key}:{name}": value for name, value in ANNA.items()} | STAY | {"consent": "1"}
        assert self.post(f"{draft}/fields", fields | changes).status_code == 303
        return key

    def submit(self, picture: bytes, **changes: str) -> str:
        """Register a stay; return the path of the case."""
        draft = self.start()
        self.fill(draft, picture, **changes)
        response = self.post(f"{draft}/submit")
        assert response.status_code == 303 and "/my/cases/" in response.location, response.location
        return str(response.location).partition("?")[0]


def read(app: Flask, draft: str, kind: str, result: dict[str, Any] | None, state: str = "done") -> str:
    """Do by hand what the worker does with the draft's photo of this kind; return its file's id."""
    with app.app_context():
        draft_id = draft.rsplit("/", 1)[-1]
        row = db.session.query(PhotoReading).filter_by(draft_id=draft_id, kind=kind).one()
        row.result, row.state, row.stage = result, state, ""
        db.session.commit()
        return row.file_id


def issue(app: Flask, case: str, picture: bytes) -> str:
    """Do what the officers and the worker do; return the form's number. case: path of its page."""
    with app.app_context():
        own, officer = get_case(case.rsplit("/", 1)[-1]), make_officer(f"33{secrets.randbelow(10**4):04}")
        agree_visit(officer, own, NOW + timedelta(hours=8), NOW)
        arrive(officer, own, NOW + timedelta(hours=8))
        hold_visit(officer, own, Held("本人", True, photo=picture), rooms(app).files, NOW + timedelta(hours=8))
        (form,) = issue_forms(officer, own, rooms(app).catalogue.current.bureau, NOW + timedelta(hours=9))
        db.session.commit()
        number = form.number
    run_jobs(app, "forms")
    return number


__all__ = ["JSON", "NOW", "STAY", "Phone", "issue", "read"]
