"""The materials of a case: given, deferred (容缺) or taken from another department."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ..db import db
from ..files.service import NoSuchFile, get_file
from ..matters.schema import Material, Matter
from .errors import BadMaterial
from .models import Case, CaseMaterial, MaterialState


@dataclass(frozen=True)
class Given:
    """One file of a material, or a promise of it. promised_on: by when a deferred one comes."""

    material_id: str
    file_id: str | None = None
    state: MaterialState = MaterialState.GIVEN
    promised_on: date | None = None


def add_materials(case: Case, matter: Matter, given: Iterable[Given]) -> None:
    """Attach what is given to the case. Raise BadMaterial."""
    known = {material.id: material for material in matter.materials}
    for one in given:
        _ensure_fit(one, known.get(one.material_id), case.citizen_id)
        case.materials.append(
            CaseMaterial(material_id=one.material_id, file_id=one.file_id, state=one.state, promised_on=one.promised_on)
        )
    db.session.flush()


def replace_materials(case: Case, matter: Matter, given: Sequence[Given]) -> list[str]:
    """Put `given` in the place of what was there of the same materials; return their ids."""
    anew = {one.material_id for one in given}
    for old in [m for m in case.materials if m.material_id in anew]:
        case.materials.remove(old)
        db.session.delete(old)
    add_materials(case, matter, given)
    return sorted(anew)


def _ensure_fit(one: Given, material: Material | None, citizen_id: int) -> None:
    """A promise only where the matter allows it, another department's data likewise, and nobody else's files."""
    if material is None:
        raise BadMaterial
    fits = {
        MaterialState.GIVEN: one.file_id is not None or not material.upload,
        MaterialState.DEFERRED: material.deferrable and one.promised_on is not None and one.file_id is None,
        MaterialState.SHARED: material.shared_from is not None and one.file_id is None,
    }
    if not fits[one.state] or (one.file_id is not None and not _is_own(one.file_id, citizen_id)):
        raise BadMaterial


def _is_own(file_id: str, citizen_id: int) -> bool:
    try:
        return get_file(file_id).owner == f"citizen:{citizen_id}"
    except NoSuchFile:
        return False
