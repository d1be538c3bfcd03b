"""Communities, stations and the pin on a registration's page."""

from typing import Any

from ..accommodation.service import Place, list_places
from ..matters.bureau import Bureau, Office


def places_by_station(bureau: Bureau) -> list[tuple[Office, list[Place]]]:
    """Return every community under its station, for the list to choose by hand."""
    places = list_places(bureau)
    offices = [office for office in bureau.offices if any(p.station == office.id for p in places)]
    return [(office, [p for p in places if p.station == office.id]) for office in offices]


def nearest_stations(bureau: Bureau, latitude: float, longitude: float, count: int = 3) -> list[tuple[Office, float]]:
    """Return the nearest stations, each with its distance in kilometres."""
    stations = [o for o in bureau.nearest_offices(latitude, longitude, count=50) if o.sort == "station"]
    return [(office, office.distance_km(latitude, longitude)) for office in stations[:count]]


def pin_of(stay: dict[str, Any]) -> tuple[float, float] | None:
    """Return latitude and longitude where both are numbers on the globe."""
    try:
        latitude, longitude = float(stay["latitude"]), float(stay["longitude"])
    except (KeyError, TypeError, ValueError):
        return None
    return (latitude, longitude) if -90 <= latitude <= 90 and -180 <= longitude <= 180 else None


def station_of(bureau: Bureau, community: str) -> Office | None:
    """Return the station that looks after the community, None where the bureau has none of that name."""
    place = next((p for p in list_places(bureau) if p.community == community), None)
    return next((o for o in bureau.offices if place and o.id == place.station), None)
