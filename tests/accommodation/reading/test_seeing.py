"""From boxes to rows, from rows to zones, from the recogniser's steps to characters at places."""

import numpy as np
import pytest

from backend.accommodation.reading.decode import read_columns
from backend.accommodation.reading.finding import Row, cut_out, rows, zones
from backend.accommodation.reading.zone import ALPHABET, PLACE

LINE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
ANYTHING = np.ones((44, len(ALPHABET)), bool)


def steps_of(line: str, centres: np.ndarray, count: int, clear: float = 0.95) -> np.ndarray:
    """What a recogniser tells of `line`: a peak at each character, "nothing" between."""
    steps = np.full((count, 1 + len(ALPHABET)), (1 - clear) / len(ALPHABET))
    steps[:, 0] = clear
    for character, centre in zip(line, centres, strict=True):
        at = round(float(centre))
        steps[at] = (1 - clear) / len(ALPHABET)
        steps[at, 1 + PLACE[character]] = clear
    return steps


def box(x: float, y: float, width: float, height: float, degrees: float = 0.0) -> np.ndarray:
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return corners @ turn.T + (x, y)


def test_a_line_is_read_place_by_place() -> None:
    centres = np.linspace(3, 145, 44)
    columns = read_columns(steps_of(LINE, centres, 150), ANYTHING, 3, 145)
    assert columns.text == LINE
    assert columns.fit > -0.5


def test_the_many_fillers_are_counted_though_each_is_seen_wider() -> None:
    centres = np.linspace(3, 145, 44)
    steps = steps_of(LINE, centres, 150)
    for centre in centres[25:]:
        steps[round(float(centre)) + 1] = steps[round(float(centre))]
    assert read_columns(steps, ANYTHING, 3, 145).text == LINE


@pytest.mark.parametrize("bow", [-4.0, 4.0])
def test_a_page_seen_from_the_side_has_an_uneven_pitch(bow: float) -> None:
    even = np.linspace(0, 1, 44)
    centres = 3 + 142 * even + bow * 4 * even * (1 - even)
    assert read_columns(steps_of(LINE, centres, 150), ANYTHING, 3, 145).text == LINE


def test_the_wrong_width_fits_badly() -> None:
    steps = steps_of(LINE, np.linspace(3, 145, 44), 150)
    right = read_columns(steps, ANYTHING, 3, 145)
    wrong = read_columns(steps, ANYTHING[:36], 3, 145)
    assert right.fit > wrong.fit + 0.2


@pytest.mark.parametrize("degrees", [0, 7, -20, 90, 97])
def test_pieces_of_a_line_are_one_row(degrees: float) -> None:
    angle = np.radians(degrees)
    along = np.array([np.cos(angle), np.sin(angle)])
    start = np.array([1500.0, 500.0])
    pieces = [box(*(start + along * offset), width, 40, degrees) for offset, width in ((0, 300), (340, 500), (900, 60))]
    found = rows(np.array(pieces))
    assert len(found) == 1
    assert found[0].length == pytest.approx(960, rel=0.02)
    assert abs(float(np.dot(found[0].along, along))) > 0.99


def test_the_two_long_rows_below_are_the_zone_and_stand_in_order() -> None:
    boxes = [box(300, 40, 300, 40), box(300, 100, 250, 40), box(60, 800, 1100, 42), box(62, 730, 1098, 42)]
    group = next(zones(rows(np.array(boxes))))
    assert [round(float(row.middle[1])) for row in group] == [751, 821]


def test_three_rows_are_found_before_two() -> None:
    boxes = [box(50, y, 1000, 48) for y in (500, 580, 660)]
    assert len(next(zones(rows(np.array(boxes))))) == 3


def test_a_row_whose_fillers_were_overlooked_is_as_long_as_the_other() -> None:
    boxes = [box(60, 700, 500, 42), box(60, 780, 1100, 42)]
    group = next(zones(rows(np.array(boxes))))
    assert [round(row.length) for row in group] == [1100, 1100]


def test_no_rows_give_no_zones() -> None:
    assert list(zones(rows(np.zeros((0, 4, 2))))) == []


def test_a_row_is_cut_out_level() -> None:
    image = np.zeros((400, 400, 3), np.uint8)
    image[190:210, 50:350] = 255
    cut = cut_out(image, Row(np.array([50.0, 200.0]), np.array([350.0, 200.0]), 20.0))
    assert cut.shape[0] < 40 < 200 < cut.shape[1]
    assert cut[cut.shape[0] // 2, 30:-30].min() > 200
