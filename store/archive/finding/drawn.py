"""Lines drawn for a page: columns day by day, and all of them made into reads in one go.

A page of a hundred reads may come from one day or from a hundred, so that arrays of each day would
be too short to pay for themselves: the page is taken apart as a whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from store.archive.days.lines import taken_apart
from store.archive.days.rows import CONFIDENCE_STEPS, DIRECTIONS, vrm_of
from store.archive.finding.found import ReadLine, StoredRead, page_key
from store.archive.finding.marks import Met
from store.archive.finding.question import Question
from store.archive.plates import Keys, unpacked
from store.ledger.instants import from_us
from store.terms import Certainty

__all__ = ["NOTHING", "Drawn", "page_of"]

_TIME_DIGITS = 16
_KEY_DIGITS = 48
"""What a paging key has: sixteen of time and the rest of identity."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Reads of one day, k of them in any order.

    Attributes:
        start_us: The day's first microsecond.
        lines: (k,) time, confidence, repaired, direction and glyphs, as `days/lines.py` packs them.
        plates: (k,) packed plates.
        ids: (k, 2) halves of their identities.
        places: (k,) camera id and controller.
    """

    start_us: int
    lines: Keys
    plates: Keys
    ids: Keys
    places: Sequence[tuple[str, str]]


_NO_IDS = np.empty((0, 2), np.uint64)
NOTHING = Drawn(0, _NO_IDS[:, 0], _NO_IDS[:, 0], _NO_IDS, ())
"""What a day has that has no answer."""


def page_of(drawn: Sequence[Drawn], *, question: Question, most: int) -> list[StoredRead]:
    """Make reads of what days drew.

    Args:
        drawn: What each day has.
        question: What they answer: those of the pages before it are left out.
        most: Give at most so many.

    Returns:
        Newest first.
    """
    drawn = [NOTHING, *drawn]
    lines = np.concatenate([one.lines for one in drawn])
    plates = np.concatenate([one.plates for one in drawn])
    places = list(chain.from_iterable(one.places for one in drawn))
    starts_us = np.repeat([one.start_us for one in drawn], [len(one.lines) for one in drawn])
    since_us, steps, repaired, ways, glyphs = taken_apart(lines)
    captured_us = starts_us + since_us
    keys = _keys(captured_us, np.concatenate([one.ids for one in drawn]))
    order = sorted(range(len(keys)), key=keys.__getitem__, reverse=True)
    if question.before is not None:
        last = page_key(question.before[0], question.before[1].hex())
        order = [at for at in order if keys[at] < last]
    order = order[:most]
    known: dict[str, Met] = {}
    page = []
    for at, us, folded, plate, own, confidence, mended, way in zip(
        order,
        captured_us[order].tolist(),
        unpacked(plates[order]),
        plates[order].tolist(),
        glyphs[order].tolist(),
        (steps[order] / CONFIDENCE_STEPS).tolist(),
        repaired[order].tolist(),
        ways[order].tolist(),
        strict=True,
    ):
        vrm = vrm_of(folded, glyphs=own)
        met = known.get(vrm)
        if met is None:
            # a page has many reads of few marks
            met = known[vrm] = question.marks.met(vrm, plate=plate)
        key, (camera_id, controller) = keys[at], places[at]
        read = ReadLine(
            key[_TIME_DIGITS:],
            camera_id,
            controller,
            from_us(us),
            vrm,
            folded,
            confidence,
            mended,
            DIRECTIONS[way],
        )
        certainty = Certainty.POSSIBLE if mended else met.certainty
        page.append(StoredRead(read, certainty, key, met.cost))
    return page


def _keys(captured_us: Keys, ids: Keys) -> list[str]:
    """Give the paging keys of reads: the same as `page_key` gives of each."""
    numbers = np.column_stack([captured_us.astype(np.uint64), ids])
    digits = numbers.astype(">u8").tobytes().hex()
    return [digits[at : at + _KEY_DIGITS] for at in range(0, len(digits), _KEY_DIGITS)]
