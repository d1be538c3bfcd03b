"""What a person says of a stay, checked: one shape for the page, a list upload and a second registration.

Faults come back as `path → sentence` (`faults_of`), in the language of the page.
"""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

MAX_GUESTS = 30
LATIN_NAME = re.compile(r"[^\W\d_][^\d_]*")


class Relation(StrEnum):
    """Who submits: the guest, a relative or friend who puts them up, an organisation."""

    SELF = "self"
    HOST = "host"
    ORGANISATION = "organisation"


class Housing(StrEnum):
    RENTED = "rented"
    OWN = "own"
    FRIENDS = "friends"
    DORMITORY = "dormitory"
    OTHER = "other"


class DocumentType(StrEnum):
    PASSPORT = "passport"
    PERMANENT_RESIDENT = "permanent-resident"
    HK_MACAU_PERMIT = "hk-macau-permit"
    TAIWAN_PERMIT = "taiwan-permit"
    OTHER = "other"


COMPATRIOT = frozenset({DocumentType.HK_MACAU_PERMIT, DocumentType.TAIWAN_PERMIT})


def _upper(value: Any) -> Any:
    return re.sub(r"[\s<-]", "", value).upper() if isinstance(value, str) else value


def _empty_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _a_name(value: str) -> str:
    if not LATIN_NAME.fullmatch(value):
        raise ValueError("name")
    return value


Name = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_a_name)]
Optional = BeforeValidator(_empty_is_none)
Code3 = Annotated[str, BeforeValidator(_upper), Field(pattern=r"^[A-Z]{1,3}$")]
DocumentNumber = Annotated[str, BeforeValidator(_upper), Field(pattern=r"^[A-Z0-9]{5,20}$")]


class In(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class GuestIn(In):
    """One guest. given_names may be empty: some passports have one name only."""

    surname: Name
    given_names: Annotated[str, Field(max_length=80)] = ""
    chinese_name: Annotated[str, Field(max_length=40)] = ""
    document_type: DocumentType = DocumentType.PASSPORT
    document_number: DocumentNumber
    nationality: Code3
    issuing_state: Annotated[Code3 | None, Optional] = None
    birth_date: date
    sex: Annotated[str, Field(pattern="^[MFX]$")]
    expiry_date: Annotated[date | None, Optional] = None
    visa_kind: Annotated[str, Field(max_length=40)] = ""
    visa_number: Annotated[DocumentNumber | None, Optional] = None
    visa_until: Annotated[date | None, Optional] = None
    entry_date: Annotated[date | None, Optional] = None
    passport_file: Annotated[str | None, Optional] = None
    visa_file: Annotated[str | None, Optional] = None


class StayIn(In):
    """check_in_at: local time at the bureau where it has no zone of its own."""

    housing: Housing
    address: Annotated[str, Field(min_length=4, max_length=200)]
    community: Annotated[str, Field(min_length=1, max_length=60)]
    rural: bool = False
    latitude: Annotated[float | None, Optional, Field(ge=-90, le=90)] = None
    longitude: Annotated[float | None, Optional, Field(ge=-180, le=180)] = None
    check_in_at: datetime
    check_out_on: Annotated[date | None, Optional] = None
    lease_file: Annotated[str | None, Optional] = None
    lease_ends_on: Annotated[date | None, Optional] = None


class HostIn(In):
    name: Annotated[str, Field(max_length=80)] = ""
    phone: Annotated[str, Field(max_length=30)] = ""


class Submission(In):
    """A whole application."""

    by: Relation = Relation.SELF
    guests: Annotated[list[GuestIn], Field(min_length=1, max_length=MAX_GUESTS)]
    stay: StayIn
    host: HostIn = HostIn()
    visit_times: Annotated[list[datetime], Field(max_length=5)] = []


def faults_of(error: ValidationError) -> dict[str, str]:
    """Return `path → sort of fault` ("missing", "date", "name" …): the page words it in its language."""
    return {".".join(map(str, e["loc"])): _sort(e["type"]) for e in error.errors(include_input=False)}


def _sort(kind: str) -> str:
    if kind in ("missing", "string_too_short", "too_short", "none_required"):
        return "missing"
    if kind.startswith("date"):
        return "date"
    return {"string_too_long": "long", "too_long": "long", "enum": "choice", "value_error": "name"}.get(kind, "form")
