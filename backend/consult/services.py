"""What is said where a citizen wants a person, a case's state or an appointment."""

from pathlib import Path

from pydantic import Field, TypeAdapter

from ..matters.schema import Strict, Text
from ..matters.yaml_lines import parse_located


class Service(Strict):
    """default, and other words for some categories."""

    default: Text
    by_category: dict[str, Text] = Field(default_factory=dict)


class ServiceTexts(Strict):
    handoff: Service
    progress: Service
    appointment: Service

    def of(self, kind: str, category: str) -> Text:
        service: Service = getattr(self, kind)
        return service.by_category.get(category, service.default)


def read_services(path: Path) -> ServiceTexts:
    """Raises OSError, BadYaml or ValueError."""
    return TypeAdapter(ServiceTexts).validate_python(parse_located(path.read_text(encoding="utf-8")).data)
