"""The page of a case, and the pictures on it. Every look is written down."""

from typing import Any

from flask import Response, render_template, request
from flask_security import auth_required

from ..accommodation.service import find_stay, get_form, read_form
from ..cases.service import REMEDY, Case
from ..clock import SHANGHAI
from ..errors import Conflict, Refusal
from ..files.service import NoSuchFile, get_file
from ..house import house
from ..identity.service import Officer, record
from . import wording
from .case_page import make_page
from .desk import case_in_sight, console, now, officer_at_work
from .showing import unit_name

SIZES = {"small": 720, "large": 2000}  # pixels of width


class NotReady(Conflict):
    code = "console.form_not_ready"
    says = "登记表正在生成，请几秒钟后再打开。"


@console.get("/cases/<number>")
@auth_required("session")
def show_case(number: str) -> str:
    return render_case(number)


def render_case(number: str, *, told: Refusal | None = None) -> str:
    """Return the page as the case stands now. told: why what was just tried was refused. Raise NoSuchCase."""
    officer, case = officer_at_work(), case_in_sight(number)
    page = make_page(officer, case, house().catalogue.current, now())
    record(officer.actor(), "case.look", f"case:{case.id}")
    return render_template(
        "console/case.html", page=page, wording=wording, remedy=REMEDY["zh"], told=told, typed=request.form
    )


@console.get("/files/<number>/<file_id>")
@auth_required("session")
def show_file(number: str, file_id: str) -> Response:
    """A picture, or a page of a PDF, marked across with who looks and when."""
    officer, case = officer_at_work(), case_in_sight(number)
    if file_id not in files_of(case):
        raise NoSuchFile
    width = SIZES.get(request.args.get("size", ""), SIZES["small"])
    page = request.args.get("page", 0, type=int)
    picture = house().files.picture(get_file(file_id), page=page, width=width, watermark=watermark(officer))
    record(officer.actor(), "file.look", f"file:{file_id}", case=case.id, page=page)
    return Response(picture, mimetype="image/jpeg")


@console.get("/cases/<number>/forms/<form_number>")
@auth_required("session")
def show_form(number: str, form_number: str) -> Response:
    """The signed form as it was issued: byte for byte, or its signature would break."""
    officer, case = officer_at_work(), case_in_sight(number)
    form = get_form(form_number) if form_number.isascii() and form_number.isprintable() else None
    if form is None or form.case_id != case.id:
        raise NoSuchFile
    pdf = read_form(house().files, form)
    if pdf is None:
        raise NotReady
    record(officer.actor(), "form.look", f"form:{form.number}", case=case.id)
    headers = {"Content-Disposition": f'inline; filename="{form.number}.pdf"'}
    return Response(pdf, mimetype="application/pdf", headers=headers)


def files_of(case: Case) -> set[str]:
    """Return the ids of the files the case shows: its materials, and what officers photographed on their visits."""
    stay = find_stay(case)
    ids: set[Any] = {material.file_id for material in case.materials}
    ids |= {visit.photo_file for visit in (stay.visits if stay else [])}
    return ids - {None}


def watermark(officer: Officer) -> str:
    """Return "南湖派出所 330101 2026-11-23 10:00"."""
    return f"{unit_name(officer.unit)} {officer.username} {now().astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
