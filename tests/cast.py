"""A small cast with fixed parts, on the whole application: for tests of the faces and of whole stories.

ANNA, a foreign tenant; her LANDLORD; a STRANGER who may see nothing; officers of two stations, an
auditor, an administrator. Everything below the faces is real: database, files, worker's jobs.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask

from backend import create_app
from backend.accommodation.service import attach_photo, guests_in, open_draft, save_choice, save_fields, submit_stay
from backend.cases.service import Case, Draft
from backend.config import ROOT, Settings
from backend.db import db
from backend.house import House, house
from backend.identity.models import Citizen, Officer, OfficerRole
from backend.identity.officers import create_officer
from backend.identity.service import citizen_for_openid
from backend.jobs import jobs_of

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, ten in the morning at the bureau
MATTERS = ("foreigner/foreigner-accommodation", "identity-card/id-card-renew")
OWN, OTHER = "station-nanhu", "station-xinfeng"
COMMUNITY = {OWN: "烟雨社区", OTHER: "净相村"}
CHEAP = {"argon2__rounds": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
ANNA = {
    "surname": "ERIKSSON", "given_names": "ANNA MARIA", "document_type": "passport", "document_number": "L898902C3",
    "nationality": "SWE", "birth_date": "1974-08-12", "sex": "F", "expiry_date": "2032-04-15", "visa_kind": "Z",
    "visa_until": "2027-05-01", "entry_date": "2026-11-20",
}  # fmt: skip


def small_knowledge(folder: Path) -> Path:
    """Copy what stories need of the real knowledge to `folder`: two matters instead of all, all the rest."""
    real = ROOT / "knowledge"
    shutil.copytree(real, folder, ignore=lambda at, names: names if Path(at).name == "matters" else [])
    for matter in MATTERS:
        for ending in (".yaml", ".questions.tsv"):
            target = folder / "matters" / f"{matter}{ending}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(real / "matters" / f"{matter}{ending}", target)
    return folder


def open_house(folder: Path, **changes: Any) -> Flask:
    """Return the whole application below `folder`, with empty tables. Cheap passwords, no limits of rate."""
    settings = {
        "data_dir": folder / "data", "files_dir": folder / "uploads", "log_level": "ERROR",
        "knowledge_dir": folder / "knowledge",
    } | changes  # fmt: skip
    if not Path(settings["knowledge_dir"]).exists():
        small_knowledge(Path(settings["knowledge_dir"]))
    app = create_app(Settings(_env_file=None, **settings))  # type: ignore[call-arg, arg-type]
    app.config.update(TESTING=True)
    app.extensions["security"].pwd_context.update(**CHEAP)  # nobody guesses passwords here
    with app.app_context():
        db.create_all()
    return app


def empty_tables() -> None:
    """Remove whatever another test has left in the database of the application at work."""
    for table in reversed(db.Model.metadata.sorted_tables):
        db.session.execute(table.delete())
    db.session.commit()


def rooms(app: Flask) -> House:
    return house(app)


def run_jobs(app: Flask, *names: str) -> None:
    """Do what the worker would do now."""
    for name in names:
        jobs_of(app).run(name)


def create_citizen(openid: str = "o-anna", lang: str = "en", phone: str | None = "+8613800000001") -> Citizen:
    citizen = citizen_for_openid(openid, lang)
    citizen.phone, citizen.phone_confirmed_at = phone, NOW if phone else None
    db.session.flush()
    return citizen


def make_officer(username: str = "330101", unit: str = OWN, *roles: OfficerRole) -> Officer:
    wanted = list(roles) or [OfficerRole.STATION_OFFICER]
    return create_officer(username, "王警官", unit, wanted, phone="+8613900000001").officer


def make_draft(app: Flask, citizen: Citizen, picture: bytes, *, station: str = OWN, now: datetime = NOW) -> Draft:
    """Return a draft in which everything is filled in, the passport and the lease photographed."""
    files, matter = rooms(app).files, rooms(app).catalogue.current.get_matter("foreigner-accommodation")
    draft = open_draft(citizen, now)
    guest = next(iter(guests_in(draft.form)))
    attach_photo(draft, citizen, files, picture, kind="passport", guest=guest, now=now)
    attach_photo(draft, citizen, files, picture, kind="lease", guest="", now=now)
    save_fields(draft, f"guest:{guest}", ANNA | {"checked": True}, matter, now)
    stay = {
        "housing": "rented", "address": f"南湖区{COMMUNITY[station]}3幢201室", "community": COMMUNITY[station],
        "check_in_at": "2026-11-22T20:00", "check_out_on": "2027-04-30", "lease_ends_on": "2027-04-30",
    }  # fmt: skip
    save_fields(draft, "stay", stay, matter, now)
    save_fields(draft, "host", {"name": "李房东", "phone": "13800000002"}, matter, now)
    save_choice(draft, now, visit_times=["2026-11-23T18:00+08:00", "2026-11-24T10:00+08:00"], consent=now.isoformat())
    return draft


def submit_case(app: Flask, citizen: Citizen, picture: bytes, *, station: str = OWN, now: datetime = NOW) -> Case:
    draft = make_draft(app, citizen, picture, station=station, now=now)
    return submit_stay(citizen, draft, rooms(app).files, rooms(app).catalogue.current, now)
