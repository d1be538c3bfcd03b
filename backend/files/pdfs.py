"""PDFs made harmless: looked through object by object, then only their pages written anew.

Refused are scripts, other files inside, programs to be started, forms that send themselves, passwords and
bombs. Dropped silently is what a paper does not have: links, bookmarks, metadata, buttons. What a form or a
signature shows becomes part of its page. Runs in the child process.
"""

import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from .cleaned import Cleaned
from .errors import (
    BrokenFile,
    FileRefused,
    PdfWithAttachments,
    PdfWithPassword,
    PdfWithScripts,
    TooComplex,
    TooManyPages,
    TooManyPixels,
)
from .jpegs import without_metadata
from .sniff import PDF

# ISO 32000-2: actions (12.6.4), additional actions (12.6.3), XFA (annex K), embedded files (7.11.4).
SCRIPT_KEYS = frozenset({"/JS", "/JavaScript", "/XFA"})
FILE_KEYS = frozenset({"/EF", "/EmbeddedFiles", "/EmbeddedFile", "/RichMediaContent", "/RichMediaSettings"})
ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/RichMediaExecute", "/GoTo3DView"}
)
FILE_KINDS = frozenset({"/EmbeddedFile", "/FileAttachment", "/RichMedia", "/3D", "/Movie", "/Sound", "/Screen"})
PAGE_KEYS = frozenset(
    {"/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/Contents", "/UserUnit", "/Group"}
)
STREAM_EXTRAS = frozenset({"/Metadata", "/PieceInfo", "/LastModified", "/AF"})
INFLATE = ("/FlateDecode", "/Fl")
PACKING = frozenset({*INFLATE, "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"})
JPEG_ONLY = (["/DCTDecode"], ["/DCT"])
MOST_OBJECTS = 200_000
MOST_DEPTH = 60
MOST_INFLATED_BYTES = 400 * 1024 * 1024  # of all streams together; a scanned A4 page at 300 dpi has 26 MB
CHUNK_BYTES = 1024 * 1024
PAGE_POINTS = (18.0, 14_400.0)  # a quarter inch; the 200 inches of ISO 32000-2, annex C


def clean_pdf(data: bytes, *, max_pages: int, max_pixels: int) -> Cleaned:
    """Return the PDF's pages as a new PDF. Raise the FileRefused that says what is wrong with it."""
    try:
        # Repairing guesses, and two readers guess differently: what is damaged is to be exported again.
        with pikepdf.open(BytesIO(data), attempt_recovery=False) as pdf:
            return _cleaned(pdf, max_pages, max_pixels)
    except (FileRefused, MemoryError):
        raise
    except pikepdf.PasswordError as fault:
        raise PdfWithPassword from fault
    except RecursionError as fault:
        raise TooComplex from fault
    except Exception as fault:  # qpdf and pikepdf raise many kinds on damaged files: all mean the same here
        raise BrokenFile from fault


def _cleaned(pdf: Pdf, max_pages: int, max_pixels: int) -> Cleaned:
    if pdf.is_encrypted:
        raise PdfWithPassword
    if len(pdf.pages) > max_pages:
        raise TooManyPages
    if not len(pdf.pages):
        raise BrokenFile
    _refuse_active(pdf)
    _refuse_bombs(pdf, max_pixels)
    _flatten(pdf)
    _keep_pages_only(pdf)
    sizes = [_page_points(page) for page in pdf.pages]
    out = BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return Cleaned(out.getvalue(), PDF, round(sizes[0][0]), round(sizes[0][1]), len(sizes))


def _refuse_active(pdf: Pdf) -> None:
    for found in _dictionaries(pdf):
        keys = set(found.keys())
        action, kind = str(found.get("/S", "")), str(found.get("/Subtype", ""))
        if keys & SCRIPT_KEYS or action in ACTIONS:
            raise PdfWithScripts
        if keys & FILE_KEYS or kind in FILE_KINDS or str(found.get("/Type", "")) == "/EmbeddedFile":
            raise PdfWithAttachments


