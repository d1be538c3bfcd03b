"""What an officer fills in to come in: 警号 and password, then the code of the authenticator.

Whoever is locked out is told the same as whoever errs, and nothing is compared: a right
password must not be told from a wrong one while the account is locked.
"""

from typing import Any

from flask_security import hash_password
from flask_security.forms import IsString, LoginForm, TwoFactorVerifyCodeForm, VerifyForm
from wtforms import StringField  # type: ignore[import-untyped]
from wtforms.validators import InputRequired, Length  # type: ignore[import-untyped]

from ..clock import utc_now
from .models import Officer
from .officers import find_officer

LOCKED = "错得太多，账号暂时锁定，请一刻钟后再试。"
WRONG = "警号、密码不对，或者账号暂时锁定。错五次锁定一刻钟。"


class OfficerLogin(LoginForm):
    email = None
    remember = None
    username = StringField(
        "警号",
        validators=[IsString(), InputRequired("请填写警号。"), Length(max=64)],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )

    def validate(self, **kwargs: Any) -> bool:
        self.ifield = self.username  # tells Flask-Security that we look up the account ourselves
        self.user = find_officer(str(self.username.data or ""))
        if self.user is not None and self.user.locked(utc_now()):
            hash_password(self.password.data or "-")  # takes as long as comparing
            self.form_errors.append(WRONG)
            return False
        right = bool(super().validate(**kwargs))
        if not right and self.username.data and self.password.data:
            self.username.errors = self.password.errors = []  # which of the two was wrong is nobody's business
            self.form_errors.append(WRONG)
        return right


class OfficerCode(TwoFactorVerifyCodeForm):
    def validate(self, **kwargs: Any) -> bool:
        if _is_locked(self.user):
            self.form_errors.append(LOCKED)
            return False
        return bool(super().validate(**kwargs))


class OfficerAgain(VerifyForm):
    """The password once more, before something weighty."""

    def validate(self, **kwargs: Any) -> bool:
        if _is_locked(self.user):
            self.form_errors.append(LOCKED)
            return False
        return bool(super().validate(**kwargs))


def _is_locked(user: Any) -> bool:
    return isinstance(getattr(user, "_get_current_object", lambda: user)(), Officer) and user.locked(utc_now())
