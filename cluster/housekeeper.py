"""The housekeeper: sees who is alive, and says so once a beat.

Not an actor: it is worth nothing without the hub, so it is a thread of the hub's process and one
process less. A hub that hangs stops beating, and every console shows that its data is stale.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cluster.camera import Progress

__all__ = ["Housekeeper", "Pulse", "pulse_of"]

log = logging.getLogger(__name__)

UP_S = 10.0  # a camera that sent nothing for so long is not up (an empty road still sends frames)


@dataclass(frozen=True, slots=True)
class Pulse:
    """How alive the cluster is.

    Attributes:
        cluster: "ok", or the trouble in a few words.
        cameras_up: Cameras that sent a frame lately.
    """

    cluster: str
    cameras_up: int


def pulse_of(
    cameras: Mapping[str, Progress | None],
    *,
    recognisers: Mapping[str, str | None],
    now_s: float,
) -> Pulse:
    """Sum up what the actors answered.

    Args:
        cameras: Progress of each camera; None where its actor did not answer.
        recognisers: Trouble of each recogniser, empty where it reads; None as above.
        now_s: UNIX time.
    """
    troubles = [f"{name} is away" for name, progress in cameras.items() if progress is None]
    troubles += [f"{name}: {p.trouble}" for name, p in cameras.items() if p and p.trouble]
    troubles += [f"{name} is away" for name, trouble in recognisers.items() if trouble is None]
    troubles += [f"{name}: {trouble}" for name, trouble in recognisers.items() if trouble]
    up = sum(1 for p in cameras.values() if p and now_s - p.received_s <= UP_S)
    more = f" and {len(troubles) - 1} more" if len(troubles) > 1 else ""
    return Pulse(troubles[0] + more if troubles else "ok", up)


class Housekeeper:
    """Calls `beat` once a period, in a thread, until it is stopped.

    Args:
        beat: What to do; may raise, and is then tried again at the next beat.
        every_s: The period.
    """

    def __init__(self, beat: Callable[[datetime], None], *, every_s: float) -> None:
        """Start beating."""
        self._beat = beat
        self._every_s = every_s
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Beat no more; returns when the last beat is over."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._beat(datetime.now(UTC))
            except Exception as error:
                log.warning("no heartbeat (%s); the next one follows", type(error).__name__)
            self._stopped.wait(self._every_s)