def _dictionaries(pdf: Pdf) -> Iterator[Any]:
    """Give every dictionary of the file, of streams too, wherever it is nested; even those no page uses."""
    seen = 0
    for top in pdf.objects:
        waiting: list[tuple[Any, int]] = [(top, 0)]
        while waiting:
            item, depth = waiting.pop()
            seen += 1
            if seen > MOST_OBJECTS or depth > MOST_DEPTH:
                raise TooComplex
            if isinstance(item, Dictionary | Stream):
                yield item
            waiting.extend((child, depth + 1) for child in _children(item))


def _children(item: Any) -> list[Any]:
    """Return the containers inside; those with a number of their own come by themselves."""
    if isinstance(item, Dictionary | Stream):
        values = [value for _, value in item.items()]
    elif isinstance(item, Array):
        values = list(item)
    else:
        return []
    return [value for value in values if isinstance(value, Dictionary | Array) and not value.is_indirect]


def _refuse_bombs(pdf: Pdf, max_pixels: int) -> None:
    left = MOST_INFLATED_BYTES
    for stream in pdf.objects:
        if not isinstance(stream, Stream):
            continue
        if str(stream.get("/Subtype", "")) == "/Image":
            _check_image(stream, max_pixels)
        filters = _filters(stream)
        if sum(name in PACKING for name in filters) > 1:
            raise TooComplex  # packed twice: no program has a reason to, a bomb has
        if filters[:1] and filters[0] in INFLATE:
            left -= _inflated_bytes(stream.read_raw_bytes(), left)


def _check_image(image: Any, max_pixels: int) -> None:
    if int(image.get("/Width", 0)) * int(image.get("/Height", 0)) > max_pixels:
        raise TooManyPixels


def _filters(stream: Any) -> list[str]:
    named = stream.get("/Filter", None)
    if named is None:
        return []
    return [str(name) for name in named] if isinstance(named, Array) else [str(named)]


def _inflated_bytes(packed: bytes, limit: int) -> int:
    """Return how many bytes come out, without keeping them. Raise TooComplex above `limit`."""
    unpacker, count, rest = zlib.decompressobj(), 0, packed
    try:
        while rest and not unpacker.eof:
            count += len(unpacker.decompress(rest, CHUNK_BYTES))
            rest = unpacker.unconsumed_tail
            if count > limit:
                raise TooComplex
    except zlib.error:
        pass  # readers show what came out until here, and so shall we
    return count


def _flatten(pdf: Pdf) -> None:
    """Draw what forms, stamps and signatures show into their pages."""
    if "/AcroForm" in pdf.Root and pdf.Root.AcroForm.get("/NeedAppearances", False):
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("screen")


def _keep_pages_only(pdf: Pdf) -> None:
    _drop_keys(pdf.Root, set(pdf.Root.keys()) - {"/Type", "/Pages"})
    for page in pdf.pages:
        _drop_keys(page.obj, set(page.obj.keys()) - PAGE_KEYS)
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for stream in pdf.objects:
        if isinstance(stream, Stream):
            _drop_keys(stream, STREAM_EXTRAS & set(stream.keys()))
            _clean_jpeg(stream)


def _clean_jpeg(stream: Any) -> None:
    """Take place, time and whatever else is no pixel out of a photo inside, and the second packing off it."""
    filters, parameters, coded = _filters(stream), stream.get("/DecodeParms", None), stream.read_raw_bytes()
    if filters[-1:] not in JPEG_ONLY or len(filters) > 1 + (filters[0] in INFLATE):
        return
    if len(filters) > 1:
        coded = zlib.decompress(coded)  # its size was looked at already
        parameters = parameters[-1] if isinstance(parameters, Array) else None
    told = {"decode_parms": parameters} if isinstance(parameters, Dictionary) else {}
    stream.write(without_metadata(coded), filter=Name.DCTDecode, type_check=False, **told)


def _drop_keys(found: Object, unwanted: Iterable[str]) -> None:
    for key in unwanted:
        del found[key]


def _page_points(page: Any) -> tuple[float, float]:
    """Return width and height as shown, in points. Raise BrokenFile where no page can be so."""
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    width, height = abs(right - left), abs(top - bottom)
    if not all(PAGE_POINTS[0] <= side <= PAGE_POINTS[1] for side in (width, height)):
        raise BrokenFile
    turned = int(page.obj.get("/Rotate", 0)) % 180
    return (height, width) if turned else (width, height)
