"""Citizens: found or made by openid, bound to a name, all of it sealed."""

import threading
from datetime import time

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from backend.db import db
from backend.identity.citizens import bind, citizen_for_openid, get_citizen
from backend.identity.documents import DOCUMENT_TYPES
from backend.identity.errors import BadDocument, BadName, NoSuchCitizen
from backend.identity.models import Citizen
from tests.identity.conftest import NOW


def test_the_same_openid_is_the_same_citizen(room: Flask) -> None:
    first = citizen_for_openid("o-anna", "en")
    db.session.commit()
    assert citizen_for_openid("o-anna").id == first.id
    assert citizen_for_openid("o-ben").id != first.id
    assert (first.openid, first.lang, first.known) == ("o-anna", "en", False)


def test_two_first_visits_at_once_make_one_citizen(app: Flask) -> None:
    found: list[int] = []
    start = threading.Barrier(6)

    def visit() -> None:
        with app.app_context():
            start.wait()
            citizen = citizen_for_openid("o-race")
            db.session.commit()
            found.append(citizen.id)

    threads = [threading.Thread(target=visit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Citizen)) == 1
    assert len(found) == 6 and len(set(found)) == 1


def test_a_citizen_who_is_not_there_is_said_so(room: Flask) -> None:
    with pytest.raises(NoSuchCitizen):
        get_citizen(404)


def test_binding_keeps_name_and_document(room: Flask) -> None:
    citizen = citizen_for_openid("o-anna")
    bind(citizen, name="  Anna   Müller ", document_type="passport", document_number="c01x 00t47", now=NOW)
    db.session.commit()
    db.session.expire_all()
    again = get_citizen(citizen.id)
    assert (again.name, again.document_type, again.document_number) == ("Anna Müller", "passport", "C01X00T47")
    assert again.bound_at == NOW and not again.known, "the phone is still missing"


def test_one_document_in_two_wechats_has_one_key(room: Flask) -> None:
    people = [citizen_for_openid("o-1"), citizen_for_openid("o-2")]
    for person, written in zip(people, ("c01x00t47", "C01X-00T47"), strict=True):
        bind(person, name="Anna", document_type="passport", document_number=written, now=NOW)
    assert people[0].document_key == people[1].document_key


@pytest.mark.parametrize(("name", "number", "fault"), [("12", "C01X00T47", BadName), ("Anna", "C0", BadDocument)])
def test_what_cannot_be_is_not_bound(room: Flask, name: str, number: str, fault: type[Exception]) -> None:
    citizen = citizen_for_openid("o-anna")
    with pytest.raises(fault):
        bind(citizen, name=name, document_type="passport", document_number=number, now=NOW)
    assert citizen.bound_at is None and citizen.name is None


def test_nothing_about_a_person_is_readable_in_the_database(room: Flask) -> None:
    citizen = citizen_for_openid("o-anna-secret")
    bind(citizen, name="Anna Mueller", document_type="passport", document_number="C01X00T47", now=NOW)
    citizen.phone = "+8613800138000"
    db.session.commit()
    row = db.session.execute(text("SELECT * FROM identity_citizen")).one()
    trail = db.session.execute(text("SELECT * FROM identity_audit_entry")).all()
    stored = b" ".join(v if isinstance(v, bytes) else str(v).encode() for r in (row, *trail) for v in r)
    for secret in (b"o-anna-secret", b"Anna", b"C01X00T47", b"13800138000"):
        assert secret not in stored


def test_an_address_says_where_and_when_a_person_is_reached(room: Flask) -> None:
    citizen = citizen_for_openid("o-anna", "en")
    to = citizen.to()
    assert (to.kind, to.id, to.openid, to.phone, to.lang) == ("citizen", citizen.id, "o-anna", None, "en")
    assert to.quiet == (time(22), time(7))
    citizen.quiet_from = None
    assert citizen.to().quiet is None


def test_every_document_type_has_a_check() -> None:
    assert set(DOCUMENT_TYPES) == {
        "resident-card", "passport", "hk-macau-permit", "taiwan-permit", "permanent-resident-card"
    }  # fmt: skip
