"""Which community (社区、村) an address lies in, and which station looks after it."""

from dataclasses import dataclass

from ..matters.bureau import Bureau
from .errors import Incomplete


@dataclass(frozen=True)
class Place:
    """community: as in bureau.yaml. station: the office's id. rural: a village (村)."""

    community: str
    station: str
    rural: bool


def list_places(bureau: Bureau) -> list[Place]:
    """Return every community, street and town of the bureau's areas."""
    return [Place(name, area.station, name.endswith("村")) for area in bureau.areas for name in area.communities]


def get_place(bureau: Bureau, community: str) -> Place:
    """Return the place of this name. Raise Incomplete where the bureau has none."""
    for place in list_places(bureau):
        if place.community == community:
            return place
    raise Incomplete({"stay.community": "choice"})


def guess_places(bureau: Bureau, address: str, pin: tuple[float, float] | None = None) -> list[Place]:
    """Return the likely places of an address, likeliest first; the person confirms one.

    What the address names counts first, a community (云东社区, also written 云东) before its street or
    town (东栅街道). Without any name, the communities of the station nearest to the pin.
    pin: latitude and longitude, degrees. An address at a boundary gives several.
    """
    named = [(len(stem), place) for place in list_places(bureau) if (stem := _stem_in(place.community, address))]
    named.sort(key=lambda found: (_is_street(found[1].community), -found[0]))
    if named:
        return [place for _, place in named]
    if pin is None:
        return []
    stations = [office.id for office in bureau.nearest_offices(*pin, count=50) if office.sort == "station"][:2]
    return [place for station in stations for place in list_places(bureau) if place.station == station]


def _stem_in(community: str, address: str) -> str:
    """Return what of the name stands in the address, "" where it does not."""
    stem = community.removesuffix("社区").removesuffix("街道")
    for name in (community, stem if len(stem) >= 2 else community):
        if name in address:
            return name
    return ""


def _is_street(community: str) -> bool:
    return community.endswith(("街道", "镇"))
