"""An officer takes a case from the queue to the issued form, on the phone."""

import io
from datetime import timedelta

from flask import Flask

from backend.accommodation.service import forms_of, get_stay
from backend.cases.service import Case, Status
from tests.cast import NOW, run_jobs
from tests.console.conftest import Clock, Desk, do, fresh


def test_from_the_queue_to_the_form(app: Flask, at_desk: Desk, case: Case, clock: Clock, picture: bytes) -> None:
    phone = at_desk()
    queue = phone.get("/console/").text
    assert case.number in queue and "剩 1 个工作日" in queue and "E*** A*** M***" in queue
    page = phone.get(f"/console/cases/{case.number}").text
    assert "ERIKSSON ANNA MARIA" in page and "瑞典（SWE）" in page and "约定上门并通知" in page

    agreed = do(phone, case, "agree", step="accept", time="2026-11-23T18:00:00+08:00")
    assert agreed.status_code == 303
    assert "11月23日 周一 18:00" in phone.get(agreed.location).text
    clock.now = NOW + timedelta(hours=8)
    assert do(phone, case, "arrive", step="visit", latitude="30.75", longitude="120.76").status_code == 303
    held = do(
        phone,
        case,
        "visit",
        step="visit",
        met="本人",
        confirmed="yes",
        note="两人同住",
        photo=(io.BytesIO(picture), "x.jpg"),
    )
    assert held.status_code == 303
    assert "出具登记表（1 张）" in phone.get(f"/console/cases/{case.number}").text
    assert do(phone, case, "issue", step="decide", sure="1").status_code == 303
    fresh(case)
    assert case.status == Status.DONE
    (visit,) = get_stay(case).visits
    assert (visit.outcome, visit.met, visit.latitude) == ("confirmed", "本人", 30.75) and visit.photo_file

    run_jobs(app, "forms")
    (form,) = forms_of(case)
    page = phone.get(f"/console/cases/{case.number}").text
    assert form.number in page and "打开 PDF" in page
    pdf = phone.get(f"/console/cases/{case.number}/forms/{form.number}")
    assert pdf.mimetype == "application/pdf" and pdf.data.startswith(b"%PDF") and pdf.cache_control.no_store
    assert case.number in phone.get("/console/?tab=done").text
