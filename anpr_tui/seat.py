"""What one console knows: its officer, its connection, the board, the health, what was said."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from anpr_tui.authority import Authority
from anpr_tui.board import Board
from anpr_tui.times import since
from store.client import HubClient
from store.errors import UnavailableError
from store.terms import Health, Officer

__all__ = ["STALE_AFTER_S", "Seat"]

STALE_AFTER_S = 10.0
"""Age of the heartbeat from which the notice line becomes the DATA STALE bar."""
_NOTICES_KEPT = 50


class Seat:
    """The state that all screens of one console share.

    Args:
        staff_id: Who sits at the keyboard, as sshd established it.
        clock: Aware UTC now.
        ticks: Monotonic seconds; guards against keys that come too early are measured with it.
        on_change: Called after something changed that the frame shows.
    """

    def __init__(
        self,
        staff_id: str,
        *,
        clock: Callable[[], datetime],
        ticks: Callable[[], float],
        on_change: Callable[[], object],
    ) -> None:
        self.staff_id = staff_id
        self.clock = clock
        self.ticks = ticks
        self.board = Board()
        self.authority = Authority()
        self.officer: Officer | None = None
        self.health: Health | None = None
        self.notices: deque[tuple[datetime, str]] = deque(maxlen=_NOTICES_KEPT)
        self.said = ""
        self.turn = 0
        self.last_acknowledged = ""
        self._on_change = on_change
        self._client: HubClient | None = None
        self._started_at = clock()

    @property
    def hub(self) -> HubClient:
        """The connection.

        Raises:
            UnavailableError: There is none just now.
        """
        if self._client is None:
            raise UnavailableError(
                "Not done: the hub does not answer. The console connects again by itself."
            )
        return self._client

    @property
    def lost(self) -> bool:
        """Whether there is no connection."""
        return self._client is None

    @property
    def stale_s(self) -> int | None:
        """Age of the newest heartbeat where it is too old to trust the rows, else None."""
        beat_at = self.health.beat_at if self.health else self._started_at
        old_s = since(beat_at, now=self.clock())
        lost_after_joining = self.lost and self.officer is not None
        return int(old_s) if lost_after_joining or old_s > STALE_AFTER_S else None

    @property
    def ages_at(self) -> datetime:
        """The moment that ages count to: now, or the last moment the data was fresh."""
        if self.stale_s is None or self.health is None:
            return self.clock()
        return min(self.clock(), self.health.beat_at + timedelta(seconds=STALE_AFTER_S))

    def join(self, client: HubClient) -> None:
        """Takes a fresh connection."""
        self._client = client
        self.officer = client.officer
        self._on_change()

    def lose(self) -> None:
        """The connection ended; everything known stays."""
        self._client = None
        self._on_change()

    def hear(self, health: Health) -> None:
        """Takes a heartbeat."""
        self.health = health
        self._on_change()

    def say(self, sentence: str) -> None:
        """Puts one sentence on the notice line; it stays until replaced or Esc."""
        self.said = " ".join(sentence.split())
        self.turn += 1
        if self.said:
            self.notices.append((self.clock(), self.said))
        self._on_change()

    def hush(self) -> None:
        """Clears the notice line; `:notices` still has what was said."""
        self.said = ""
        self.last_acknowledged = ""
        self._on_change()
