"""What pages show of this room's things: a form as a picture, its QR code, a reader's advice, names of nations."""

from ..files.service import Files
from .form.image import render_jpeg
from .form.qr import qr_svg
from .issuing import read_form
from .models import IssuedForm
from .reading.advice import ADVICE
from .reading.nations import find_nation, nations

LEASE_UNREAD = (
    "合同上没有读到需要的内容，请自己填写；照片会交给民警看。",
    "Nothing could be read from the lease; please fill in the fields yourself. The officer will see the photo.",
)


def form_picture(files: Files, form: IssuedForm) -> bytes | None:
    """Return the form as a JPEG for the phone's album, None while the PDF is being made."""
    pdf = read_form(files, form)
    return render_jpeg(pdf) if pdf else None


def qr_of(address: str) -> str:
    """Return the address as a QR code: an `<svg>` element."""
    return qr_svg(address)


def advise(code: str | None) -> tuple[str, str]:
    """Return what to do about a photo, in Chinese and English; empty where there is nothing to do."""
    if code == "no-lease":
        return LEASE_UNREAD
    told = ADVICE.get(code or "")
    return (told.zh, told.en) if told else ("", "")


def name_nations(lang: str) -> list[tuple[str, str]]:
    """Return every code with its name in `lang`, sorted by name."""
    named = [(code, nation.zh if lang == "zh" else nation.en) for code, nation in nations().items()]
    return sorted(named, key=lambda pair: pair[1])


def name_nation(code: str, lang: str) -> str:
    nation = find_nation(code)
    return (nation.zh if lang == "zh" else nation.en) if nation else code
