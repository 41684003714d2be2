"""A hub weeds by itself: when it starts, once a day, and when somebody ordered it.

It works in the process that has the intake, in a thread of its own. What comes in meanwhile is
accepted, raises its alarms and waits in the spool; searches in other processes go on, and let go of
the days that went. Killed half way, the next start goes on from there.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from store.archive.weeding import is_due, weed
from store.errors import StoreError
from store.intake import Intake
from store.ledger import audit
from store.ledger.keeping import weeding
from store.store import Store

__all__ = ["DailyWeeding", "next_at"]

log = logging.getLogger(__name__)

_LOOK_S = 1.0
_AGAIN_S = 600.0
"""A disk that is full or a clock that is doubted is not asked every second."""


class DailyWeeding:
    """Weeds beside an intake until it is closed."""

    def __init__(
        self,
        store: Store,
        intake: Intake,
        *,
        at: time,
        look_s: float = _LOOK_S,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Begin; what is past its time, or was interrupted, is weeded now.

        Args:
            store: The store that the intake is of.
            intake: Stands aside while days go.
            at: Time of day (UTC) of the daily weeding.
            look_s: Seconds between two looks for an order.
            clock: Gives aware UTC; the system's own where None.
        """
        self._store = store
        self._intake = intake
        self._at = at
        self._look_s = look_s
        self._clock = clock or (lambda: datetime.now(UTC))
        self._looked_to: int | None = None
        self._trouble = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="daily weeding", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why what is due was not weeded; empty where all is well."""
        return self._trouble

    def close(self, *, wait_s: float = 5.0) -> None:
        """Begin none any more; one that takes longer goes on at the next start.

        Args:
            wait_s: How long to wait for one that has begun.
        """
        self._stopping.set()
        self._thread.join(wait_s)

    def _run(self) -> None:
        due_at = self._clock()
        while not self._stopping.is_set():
            now = self._clock()
            try:
                ordered = self._ordered()
                if ordered or now >= due_at:
                    due_at = now + timedelta(seconds=_AGAIN_S)
                    self._weed(now=now, demanded=ordered)
                    due_at = next_at(now, at=self._at)
                    self._trouble = ""
            except Exception as trouble:
                # whatever it is: a thread that ended would keep what is past its time in silence
                said = str(trouble) if isinstance(trouble, StoreError) else type(trouble).__name__
                if said != self._trouble:
                    log.error("weeding failed and is tried again: %s", said)
                self._trouble = said
            self._stopping.wait(self._look_s)

    def _weed(self, *, now: datetime, demanded: bool) -> None:
        if not demanded and not is_due(self._store, now=now):
            return
        place = self._intake.standing_aside
        for certificate in weed(self._store, now=now, place=lambda day: place(before=day)):
            log.info(
                "weeded %d days before %s: certificate %d",
                len(certificate.days),
                certificate.bound,
                certificate.seq,
            )

    def _ordered(self) -> bool:
        """Look for an order among the records that were written since the last look."""
        with self._store.ledger.reading() as db:
            looked_to, self._looked_to = self._looked_to, audit.last_seq(db)
            # the first look is at a start, which weeds what is due whether ordered or not
            return looked_to is not None and weeding.ordered(db, after=looked_to)


def next_at(now: datetime, *, at: time) -> datetime:
    """Give the next moment after now that has this time of day (UTC)."""
    today_at = datetime.combine(now.astimezone(UTC).date(), at, UTC)
    return today_at if today_at > now else today_at + timedelta(days=1)
