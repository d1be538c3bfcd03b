import xml.etree.ElementTree as ElementTree

import cv2
import numpy

from backend.accommodation.form.qr import qr_png, qr_svg

from .samples import CHECK_URL


def test_a_phone_reads_the_address() -> None:
    picture = cv2.imdecode(numpy.frombuffer(qr_png(CHECK_URL), numpy.uint8), cv2.IMREAD_GRAYSCALE)
    framed = cv2.copyMakeBorder(picture, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=255)
    assert cv2.QRCodeDetector().detectAndDecode(framed)[0] == CHECK_URL


def test_the_page_gets_an_element_that_scales() -> None:
    element = ElementTree.fromstring(qr_svg(CHECK_URL))
    assert element.tag.endswith("svg")
    assert "viewBox" in element.attrib and "width" not in element.attrib
