"""Registering a stay in the browser, on real services."""

import io
import json
import re
from datetime import timedelta

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from backend import clock
from backend.accommodation.lists import COLUMNS
from backend.accommodation.models import PhotoReading, Stay
from backend.accommodation.service import make_photo_token
from backend.cases.models import Case, Draft
from backend.db import db
from backend.house import house
from backend.notify.models import NotifyMessage
from backend.portal import stay as stay_views
from backend.web import limiter
from tests.cast import ANNA, COMMUNITY, OTHER
from tests.portal.phone import JSON, NOW, STAY, Phone, read

READ = {
    "format": "TD3", "fields": {k: ANNA[k] for k in ("surname", "given_names", "document_number", "nationality")},
    "sure": {"surname": True, "given_names": True, "document_number": False, "nationality": True}, "advice": "check",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)


def count(app: Flask, table: type) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(table)) or 0


def form_of(app: Flask, draft: str) -> dict[str, object]:
    with app.app_context():
        return db.session.get_one(Draft, draft.rsplit("/", 1)[-1]).form


def value_of(html: str, name: str) -> str:
    found = re.search(rf'name="{re.escape(name)}"[^>]*?value="([^"]*)"', html)
    assert found, name
    return found[1]


def test_from_the_first_tap_to_the_case(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    assert "开始登记" in anna.html("/stay")
    case = anna.submit(picture)
    html = anna.html(case)
    assert "境外人员住宿登记" in html and "南湖派出所" in html
    assert case in anna.html("/my")


def test_the_landing_page_leads_back_to_what_is_unfinished(app: Flask) -> None:
    anna = Phone(app)
    draft = anna.start()
    anna.post(f"{draft}/fields", {"stay:check_in_at": "2026-11-22T20:00"})
    html = anna.html("/stay")
    assert draft in html and "还剩 10 小时" in html
    assert anna.start() == draft


def test_every_field_is_kept_as_it_comes_and_the_clock_starts(app: Flask) -> None:
    anna = Phone(app, lang="en")
    draft = anna.start()
    answer = anna.post(f"{draft}/fields", {"stay:check_in_at": "2026-11-22T20:00"}, headers=JSON).get_json()
    assert answer["ok"] and "10 h 0 min left" in answer["parts"]["clock"]
    anna.post(f"{draft}/fields", {"stay:address": "1 Some Road"}, headers=JSON)
    html = anna.html(draft)
    assert value_of(html, "stay:address") == "1 Some Road" and value_of(html, "stay:check_in_at") == "2026-11-22T20:00"


def test_the_address_leads_to_the_community_and_its_station(app: Flask) -> None:
    anna = Phone(app)
    draft = anna.start()
    address = {"stay:address": STAY["stay:address"]}
    places = anna.post(f"{draft}/fields", address, headers=JSON).get_json()["parts"]["places"]
    assert STAY["stay:community"] in places and "受理" not in places
    chosen = {"stay:community": STAY["stay:community"]}
    assert "由南湖派出所受理" in anna.post(f"{draft}/fields", chosen, headers=JSON).get_json()["parts"]["places"]


def test_a_pin_shows_the_nearest_stations(app: Flask) -> None:
    anna = Phone(app, lang="en")
    pin = {"stay:latitude": "30.7440", "stay:longitude": "120.7641"}
    places = anna.post(f"{anna.start()}/fields", pin, headers=JSON).get_json()["parts"]["places"]
    assert "Nanhu Police Station" in places and "about 0.0 km" in places


def test_compatriots_in_a_village_are_shown_72_hours(app: Flask) -> None:
    anna = Phone(app, lang="en")
    draft = anna.start()
    (key,) = anna.guests(draft)
    fields = {f"guest:{key}:document_type": "taiwan-permit", "stay:community": COMMUNITY[OTHER]}
    parts = anna.post(f"{draft}/fields", fields | {"stay:check_in_at": "2026-11-22T20:00"}, headers=JSON).get_json()
    assert "58 h 0 min left" in parts["parts"]["clock"]


def test_a_double_tap_is_one_case_and_going_back_shows_it(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    draft = anna.start()
    anna.fill(draft, picture)
    first, second = anna.post(f"{draft}/submit"), anna.post(f"{draft}/submit")
    assert first.location.partition("?")[0] == second.location
    assert anna.get(draft).location == second.location
    assert (count(app, Case), count(app, Stay)) == (1, 1)


def test_what_is_missing_is_listed_with_links_and_nothing_is_lost(app: Flask) -> None:
    anna = Phone(app, phone=None)
    draft = anna.start()
    (key,) = anna.guests(draft)
    response = anna.post(f"{draft}/submit", {f"guest:{key}:surname": "ERIKSSON", "stay:address": "某路1号院"})
    assert response.status_code == 303 and response.location.endswith("?check=1#faults")
    html = anna.html(response.location.partition("#")[0])
    links = re.findall(r'<li><a href="#([^"]+)"', html)
    assert {"phone", "f-consent", f"f-guest-{key}-document_number", "f-stay-check_in_at"} <= set(links)
    assert [link for link in links if f'id="{link}"' not in html] == []
    assert value_of(html, f"guest:{key}:surname") == "ERIKSSON" and value_of(html, "stay:address") == "某路1号院"
    assert count(app, Case) == 0


def test_faults_are_in_the_language_of_the_page(app: Flask) -> None:
    anna = Phone(app, lang="en")
    html = anna.html(f"{anna.start()}?check=1")
    shown = re.search(r'(?s)<section class="faults".*?</section>', html)
    assert shown and "things are missing" in shown[0] and not re.search(r"[\u4e00-\u9fff]", shown[0])


def test_without_consent_or_phone_nothing_is_submitted(app: Flask, picture: bytes) -> None:
    anna = Phone(app, phone=None)
    draft = anna.start()
    anna.fill(draft, picture, consent="0")
    assert anna.post(f"{draft}/submit").location.endswith("#faults")
    html = anna.html(f"{draft}?check=1")
    assert re.findall(r'<li><a href="#([^"]+)"', html) == ["phone", "f-consent"]


def test_the_consent_stays_with_the_case(app: Flask, picture: bytes) -> None:
    Phone(app).submit(picture)
    with app.app_context():
        assert db.session.scalars(select(Case)).one().form["consented_at"] == NOW.isoformat()


def test_a_phone_is_confirmed_by_the_code_sent_to_it(app: Flask) -> None:
    anna = Phone(app, phone=None)
    draft = anna.start()
    asked = anna.post(f"{draft}/phone", {"phone": "138 1234 5678"}, headers=JSON).get_json()
    assert 'name="code"' in asked["parts"]["phone"]
    with app.app_context():
        code = (
            db.session.scalars(select(NotifyMessage).where(NotifyMessage.notice == "phone-code")).one().params["code"]
        )
    wrong = anna.post(f"{draft}/phone/confirm", {"code": "000000" if code != "000000" else "1"}, headers=JSON)
    assert wrong.status_code == 400 and wrong.get_json()["code"] == "identity.wrong_code"
    right = anna.post(f"{draft}/phone/confirm", {"code": code}, headers=JSON).get_json()
    assert "+8613812345678" in right["parts"]["phone"]


def test_a_photo_is_read_while_the_page_waits(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    draft = anna.start()
    (key,) = anna.guests(draft)
    answer = anna.photograph(draft, f"photo:passport:{key}", picture, **JSON).get_json()
    assert "hx-get" in answer["parts"][f"guest-{key}"]
    file_id = re.search(r"reading/([0-9a-f]{32})", answer["parts"][f"guest-{key}"])[1]  # type: ignore[index]
    waiting = anna.html(f"{draft}/reading/{file_id}")
    assert "排队" in waiting and "every 1s" in waiting
    with app.app_context():
        db.session.get_one(PhotoReading, file_id).stage = "checking"
        db.session.commit()
    assert "正在核对校验码" in anna.html(f"{draft}/reading/{file_id}")
    read(app, draft, "passport", READ)
    done = anna.html(f"{draft}/reading/{file_id}")
    assert "hx-get" not in done and f'data-read="{key}"' in done
    card = anna.get(f"{draft}/fields?card={key}", headers=JSON).get_json()["parts"][f"guest-{key}"]
    assert 'value="ERIKSSON"' in card and card.count("field--unsure") == 2  # the number, and the tick


def test_an_unsure_field_holds_up_until_it_is_checked(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    draft = anna.start()
    key = anna.fill(draft, picture)
    read(app, draft, "passport", READ)
    html = anna.html(anna.post(f"{draft}/submit").location.partition("#")[0])
    assert re.findall(r'<li><a href="#([^"]+)"', html) == [f"f-guest-{key}-checked"]
    assert "/my/cases/" in anna.post(f"{draft}/submit", {f"guest:{key}:checked": "1"}).location


def test_a_read_field_can_be_emptied(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    draft = anna.start()
    (key,) = anna.guests(draft)
    anna.photograph(draft, f"photo:passport:{key}", picture)
    read(app, draft, "passport", READ)
    anna.post(f"{draft}/fields", {f"guest:{key}:given_names": ""})
    assert value_of(anna.html(draft), f"guest:{key}:given_names") == ""


@pytest.mark.parametrize(("state", "result"), [("done", {"advice": "blurred", "fields": {}}), ("failed", None)])
def test_a_photo_that_cannot_be_read_says_why_in_both_languages(
    app: Flask, picture: bytes, state: str, result: dict[str, object] | None
) -> None:
    anna = Phone(app)
    draft = anna.start()
    anna.photograph(draft, f"photo:passport:{anna.guests(draft)[0]}", picture)
    read(app, draft, "passport", result, state)
    advice = re.findall(r'<p class="taken__advice"[^>]*>([^<]+)', anna.html(draft))
    assert len(advice) == 2 and re.search(r"[\u4e00-\u9fff]", advice[0]) and advice[1].isascii()


def test_a_visa_fills_in_its_number_and_asks_for_its_day(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    draft = anna.start()
    (key,) = anna.guests(draft)
    anna.photograph(draft, f"photo:visa:{key}", picture)
    fields = {"document_number": "A1234567", "expiry_date": "2027-01-31"}
    read(
        app,
        draft,
        "visa",
        {"format": "MRV-A", "fields": fields, "sure": {"document_number": True, "expiry_date": True}},
    )
    html = anna.html(draft)
    assert value_of(html, f"guest:{key}:visa_number") == "A1234567"
    assert value_of(html, f"guest:{key}:visa_until") == "2027-01-31"
    assert re.findall(r'field--unsure" id="f-([^"]+)"', html) == [f"guest-{key}-visa_until", f"guest-{key}-checked"]


def test_a_lease_fills_in_what_it_says_for_certain_and_nothing_typed_is_overwritten(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    draft = anna.start()
    anna.post(f"{draft}/fields", {"host:name": "王房东"})
    anna.photograph(draft, "photo:lease", picture)
    said = {"landlord": "李房东", "address": "南湖区烟雨社区9幢", "starts_on": "2026-11-01", "ends_on": "2027-10-31"}
    read(app, draft, "lease", said | {"sure": {"landlord": True, "address": True, "ends_on": False}})
    html = anna.html(draft)
    assert value_of(html, "stay:address") == "南湖区烟雨社区9幢" and value_of(html, "host:name") == "王房东"
    assert value_of(html, "stay:lease_ends_on") == ""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "files.empty"),
        (b"not a picture at all", "files.not_picture_or_pdf"),
        (b"\xff\xd8\xff\xe0" + b"0" * 400, "files.broken"),
        (b"MZ" + b"\0" * 200, "files.not_picture_or_pdf"),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(app: Flask, data: bytes, code: str) -> None:
    anna = Phone(app)
    draft = anna.start()
    response = anna.photograph(draft, f"photo:passport:{anna.guests(draft)[0]}", data, **JSON)
    assert (response.status_code, response.get_json()["code"]) == (400, code)
    assert count(app, PhotoReading) == 0


def test_a_photo_larger_than_other_pages_forms_is_taken(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    draft = anna.start()
    name = f"photo:passport:{anna.guests(draft)[0]}"
    assert anna.photograph(draft, name, picture + b"\0" * 3_000_000).status_code == 303
    assert anna.photograph(draft, name, b"\xff\xd8" + b"\0" * 12_000_000, **JSON).status_code == 413
    assert anna.post("/stay", {"by": "x" * 2_000_000}).status_code == 413


def test_a_family_is_one_submission(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    draft = anna.start()
    first = anna.fill(draft, picture)
    anna.post(f"{draft}/guests")
    second = next(key for key in anna.guests(draft) if key != first)
    anna.photograph(draft, f"photo:passport:{second}", picture)
    lars = ANNA | {"given_names": "LARS", "document_number": "L898902C4", "sex": "M"}
    anna.post(f"{draft}/fields", {f"guest:{second}:{name}": value for name, value in lars.items()})
    case = anna.html(anna.post(f"{draft}/submit").location)
    assert "ERIKSSON ANNA MARIA" in case and "ERIKSSON LARS" in case


def test_a_guest_is_taken_out_again_and_one_is_always_left(app: Flask) -> None:
    anna = Phone(app)
    draft = anna.start()
    (first,) = anna.guests(draft)
    anna.post(f"{draft}/guests")
    anna.post(f"{draft}/guests/{first}/remove")
    (second,) = anna.guests(draft)
    anna.post(f"{draft}/guests/{second}/remove")
    assert len(anna.guests(draft)) == 1 and first != second


def roll(rows: list[list[str]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.append(list(COLUMNS))  # type: ignore[union-attr]
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


def test_a_school_uploads_a_list(app: Flask) -> None:
    school = Phone(app)
    draft = school.start()
    assert school.get("/stay/list.xlsx").data[:2] == b"PK"
    rows = [[f"SMITH{letter}", "JO", f"P123456{n}", "GBR", "2001-02-03", "F"] for n, letter in enumerate("ABCDE")]
    response = school.post(f"{draft}/list", {"list": (io.BytesIO(roll(rows)), "list.xlsx"), "by": "organisation"})
    assert response.status_code == 303
    html = school.html(draft)
    assert len(school.guests(draft)) == 5 and html.count("guest__title") == 1  # the others are lines to open
    assert "SMITHE JO" in html and 'value="SMITHA"' in html
    other = school.guests(draft)[4]
    assert 'value="SMITHE"' in school.html(f"{draft}?guest={other}")


def test_a_list_that_is_none_is_refused(app: Flask) -> None:
    school = Phone(app)
    response = school.post(f"{school.start()}/list", {"list": (io.BytesIO(b"hello"), "list.xlsx")}, headers=JSON)
    assert (response.status_code, response.get_json()["code"]) == (400, "stay.bad_list")


def test_what_strangers_ask_of_a_draft_is_not_there(app: Flask, picture: bytes) -> None:
    anna, stranger = Phone(app), Phone(app, "o-stranger")
    draft = anna.start()
    (key,) = anna.guests(draft)
    photo = anna.photograph(draft, f"photo:passport:{key}", picture, **JSON).get_json()["parts"][f"guest-{key}"]
    file_id = re.search(r"reading/([0-9a-f]{32})", photo)[1]  # type: ignore[index]
    for path in (draft, f"{draft}/reading/{file_id}", f"{draft}/fields?card={key}", f"/my/files/{file_id}"):
        assert stranger.get(path).status_code == 404, path
    for act in ("fields", "photos", "guests", f"guests/{key}/remove", "list", "phone", "submit", "abandon"):
        assert stranger.post(f"{draft}/{act}", {"stay:address": "theirs"}).status_code == 404, act
    own = stranger.start()
    assert stranger.get(f"{own}/reading/{file_id}").status_code == 404
    assert "theirs" not in json.dumps(form_of(app, draft))


def test_a_page_cannot_set_what_is_not_its_own(app: Flask) -> None:
    anna = Phone(app)
    draft = anna.start()
    (key,) = anna.guests(draft)
    hostile = {
        "corrects": "1", "replaces": "1", f"guest:{key}:passport_file": "0" * 32, "guest:ffffffff:surname": "X",
        "guest:../../etc:surname": "X", "stay:rural": "1", "stay:nonsense": "x", "stay:latitude": "nan",
        "stay:longitude": "1e999", "stay:community": "不存在的社区", "by": "god", "visit_times": "soon",
    }  # fmt: skip
    assert anna.post(f"{draft}/fields", hostile).status_code == 303
    form = form_of(app, draft)
    kept = {"by", f"guest:{key}:checked"}
    assert {name for name, value in form.items() if value} <= kept, form
    assert anna.html(f"{draft}?check=1")


@pytest.mark.parametrize(
    "value", ["x" * 200_000, "\x00\x01", "<script>alert(1)</script>", "'; DROP TABLE x; --", "😀" * 50]
)
def test_hostile_text_is_text(app: Flask, value: str) -> None:
    anna = Phone(app)
    draft = anna.start()
    assert anna.post(f"{draft}/fields", {"stay:address": value}).status_code == 303
    assert "<script>alert" not in anna.html(f"{draft}?check=1")


@pytest.mark.parametrize("draft_id", ["x", "0" * 32, "..%2f..%2fetc", "💥", "a" * 3000])
def test_an_unknown_draft_is_not_there(app: Flask, draft_id: str) -> None:
    assert Phone(app).get(f"/stay/{draft_id}").status_code == 404


def test_without_a_session_the_way_leads_through_wechat_and_the_draft_is_still_there(app: Flask) -> None:
    anna = Phone(app)
    draft = anna.start()
    anna.post(f"{draft}/fields", {"stay:address": "某路1号院"})
    stranger = app.test_client()
    asked = stranger.get(f"{draft}?check=1", headers={"Accept": "text/html"})
    assert asked.status_code == 302 and asked.location == f"/login?next={draft}?check%3D1"
    told = stranger.post(f"{draft}/fields", data={"stay:address": "x"}, headers=JSON)
    assert (told.status_code, told.get_json()["code"]) == (403, "portal.signed_out")
    polled = stranger.get(f"{draft}/reading/x", headers={"HX-Request": "true", "HX-Current-URL": f"http://h{draft}"})
    assert polled.headers["HX-Redirect"] == f"/login?next={draft}"
    assert value_of(anna.html(draft), "stay:address") == "某路1号院"


def test_a_session_ends_after_twelve_hours(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = Phone(app)
    monkeypatch.setattr(clock, "utc_now", lambda: NOW + timedelta(hours=12))
    assert anna.get("/my").status_code == 302


def test_an_abandoned_draft_is_gone(app: Flask) -> None:
    anna = Phone(app)
    draft = anna.start()
    anna.post(f"{draft}/fields", {"stay:address": "某路1号院"})
    assert anna.post(f"{draft}/abandon").location == "/stay"
    assert anna.get(draft).status_code == 404 and form_of(app, draft) == {}


def test_a_proposed_time_reaches_the_case(app: Flask, picture: bytes) -> None:
    anna = Phone(app)
    draft = anna.start()
    anna.fill(draft, picture)
    chip = re.findall(r'type="checkbox" name="visit_times" value="([^"]+)"', anna.html(draft))[0]
    anna.post(f"{draft}/fields", {"visit_times": ["", chip, "2026-11-25T08:30", "nonsense"]})
    assert "08:30" in anna.html(anna.post(f"{draft}/submit").location)


def test_when_the_database_fails_the_person_is_told_and_the_draft_stays(
    app: Flask, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = Phone(app)
    draft = anna.start()
    anna.fill(draft, picture)

    def locked(*_: object) -> None:
        raise OperationalError("x", {}, Exception())

    monkeypatch.setattr(stay_views, "submit_stay", locked)
    assert anna.post(f"{draft}/submit").status_code == 503
    monkeypatch.undo()
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    assert "/my/cases/" in anna.post(f"{draft}/submit").location


def test_forms_are_guarded_against_other_sites(app: Flask) -> None:
    anna = Phone(app)
    draft = anna.start()
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        response = anna.post(f"{draft}/fields", {"stay:address": "theirs"}, headers=JSON)
        assert response.status_code == 400
        token = value_of(anna.html(draft), "csrf_token")
        assert anna.post(f"{draft}/fields", {"stay:address": "mine!", "csrf_token": token}).status_code == 303
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert form_of(app, draft)["stay:address"] == "mine!"


def test_each_citizen_has_a_limit_of_rate(app: Flask) -> None:
    limiter.enabled = True
    limiter.reset()
    try:
        anna, other = Phone(app), Phone(app, "o-other")
        codes = [anna.get("/stay/photo/nonsense").status_code for _ in range(11)]
        assert codes == [400] * 10 + [429]
        assert other.get("/stay/photo/nonsense").status_code == 400
    finally:
        limiter.reset()
        limiter.enabled = False


def test_a_photo_sent_in_the_chat_is_put_into_the_senders_draft_once(
    app: Flask, picture: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, stranger = Phone(app), Phone(app, "o-stranger")
    secret = house(app).settings.secret_key.get_secret_value()
    link = f"/stay/photo/{make_photo_token(secret, 'o-anna', 'media-1')}"
    monkeypatch.setattr(house(app), "fetch_photo", lambda media_id: picture)
    assert stranger.get(link).status_code == 403
    draft = anna.get(link).location
    assert anna.get(link).location == draft and count(app, PhotoReading) == 1
    assert "重新拍" in anna.html(draft)


def test_what_another_device_has_typed_is_not_overwritten_by_a_script(app: Flask) -> None:
    anna = Phone(app)
    draft = anna.start()
    anna.post(f"{draft}/fields", {"stay:address": "某路1号院"}, headers=JSON)
    anna.post(f"{draft}/fields", {"host:name": "李四"}, headers=JSON)
    form = form_of(app, draft)
    assert (form["stay:address"], form["host:name"]) == ("某路1号院", "李四")
