"""What waits in the spool because a day it belongs to lies in a bucket that does not answer.

A read that comes late for such a day needs the day here. Until it can be brought down the whole
segment stays in the spool, and the segments after it are filed: nothing is lost, and nothing else
waits.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from store.errors import BucketUnavailableError

__all__ = ["Waiting"]

_AGAIN_S = 60.0


class Waiting:
    """The segments that wait; one thread at a time."""

    def __init__(self) -> None:
        """Begin with none: after a start everything is tried at once."""
        self._held: dict[Path, tuple[float, BucketUnavailableError]] = {}

    def due(self, segments: Sequence[Path]) -> list[Path]:
        """Give the segments that are to be filed now: one that waits is tried once a minute."""
        now_s = time.monotonic()
        self._held = {one: held for one, held in self._held.items() if one in segments}
        return [one for one in segments if one not in self._held or self._held[one][0] <= now_s]

    @contextmanager
    def noted(self, segment: Path) -> Iterator[None]:
        """Let the others go on where the bucket does not answer for one."""
        try:
            yield
        except BucketUnavailableError as trouble:
            self._held[segment] = time.monotonic() + _AGAIN_S, trouble
        else:
            self._held.pop(segment, None)

    def tell(self) -> None:
        """Say what waits.

        Raises:
            BucketUnavailableError: Something does.
        """
        for _, trouble in self._held.values():
            raise BucketUnavailableError(
                f"{len(self._held)} parts of the spool wait, for they hold late reads of days that "
                f"lie in the bucket. {trouble}"
            )
