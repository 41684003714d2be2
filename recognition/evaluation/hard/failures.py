"""What we misread, as one sheet of pictures; rendered through and through, never photographs."""

import cv2
import numpy as np

from recognition.evaluation.hard.cases import Case, cases_of
from recognition.evaluation.hard.contest import LEGIBLE_PX, ours
from recognition.evaluation.hard.picture import HardPicture, compose
from recognition.evaluation.hard.surroundings import Half, drawn
from recognition.frame import Image
from recognition.looks.plates import box_of
from recognition.recogniser import Recogniser

__all__ = ["sheet_of_failures"]

_TILE = (230, 96)
_CAPTION_PX = 34
_COLUMNS = 3
_MOST_CASES = 600


def sheet_of_failures(recogniser: Recogniser, *, count: int) -> Image:
    """The first legible plates of the open half, in drawn surroundings, that are not read exactly.

    Args:
        recogniser: Whose failures.
        count: How many, at least 1; fewer where it fails less often.

    Returns:
        (h, w, 3) uint8 BGR: each plate enlarged, with truth, reading and nuisance under it.
    """
    among = drawn(half=Half.OPEN)
    answers = ours(recogniser)
    tiles: list[Image] = []
    for case in cases_of(Half.OPEN, count=_MOST_CASES):
        if case.letters_px < LEGIBLE_PX or len(tiles) == count:
            continue
        picture = compose(case, among=among)
        x, y, width, height = box_of(picture.truth.corners)
        read = [
            text
            for (left, top, wide, high), text in answers(picture.image)
            if x <= left + wide / 2 <= x + width and y <= top + high / 2 <= y + height
        ]
        if picture.truth.text not in read:
            tiles.append(_tile(case, picture, read=next(filter(None, read), "not reported")))
    blank = np.full((_TILE[1] + _CAPTION_PX, _TILE[0], 3), 255, np.uint8)
    tiles += [blank] * (-len(tiles) % _COLUMNS or (0 if tiles else _COLUMNS))
    rows = [np.hstack(tiles[at : at + _COLUMNS]) for at in range(0, len(tiles), _COLUMNS)]
    return np.asarray(np.vstack(rows), np.uint8)


def _tile(case: Case, picture: HardPicture, *, read: str) -> Image:
    x, y, width, height = box_of(picture.truth.corners)
    scale = 0.75 * min(_TILE[0] / width, _TILE[1] / height)
    shift = np.array(_TILE) / 2 - np.array((x + width / 2, y + height / 2)) * scale
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    seen = cv2.warpAffine(picture.image, matrix, _TILE, flags=cv2.INTER_LINEAR)
    caption = np.full((_CAPTION_PX, _TILE[0], 3), 255, np.uint8)
    words = (f"{picture.truth.text}: {read}", f"{case.nuisance.value}, {case.width_px:.0f} px")
    for row, line in enumerate(words):
        place = (4, 13 + 15 * row)
        cv2.putText(
            caption, line, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (40, 40, 40), 1, cv2.LINE_AA
        )
    return np.vstack([np.asarray(seen, np.uint8), caption])
