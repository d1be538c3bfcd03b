"""The QR code that leads to the public check page."""

from io import BytesIO

import segno

QUIET_ZONE = 2  # the caption and the frame leave the rest of the four modules white


def qr_svg(address: str) -> str:
    """Return an `<svg>` element for a page: scalable, no XML declaration, a title for screen readers."""
    code = segno.make_qr(address, error="m")
    return code.svg_inline(border=4, omitsize=True, title="QR")


def qr_png(address: str) -> bytes:
    """Return a one-bit PNG, eight pixels a module."""
    out = BytesIO()
    segno.make_qr(address, error="m").save(out, kind="png", scale=8, border=QUIET_ZONE)
    return out.getvalue()
