"""The sheet of failures shows failures, in rows of three."""

import numpy as np
import pytest

from recognition.evaluation.hard import failures
from recognition.frame import Image
from recognition.looks.plates import Box
from recognition.recogniser import Recogniser


def test_a_reader_that_sees_nothing_fills_the_sheet(
    recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blind(_: Recogniser) -> object:
        def answers(_: Image) -> list[tuple[Box, str]]:
            return []

        return answers

    monkeypatch.setattr(failures, "ours", blind)
    sheet = failures.sheet_of_failures(recogniser, count=4)
    assert sheet.shape == (2 * 130, 3 * 230, 3)
    assert sheet[:96, :230].std() > 5
    assert np.all(sheet[130:, 230:] == 255)
