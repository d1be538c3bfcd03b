"""What an officer does with a case: each a form, one call of a service, and the case anew."""

from flask import Response, flash, redirect, request, url_for
from flask_security import auth_required

from ..accommodation.service import (
    Held,
    IssuedForm,
    agree_visit,
    arrive,
    ensure_no_stay,
    get_form,
    get_stay,
    hold_visit,
    issue_forms,
    replace_form,
    revoke_form,
)
from ..cases.service import (
    Case,
    CaseStep,
    claim,
    get_step,
    matter_of,
    pass_step,
    refuse,
    release,
    return_for_correction,
)
from ..errors import Invalid
from ..files.service import NoSuchFile
from ..house import house
from ..identity.citizens import get_citizen
from .desk import case_in_sight, console, now, officer_at_work
from .parsing import parse_choice, parse_place, parse_reasons, parse_text, parse_time

RESULTS = {"yes": True, "no": False}
BACK = {"queue": "console.home"}


@console.post("/cases/<number>/claim")
@auth_required("session")
def claim_step(number: str) -> Response:
    case = case_in_sight(number)
    claim(officer_at_work(), _step_shown(case), now())
    return _again(case, "已领取，由您办理。")


@console.post("/cases/<number>/release")
@auth_required("session")
def release_step(number: str) -> Response:
    case = case_in_sight(number)
    release(officer_at_work(), _step_shown(case), now())
    return _again(case, "已放回待办。")


@console.post("/cases/<number>/agree")
@auth_required("session")
def agree_on_visit(number: str) -> Response:
    case = case_in_sight(number)
    get_stay(case)
    agree_visit(officer_at_work(), case, parse_time(request.form), now(), step=_step_shown(case))
    return _again(case, "已约好上门时间，正在通知申请人。")


@console.post("/cases/<number>/arrive")
@auth_required("session")
def arrive_there(number: str) -> Response:
    case = case_in_sight(number)
    get_stay(case)
    arrive(officer_at_work(), case, now(), parse_place(request.form))
    return _again(case, "已登记到达。")


@console.post("/cases/<number>/visit")
@auth_required("session")
def hold_the_visit(number: str) -> Response:
    case, photo = case_in_sight(number), request.files.get("photo")
    get_stay(case)
    held = Held(
        met=parse_text(request.form, "met"),
        confirmed=RESULTS[parse_choice(request.form, "confirmed", RESULTS, "请选择是否核实。")],
        note=parse_text(request.form, "note"),
        photo=photo.read() if photo else None,
    )
    hold_visit(officer_at_work(), case, held, house().files, now())
    return _again(case, "已登记上门情况。")


@console.post("/cases/<number>/issue")
@auth_required("session")
def issue(number: str) -> Response:
    case = case_in_sight(number)
    get_stay(case)
    if not request.form.get("sure"):
        raise Invalid("请先勾选“以上内容已经核对”。")
    forms = issue_forms(officer_at_work(), case, house().catalogue.current.bureau, now())
    return _again(case, f"已出具 {len(forms)} 张登记表，正在生成并通知申请人。")


@console.post("/cases/<number>/pass")
@auth_required("session")
def pass_the_step(number: str) -> Response:
    """For matters without a room of their own: the step is done."""
    case = case_in_sight(number)
    ensure_no_stay(case)
    pass_step(officer_at_work(), _step_shown(case), now(), parse_text(request.form, "note"))
    return _again(case, "这个环节已办完。")


@console.post("/cases/<number>/return")
@auth_required("session")
def return_case(number: str) -> Response:
    case = case_in_sight(number)
    reasons = parse_reasons(request.form, matter_of(case), get_citizen(case.citizen_id).lang)
    note = parse_text(request.form, "note")
    return_for_correction(officer_at_work(), case, reasons, now(), note=note, step=_step_shown(case))
    return _again(case, "已退回，正在通知申请人补正。")


@console.post("/cases/<number>/refuse")
@auth_required("session")
def refuse_case(number: str) -> Response:
    case = case_in_sight(number)
    laws = {law.id: f"{law.law.zh}{law.article.zh if law.article else ''}" for law in matter_of(case).legal_basis}
    basis = laws[parse_choice(request.form, "basis", laws, "请选择法律依据。")]
    reason = parse_text(request.form, "reason")
    refuse(officer_at_work(), case, basis=basis, reason=reason, now=now(), step=_step_shown(case))
    return _again(case, "已作出不予办理的决定，正在通知申请人。")


@console.post("/cases/<number>/forms/<form_number>/revoke")
@auth_required("session")
def revoke(number: str, form_number: str) -> Response:
    case = case_in_sight(number)
    revoke_form(officer_at_work(), _form_of(case, form_number), parse_text(request.form, "why"), now())
    return _again(case, "登记表已撤销，扫码核验会显示无效。")


@console.post("/cases/<number>/forms/<form_number>/replace")
@auth_required("session")
def replace(number: str, form_number: str) -> Response:
    case, bureau = case_in_sight(number), house().catalogue.current.bureau
    form = _form_of(case, form_number)
    new = replace_form(officer_at_work(), form, parse_text(request.form, "why"), bureau, now())
    return _again(case, f"已换发新的登记表 {new.number}，原表作废。")


def _step_shown(case: Case) -> CaseStep:
    """Return the step the officer's page showed, so that whoever comes second is told. Raise NoSuchCase."""
    return get_step(case, request.form.get("step", ""))


def _form_of(case: Case, form_number: str) -> IssuedForm:
    form = get_form(form_number) if form_number.isascii() and form_number.isprintable() else None
    if form is None or form.case_id != case.id:
        raise NoSuchFile
    return form


def _again(case: Case, says: str) -> Response:
    flash(says, "done")
    back = BACK.get(request.form.get("back", ""))
    address = url_for(back) if back else url_for("console.show_case", number=case.number)
    return redirect(address, code=303)  # type: ignore[return-value]
