"""The bureau's profile: `knowledge/bureau.yaml`. Another bureau starts by replacing it."""

import math
from pathlib import Path

from pydantic import Field, ValidationError

from .schema import Slug, Strict, Text
from .yaml_lines import BadYaml, parse_located

EARTH_RADIUS_KM = 6371.0


class Hotline(Strict):
    number: str
    name: Text
    for_: Text = Field(alias="for")


class Office(Strict):
    """A place citizens come to. sort: what `Location.offices` of a matter names."""

    id: Slug
    sort: Slug
    name: Text
    address: Text
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    hours: Text
    phone: str

    def distance_km(self, latitude: float, longitude: float) -> float:
        """Return the great-circle distance to a point given in degrees."""
        a, b = math.radians(self.latitude), math.radians(latitude)
        half = math.sin((b - a) / 2) ** 2
        half += math.cos(a) * math.cos(b) * math.sin(math.radians(longitude - self.longitude) / 2) ** 2
        return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))


class Area(Strict):
    """The communities (社区、村) a station looks after."""

    station: Slug
    communities: list[str]


class Department(Strict):
    """Another department whose data may stand in for a material."""

    id: Slug
    name: Text


class Bureau(Strict):
    name: Text
    short_name: Text
    city: Text
    district: Text
    code: str = Field("000000", pattern=r"^\d{6}$", description="the district's code in GB/T 2260, in form numbers")
    hotlines: list[Hotline]
    offices: list[Office] = Field(min_length=1)
    areas: list[Area] = Field(default_factory=list)
    departments: list[Department] = Field(default_factory=list)
    sample: bool = False

    def nearest_offices(self, latitude: float, longitude: float, count: int = 3) -> list[Office]:
        return sorted(self.offices, key=lambda o: o.distance_km(latitude, longitude))[:count]

    def offices_of(self, sorts: list[str]) -> list[Office]:
        """Return the offices of these sorts, in the order the sorts are given."""
        return [o for sort in sorts for o in self.offices if o.sort == sort]


class BadBureau(ValueError):
    """bureau.yaml cannot be used; the message names the line."""


def read_bureau(path: Path) -> Bureau:
    """Raise BadBureau or OSError where the profile cannot be used."""
    try:
        located = parse_located(path.read_text(encoding="utf-8"))
        return Bureau.model_validate(located.data)
    except BadYaml as fault:
        raise BadBureau(f"{path}:{fault.line}: {fault.message}") from None
    except ValidationError as error:
        first = error.errors()[0]
        line = located.line_of(tuple(first["loc"]))
        raise BadBureau(f"{path}:{line}: {first['loc']}: {first['msg']}") from None
