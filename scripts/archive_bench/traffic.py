"""A year of made-up traffic: the same seed gives the same reads, one day at a time."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from store.ledger.instants import from_us
from store.terms import Read
from store.vrm import fold

__all__ = ["CAMERAS", "CONTROLLER", "FIRST", "Day", "Traffic"]

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
CAMERAS = 400
CONTROLLER = "NS"
DAY_US = 86_400_000_000
LETTERS = np.frombuffer(b"ABCDEFGHJKLMNOPRSTUVWXYZ", "S1")
MISREAD_SHARE = 0.02
"""Reads whose other candidates are worth keeping, and whose text was repaired."""

COMMUTER_POWER = 2.5
"""How unevenly vehicles drive: at 2.5 a tenth of them makes 40 % of the reads."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of reads, in the order of their time.

    Attributes:
        number: Days since `FIRST`.
        vehicles: (n,) number of the vehicle of each read.
        cameras: (n,) number of its camera.
        captured_us: (n,) microseconds since 1970.
        confidences: (n,) float32 in [0, 1].
        repaired: (n,) whether the text was repaired.
        ids: (n, 2) uint64, the two halves of the read id.
    """

    number: int
    vehicles: NDArray[np.int64]
    cameras: NDArray[np.int64]
    captured_us: NDArray[np.int64]
    confidences: NDArray[np.float32]
    repaired: NDArray[np.bool_]
    ids: NDArray[np.uint64]

    def __len__(self) -> int:
        """Give the number of reads."""
        return len(self.vehicles)

    def read_ids(self) -> pa.Array:
        """Give the read ids as a column of 16 bytes."""
        raw = pa.py_buffer(self.ids.byteswap().tobytes())
        return pa.FixedSizeBinaryArray.from_buffers(pa.binary(16), len(self), [None, raw])

    def directions(self) -> pa.Array:
        """Give the directions as a column of words."""
        return pc.if_else(pa.array(np.arange(len(self)) % 3 > 0), "towards", "away")


class Traffic:
    """The vehicles of a force's roads, and who was read where on which day."""

    def __init__(self, *, seed: int, per_day: int, vehicles: int) -> None:
        """Give every vehicle its mark.

        Args:
            seed: The same one makes the same traffic.
            per_day: Reads a day.
            vehicles: How many vehicles share the roads.
        """
        self._seed, self._per_day = seed, per_day
        dice = np.random.default_rng([seed, 0])
        # some numbers fall together: a few more are drawn than needed, and the rest left out
        numbers = np.unique(dice.integers(0, 24**5 * 100, vehicles + vehicles // 50 + 10))
        numbers = dice.permutation(numbers)[:vehicles]
        self.marks = _marks(numbers)
        self.folds = pa.array([fold(mark) for mark in self.marks.astype(str)])

    def day(self, number: int) -> Day:
        """Make the reads of one day."""
        dice = np.random.default_rng([self._seed, 1, number])
        count = self._per_day
        share = dice.random(count) ** COMMUTER_POWER
        start_us = int((FIRST + timedelta(days=number)).timestamp()) * 1_000_000
        return Day(
            number=number,
            vehicles=(share * len(self.marks)).astype(np.int64),
            cameras=dice.integers(0, CAMERAS, count),
            captured_us=start_us + np.sort(dice.integers(0, DAY_US, count)),
            confidences=(1 - dice.random(count) ** 6 * 0.5).astype(np.float32),
            repaired=dice.random(count) < MISREAD_SHARE,
            ids=dice.integers(0, 2**64, (count, 2), dtype=np.uint64),
        )

    def rows(self, day: Day) -> pa.Table:
        """Give a day as columns: what every store is loaded with, ours and the rivals'."""
        marks = pa.array(self.marks[day.vehicles].astype(str))
        second = pc.binary_join_element_wise(pc.utf8_slice_codeunits(marks, 0, 6), "B", "")
        repaired = pa.array(day.repaired)
        return pa.table(
            {
                "read_id": day.read_ids(),
                "captured_us": day.captured_us,
                "fold": self.folds.take(pa.array(day.vehicles)),
                "camera_id": pa.array([camera_id(one) for one in range(CAMERAS)]).take(
                    pa.array(day.cameras)
                ),
                "vrm": marks,
                "vrm_raw": pc.if_else(repaired, second, marks),
                "confidence": day.confidences,
                "repaired": repaired,
                "direction": day.directions(),
            }
        )

    def reads(self, day: Day, *, first: int, last: int, jpeg: bytes = b"") -> list[Read]:
        """Give some reads of a day as the nouns that the intake takes."""
        return [self._read(day, at, jpeg=jpeg) for at in range(first, min(last, len(day)))]

    def examples(self, *, first: int, last: int) -> list[Read]:
        """Give two reads of some vehicles: number 2k is vehicle k well read, 2k + 1 misread."""
        return [
            _read(mark, repaired=repaired, at_us=0, camera=0, read_id="0" * 32, jpeg=b"")
            for mark in self.marks[first:last].astype(str).tolist()
            for repaired in (False, True)
        ]

    def _read(self, day: Day, at: int, *, jpeg: bytes) -> Read:
        read = _read(
            self.marks[day.vehicles[at]].decode(),
            repaired=bool(day.repaired[at]),
            at_us=int(day.captured_us[at]),
            camera=int(day.cameras[at]),
            read_id=f"{int(day.ids[at, 0]):016x}{int(day.ids[at, 1]):016x}",
            jpeg=jpeg,
        )
        direction = "towards" if at % 3 else "away"
        return replace(read, confidence=float(day.confidences[at]), direction=direction)


def _read(mark: str, *, repaired: bool, at_us: int, camera: int, read_id: str, jpeg: bytes) -> Read:
    second = mark[:-1] + ("B" if mark[-1] != "B" else "R")
    return Read(
        read_id=read_id,
        camera_id=camera_id(camera),
        controller=CONTROLLER,
        captured_at=from_us(at_us),
        vrm_raw=second if repaired else mark,
        vrm=mark,
        fold=fold(mark),
        confidence=0.97,
        repaired=repaired,
        candidates=((mark, 0.7), (second, 0.3)) if repaired else (),
        frames=5,
        plate_jpeg=jpeg[: len(jpeg) // 10],
        vehicle_jpeg=jpeg[len(jpeg) // 10 :],
    )


def camera_id(number: int) -> str:
    """Give a camera its NRD number."""
    return f"NS-C{number:03}"


def _marks(numbers: NDArray[np.int64]) -> NDArray[np.bytes_]:
    """Write numbers below 24^5 * 100 as marks of today's form, one each: (n,) of seven bytes."""
    letters = np.empty((len(numbers), 7), "S1")
    left = numbers
    for place in (0, 1, 4, 5, 6):
        left, letter = np.divmod(left, 24)
        letters[:, place] = LETTERS[letter]
    for place in (2, 3):
        left, digit = np.divmod(left, 10)
        letters[:, place] = np.frombuffer(b"0123456789", "S1")[digit]
    marks: NDArray[np.bytes_] = letters.view("S7").reshape(-1)
    return marks
