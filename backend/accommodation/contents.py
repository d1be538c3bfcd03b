"""What an issued form says, gathered from the stay, the guest and the bureau."""

from datetime import date
from typing import Any

from ..cases.service import Case
from ..clock import SHANGHAI
from ..db import db
from ..identity.models import Officer
from ..matters.bureau import Bureau
from ..matters.schema import Text
from .form.content import FormContent, Guest, Host, Named, Station, Visa
from .form.content import Stay as StayContent
from .models import IssuedForm, Stay, StayGuest
from .reading.nations import find_nation
from .schemas import DocumentType, Housing

DOCUMENTS = {
    DocumentType.PASSPORT: Named("护照", "Passport"),
    DocumentType.PERMANENT_RESIDENT: Named("外国人永久居留身份证", "Foreign permanent resident ID card"),
    DocumentType.HK_MACAU_PERMIT: Named("港澳居民来往内地通行证", "Mainland travel permit (Hong Kong, Macao)"),
    DocumentType.TAIWAN_PERMIT: Named("台湾居民来往大陆通行证", "Mainland travel permit (Taiwan)"),
    DocumentType.OTHER: Named("其他证件", "Other document"),
}
HOSTS = {
    Housing.RENTED: Named("房东", "Landlord"),
    Housing.FRIENDS: Named("亲友", "Relative or friend"),
    Housing.DORMITORY: Named("单位", "Organisation"),
    Housing.OTHER: Named("留宿人", "Host"),
}


def content_of(form: IssuedForm, bureau: Bureau, public_url: str, *, is_sample: bool) -> FormContent:
    """Return what the form says. The check address leads to the public page of its QR code."""
    stay, guest = db.session.get(Stay, form.case_id), db.session.get(StayGuest, form.guest_id)
    officer = db.session.get(Officer, form.officer_id)
    if stay is None or guest is None or officer is None:
        raise LookupError(f"form {form.id} has lost what it tells of")
    said = db.session.get_one(Case, form.case_id).form
    station = next(office for office in bureau.offices if office.id == stay.station)
    return FormContent(
        number=form.number,
        issued_at=form.issued_at,
        bureau=_named(bureau.name),
        station=Station(_named(station.name), station.phone),
        guest=_guest(guest.details),
        stay=StayContent(stay.address, stay.community, stay.check_in_at.astimezone(SHANGHAI).date(), stay.check_out_on),
        officer_number=officer.username,
        check_url=f"{public_url}/check/{form.token}",
        host=_host(said),
        is_sample=is_sample,
        replaces=form.replaces,
    )


def _guest(said: dict[str, Any]) -> Guest:
    nation = find_nation(said["nationality"])
    named = Named(nation.zh, nation.en) if nation else Named(said["nationality"], said["nationality"])
    visa = None
    if said.get("visa_kind") or said.get("visa_number"):
        visa = Visa(said.get("visa_kind") or "", said.get("visa_number"), _day(said.get("visa_until")))
    return Guest(
        surname=said["surname"],
        given_names=said["given_names"],
        nationality_code=said["nationality"],
        nationality=named,
        sex=said["sex"],
        birth_date=date.fromisoformat(said["birth_date"]),
        document_type=DOCUMENTS[DocumentType(said["document_type"])],
        document_number=said["document_number"],
        visa=visa,
        entry_date=_day(said.get("entry_date")),
        chinese_name=said.get("chinese_name") or None,
    )


def _host(said: dict[str, Any]) -> Host | None:
    host, housing = said.get("host", {}), Housing(said["stay"]["housing"])
    if housing is Housing.OWN or not host.get("name"):
        return None
    return Host(host["name"], host.get("phone", ""), HOSTS[housing])


def _named(text: Text) -> Named:
    return Named(text.zh, text.in_("en"))


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
