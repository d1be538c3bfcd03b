"""Officers' accounts, for administrators. Keys are shown once, on the answer to the request that made them."""

from typing import Any

import segno
from flask import Response, flash, redirect, render_template, request, url_for
from flask_security import auth_required

from ..errors import Invalid
from ..house import house
from ..identity.officers import (
    create_officer,
    disable_officer,
    enable_officer,
    get_officer,
    list_officers,
    reset_officer,
)
from ..identity.permissions import ensure, may_administer
from ..identity.service import Officer, OfficerRole, record
from .desk import console, officer_at_work
from .parsing import parse_choice, parse_text
from .wording import ROLES

FRESH_MINUTES = 30


@console.get("/officers")
@auth_required("session", within=FRESH_MINUTES, grace=0)
def list_accounts() -> str:
    _administrator()
    return _list()


@console.post("/officers")
@auth_required("session", within=FRESH_MINUTES, grace=0)
def create_account() -> str:
    by = _administrator()
    keys = create_officer(
        parse_text(request.form, "username"),
        parse_text(request.form, "name"),
        parse_choice(request.form, "unit", _units(), "请选择单位。"),
        [OfficerRole(role) for role in request.form.getlist("roles") if role in set(OfficerRole)],
        phone=parse_text(request.form, "phone") or None,
        by=by.actor(),
    )
    return _keys(keys)


@console.post("/officers/<int:officer_id>/reset")
@auth_required("session", within=FRESH_MINUTES, grace=0)
def reset_account(officer_id: int) -> str:
    by = _administrator()
    return _keys(reset_officer(_other(officer_id, by), by=by.actor()))


@console.post("/officers/<int:officer_id>/disable")
@auth_required("session", within=FRESH_MINUTES, grace=0)
def disable_account(officer_id: int) -> Response:
    by = _administrator()
    disable_officer(_other(officer_id, by), by=by.actor())
    return _back("账号已停用，登录的设备都已退出。")


@console.post("/officers/<int:officer_id>/enable")
@auth_required("session", within=FRESH_MINUTES, grace=0)
def enable_account(officer_id: int) -> Response:
    by = _administrator()
    enable_officer(_other(officer_id, by), by=by.actor())
    return _back("账号已启用，密码和验证器照旧。")


def _administrator() -> Officer:
    officer = officer_at_work()
    ensure(may_administer(officer))
    return officer


def _other(officer_id: int, by: Officer) -> Officer:
    """Return the account; nobody locks the door behind the only one with the key."""
    officer = get_officer(min(officer_id, 2**31 - 1))
    if officer.id == by.id:
        raise Invalid("不能停用或者重置自己的账号，请找另一位管理员。")
    return officer


def _units() -> dict[str, str]:
    return {office.id: office.name.zh for office in house().catalogue.current.bureau.offices}


def _list() -> str:
    officers = list_officers()
    record(officer_at_work().actor(), "officer.list", "page:officers", count=len(officers))
    return render_template("console/officers.html", officers=officers, units=_units(), roles=ROLES)


def _keys(keys: Any) -> str:
    picture = segno.make(keys.otpauth, error="m").svg_data_uri(scale=5, border=2)
    return render_template("console/keys.html", keys=keys, picture=picture)


def _back(says: str) -> Response:
    flash(says, "done")
    return redirect(url_for("console.list_accounts"), code=303)  # type: ignore[return-value]
