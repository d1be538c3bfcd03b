"""What a file is, told by its first bytes alone: neither its name nor what the browser says counts."""

from .errors import EmptyFile, NotPictureOrPdf

JPEG, PNG, WEBP, HEIC, PDF = "image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf"

STARTS = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG, b"%PDF-": PDF}
# ISO/IEC 23008-12 (HEIF), Annex B: brands of single pictures and sequences coded with HEVC.
HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")


def sniff(data: bytes) -> str:
    """Return the media type. Raise EmptyFile, or NotPictureOrPdf for whatever else it may be.

    The mark must stand at the very start: files that are two things at once rely on readers that search for it.
    """
    if not data:
        raise EmptyFile
    for start, media_type in STARTS.items():
        if data.startswith(start):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS:
        return HEIC
    raise NotPictureOrPdf


def webp_size(data: bytes) -> tuple[int, int]:
    """Return width and height as a WebP's header tells them, (0, 0) where it has none.

    Needed because the decoder takes memory for the whole picture before it says its size.
    Source: RFC 9649, sections 2.5 to 2.7.
    """
    kind, body = data[12:16], data[20:30]
    if len(body) < 10:
        return 0, 0
    if kind == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    return 0, 0
