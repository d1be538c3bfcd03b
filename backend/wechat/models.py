"""The room's tables. Times are seconds since the epoch, as `Clock.now()` gives them."""

from sqlalchemy import Float, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ..db import db


class WechatFlight(db.Model):  # type: ignore[name-defined]
    """One message on its way to its one visible answer; the states are in `flights.py`.

    owner: the process that computes. due_at: when the sweeper must look next (the end of
    the lease while computing, the next attempt of a push, the day of deletion at the end).
    payload: the sealed message, erased once answered. answer: sealed.
    """

    __tablename__ = "wechat_flight"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
    first_at: Mapped[float] = mapped_column(Float)
    due_at: Mapped[float] = mapped_column(Float, index=True)
    owner: Mapped[str] = mapped_column(String(16))
    calls: Mapped[int] = mapped_column(Integer, default=1)
    tries: Mapped[int] = mapped_column(Integer, default=1)
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)


class WechatToken(db.Model):  # type: ignore[name-defined]
    """The access token all processes share, one row an account.

    token: sealed, any length. lease_until: until when one process may be fetching.
    forced_*: how often today, and when last, a new token was forced.
    """

    __tablename__ = "wechat_token"

    app_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[float] = mapped_column(Float, default=0.0)
    lease_until: Mapped[float] = mapped_column(Float, default=0.0)
    forced_at: Mapped[float] = mapped_column(Float, default=0.0)
    forced_on: Mapped[str] = mapped_column(String(10), default="")
    forced_count: Mapped[int] = mapped_column(Integer, default=0)
