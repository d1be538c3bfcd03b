"""From an address to its community and station."""

import pytest

from backend.accommodation.areas import get_place, guess_places, list_places
from backend.accommodation.errors import Incomplete
from backend.matters.service import Catalogue


@pytest.mark.parametrize(
    ("address", "community"),
    [
        ("嘉兴市南湖区烟雨社区3幢201室", "烟雨社区"),
        ("南湖区云东2号楼", "云东社区"),
        ("新丰镇净相村5组", "净相村"),
        ("东栅街道平湖塘社区8号", "平湖塘社区"),
        ("凤桥镇88号", "凤桥社区"),
    ],
)
def test_what_the_address_names_is_offered_first(real_catalogue: Catalogue, address: str, community: str) -> None:
    assert guess_places(real_catalogue.current.bureau, address)[0].community == community


def test_a_street_alone_offers_the_street(real_catalogue: Catalogue) -> None:
    found = guess_places(real_catalogue.current.bureau, "东栅街道某路1号")
    assert [place.station for place in found] == ["station-dongzha"]


def test_an_address_of_two_stations_offers_both(real_catalogue: Catalogue) -> None:
    found = guess_places(real_catalogue.current.bureau, "城东社区与双溪社区之间")
    assert {place.station for place in found} == {"station-nanhu", "station-dongzha"}


def test_without_a_name_the_pin_decides(real_catalogue: Catalogue) -> None:
    bureau = real_catalogue.current.bureau
    assert guess_places(bureau, "No. 1 Some Road") == []
    near = guess_places(bureau, "No. 1 Some Road", pin=(30.7440, 120.7641))
    assert near[0].station == "station-nanhu"


def test_villages_are_countryside(real_catalogue: Catalogue) -> None:
    bureau = real_catalogue.current.bureau
    assert get_place(bureau, "净相村").rural and not get_place(bureau, "烟雨社区").rural
    assert {place.station for place in list_places(bureau)} <= {office.id for office in bureau.offices}


def test_a_community_of_another_district_is_a_fault(real_catalogue: Catalogue) -> None:
    with pytest.raises(Incomplete) as told:
        get_place(real_catalogue.current.bureau, "浦东社区")
    assert told.value.faults == {"stay.community": "choice"}
