"""What of a guest's fields is proven, agreed, unproven or contradicted. Values in, values out."""

from typing import Any

import pytest

from backend.accommodation.models import Stay, StayGuest
from backend.console.guests import Field, GuestView, guests_of
from tests.cast import ANNA

FILE = "a" * 32
READ = {
    "surname": "ERIKSSON", "given_names": "ANNA MARIA", "document_number": "L898902C3", "nationality": "SWE",
    "issuing_state": "SWE", "birth_date": "1974-08-12", "sex": "F", "expiry_date": "2032-04-15",
}  # fmt: skip
CHECKS = {"document_number": True, "birth_date": True, "expiry_date": True, "composite": True}


def seen(typed: dict[str, str] | None = None, **reading: Any) -> GuestView:
    result = {"format": "TD3", "fields": READ, "sure": dict.fromkeys(READ, True), "checks": CHECKS} | reading
    details = ANNA | {"passport_file": FILE, "visa_file": None} | (typed or {})
    guest = StayGuest(position=0, details=details, document_key="k")
    (view,) = guests_of(Stay(guests=[guest]), {"readings": {FILE: result}}, {}, {FILE: 1})
    return view


def field(view: GuestView, name: str) -> Field:
    return next(one for one in view.fields if one.name == name)


@pytest.mark.parametrize(
    ("name", "proof"),
    [
        ("document_number", "checked"),
        ("birth_date", "checked"),
        ("surname", "agreed"),
        ("sex", "agreed"),
        ("visa_kind", "plain"),
    ],
)
def test_only_a_check_digit_proves(name: str, proof: str) -> None:
    assert field(seen(), name).proof == proof


def test_what_was_read_without_being_sure_is_unproven_even_with_a_check_digit() -> None:
    view = seen(sure=dict.fromkeys(READ, False))
    assert field(view, "document_number").proof == "unproven" and view.unproven == 7


def test_a_check_digit_that_does_not_hold_proves_nothing() -> None:
    assert field(seen(checks=CHECKS | {"birth_date": False}), "birth_date").proof == "agreed"


def test_typed_against_read_shows_both() -> None:
    told = field(seen({"birth_date": "1990-01-02"}), "birth_date")
    assert (told.value, told.read, told.proof) == ("1990-01-02", "1974-08-12", "differs")


@pytest.mark.parametrize(("typed", "read"), [("O'Brien-Smith", "OBRIEN SMITH"), ("Anna  Maria", "ANNA MARIA")])
def test_signs_a_zone_cannot_hold_make_no_difference(typed: str, read: str) -> None:
    assert field(seen({"surname": typed}, fields=READ | {"surname": read}), "surname").proof == "agreed"


def test_without_a_zone_the_person_alone_has_said_it() -> None:
    view = seen(format=None, fields=dict.fromkeys(READ), sure={}, checks={})
    assert view.zones == [] and field(view, "surname").proof == "typed"


def test_a_photo_nobody_has_read_breaks_nothing() -> None:
    guest = StayGuest(position=0, details=ANNA | {"passport_file": FILE}, document_key="k")
    (view,) = guests_of(Stay(guests=[guest]), {}, {}, {})
    assert view.pictures == [] and field(view, "surname").proof == "typed"


def test_nations_are_named() -> None:
    assert field(seen(), "nationality").value == "瑞典（SWE）"
    assert field(seen({"nationality": "QQQ"}), "nationality").value == "QQQ（QQQ）"
