import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, AttachedFileSpec, Dictionary, Encryption, Name, Pdf
from PIL import Image

from backend.files.child import clean
from backend.files.cleaned import Cleaned
from backend.files.errors import (
    BrokenFile,
    FileRefused,
    PdfWithAttachments,
    PdfWithPassword,
    PdfWithScripts,
    TooComplex,
    TooManyPages,
    TooManyPixels,
)

from .samples import annotate, pdf, picture, script


def cleaned(data: bytes) -> Cleaned:
    return clean(data, max_pixels=50_000_000, max_pages=30)


def refusal(data: bytes) -> type[FileRefused]:
    with pytest.raises(FileRefused) as caught:
        cleaned(data)
    return caught.type


def test_a_plain_pdf_keeps_its_pages() -> None:
    done = cleaned(pdf(3))
    assert (done.media_type, done.width, done.height, done.pages) == ("application/pdf", 595, 842, 3)
    with pikepdf.open(BytesIO(done.data)) as seen:
        assert b"200 421 re" in seen.pages[2].Contents.read_bytes()


def _open_action(made: Pdf) -> None:
    made.Root.OpenAction = script()


def _script_names(made: Pdf) -> None:
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["x", script()])))


def _page_action(made: Pdf) -> None:
    made.pages[0].obj.AA = Dictionary(O=script())


def _launch(made: Pdf) -> None:
    annotate(made, Subtype=Name.Link, A=Dictionary(S=Name.Launch, F="cmd.exe"))


def _submit(made: Pdf) -> None:
    annotate(made, Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm, F="http://example.org"))


def _import(made: Pdf) -> None:
    annotate(made, Subtype=Name.Link, A=Dictionary(S=Name.ImportData, F="x.fdf"))


def _chained(made: Pdf) -> None:
    annotate(made, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="http://example.org", Next=Array([script()])))


def _xfa(made: Pdf) -> None:
    made.Root.AcroForm = Dictionary(Fields=Array([]), XFA=made.make_stream(b"<xdp/>"))


def _unused(made: Pdf) -> None:
    made.Root.Unknown = Array([Array([Dictionary(Deep=Array([made.make_indirect(script())]))])])


@pytest.mark.parametrize(
    "change", [_open_action, _script_names, _page_action, _launch, _submit, _import, _chained, _xfa, _unused]
)
@pytest.mark.parametrize("packed", [False, True])
def test_whatever_acts_by_itself_is_refused(change: Callable[[Pdf], None], packed: bool) -> None:
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    assert refusal(pdf(1, change, object_stream_mode=mode)) is PdfWithScripts


def test_a_script_written_with_escapes_is_found() -> None:
    data = pdf(1, _open_action, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert refusal(data.replace(b"/JavaScript", b"/#4a#61vaScript").replace(b"/JS", b"/#4aS")) in (
        PdfWithScripts,
        BrokenFile,
    )


def _attached(made: Pdf) -> None:
    made.attachments["x.exe"] = AttachedFileSpec(made, b"MZ", filename="x.exe")


def _pinned(made: Pdf) -> None:
    annotate(made, Subtype=Name.FileAttachment, FS=Dictionary(Type=Name.Filespec, F="x.exe"))


def _rich(made: Pdf) -> None:
    annotate(made, Subtype=Name.RichMedia)


@pytest.mark.parametrize("change", [_attached, _pinned, _rich])
def test_other_files_inside_are_refused(change: Callable[[Pdf], None]) -> None:
    assert refusal(pdf(1, change)) is PdfWithAttachments


@pytest.mark.parametrize("encryption", [Encryption(user="secret", owner="o"), Encryption(user="", owner="o")])
def test_a_password_is_refused(encryption: Encryption) -> None:
    assert refusal(pdf(encryption=encryption)) is PdfWithPassword


def test_thirty_pages_are_taken_and_thirty_one_refused() -> None:
    assert cleaned(pdf(30)).pages == 30
    assert refusal(pdf(31)) is TooManyPages


def test_a_pdf_without_pages_is_refused() -> None:
    assert refusal(pdf(0)) is BrokenFile


@pytest.mark.parametrize("box", [[0, 0, 1, 1], [0, 0, 20_000, 500], [0, 0, 0, 0], [0, 0, 1e30, 5]])
def test_a_page_nobody_could_print_is_refused(box: list[float]) -> None:
    def change(made: Pdf) -> None:
        made.pages[0].obj.MediaBox = Array(box)

    assert refusal(pdf(1, change)) is BrokenFile


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_pdf_that_was_not_sent_whole_is_refused(share: float) -> None:
    data = pdf(5)
    assert refusal(data[: int(len(data) * share)]) is BrokenFile


def _bomb(made: Pdf) -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(60)) + packer.flush()
    made.pages[0].Contents = made.make_stream(b"")
    made.pages[0].Contents.write(packed, filter=Name.FlateDecode, type_check=False)


def _packed_twice(made: Pdf) -> None:
    twice = zlib.compress(zlib.compress(b"\0" * 10_000_000, 9), 9)
    made.pages[0].Contents.write(twice, filter=Array([Name.FlateDecode, Name.FlateDecode]), type_check=False)


