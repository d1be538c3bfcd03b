"""The officer's own account: unit, roles, a new password."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask_login import logout_user
from flask_security import auth_required

from ..errors import Invalid
from ..identity.officers import PASSWORD_CHARACTERS
from ..identity.passwords import change_password
from .desk import console, officer_at_work
from .wording import ROLES


@console.get("/me")
@auth_required("session")
def my_account() -> str:
    return render_template("console/me.html", officer=officer_at_work(), roles=ROLES, least=PASSWORD_CHARACTERS)


@console.post("/me/password")
@auth_required("session")
def set_password() -> Response:
    present, new = request.form.get("present", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        raise Invalid("两次输入的新密码不一样。")
    change_password(officer_at_work(), present, new)
    logout_user()
    flash("密码已改，请用新密码登录。", "success")
    return redirect(url_for("security.login"), code=303)  # type: ignore[return-value]
