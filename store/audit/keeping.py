"""Sign the chain again and again while a hub runs, in a thread that nothing waits for."""

import logging
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources

from store.audit.signing import Signer
from store.errors import StoreError

__all__ = ["POLICY", "Often", "due", "signing_kept_up"]

_LOG = logging.getLogger(__name__)
_LOOK_S = 1.0
_LAST_S = 5.0


@dataclass(frozen=True, slots=True)
class Often:
    """How often the chain is signed.

    Attributes:
        every_s: After this many seconds, where there is something new.
        every_records: After this many new records, if that is sooner.
    """

    every_s: int
    every_records: int

    @classmethod
    def parse(cls, text: str) -> "Often":
        """Read the figures from TOML.

        Raises:
            KeyError, ValueError: A figure is missing, unknown or below 1.
        """
        data = tomllib.loads(text)
        often = cls(every_s=int(data.pop("every_s")), every_records=int(data.pop("every_records")))
        if data or min(often.every_s, often.every_records) < 1:
            raise ValueError("every_s and every_records are 1 or more, and there is nothing else")
        return often


POLICY = Often.parse(resources.files(__package__).joinpath("policy.toml").read_text("utf-8"))
"""The figures this program carries."""


def due(*, waited_s: float, new: int, often: Often) -> bool:
    """Say whether it is time to sign.

    Args:
        waited_s: Seconds since the last checkpoint, or since the start.
        new: Records since then; below 0 where the chain is shorter than it was.
        often: The figures.
    """
    return new < 0 or new >= often.every_records or (new > 0 and waited_s >= often.every_s)


@contextmanager
def signing_kept_up(
    signer: Signer,
    *,
    often: Often = POLICY,
    look_s: float = _LOOK_S,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[None]:
    """Sign for as long as the block lasts, and once more at its end.

    The thread writes nothing to the ledger and holds none of its locks. What it cannot do it
    writes to the log, once for each trouble, and tries again.

    Args:
        signer: Signs.
        often: How often.
        look_s: Seconds between two looks at the chain's length.
        clock: The present, aware UTC.
    """
    stop = threading.Event()
    thread = threading.Thread(
        target=_sign_until,
        args=(stop,),
        kwargs={"signer": signer, "often": often, "look_s": look_s, "clock": clock},
        name="audit-checkpoints",
        daemon=True,  # a dead disk under the witness must not keep the hub from ending
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_LAST_S)


def _sign_until(
    stop: threading.Event,
    *,
    signer: Signer,
    often: Often,
    look_s: float,
    clock: Callable[[], datetime],
) -> None:
    waited_s, told = float(often.every_s), ""
    ending = False
    while not ending:
        ending = stop.wait(look_s)
        waited_s += look_s
        if told and waited_s < often.every_s and not ending:
            continue  # what was refused is not walked again every second
        try:
            new = signer.records() - (signer.last.size if signer.last else 0)
            if due(waited_s=waited_s, new=new, often=often) or (ending and new):
                waited_s = 0.0
                signer.sign(now=clock())
            told = ""
        except StoreError as trouble:
            if str(trouble) != told:
                _LOG.warning("%s", trouble)
            told = str(trouble)
        except Exception as fault:  # the thread must outlive what nobody foresaw
            if type(fault).__name__ != told:
                _LOG.warning("audit chain not signed (%s); tried again", type(fault).__name__)
            told = type(fault).__name__