def _nested(made: Pdf) -> None:
    inner = Array([])
    for _ in range(90):
        inner = Array([inner])
    made.Root.Deep = inner


@pytest.mark.parametrize("change", [_bomb, _packed_twice, _nested])
def test_a_bomb_is_refused(change: Callable[[Pdf], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.files.pdfs.MOST_INFLATED_BYTES", 50_000_000)
    kept = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}
    data = pdf(1, change, **kept)
    assert len(data) < 2_000_000
    assert refusal(data) is TooComplex


def test_a_picture_inside_may_not_have_too_many_pixels() -> None:
    def change(made: Pdf) -> None:
        image = made.make_stream(picture(), Subtype=Name.Image, Width=60_000, Height=60_000, Filter=Name.DCTDecode)
        made.pages[0].obj.Resources = Dictionary(XObject=Dictionary(I=image))

    assert refusal(pdf(1, change)) is TooManyPixels


@pytest.mark.parametrize("packed_too", [False, True])
def test_a_photo_inside_stays_a_photo_and_loses_place_and_time(packed_too: bool) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker of the phone"
    photo = picture("JPEG", (200, 100), exif=exif, comment=b"secret") + b"PK\x03\x04behind"

    def change(made: Pdf) -> None:
        image = made.make_stream(
            b"", Subtype=Name.Image, Width=200, Height=100, ColorSpace=Name.DeviceRGB, BitsPerComponent=8
        )
        filters = Array([Name.FlateDecode, Name.DCTDecode]) if packed_too else Name.DCTDecode
        image.write(zlib.compress(photo) if packed_too else photo, filter=filters, type_check=False)
        made.pages[0].obj.Resources = Dictionary(XObject=Dictionary(I=image))
        made.pages[0].obj.Contents = made.make_stream(b"595 0 0 842 0 0 cm /I Do")

    done = cleaned(pdf(1, change, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)).data
    with pikepdf.open(BytesIO(done)) as seen:
        kept = seen.pages[0].obj.Resources.XObject.I
        shown = pikepdf.PdfImage(kept).as_pil_image()
        assert shown.size == (200, 100)
        raw = kept.read_raw_bytes()
    assert not any(mark in raw for mark in (b"Maker", b"secret", b"behind"))


def test_what_a_paper_does_not_have_is_dropped() -> None:
    def change(made: Pdf) -> None:
        annotate(made, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="http://example.org/secret"))
        made.docinfo["/Author"] = "Somebody"
        made.Root.Metadata = made.make_stream(b"<x:xmpmeta>Somebody</x:xmpmeta>", Type=Name.Metadata, Subtype=Name.XML)
        made.Root.OpenAction = Array([made.pages[0].obj, Name.Fit])
        made.pages[0].obj.PieceInfo = Dictionary(Program="Somebody")

    done = cleaned(pdf(1, change)).data
    with pikepdf.open(BytesIO(done)) as seen:
        assert set(seen.Root.keys()) == {"/Type", "/Pages"}
        assert set(seen.pages[0].obj.keys()) <= {"/Type", "/Parent", "/MediaBox", "/Contents", "/Resources"}
        assert "/Info" not in seen.trailer
        everything = b"".join(repr(item).encode() for item in seen.objects)
    assert b"Somebody" not in everything and b"secret" not in everything


def test_what_a_filled_form_shows_becomes_part_of_the_page() -> None:
    def change(made: Pdf) -> None:
        look = made.make_stream(
            b"0 1 0 rg 0 0 100 100 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 100, 100]
        )
        annotate(made, Subtype=Name.Widget, FT=Name.Tx, T="rent", V="3000", F=4, AP=Dictionary(N=look))
        made.Root.AcroForm = Dictionary(Fields=made.pages[0].obj.Annots)

    with pikepdf.open(BytesIO(cleaned(pdf(1, change)).data)) as seen:
        assert "/Annots" not in seen.pages[0].obj
        drawn = b"".join(form.read_bytes() for form in seen.pages[0].obj.Resources.XObject.values())
        assert b"0 1 0 rg" in drawn


def test_a_second_file_within_the_pdf_vanishes() -> None:
    data = pdf()
    assert b"%\xbf\xf7\xa2\xfe" in data  # the comment that says "binary"
    both = data.replace(b"%\xbf\xf7\xa2\xfe", b"%PKMZ") + b"PK\x03\x04" + b"payload" * 10
    done = cleaned(both).data
    assert b"payload" not in done and b"PKMZ" not in done and b"PK\x03\x04" not in done


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7",
        b"%PDF-1.7\n" + b"rubbish " * 500,
        b"%PDF-1.4\nxref\n0 99999999\ntrailer<</Size 99999999/Root 1 0 R>>\nstartxref\n9\n%%EOF",
    ],
)
def test_a_true_beginning_with_rubbish_behind_is_refused(data: bytes) -> None:
    assert refusal(data) is BrokenFile
