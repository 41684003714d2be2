import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recognition.evaluation.measures import Answer, measure
from recognition.evaluation.photos import Label, Photo
from recognition.frame import Frame

FRAME = Frame(np.zeros((100, 200, 3), np.uint8))
HERE, THERE = (10.0, 10.0, 50.0, 12.0), (120.0, 60.0, 50.0, 12.0)


def photo(*labels: tuple[tuple[float, float, float, float], str]) -> Photo:
    return Photo("a.jpg", FRAME, tuple(Label(box, text) for box, text in labels))


def figures(photos: list[Photo], answers: list[list[Answer]]) -> dict[str, float]:
    return {name: value for name, (value, _, _) in measure(photos, answers).figures.items()}


def test_a_right_answer_counts_everywhere() -> None:
    assert figures([photo((HERE, "AB12CDE"))], [[Answer(HERE, "AB12CDE")]]) == {
        "recall_centre": 1,
        "recall_iou50": 1,
        "exact": 1,
        "folded": 1,
        "characters": 1,
        "false_plates": 0,
    }


def test_a_glyph_taken_for_its_twin_is_right_only_when_folded() -> None:
    got = figures([photo((HERE, "AB10CDE"))], [[Answer(HERE, "ABIOCDE")]])
    assert (got["exact"], got["folded"]) == (0, 1)
    assert got["characters"] == pytest.approx(5 / 7)


def test_a_plate_that_was_not_found_is_a_plate_that_was_not_read() -> None:
    labelled = photo((HERE, "AB12CDE"), (THERE, "XY65KLM"))
    got = figures([labelled], [[Answer(HERE, "AB12CDE")]])
    assert (got["recall_centre"], got["exact"], got["characters"]) == (0.5, 0.5, 0.5)


def test_what_no_label_accounts_for_is_false_and_counted_a_photo() -> None:
    photos = [photo((HERE, "AB12CDE")), photo((HERE, ""))]
    answers = [[Answer(HERE, "AB12CDE"), Answer(THERE, "X1")], [Answer(HERE, "ANY1")]]
    got = figures(photos, answers)
    assert got["false_plates"] == 0.5
    assert (got["recall_centre"], got["exact"]) == (1, 1)


def test_two_answers_on_one_plate_are_one_right_and_one_false() -> None:
    loose = (5.0, 5.0, 60.0, 22.0)
    answers = [Answer(loose, "WRONG"), Answer(HERE, "AB12CDE")]
    got = figures([photo((HERE, "AB12CDE"))], [answers])
    assert (got["exact"], got["false_plates"]) == (1, 1)


def test_a_box_twice_too_large_is_found_by_its_centre_only() -> None:
    large = (-15.0, 4.0, 100.0, 24.0)
    got = figures([photo((HERE, "AB12CDE"))], [[Answer(large, "AB12CDE")]])
    assert (got["recall_centre"], got["recall_iou50"]) == (1, 0)


@given(st.lists(st.booleans(), min_size=2, max_size=30))
def test_the_interval_holds_the_figure_and_stays_within_what_is_possible(right: list[bool]) -> None:
    photos = [photo((HERE, "AB12CDE"))] * len(right)
    answers = [[Answer(HERE, "AB12CDE" if fine else "ZZ99ZZZ")] for fine in right]
    value, low, high = measure(photos, answers).figures["exact"]
    assert value == pytest.approx(sum(right) / len(right))
    assert 0 <= low <= value <= high <= 1
