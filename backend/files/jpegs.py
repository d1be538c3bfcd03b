"""The parts of a JPEG, without decoding it. Source: ITU-T T.81, annex B.

Pictures of their own are written anew and need none of this; those inside a PDF stay as they are coded, and
telephones write place and time into them.
"""

START, SCAN, END = 0xD8, 0xDA, b"\xff\xd9"
COMMENT, APP0, APP14, APP15 = 0xFE, 0xE0, 0xEE, 0xEF


def without_metadata(jpeg: bytes) -> bytes:
    """Return the same picture without comments and application data, and without what is behind its end.

    Kept are JFIF (APP0) and Adobe's note of the colours (APP14), which change how it looks. What does not
    begin as a JPEG is returned as it is: nothing will draw it either.
    """
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker = jpeg[at + 1]
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        if marker == SCAN:
            return b"".join(kept) + _until_end(jpeg[at:])
        length = 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if not _is_metadata(marker):
            kept.append(jpeg[at : at + length])
        at += length
    return jpeg


def _is_metadata(marker: int) -> bool:
    return marker == COMMENT or (APP0 < marker <= APP15 and marker != APP14)


def _until_end(scans: bytes) -> bytes:
    end = scans.find(END)  # within coded pixels every 0xFF is followed by a zero or a restart marker
    return scans[: end + 2] if end >= 0 else scans
