"""The JSON Schema that editors complete and check with is that of the model."""

import json

from backend.matters.schema import Matter
from tests.conftest import KNOWLEDGE


def test_the_schema_file_is_made_from_the_model() -> None:
    """Make it anew with `flask --app backend knowledge schema > knowledge/matter.schema.json`."""
    shipped = json.loads((KNOWLEDGE / "matter.schema.json").read_text(encoding="utf-8"))
    assert shipped == json.loads(json.dumps(Matter.model_json_schema()))
