"""The recorder: the one writer of the cluster, in front of the store's intake.

Cameras bring accounts. When `accept` returns they are durable, and only then does a camera let its
frames go. It runs on the hub's own machine: no other node reaches ledger or archive.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from datetime import time as clock_time
from pathlib import Path
from typing import TYPE_CHECKING

from cluster.ray_local import keep_log, run_for_good
from store.errors import InputError, StoreError
from store.terms import Account, Camera, Outcome

if TYPE_CHECKING:
    from store.archive.keeping.daily import DailyWeeding
    from store.intake import Accounted, Intake

__all__ = ["RECORDER", "RecorderActor"]

log = logging.getLogger(__name__)

RECORDER = "recorder"  # the name under which cameras find it
RETRY_S = 0.3
RECEIVED_KEPT = 4096


class RecorderActor:
    """The process that holds the intake.

    A call that fails leaves nothing half done and may be made again: the intake takes no account
    and no read twice. Calls may come from several threads; the intake sees to their order.

    Args:
        name: Its name, for its log.
        state: The state folder.
        archive: Where sealed days go, as the settings say it; empty for the state folder.
        archive_days_here: So many of the newest days stay in the state folder.
        weed_at: Time of day (UTC) of the daily weeding, such as "03:00".
    """

    def __init__(
        self,
        name: str,
        *,
        state: Path,
        archive: str = "",
        archive_days_here: int = 1,
        weed_at: str = "03:00",
    ) -> None:
        """Open the store in a thread, however long that takes.

        The recorder before this one may hold the writer's place for the two seconds in which Ray
        ends it; and raising here would end the actor for good, whatever its max_restarts.
        """
        keep_log()
        self._name = name
        self._state = state
        self._bucket = archive, archive_days_here
        self._weed_at = clock_time.fromisoformat(weed_at)
        self._trouble: str | None = None
        self._resume: dict[str, int] = {}
        self._received: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._opened = threading.Event()
        self._intake: Intake
        self._weeding: DailyWeeding
        run_for_good(self._open, name="open")

    def trouble(self) -> str | None:
        """Why nothing can be recorded, in one line; empty where it can, None before it is known."""
        return self._trouble

    def accept(self, accounts: Sequence[Account], *, camera_id: str, resume: int) -> None:
        """Make accounts durable, raise their alarms, and note where their camera could go on.

        Args:
            accounts: In the order of their frames.
            camera_id: Their camera.
            resume: Number of the last picture after which a replay gives the same reads.
        """
        self._opened.wait()
        try:
            self._intake.accept(accounts)
        except InputError:
            for account in accounts:
                self._accept_or_refuse(account)
        self._resume[camera_id] = resume
        for account in accounts:
            for read in (*account.sights, *account.reads):
                told = (read.read_id, read.vrm)
                self._received.setdefault(told, account.received_at.timestamp())
        while len(self._received) > RECEIVED_KEPT:
            self._received.popitem(last=False)

    def register(self, cameras: Sequence[Camera]) -> None:
        """Put cameras on the register, or change their lines."""
        self._opened.wait()
        self._intake.register(cameras)

    def tally(self, camera_id: str) -> dict[Outcome, int]:
        """Count the different pictures of a camera by what became of them."""
        self._opened.wait()
        return self._intake.tally(camera_id)

    def received(self, told: Sequence[tuple[str, str]]) -> dict[tuple[str, str], float]:
        """When the frames came that first told of these reads with these marks (UNIX time).

        For measuring how long an alarm takes; only the latest reads are remembered.
        """
        return {one: self._received[one] for one in told if one in self._received}

    def known(self, frame_ids: Sequence[str], *, camera_id: str) -> "dict[str, Accounted]":
        """What became of those of these pictures that were accounted for before."""
        self._opened.wait()
        return self._intake.known(frame_ids, camera_id=camera_id)

    def resume(self, camera_id: str) -> int:
        """Number of the picture after which a camera that came back goes on; -1 for the first.

        Known only while this process lives. If both were killed the camera begins anew, which
        costs time and changes nothing.
        """
        return self._resume.get(camera_id, -1)

    def beat(self, now: datetime, *, cluster: str, cameras_up: int) -> None:
        """Write the heartbeat of the hub; that something is not weeded goes before the cluster."""
        self._opened.wait()
        said = self._weeding.trouble or cluster
        self._intake.heartbeat(now, cluster=said, cameras_up=cameras_up)

    def close(self) -> None:
        """File what waits and let go of the store; nothing is accepted any more."""
        self._opened.wait()
        self._weeding.close()
        self._intake.close()

    def _accept_or_refuse(self, account: Account) -> None:
        """A frame whose reads the store cannot keep is refused by itself and stops no other."""
        try:
            self._intake.accept([account])
        except InputError as error:
            log.warning("%s: reads of %s were refused", self._name, account.camera_id)
            self._intake.accept(
                [replace(account, outcome=Outcome.REFUSED, reason=str(error), reads=(), sights=())]
            )

    def _open(self) -> None:
        # LanceDB costs 3 s and 149 MB, which a hub that only names this class should not pay.
        from store.archive.keeping.daily import DailyWeeding
        from store.store import Bucket, open_store

        address, days_here = self._bucket
        bucket = Bucket(address, days_here)
        while not self._opened.is_set():
            try:
                store = open_store(self._state, bucket=bucket)
                self._intake = store.intake()
            except StoreError as error:
                self._trouble = str(error)
                log.warning("%s: %s", self._name, error)
                time.sleep(RETRY_S)
            else:
                self._weeding = DailyWeeding(store, self._intake, at=self._weed_at)
                self._trouble = ""
                self._opened.set()
