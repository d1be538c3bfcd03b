"""Citizens and officers at their phones, over real HTTP, who try again when the line breaks."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pyotp
import requests
from requests.adapters import HTTPAdapter

from backend.identity.officers import NewOfficer
from backend.sandbox.page import HOLDER
from backend.sandbox.story.browser import Page
from tests.cast import ANNA, COMMUNITY

ANSWER_SECONDS, AGAIN_SECONDS, GIVE_UP_SECONDS = 20, 0.3, 90
PASSING = (502, 503, 504)
DAYS = {"expiry_date": 1500, "visa_until": 160, "entry_date": -3}  # from today: the servers have the machine's clock


class LineDead(AssertionError):
    """No answer for longer than a restart may take."""


class Line(HTTPAdapter):
    """Every phone has an address of its own, as behind a bureau's proxy; the sandbox wants none named."""

    def __init__(self, address: str):
        super().__init__()
        self._from = address

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.headers.pop("X-Forwarded-For", None)
        if not urlsplit(request.url or "").path.startswith("/sandbox"):  # type: ignore[type-var]
            request.headers["X-Forwarded-For"] = self._from
        return super().send(request, *args, **kwargs)


class Phone:
    """One person's. broken: how many requests got no answer and were sent again."""

    def __init__(self, address: str, number: int):
        self._address = address
        self.broken = 0
        self._token = ""
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount("http://", Line(f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"))
        self.session.headers.update({"Accept": "text/html", "Accept-Language": "en"})

    def get(self, path: str) -> Page:
        page = self._call("GET", path)
        self._token = next(iter(page.tree.xpath("//input[@name='csrf_token']/@value")), self._token)
        return page

    def post(self, path: str, data: dict[str, Any], **files: bytes) -> requests.Response:
        """Send a form with the token of the page before; return what came, redirections unfollowed."""
        sent = {name.replace("__", ":"): ("photo.jpg", content, "image/jpeg") for name, content in files.items()}
        data = {"csrf_token": self._token} | data
        return self._send("POST", path, data=data, files=sent or None, allow_redirects=False)

    def _call(self, method: str, path: str) -> Page:
        response = self._send(method, path)
        assert response.status_code == 200, (path, response.url, response.status_code, response.text[:600])
        return Page(200, urlsplit(response.url).path, response.content)

    def _send(self, method: str, path: str, **more: Any) -> requests.Response:
        """Send until there is an answer. A form sent again may have got through the first time."""
        end = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < end:
            try:
                response = self.session.request(method, self._address + path, timeout=ANSWER_SECONDS, **more)
                if response.status_code not in PASSING:
                    return response
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError):
                pass
            self.broken += 1
            time.sleep(AGAIN_SECONDS)  # a person presses again; nothing tells when the line is back
        raise LineDead(path)


@dataclass(frozen=True)
class Applicant:
    """openid of a follower whose telephone is confirmed; station: where the stay is."""

    number: int
    openid: str
    station: str

    @property
    def rents(self) -> bool:
        return self.number % 3 == 0


@dataclass
class Stations:
    """What was acknowledged, and the officers' baskets. taken: draft's id → case's number."""

    taken: dict[str, str] = field(default_factory=dict)
    issued: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    broken: int = 0

    @contextmanager
    def counted(self, phone: Phone) -> Iterator[Phone]:
        yield phone
        with self.lock:
            self.broken += phone.broken


def register(phone: Phone, who: Applicant, picture: bytes, check_in: str) -> tuple[str, str]:
    """Log in through WeChat, fill in a registration with its photos, submit; return the draft's id and the number."""
    phone.session.cookies.set(HOLDER, who.openid, domain="127.0.0.1", path="/sandbox")
    assert phone.get("/stay").path == "/stay"
    draft = _location(phone.post("/stay", {"by": "self"}))
    page = phone.get(draft)
    guest = page.tree.xpath("//*[starts-with(@id, 'guest-')]/@id")[0].removeprefix("guest-")
    _location(phone.post(f"{draft}/photos", {}, **{f"photo__passport__{guest}": picture}))
    if who.rents:
        _location(phone.post(f"{draft}/photos", {}, photo__lease=picture))
    _location(phone.post(f"{draft}/fields", _fields(who, guest, check_in)))
    number = _submit(phone, draft)
    if who.number % 5 == 0:  # a double tap
        assert _submit(phone, draft) == number
    return draft.rpartition("/")[2], number


def _submit(phone: Phone, draft: str) -> str:
    location = _location(phone.post(f"{draft}/submit", {}))
    assert location.startswith("/my/cases/"), phone.get(location).says()
    return location.removeprefix("/my/cases/")


def _fields(who: Applicant, guest: str, check_in: str) -> dict[str, Any]:
    today = date.today()
    said = ANNA | {name: (today + timedelta(days=days)).isoformat() for name, days in DAYS.items()}
    said |= {"document_number": f"L{who.number:08d}", "given_names": f"ANNA {'ABCDEFGHIJ'[who.number % 10]}"}
    community = COMMUNITY[who.station]
    fields: dict[str, Any] = {f"guest:{guest}:{name}": value for name, value in said.items()}
    fields |= {f"guest:{guest}:checked": "1", "consent": "1", "host:name": "李房东", "host:phone": "13800000002"}
    fields |= {"stay:housing": "rented" if who.rents else "own", "stay:community": community}
    return fields | {"stay:address": f"南湖区{community}{who.number}幢201室", "stay:check_in_at": check_in}


def come_in(phone: Phone, keys: NewOfficer, username: str) -> None:
    """Password, then the authenticator's code."""
    phone.get("/console/login")
    phone.post("/console/login", {"username": username, "password": keys.password})
    phone.get("/console/code")
    answer = phone.post("/console/code", {"code": pyotp.TOTP(keys.totp_secret).now()})
    assert answer.status_code == 302, answer.status_code
    phone.get("/console/")


def handle(phone: Phone, number: str, visit_at: str, picture: bytes | None) -> None:
    """Agree a visit, arrive, hold it, issue. What is refused as done already was done by a press that broke off."""
    case = f"/console/cases/{number}"
    phone.get(case)
    photo = {"photo": picture} if picture else {}
    _press(phone, f"{case}/agree", {"step": "accept", "time": visit_at})
    _press(phone, f"{case}/arrive", {"latitude": "30.753", "longitude": "120.765"})
    _press(phone, f"{case}/visit", {"met": "本人", "confirmed": "yes", "note": "证件与照片一致"}, **photo)
    _press(phone, f"{case}/issue", {"sure": "1"})


def _press(phone: Phone, path: str, data: dict[str, str], **files: bytes) -> None:
    before = phone.broken
    answer = phone.post(path, data, **files)
    again = answer.status_code == 409 and phone.broken > before
    assert answer.status_code == 303 or again, (path, answer.status_code, phone.broken - before, answer.text[:2000])


def _location(answer: requests.Response) -> str:
    assert answer.status_code == 303, (answer.url, answer.status_code, answer.text[:600])
    parts = urlsplit(answer.headers["Location"])
    return parts.path
